"""How a level comes about: a round, a recommendation, its moderation, the decision; and what follows from it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Authority, User, new_public_id
from categorisation.choices import (
    DisagreementOutcome,
    Finding,
    Occasion,
    RecommendationStatus,
    RoundStatus,
)
from categorisation.models.framework import FrameworkVersion
from categorisation.querysets import (
    DecisionQuerySet,
    IdentificationRoundQuerySet,
    RecommendationQuerySet,
    RoundQuerySet,
)
from schools.models import School


class Round(models.Model):
    """The annual categorisation of an authority's schools for an academic year, by one framework version (L-058, K-046).

    Levels decided in it start on `starts_on`; published as provisional in summer, confirmed in autumn (X-38).
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField()
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    status = models.CharField(max_length=12, choices=RoundStatus.choices, default=RoundStatus.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint("authority", "year", name="one_round_a_year"),
            models.CheckConstraint(
                condition=Q(
                    status=RoundStatus.OPEN,
                    published_at__isnull=True,
                    published_by__isnull=True,
                    confirmed_at__isnull=True,
                    confirmed_by__isnull=True,
                )
                | Q(
                    status=RoundStatus.PROVISIONAL,
                    published_at__isnull=False,
                    published_by__isnull=False,
                    confirmed_at__isnull=True,
                    confirmed_by__isnull=True,
                )
                | Q(
                    status=RoundStatus.CONFIRMED,
                    published_at__isnull=False,
                    published_by__isnull=False,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                ),
                name="round_dated_as_its_status_says",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("categorisation:round-detail", args=[self.public_id])


class Recommendation(models.Model):
    """An adviser recommends a level for a school, and the authority moderates it (L-059, L-060, K-043, K-048).

    It keeps what the framework suggested, the facts as given and the trace, so that the decision it leads to explains
    and replays itself. One live recommendation a school.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="recommendations")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    occasion = models.CharField(max_length=8, choices=Occasion.choices)
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=12, choices=RecommendationStatus.choices, default=RecommendationStatus.RECOMMENDED
    )
    starts_on = models.DateField()  # the day the level would start

    # What the framework suggested then, as ranks
    suggested = models.PositiveSmallIntegerField(null=True)
    suggested_low = models.PositiveSmallIntegerField()
    suggested_high = models.PositiveSmallIntegerField()
    locked_floor = models.PositiveSmallIntegerField(null=True)

    rank = models.PositiveSmallIntegerField()
    reason = models.TextField(
        blank=True
    )  # owed where the rank is not the one suggested, and for a change in year
    head_consulted_on = models.DateField(null=True, blank=True)
    head_not_consulted = models.TextField(blank=True)  # why not
    governors_consulted_on = models.DateField(null=True, blank=True)
    governors_not_consulted = models.TextField(blank=True)
    to_next_level = models.TextField(blank=True)  # what it takes to need less support (L-094)
    recommended_at = models.DateTimeField()
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    form_key = models.CharField(max_length=40, unique=True, null=True, blank=True)

    moderated_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    moderation_reason = models.TextField(blank=True)  # owed where it differs from the rank recommended
    moderation_shared = models.BooleanField(default=False)  # whether the school reads that reason
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Sent back or withdrawn: when, by whom, why
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_reason = models.TextField(blank=True)

    # As given and as worked out: facts_file.write_facts; thresholds by key and year; Outcome.to_json. Last in the table:
    # SQLite reads through a row to its later columns, and these are a hundred pages long.
    facts = models.JSONField()
    thresholds = models.JSONField()
    trace = models.JSONField()

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["-recommended_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "school",
                condition=Q(status__in=[RecommendationStatus.RECOMMENDED, RecommendationStatus.MODERATED]),
                name="one_live_recommendation_a_school",
            ),
            models.CheckConstraint(
                condition=(Q(head_consulted_on__isnull=False, head_not_consulted=""))
                | (Q(head_consulted_on__isnull=True) & ~Q(head_not_consulted="")),
                name="head_consulted_or_why_not",
            ),
            models.CheckConstraint(
                condition=(Q(governors_consulted_on__isnull=False, governors_not_consulted=""))
                | (Q(governors_consulted_on__isnull=True) & ~Q(governors_not_consulted="")),
                name="governors_consulted_or_why_not",
            ),
            models.CheckConstraint(
                condition=Q(rank=F("suggested")) | ~Q(reason=""), name="departure_from_suggestion_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(moderated_rank__isnull=True)
                | Q(moderated_rank=F("rank"))
                | ~Q(moderation_reason=""),
                name="departure_from_recommendation_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(locked_floor__isnull=True)
                | (
                    Q(rank__gte=F("locked_floor"))
                    & (Q(moderated_rank__isnull=True) | Q(moderated_rank__gte=F("locked_floor")))
                ),
                name="never_below_a_locked_floor",
            ),
            models.CheckConstraint(
                condition=Q(moderated_by__isnull=True) | ~Q(moderated_by=F("recommended_by")),
                name="nobody_moderates_their_own",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status__in=[RecommendationStatus.MODERATED, RecommendationStatus.DECIDED],
                        moderated_rank__isnull=False,
                        moderated_at__isnull=False,
                        moderated_by__isnull=False,
                    )
                )
                | Q(
                    status=RecommendationStatus.RECOMMENDED,
                    moderated_rank__isnull=True,
                    moderated_at__isnull=True,
                    moderated_by__isnull=True,
                )
                | Q(status__in=[RecommendationStatus.RETURNED, RecommendationStatus.WITHDRAWN]),
                name="moderated_as_its_status_says",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status__in=[RecommendationStatus.RETURNED, RecommendationStatus.WITHDRAWN],
                        ended_at__isnull=False,
                        ended_by__isnull=False,
                    )
                    & ~Q(ended_reason="")
                )
                | (
                    ~Q(status__in=[RecommendationStatus.RETURNED, RecommendationStatus.WITHDRAWN])
                    & Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                ),
                name="ended_by_someone_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["round", "status"]), models.Index(fields=["round", "school"])]

    def get_absolute_url(self) -> str:
        return reverse("categorisation:recommendation", args=[self.school.urn, self.public_id])

    def is_moderated_so(self, user: User, rank: int, reason: str) -> bool:
        """Whether this person has moderated it just so: a second click."""
        return self.status == RecommendationStatus.MODERATED and (
            (self.moderated_by_id, self.moderated_rank, self.moderation_reason) == (user.pk, rank, reason)
        )


class Decision(models.Model):
    """The level of support a school has from a day on, until its next one starts (idea 4).

    Provisional until confirmed. People at the school see it from `published_at`. A level carried over from records
    kept elsewhere has no recommendation and says its `source`.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="decisions")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    recommendation = models.OneToOneField(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="decision"
    )
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    level = models.SlugField(max_length=60)  # the level's key in the version
    rank = models.PositiveSmallIntegerField()
    start_on = models.DateField()
    source = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-start_on"]
        constraints = [
            models.UniqueConstraint("school", "start_on", name="one_level_starts_a_day"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="decision_confirmed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(recommendation__isnull=False, source="")
                | (Q(recommendation__isnull=True) & ~Q(source="")),
                name="decision_recommended_or_carried_over",
            ),
        ]
        indexes = [models.Index(fields=["school", "start_on"]), models.Index(fields=["rank", "start_on"])]

    def get_absolute_url(self) -> str:
        return reverse("categorisation:why", args=[self.school.urn])

    @property
    def reasons_for_school(self) -> tuple[str, ...]:
        """Why, as the school reads it (L-064): the adviser's reason where the level is the one recommended, and the
        moderator's where marked for it. Reads `recommendation`."""
        told = self.recommendation
        if told is None:
            return ()
        found = [
            told.reason if told.rank == self.rank else "",
            told.moderation_reason if told.moderation_shared else "",
        ]
        return tuple(text for text in found if text)


class TermReview(models.Model):
    """Someone looked at a school's level in a term (1 autumn, 2 spring, 3 summer) and kept it, or sought another (L-058)."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="term_reviews")
    year = models.PositiveSmallIntegerField()
    term = models.PositiveSmallIntegerField()
    reviewed_on = models.DateField()
    is_kept = models.BooleanField()
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-year", "-term"]
        constraints = [
            models.UniqueConstraint("school", "year", "term", name="one_review_a_term"),
            models.CheckConstraint(
                condition=Q(term__gte=1, term__lte=3), name="review_of_one_of_three_terms"
            ),
        ]


class Disagreement(models.Model):
    """A school disagrees formally with its level; the moderator answers in writing. One open at a time."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="disagreements")
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=DisagreementOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                "decision", condition=Q(answered_at__isnull=True), name="one_open_disagreement"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="", outcome="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="") & ~Q(outcome="")),
                name="disagreement_answered_by_someone",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("categorisation:disagreement-answer", args=[self.decision.school.urn, self.public_id])


class IdentificationRound(models.Model):
    """Three times a year the authority looks at every school for signs of concern (L-101)."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="identification_rounds")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = IdentificationRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint("authority", "year", "month", name="one_identification_a_month"),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12), name="identification_in_a_month"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="identification_closed_by_someone",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("categorisation:identification-detail", args=[self.public_id])


class Identification(models.Model):
    """What a round found of one school, and why."""

    round = models.ForeignKey(IdentificationRound, on_delete=models.CASCADE, related_name="findings")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="identifications")
    finding = models.CharField(max_length=16, choices=Finding.choices)
    reason = models.TextField(blank=True)  # owed unless there is no concern
    revision = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("round", "school", name="one_finding_a_school"),
            models.CheckConstraint(
                condition=Q(finding=Finding.NO_CONCERN) | ~Q(reason=""), name="concern_has_a_reason"
            ),
        ]
