"""One factory a model. Each makes the plainest valid row; tests say what matters to them."""

import datetime as dt
import hashlib
import json
from decimal import Decimal

import factory
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Area, Authority, RoleGrant, User
from categorisation.actions import load_shipped
from categorisation.choices import Occasion, Rating, RecommendationStatus, RoundStatus
from categorisation.models import (
    Decision,
    DryRun,
    FrameworkCase,
    FrameworkDraft,
    FrameworkVersion,
    IdentificationRound,
    Profile,
    Recommendation,
    Round,
    RuleConfirmation,
    ServiceRating,
    SuggestionChange,
)
from jobs.choices import FINISHED, JobStatus, MessageStatus
from jobs.models import Job, OutboxMessage, PeriodicRun
from reports.composer import Composition, Heading, Imprint, Paragraph, snapshot
from reports.models import Document, Rendering
from schools.choices import (
    Audience,
    Comparator,
    ContactRole,
    Direction,
    InspectionFramework,
    InspectionKind,
    LinkKind,
    OfficerRole,
    SchoolPhase,
    SchoolStatus,
    SchoolType,
    ValueStatus,
)
from schools.models import (
    Circumstance,
    CircumstanceReturn,
    ComparatorValue,
    HalfTerm,
    ImportBatch,
    Indicator,
    IndicatorValue,
    Inspection,
    InspectionJudgement,
    OfficerAssignment,
    School,
    SchoolContact,
    SchoolLink,
    ServiceRemit,
    WorkingDayOverride,
)
from schools.rules.academic_years import academic_year
from visits.choices import VisitKind, VisitStatus, section_templates
from visits.models import Note, NoteSection, Visit

LONG_AGO = dt.date(2020, 9, 1)


class AuthorityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Authority
        django_get_or_create = ("code",)

    code = "901"
    name = factory.LazyAttribute(lambda o: f"Authority {o.code}")


class AreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Area

    authority = factory.SubFactory(AuthorityFactory)
    name = factory.Sequence(lambda n: f"Area {n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def grants(self, create, roles, **kwargs):
        """UserFactory(grants=[Role.ADVISER]) or UserFactory(grants=[(Role.ADVISER, authority)])."""
        for role in roles or ():
            role, authority = role if isinstance(role, tuple) else (role, AuthorityFactory())
            RoleGrantFactory(user=self, role=role, authority=authority)


class RoleGrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.ADVISER
    authority = factory.SubFactory(AuthorityFactory)
    start_on = LONG_AGO


class SchoolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = School

    urn = factory.Sequence(lambda n: 900000 + n)
    authority = factory.SubFactory(AuthorityFactory)
    establishment_number = factory.Sequence(lambda n: 2000 + n)
    name = factory.Sequence(lambda n: f"School {n}")
    type = SchoolType.COMMUNITY
    phase = SchoolPhase.PRIMARY
    status = SchoolStatus.OPEN


class OfficerAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OfficerAssignment

    school = factory.SubFactory(SchoolFactory)
    user = factory.SubFactory(UserFactory)
    role = OfficerRole.ADVISER
    start_on = LONG_AGO


class SchoolContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SchoolContact

    school = factory.SubFactory(SchoolFactory)
    role = ContactRole.HEADTEACHER
    name = "Sam Head"
    start_on = LONG_AGO


class SchoolLinkFactory(factory.django.DjangoModelFactory):
    """SchoolLinkFactory(predecessor=old, successor=new); the URNs follow."""

    class Meta:
        model = SchoolLink

    predecessor = factory.SubFactory(SchoolFactory)
    successor = factory.SubFactory(SchoolFactory)
    predecessor_urn = factory.SelfAttribute("predecessor.urn")
    successor_urn = factory.SelfAttribute("successor.urn")
    kind = LinkKind.SUCCESSOR


class InspectionFactory(factory.django.DjangoModelFactory):
    """InspectionFactory(judgements={"achievement": "2"})."""

    class Meta:
        model = Inspection
        skip_postgeneration_save = True

    school = factory.SubFactory(SchoolFactory)
    framework = InspectionFramework.EIF_2019
    kind = InspectionKind.GRADED
    started_on = dt.date(2023, 3, 14)
    overall_grade = "2"

    @factory.post_generation
    def judgements(self, create, grades, **kwargs):
        for area, grade in (grades or {}).items():
            InspectionJudgement.objects.create(inspection=self, area=area, grade=grade)


class CircumstanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Circumstance

    school = factory.SubFactory(SchoolFactory)
    kind = "finance_concern"
    audience = Audience.AUTHORITY
    source = "Schools finance team"
    start_on = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = factory.LazyFunction(timezone.now)


class CircumstanceReturnFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CircumstanceReturn

    school = factory.SubFactory(SchoolFactory)
    kind = "finance_concern"
    returned_on = factory.LazyFunction(timezone.localdate)
    stale_on = factory.LazyAttribute(lambda o: o.returned_on + dt.timedelta(days=120))
    returned_by = factory.SubFactory(UserFactory)


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator
        django_get_or_create = ("key",)

    key = "ks2_rwm_exp"
    name = factory.LazyAttribute(lambda o: f"Measure {o.key}")
    short_name = factory.LazyAttribute(lambda o: o.key)
    family = "attainment"
    unit = "%"
    better = Direction.UP


class IndicatorValueFactory(factory.django.DjangoModelFactory):
    """A published 65 unless another value, or a status without one, is given."""

    class Meta:
        model = IndicatorValue

    school = factory.SubFactory(SchoolFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    year = 2023
    status = ValueStatus.PUBLISHED
    value = factory.LazyAttribute(lambda o: Decimal(65) if o.status == ValueStatus.PUBLISHED else None)
    recorded_at = factory.LazyFunction(timezone.now)


class ComparatorValueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ComparatorValue

    indicator = factory.SubFactory(IndicatorFactory)
    year = 2023
    comparator = Comparator.NATIONAL
    value = Decimal(60)
    recorded_at = factory.LazyFunction(timezone.now)


class HalfTermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HalfTerm

    authority = factory.SubFactory(AuthorityFactory)
    year = 2025
    number = 1
    start_on = dt.date(2025, 9, 1)
    end_on = dt.date(2025, 10, 24)


class WorkingDayOverrideFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkingDayOverride

    day = dt.date(2026, 6, 15)
    is_working = False
    reason = "Bank holiday for the jubilee"


def now() -> dt.datetime:
    return timezone.now()


class JobFactory(factory.django.DjangoModelFactory):
    """JobFactory(status=JobStatus.RUNNING) is held under the token "held" until a minute after it was made."""

    class Meta:
        model = Job

    kind = "tests.work"
    status = JobStatus.QUEUED
    created_at = factory.LazyFunction(timezone.now)
    run_after = factory.SelfAttribute("created_at")
    attempts = factory.LazyAttribute(lambda o: 0 if o.status == JobStatus.QUEUED else 1)
    token = factory.LazyAttribute(lambda o: "held" if o.status == JobStatus.RUNNING else "")
    started_at = factory.LazyAttribute(lambda o: None if o.status == JobStatus.QUEUED else o.created_at)
    leased_until = factory.LazyAttribute(
        lambda o: o.created_at + dt.timedelta(minutes=1) if o.status == JobStatus.RUNNING else None
    )
    finished_at = factory.LazyAttribute(lambda o: o.created_at if o.status in FINISHED else None)


class OutboxMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutboxMessage

    key = factory.Sequence(lambda n: f"message {n}")
    to = "head@example.org"
    subject = "Something waits for you"
    body = "Sign in to see it."
    created_at = factory.LazyFunction(timezone.now)
    sent_at = factory.LazyAttribute(lambda o: o.created_at if o.status == MessageStatus.SENT else None)
    status = MessageStatus.WAITING


class PeriodicRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PeriodicRun

    name = factory.Sequence(lambda n: f"tests.schedule{n}")


class VisitFactory(factory.django.DjangoModelFactory):
    """A visit that took place, without a note; NoteFactory(visit__school=…) makes both."""

    class Meta:
        model = Visit

    school = factory.SubFactory(SchoolFactory)
    adviser = factory.SubFactory(UserFactory)
    kind = VisitKind.CORE
    status = VisitStatus.TOOK_PLACE
    planned_on = factory.LazyAttribute(
        lambda o: dt.date(2026, 12, 3) if o.status == VisitStatus.PLANNED else None
    )
    took_place_on = factory.LazyAttribute(
        lambda o: None if o.status == VisitStatus.PLANNED else dt.date(2026, 11, 12)
    )
    half_days = factory.LazyAttribute(lambda o: None if o.status == VisitStatus.PLANNED else Decimal(1))
    created_at = factory.LazyFunction(timezone.now)
    created_by = factory.SelfAttribute("adviser")


class NoteFactory(factory.django.DjangoModelFactory):
    """A draft with the usual sections; NoteFactory(texts={"strengths": "…"}) writes in them."""

    class Meta:
        model = Note
        skip_postgeneration_save = True

    visit = factory.SubFactory(VisitFactory)

    @factory.post_generation
    def texts(self, create, texts, **kwargs):
        for position, template in enumerate(section_templates(), start=1):
            NoteSection.objects.create(
                note=self,
                key=template.key,
                position=position,
                heading=template.heading,
                prompt=template.prompt,
                audience=template.audience,
                is_required=template.required,
                text=(texts or {}).get(template.key, ""),
            )


class RenderingFactory(factory.django.DjangoModelFactory):
    """A document's content, with four bytes in place of a PDF."""

    class Meta:
        model = Rendering

    snapshot = factory.LazyFunction(
        lambda: snapshot(
            Composition("Report of a core visit", "A school", (Heading("Strengths"), Paragraph("Reading."))),
            Imprint("Kirkdale", "", "#1d70b8", "", "Shared with the school", "OFFICIAL"),
        )
    )
    html = "<p>Reading.</p>"
    pdf = b"%PDF"
    sha256 = hashlib.sha256(b"%PDF").hexdigest()


class DocumentFactory(factory.django.DjangoModelFactory):
    """A released document, shared with the school."""

    class Meta:
        model = Document

    kind = "visits.report"
    title = "Report of a core visit"
    school = factory.SubFactory(SchoolFactory)
    authority = factory.SelfAttribute("school.authority")
    audience = Audience.SCHOOL
    number = factory.Sequence(lambda n: n + 1)
    marking = "OFFICIAL"
    file_name = "visit-report"
    source = factory.Sequence(lambda n: f"visit:{n}")
    source_version = 1
    rendering = factory.SubFactory(RenderingFactory)
    released_at = factory.LazyFunction(timezone.now)
    released_by = factory.SubFactory(UserFactory)


class ImportBatchFactory(factory.django.DjangoModelFactory):
    """An import that was previewed and holds no file."""

    class Meta:
        model = ImportBatch

    authority = factory.SubFactory(AuthorityFactory)
    status = ImportBatch.Status.PREVIEWED
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)


def leeds() -> FrameworkVersion:
    """The latest Leeds strategy; what ships is published where it is not yet."""
    held = FrameworkVersion.objects.filter(slug="leeds-2013").order_by("-number")
    if not held.exists():
        load_shipped(now=timezone.now())
    return held[0]


class RoundFactory(factory.django.DjangoModelFactory):
    """RoundFactory(status=RoundStatus.PROVISIONAL) was published by who opened it."""

    class Meta:
        model = Round

    authority = factory.SubFactory(AuthorityFactory)
    year = 2026
    version = factory.LazyFunction(leeds)
    starts_on = factory.LazyAttribute(lambda o: dt.date(o.year, 9, 1))
    opened_at = factory.LazyFunction(timezone.now)
    opened_by = factory.SubFactory(UserFactory)
    published_at = factory.LazyAttribute(lambda o: None if o.status == RoundStatus.OPEN else o.opened_at)
    published_by = factory.LazyAttribute(lambda o: None if o.status == RoundStatus.OPEN else o.opened_by)
    confirmed_at = factory.LazyAttribute(lambda o: o.opened_at if o.status == RoundStatus.CONFIRMED else None)
    confirmed_by = factory.LazyAttribute(lambda o: o.opened_by if o.status == RoundStatus.CONFIRMED else None)
    status = RoundStatus.OPEN


class RecommendationFactory(factory.django.DjangoModelFactory):
    """Recommended as suggested; RecommendationFactory(moderated_rank=3) is moderated too, with a reason."""

    class Meta:
        model = Recommendation

    school = factory.SubFactory(SchoolFactory)
    round = None
    occasion = factory.LazyAttribute(lambda o: Occasion.ANNUAL if o.round else Occasion.IN_YEAR)
    version = factory.LazyAttribute(lambda o: o.round.version if o.round else leeds())
    starts_on = factory.LazyAttribute(lambda o: o.round.starts_on if o.round else dt.date(2026, 9, 1))
    suggested = 2
    suggested_low = 2
    suggested_high = 3
    facts = factory.LazyFunction(lambda: {"on": "2026-05-20"})
    thresholds = factory.LazyFunction(dict)
    trace = factory.LazyFunction(dict)
    rank = factory.SelfAttribute("suggested")
    reason = factory.LazyAttribute(lambda o: "" if o.rank == o.suggested else "What was seen at the visit.")
    head_consulted_on = dt.date(2026, 5, 12)
    governors_consulted_on = dt.date(2026, 5, 19)
    recommended_at = factory.LazyFunction(timezone.now)
    recommended_by = factory.SubFactory(UserFactory)
    moderated_rank = None
    moderation_reason = factory.LazyAttribute(
        lambda o: "" if o.moderated_rank in (None, o.rank) else "The whole authority considered."
    )
    moderated_at = factory.LazyAttribute(lambda o: None if o.moderated_rank is None else o.recommended_at)
    moderated_by = factory.Maybe(
        factory.LazyAttribute(lambda o: o.moderated_rank is not None),
        yes_declaration=factory.SubFactory(UserFactory),
        no_declaration=None,
    )
    status = factory.LazyAttribute(
        lambda o: (
            RecommendationStatus.RECOMMENDED if o.moderated_rank is None else RecommendationStatus.MODERATED
        )
    )


class DecisionFactory(factory.django.DjangoModelFactory):
    """Carried over from older records, published; the level is the one of its rank."""

    class Meta:
        model = Decision

    school = factory.SubFactory(SchoolFactory)
    version = factory.LazyFunction(leeds)
    rank = 2
    level = factory.LazyAttribute(
        lambda o: next(one["key"] for one in o.version.document["levels"] if one["rank"] == o.rank)
    )
    start_on = dt.date(2025, 9, 1)
    recommendation = None
    source = factory.LazyAttribute(lambda o: "" if o.recommendation else "Records of the year before")
    decided_at = factory.LazyFunction(timezone.now)
    decided_by = factory.SubFactory(UserFactory)
    published_at = factory.SelfAttribute("decided_at")


class ProfileFactory(factory.django.DjangoModelFactory):
    """A profile of this academic year, begun and empty, under the Leeds strategy."""

    class Meta:
        model = Profile

    school = factory.SubFactory(SchoolFactory)
    year = factory.LazyFunction(lambda: academic_year(timezone.localdate()))
    version = factory.LazyFunction(leeds)
    begun_at = factory.LazyFunction(timezone.now)
    begun_by = factory.SubFactory(UserFactory)


class ServiceRemitFactory(factory.django.DjangoModelFactory):
    """Somebody is asked about finance, whatever their role."""

    class Meta:
        model = ServiceRemit

    user = factory.SubFactory(UserFactory)
    authority = factory.SubFactory(AuthorityFactory)
    subject = "finance_concern"
    start_on = LONG_AGO


class SuggestionChangeFactory(factory.django.DjangoModelFactory):
    """An early warning: 4 is suggested now, 2 was, and nobody has taken note."""

    class Meta:
        model = SuggestionChange

    school = factory.SubFactory(SchoolFactory)
    version = factory.LazyFunction(leeds)
    noticed_at = factory.LazyFunction(timezone.now)
    noticed_on = factory.LazyAttribute(lambda o: timezone.localdate(o.noticed_at))
    before = 2
    before_high = 4
    after = 4
    after_high = 5
    rules = factory.LazyFunction(list)


class RuleConfirmationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RuleConfirmation

    school = factory.SubFactory(SchoolFactory)
    slug = "leeds-2013"
    rule = "teaching_inconsistent"
    note = "Seen in six lessons of nine."
    confirmed_at = factory.LazyFunction(timezone.now)
    confirmed_on = factory.LazyAttribute(lambda o: timezone.localdate(o.confirmed_at))
    confirmed_by = factory.SubFactory(UserFactory)


class ServiceRatingFactory(factory.django.DjangoModelFactory):
    """Finance is sound, said today and known for a year."""

    class Meta:
        model = ServiceRating

    school = factory.SubFactory(SchoolFactory)
    slug = "leeds-2013"
    key = "finance"
    rating = Rating.SOUND
    rated_at = factory.LazyFunction(timezone.now)
    rated_on = factory.LazyAttribute(lambda o: timezone.localdate(o.rated_at))
    stale_on = factory.LazyAttribute(lambda o: o.rated_on + dt.timedelta(days=365))
    rated_by = factory.SubFactory(UserFactory)


class FrameworkDraftFactory(factory.django.DjangoModelFactory):
    """Begun from the Leeds strategy and not changed yet."""

    class Meta:
        model = FrameworkDraft

    authority = factory.SubFactory(AuthorityFactory)
    based_on = factory.LazyFunction(leeds)
    slug = factory.SelfAttribute("based_on.slug")
    document = factory.LazyAttribute(lambda o: json.loads(json.dumps(o.based_on.document)))
    created_at = factory.LazyFunction(timezone.now)
    created_by = factory.SubFactory(UserFactory)
    saved_at = factory.SelfAttribute("created_at")
    saved_by = factory.SelfAttribute("created_by")


class DryRunFactory(factory.django.DjangoModelFactory):
    """Of a draft as it is, not begun yet."""

    class Meta:
        model = DryRun

    draft = factory.SubFactory(FrameworkDraftFactory)
    authority = factory.SelfAttribute("draft.authority")
    revision = factory.SelfAttribute("draft.revision")
    document = factory.SelfAttribute("draft.document")
    against = factory.SelfAttribute("draft.based_on")
    on = factory.LazyFunction(timezone.localdate)
    started_at = factory.LazyFunction(timezone.now)
    started_by = factory.SubFactory(UserFactory)


class FrameworkCaseFactory(factory.django.DjangoModelFactory):
    """A primary school of which nothing is known; the answer is left open."""

    class Meta:
        model = FrameworkCase

    authority = factory.SubFactory(AuthorityFactory)
    slug = "leeds-2013"
    name = factory.Sequence(lambda n: f"A school of which nothing is known, {n}")
    facts = factory.LazyFunction(lambda: {"on": "2026-11-21", "attributes": {"phase": "primary"}})
    expect = factory.LazyFunction(lambda: {"on_record": None, "low": 1, "high": 5, "locked": None})
    kept_at = factory.LazyFunction(timezone.now)
    kept_by = factory.SubFactory(UserFactory)


class IdentificationRoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IdentificationRound

    authority = factory.SubFactory(AuthorityFactory)
    year = 2026
    month = 10
    opened_at = factory.LazyFunction(timezone.now)
    opened_by = factory.SubFactory(UserFactory)
