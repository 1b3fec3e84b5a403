"""Indicators are data: what is measured, what was published for whom, and what to hold it against."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Authority
from schools.choices import Comparator, Direction, ValueStatus
from schools.models.school import School


class Indicator(models.Model):
    """One measure, such as `ks2_rwm_exp`. New ones need no code (L-026)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60)
    family = models.CharField(max_length=40)  # "attainment", "progress", "attendance", "context", …
    stage = models.CharField(max_length=12, blank=True)  # "EYFS", "KS1", "KS2", "KS4", "KS5", or empty
    unit = models.CharField(max_length=12)  # "%", "points", "pupils", "£", "days", …
    decimals = models.PositiveSmallIntegerField(default=0)
    better = models.CharField(max_length=8, choices=Direction.choices)
    # Academic years (starting year) in which the measure exists nationally, and the gaps between
    first_year = models.PositiveSmallIntegerField(null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(null=True, blank=True)
    years_not_produced = models.JSONField(default=list, blank=True)
    # First years of a changed definition: no trend is drawn and no change computed across one
    breaks = models.JSONField(default=list, blank=True)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name

    def produced_in(self, year: int) -> bool:
        """Whether the measure was produced nationally for the academic year starting in `year`."""
        return (
            (self.first_year is None or year >= self.first_year)
            and (self.last_year is None or year <= self.last_year)
            and year not in self.years_not_produced
        )

    def comparable(self, earlier: int, later: int) -> bool:
        """Whether values of two academic years are of one definition."""
        return not any(earlier < start <= later for start in self.breaks)


class _Sourced(models.Model):
    """Every value remembers its file, row and time."""

    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    status = models.CharField(max_length=16, choices=ValueStatus.choices, default=ValueStatus.PUBLISHED)
    source = models.ForeignKey(
        "schools.ImportFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_row = models.PositiveIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class IndicatorValue(_Sourced):
    """One school's value of one indicator for one academic year (starting year) and learner group."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="values")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="values")
    year = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=24, default="all")
    ci_low = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    ci_high = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    cohort = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("school", "indicator", "year", "group", name="indicator_value_once"),
            models.CheckConstraint(
                condition=Q(status="published", value__isnull=False)
                | (~Q(status="published") & Q(value__isnull=True)),
                name="indicator_value_iff_published",
            ),
            models.CheckConstraint(
                condition=Q(ci_low__isnull=True) | Q(ci_high__isnull=True) | Q(ci_low__lte=F("ci_high")),
                name="indicator_interval_in_order",
            ),
        ]
        indexes = [models.Index(fields=["indicator", "year", "group"])]


class ComparatorValue(_Sourced):
    """What a school's value is held against: England, the authority, similar schools, neighbours."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="comparators")
    year = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=24, default="all")
    comparator = models.CharField(max_length=20, choices=Comparator.choices)
    authority = models.ForeignKey(
        Authority, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, null=True, blank=True, related_name="comparators"
    )

    class Meta:
        constraints = [
            # Three conditions rather than "nulls not distinct", which SQLite does not know
            models.UniqueConstraint(
                "indicator",
                "year",
                "group",
                "comparator",
                condition=Q(authority__isnull=True, school__isnull=True),
                name="national_value_once",
            ),
            models.UniqueConstraint(
                "indicator",
                "year",
                "group",
                "comparator",
                "authority",
                condition=Q(authority__isnull=False, school__isnull=True),
                name="authority_value_once",
            ),
            models.UniqueConstraint(
                "indicator",
                "year",
                "group",
                "comparator",
                "school",
                condition=Q(school__isnull=False),
                name="similar_value_once",
            ),
            models.CheckConstraint(
                condition=Q(comparator__startswith="national", authority__isnull=True, school__isnull=True)
                | Q(comparator__in=["authority", "neighbours"], authority__isnull=False, school__isnull=True)
                | Q(comparator="similar", authority__isnull=True, school__isnull=False),
                name="comparator_of_the_right_thing",
            ),
            models.CheckConstraint(
                condition=Q(status="published", value__isnull=False)
                | (~Q(status="published") & Q(value__isnull=True)),
                name="comparator_value_iff_published",
            ),
        ]


class Threshold(models.Model):
    """A dated national standard, such as a floor: reference data with its source. Years are starting years."""

    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=160)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="thresholds")
    value = models.DecimalField(max_digits=14, decimal_places=4)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["key", "first_year"]
        constraints = [
            models.UniqueConstraint("key", "indicator", "first_year", name="threshold_once"),
            models.CheckConstraint(
                condition=Q(last_year__isnull=True) | Q(last_year__gte=F("first_year")),
                name="threshold_years_in_order",
            ),
        ]
