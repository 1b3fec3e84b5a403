"""Released documents. A row exists from the moment of release; nothing before it is a document."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Authority, new_public_id
from reports.querysets import DocumentQuerySet
from schools.choices import Audience
from schools.models import School

# A reference says by a letter whose series it belongs to. The series the school sees has none.
_SERIES = {
    Audience.SCHOOL: "",
    Audience.GOVERNORS_PANEL: "G",
    Audience.AUTHORITY: "A",
    Audience.REGISTER: "R",
}


class Rendering(models.Model):
    """The document itself: what it says, the HTML it was made from, and the bytes that were released.

    Apart from `Document`, so that a list never reads it. `sha256` is of `pdf`, in hexadecimal.
    """

    snapshot = models.JSONField()
    html = models.TextField()
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(sha256="") & ~Q(html="") & ~Q(pdf=b""), name="rendering_is_whole"
            ),
        ]


class Document(models.Model):
    """A document about a school, released to an audience.

    `source` and `source_version` say what it was made from ("visit_note:…", version 2): the same twice is one
    document. Numbers run per school *and audience*, so that a gap in what a school sees never tells it that
    something else was written about it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="documents")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="documents")
    audience = models.CharField(max_length=20, choices=Audience.choices)
    number = models.PositiveIntegerField()
    marking = models.CharField(max_length=60, blank=True)
    file_name = models.CharField(max_length=60)  # how the names of downloaded copies begin
    source = models.CharField(max_length=80)
    source_version = models.PositiveIntegerField()
    rendering = models.OneToOneField(Rendering, on_delete=models.PROTECT, related_name="document")
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_reason = models.TextField(blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-released_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "kind", "source", "source_version", name="document_once_per_source_version"
            ),
            models.UniqueConstraint("school", "audience", "number", name="document_number_once_per_school"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_number_from_one"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="document_withdrawn_by_someone_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="document_supersedes_another",
            ),
        ]
        indexes = [models.Index(fields=["school", "-released_at"])]

    def get_absolute_url(self) -> str:
        """Reads `school`."""
        return reverse("reports:document-detail", args=[self.school.urn, self.public_id])

    @property
    def reference(self) -> str:
        """The reference printed on it, such as "900123/7". Reads `school`."""
        return reference_of(self.school.urn, Audience(self.audience), self.number)

    @property
    def download_name(self) -> str:
        """A file name that says no more than the reader of the document's address already knows. Reads `school`."""
        return f"{self.file_name}-{self.reference.replace('/', '-')}.pdf"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


def reference_of(urn: int, audience: Audience, number: int) -> str:
    return f"{urn}/{_SERIES[audience]}{number}"
