"""Framework documents: as published, as drafts, with their cases and dry runs; and which one an authority works to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Authority, new_public_id
from categorisation.choices import DraftStatus
from categorisation.querysets import (
    ConsultationQuerySet,
    FrameworkCommentQuerySet,
    FrameworkVersionQuerySet,
    OfAuthorityQuerySet,
)
from jobs.models import Job
from schools.models import School


class FrameworkVersion(models.Model):
    """One published version of a framework document: one immutable JSON column that other rows refer to.

    Versions without an authority came with the product; an authority's own follow the one they were drafted from,
    and are in force for that authority alone.
    """

    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="framework_versions"
    )
    slug = models.SlugField(max_length=60)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="Of the document in canonical form.")
    effective_from = models.DateField()
    summary = models.TextField(blank=True)  # what changed and why, in the words of who drafted it
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField()
    # Null: it came with the product
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "number"]
        constraints = [
            models.UniqueConstraint(
                "slug", "number", condition=Q(authority__isnull=True), name="framework_version_once"
            ),
            models.UniqueConstraint(
                "slug", "sha256", condition=Q(authority__isnull=True), name="framework_document_once"
            ),
            models.UniqueConstraint("authority", "slug", "number", name="own_framework_version_once"),
            models.CheckConstraint(
                condition=Q(authority__isnull=True, published_by__isnull=True)
                | Q(authority__isnull=False, published_by__isnull=False),
                name="own_framework_version_published_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class FrameworkChoice(models.Model):
    """From `start_on`, the authority works to the framework `slug`, until the next choice begins."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="framework_choices")
    slug = models.SlugField(max_length=60)
    start_on = models.DateField()

    class Meta:
        ordering = ["-start_on"]
        constraints = [models.UniqueConstraint("authority", "start_on", name="framework_choice_once_a_day")]


class FrameworkDraft(models.Model):
    """A document being changed, from one published version towards the next. One open draft per framework.

    `document` may be faulty while it is written; publishing needs it whole. `revision` grows with every change, so
    that nobody overwrites or publishes what they have not seen. Whoever edited it does not publish it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="framework_drafts")
    slug = models.SlugField(max_length=60)
    based_on = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="drafts")
    document = models.JSONField()
    summary = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=DraftStatus.choices, default=DraftStatus.OPEN)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    published_as = models.OneToOneField(
        FrameworkVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="draft"
    )

    objects = OfAuthorityQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "authority",
                "slug",
                condition=Q(status=DraftStatus.OPEN),
                name="one_open_draft_of_a_framework",
            ),
            models.CheckConstraint(
                condition=Q(status=DraftStatus.PUBLISHED, published_as__isnull=False)
                | (~Q(status=DraftStatus.PUBLISHED) & Q(published_as__isnull=True)),
                name="draft_published_as_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"Draft of {self.slug}"


class FrameworkCase(models.Model):
    """A made school and the answer an authority's framework must give: the framework's own test.

    `facts` is what `facts_file.write_facts` writes; `expect` what `categorisation.cases` compares.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="framework_cases")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    paragraph = models.CharField(max_length=100, blank=True)
    facts = models.JSONField()
    expect = models.JSONField()
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfAuthorityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("authority", "slug", "name", name="framework_case_once")]


class DryRun(models.Model):
    """A changed document tried on every open school of an authority against the version in force, unattended.

    What is tried is a draft, at one revision; or, without a draft, another value of one parameter, `tried` in words.
    Its day, version and document are fixed in the row; `counts` is filled when it is done (`benching.tally`).
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="dry_runs")
    draft = models.ForeignKey(
        FrameworkDraft, on_delete=models.CASCADE, null=True, blank=True, related_name="dry_runs"
    )
    revision = models.PositiveIntegerField(null=True, blank=True)  # of the draft
    tried = models.CharField(max_length=300, blank=True)
    document = models.JSONField()
    against = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(null=True, blank=True)

    objects = OfAuthorityQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, counts__isnull=True)
                | Q(finished_at__isnull=False, counts__isnull=False),
                name="dry_run_counted_iff_finished",
            ),
            models.CheckConstraint(
                condition=Q(draft__isnull=False, revision__isnull=False, tried="")
                | (Q(draft__isnull=True, revision__isnull=True) & ~Q(tried="")),
                name="dry_run_of_a_draft_or_a_parameter",
            ),
        ]

    def __str__(self) -> str:
        return f"Dry run of {self.tried or self.draft}"

    def get_absolute_url(self) -> str:
        return reverse("categorisation:dry-run-detail", args=[self.authority.code, self.public_id])


class DryRunMove(models.Model):
    """A school that the changed document would place otherwise. Ranks; null where nothing recorded places the school.

    `rules`: what makes the difference: each cause's `name`, `title` and `text` (`benching.changes.Cause`).
    """

    dry_run = models.ForeignKey(DryRun, on_delete=models.CASCADE, related_name="moves")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    before = models.PositiveSmallIntegerField(null=True)
    before_low = models.PositiveSmallIntegerField()
    before_high = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField(null=True)
    after_low = models.PositiveSmallIntegerField()
    after_high = models.PositiveSmallIntegerField()
    rules = models.JSONField(default=list)

    class Meta:
        ordering = ["school__name", "school__urn"]
        constraints = [models.UniqueConstraint("dry_run", "school", name="dry_run_move_once")]


class Consultation(models.Model):
    """Those a policy applies to are asked about a draft between two days (L-218).

    `document` is the draft as it was when they were asked: what is commented on does not change under the comments.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    draft = models.ForeignKey(FrameworkDraft, on_delete=models.PROTECT, related_name="consultations")
    document = models.JSONField()
    introduction = models.TextField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True)  # what was changed in the light of what was said

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="consultation_closes_after_it_opens"
            ),
        ]


class FrameworkComment(models.Model):
    """Somebody's dated comment on a draft under consultation, or at any time on the policy in force; and the reply
    (L-218, K-229)."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="framework_comments")
    version = models.ForeignKey(
        FrameworkVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="comments"
    )
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, null=True, blank=True, related_name="comments"
    )
    place = models.CharField(max_length=200, blank=True)  # what it is about, in words; empty for the whole
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for whom it speaks
    form_key = models.CharField(max_length=40, unique=True, null=True, blank=True)
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = FrameworkCommentQuerySet.as_manager()

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=True, consultation__isnull=False)
                | Q(version__isnull=False, consultation__isnull=True),
                name="comment_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True, replied_by__isnull=True)
                | (~Q(reply="") & Q(replied_at__isnull=False, replied_by__isnull=False)),
                name="reply_by_someone",
            ),
        ]
