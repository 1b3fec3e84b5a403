"""A school's self-evaluation profile of a year: its own grades, the adviser's, the authority's (L-061 to L-063, K-043)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import new_public_id
from categorisation.choices import ProfileStage, Trend
from categorisation.models.framework import FrameworkVersion
from categorisation.querysets import ProfileQuerySet
from schools.models import School

# The fields that say when, and by whom, a stage was handed over begin so
HANDED_OVER = {
    ProfileStage.SCHOOL: "submitted",
    ProfileStage.VALIDATED: "validated",
    ProfileStage.MODERATED: "moderated",
}


class Profile(models.Model):
    """One profile a school and academic year (2026: 1 August 2026 to 31 July 2027), of one framework version.

    Each stage is handed over once complete: `submitted` by the school, `validated` by its adviser, `moderated` by
    the authority; `agreed_on` is the day the adviser and the school agreed the summary (L-063). A stage's grades are
    shown to the next only when handed over.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="profiles")
    year = models.PositiveSmallIntegerField()
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    validated_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agreed_on = models.DateField(null=True, blank=True)
    agreed_with = models.CharField(max_length=200, blank=True)  # who agreed for the school
    agreed_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Grows whenever what others see of it changes: a stage handed over or reopened, an agreement recorded
    edition = models.PositiveIntegerField(default=0)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint("school", "year", name="one_profile_a_year"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{stage}_at__isnull": True, f"{stage}_by__isnull": True})
                    | Q(**{f"{stage}_at__isnull": False, f"{stage}_by__isnull": False}),
                    name=f"profile_{stage}_by_someone",
                )
                for stage in HANDED_OVER.values()
            ),
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True, agreed_with="", agreed_recorded_by__isnull=True)
                | (Q(agreed_on__isnull=False, agreed_recorded_by__isnull=False) & ~Q(agreed_with="")),
                name="profile_agreed_with_someone",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Fetch `school` with select_related."""
        return reverse("categorisation:profile-year", args=[self.school.urn, self.year])

    @property
    def handed_over(self) -> frozenset[ProfileStage]:
        """The stages that others may see."""
        return frozenset(
            stage for stage, name in HANDED_OVER.items() if getattr(self, f"{name}_at") is not None
        )


class ProfileJudgement(models.Model):
    """One stage's grade of one row, with its evidence or reason. Saved as it is written; `revision` guards it."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="judgements")
    row = models.SlugField(max_length=60)  # key of an area or aspect of the framework
    stage = models.CharField(max_length=10, choices=ProfileStage.choices)
    grade = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)  # the school's evidence; why another stage sees it otherwise
    trend = models.CharField(max_length=5, choices=Trend.choices, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["row", "stage"]
        constraints = [
            models.UniqueConstraint("profile", "row", "stage", name="one_judgement_a_row_and_stage"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__gte=1, grade__lte=9),
                name="judgement_grade_in_scale",
            ),
        ]


class ProfileCheck(models.Model):
    """A quality or a source of evidence that the school says its self-evaluation has (K-034, K-035)."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="checks")
    item = models.SlugField(max_length=60)
    ticked_at = models.DateTimeField()
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("profile", "item", name="profile_item_ticked_once")]
