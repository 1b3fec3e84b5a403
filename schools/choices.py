"""The sector's own lists: what GIAS, Ofsted and the Department for Education call things.

Codes are GIAS's where it has them. Sources: statutory-facts sections 1, 3, 5 and 6 in the team's reference.
"""

from collections.abc import Mapping

from django.db.models import IntegerChoices, TextChoices

from accounts.choices import Role


class SchoolType(IntegerChoices):
    """GIAS "TypeOfEstablishment"."""

    COMMUNITY = 1, "Community school"
    VOLUNTARY_AIDED = 2, "Voluntary aided school"
    VOLUNTARY_CONTROLLED = 3, "Voluntary controlled school"
    FOUNDATION = 5, "Foundation school"
    CITY_TECHNOLOGY_COLLEGE = 6, "City technology college"
    COMMUNITY_SPECIAL = 7, "Community special school"
    NON_MAINTAINED_SPECIAL = 8, "Non-maintained special school"
    OTHER_INDEPENDENT_SPECIAL = 10, "Other independent special school"
    OTHER_INDEPENDENT = 11, "Other independent school"
    FOUNDATION_SPECIAL = 12, "Foundation special school"
    PUPIL_REFERRAL_UNIT = 14, "Pupil referral unit"
    NURSERY = 15, "Local authority nursery school"
    FURTHER_EDUCATION = 18, "Further education"
    SECURE_UNIT = 24, "Secure units"
    OFFSHORE = 25, "Offshore schools"
    SERVICE_CHILDREN = 26, "Service children's education"
    MISCELLANEOUS = 27, "Miscellaneous"
    ACADEMY_SPONSOR_LED = 28, "Academy sponsor led"
    HIGHER_EDUCATION = 29, "Higher education institutions"
    WELSH = 30, "Welsh establishment"
    SIXTH_FORM_CENTRE = 31, "Sixth form centres"
    SPECIAL_POST_16 = 32, "Special post 16 institution"
    ACADEMY_SPECIAL_SPONSOR_LED = 33, "Academy special sponsor led"
    ACADEMY_CONVERTER = 34, "Academy converter"
    FREE_SCHOOL = 35, "Free schools"
    FREE_SCHOOL_SPECIAL = 36, "Free schools special"
    BRITISH_OVERSEAS = 37, "British schools overseas"
    FREE_SCHOOL_AP = 38, "Free schools alternative provision"
    FREE_SCHOOL_16_19 = 39, "Free schools 16 to 19"
    UNIVERSITY_TECHNICAL_COLLEGE = 40, "University technical college"
    STUDIO_SCHOOL = 41, "Studio schools"
    ACADEMY_AP_CONVERTER = 42, "Academy alternative provision converter"
    ACADEMY_AP_SPONSOR_LED = 43, "Academy alternative provision sponsor led"
    ACADEMY_SPECIAL_CONVERTER = 44, "Academy special converter"
    ACADEMY_16_19_CONVERTER = 45, "Academy 16-19 converter"
    ACADEMY_16_19_SPONSOR_LED = 46, "Academy 16 to 19 sponsor led"
    CHILDRENS_CENTRE = 47, "Children's centre"
    CHILDRENS_CENTRE_LINKED = 48, "Children's centre linked site"
    ONLINE_PROVIDER = 49, "Online provider"
    INSTITUTION_FUNDED_BY_OTHER_DEPARTMENT = 56, "Institution funded by other government department"
    ACADEMY_SECURE_16_19 = 57, "Academy secure 16 to 19"


# "Maintained school" of the Education and Inspections Act 2006, section 59(1). Not pupil referral units.
MAINTAINED_TYPES = frozenset(
    {
        SchoolType.COMMUNITY,
        SchoolType.VOLUNTARY_AIDED,
        SchoolType.VOLUNTARY_CONTROLLED,
        SchoolType.FOUNDATION,
        SchoolType.COMMUNITY_SPECIAL,
        SchoolType.FOUNDATION_SPECIAL,
        SchoolType.NURSERY,
    }
)

ACADEMY_TYPES = frozenset(
    {
        SchoolType.ACADEMY_SPONSOR_LED,
        SchoolType.ACADEMY_CONVERTER,
        SchoolType.ACADEMY_SPECIAL_SPONSOR_LED,
        SchoolType.ACADEMY_SPECIAL_CONVERTER,
        SchoolType.ACADEMY_AP_CONVERTER,
        SchoolType.ACADEMY_AP_SPONSOR_LED,
        SchoolType.ACADEMY_16_19_CONVERTER,
        SchoolType.ACADEMY_16_19_SPONSOR_LED,
        SchoolType.ACADEMY_SECURE_16_19,
        SchoolType.FREE_SCHOOL,
        SchoolType.FREE_SCHOOL_SPECIAL,
        SchoolType.FREE_SCHOOL_AP,
        SchoolType.FREE_SCHOOL_16_19,
        SchoolType.UNIVERSITY_TECHNICAL_COLLEGE,
        SchoolType.STUDIO_SCHOOL,
    }
)

SPONSOR_LED_TYPES = frozenset(
    {
        SchoolType.ACADEMY_SPONSOR_LED,
        SchoolType.ACADEMY_SPECIAL_SPONSOR_LED,
        SchoolType.ACADEMY_AP_SPONSOR_LED,
        SchoolType.ACADEMY_16_19_SPONSOR_LED,
    }
)

SPECIAL_TYPES = frozenset(
    {
        SchoolType.COMMUNITY_SPECIAL,
        SchoolType.FOUNDATION_SPECIAL,
        SchoolType.NON_MAINTAINED_SPECIAL,
        SchoolType.OTHER_INDEPENDENT_SPECIAL,
        SchoolType.ACADEMY_SPECIAL_SPONSOR_LED,
        SchoolType.ACADEMY_SPECIAL_CONVERTER,
        SchoolType.FREE_SCHOOL_SPECIAL,
    }
)

ALTERNATIVE_PROVISION_TYPES = frozenset(
    {
        SchoolType.PUPIL_REFERRAL_UNIT,
        SchoolType.FREE_SCHOOL_AP,
        SchoolType.ACADEMY_AP_CONVERTER,
        SchoolType.ACADEMY_AP_SPONSOR_LED,
    }
)


class SchoolStatus(IntegerChoices):
    """GIAS "EstablishmentStatus"."""

    OPEN = 1, "Open"
    CLOSED = 2, "Closed"
    PROPOSED_TO_CLOSE = 3, "Open, but proposed to close"
    PROPOSED_TO_OPEN = 4, "Proposed to open"


OPEN_STATUSES = frozenset({SchoolStatus.OPEN, SchoolStatus.PROPOSED_TO_CLOSE})


class SchoolPhase(IntegerChoices):
    """GIAS "PhaseOfEducation"."""

    NOT_APPLICABLE = 0, "Not applicable"
    NURSERY = 1, "Nursery"
    PRIMARY = 2, "Primary"
    MIDDLE_DEEMED_PRIMARY = 3, "Middle deemed primary"
    SECONDARY = 4, "Secondary"
    MIDDLE_DEEMED_SECONDARY = 5, "Middle deemed secondary"
    SIXTEEN_PLUS = 6, "16 plus"
    ALL_THROUGH = 7, "All-through"


class LinkKind(TextChoices):
    """How one establishment follows another (GIAS links)."""

    SUCCESSOR = "successor", "Successor"
    SUCCESSOR_AMALGAMATED = "successor_amalgamated", "Successor by amalgamation"
    SUCCESSOR_MERGED = "successor_merged", "Successor by merger"
    SUCCESSOR_SPLIT = "successor_split", "Successor by split"
    EXPANSION = "expansion", "Expansion"
    OTHER = "other", "Other link"


# Links along which one establishment's history is another's; the others join schools that live side by side
LINEAGE_LINKS = frozenset(
    {
        LinkKind.SUCCESSOR,
        LinkKind.SUCCESSOR_AMALGAMATED,
        LinkKind.SUCCESSOR_MERGED,
        LinkKind.SUCCESSOR_SPLIT,
    }
)


class OfficerRole(TextChoices):
    """Which officer of the authority serves a school (L-006, K-006). One of each at a time."""

    ADVISER = "adviser", "School improvement adviser"
    AREA_MANAGER = "area_manager", "Area improvement manager"
    HEAD_OF_SERVICE = "head_of_service", "Head of service"


class ContactRole(TextChoices):
    """Who belongs to a school, or must be told about it (L-009, L-012, K-007)."""

    HEADTEACHER = "headteacher", "Headteacher"
    CHAIR = "chair", "Chair of governors"
    DEPUTY = "deputy", "Deputy headteacher"
    CLERK = "clerk", "Clerk to the governors"
    DIOCESAN_AUTHORITY = "diocesan_authority", "Diocesan authority"
    FOUNDATION_APPOINTER = "foundation_appointer", "Appoints foundation governors"
    FAITH_REPRESENTATIVE = "faith_representative", "Faith representative"
    SPONSOR = "sponsor", "Sponsor or trust"
    PRINCIPAL = "principal", "Principal"


# They must be told of some things, or speak for its faith, and do not run the school
_OUTSIDE = frozenset(
    {ContactRole.DIOCESAN_AUTHORITY, ContactRole.FOUNDATION_APPOINTER, ContactRole.FAITH_REPRESENTATIVE}
)

# As what somebody must belong to a school for a role to hold there: the head of one who is clerk or appoints
# governors at another is no head of that one, and reads none of its papers.
CONTACTS_OF: Mapping[Role, frozenset[ContactRole]] = {
    Role.HEADTEACHER: frozenset({ContactRole.HEADTEACHER, ContactRole.PRINCIPAL}),
    Role.CHAIR: frozenset({ContactRole.CHAIR}),
    Role.SCHOOL_DELEGATE: frozenset({ContactRole.DEPUTY, ContactRole.CLERK}),
    Role.SPONSOR: frozenset({ContactRole.SPONSOR, ContactRole.PRINCIPAL}),
    Role.FAITH_REPRESENTATIVE: _OUTSIDE,
    Role.REVIEW_GROUP_GOVERNOR: frozenset(),  # what a group shows its members comes from the group
}

# Of these a school has one at a time
SINGLE_CONTACT_ROLES = frozenset({ContactRole.HEADTEACHER, ContactRole.CHAIR, ContactRole.PRINCIPAL})


class InspectionFramework(TextChoices):
    """Ofsted's frameworks. Grades are each framework's own and are never renumbered."""

    S5_2005 = "S5_2005", "Section 5, September 2005"
    S5_2009 = "S5_2009", "Section 5, September 2009"
    S5_2012_01 = "S5_2012_01", "Section 5, January 2012"
    S5_2012_09 = "S5_2012_09", "Section 5, September 2012"
    CIF_2015 = "CIF_2015", "Common inspection framework, 2015"
    EIF_2019 = "EIF_2019", "Education inspection framework, 2019"
    EIF_2024 = "EIF_2024", "Education inspection framework without overall grade, 2024"
    REPORT_CARD_2025 = "REPORT_CARD_2025", "Report card, November 2025"


class InspectionKind(TextChoices):
    GRADED = "graded", "Graded inspection"
    UNGRADED = "ungraded", "Ungraded inspection"
    MONITORING = "monitoring", "Monitoring visit"
    URGENT = "urgent", "Urgent inspection"
    RELIGIOUS = "religious", "Section 48 religious inspection"


class ConcernCategory(TextChoices):
    """The statutory category; significant improvement had three names (X-10)."""

    SIGNIFICANT_IMPROVEMENT = "significant_improvement", "Requires significant improvement"
    SPECIAL_MEASURES = "special_measures", "Special measures"


class CategoryReason(TextChoices):
    """The test that was met (Education Act 2005 s.44): two limbs of significant improvement, one of special measures."""

    UNACCEPTABLE_WITH_CAPACITY = (
        "unacceptable_with_capacity",
        "Standard of education not acceptable, but the capacity to improve is there",
    )
    BELOW_REASONABLE_EXPECTATION = (
        "below_expectation",
        "Acceptable, but performing significantly less well than could reasonably be expected",
    )
    UNACCEPTABLE_WITHOUT_CAPACITY = (
        "unacceptable_without_capacity",
        "Standard not acceptable, and those leading, managing or governing lack the capacity to improve it",
    )


class MonitoringProgress(TextChoices):
    """Four points until August 2012; since then whether progress is reasonable or action effective."""

    INADEQUATE = "inadequate", "Inadequate progress"
    SATISFACTORY = "satisfactory", "Satisfactory progress"
    GOOD = "good", "Good progress"
    OUTSTANDING = "outstanding", "Outstanding progress"
    REASONABLE = "reasonable", "Reasonable progress"
    EFFECTIVE = "effective", "Taking effective action"
    NOT_EFFECTIVE = "not_effective", "Not taking effective action"


class UngradedOutcome(TextChoices):
    """What an ungraded (until 2019: short) inspection concluded; it never changes the grades that stand."""

    REMAINS = "remains", "Keeps its grade"
    REMAINS_IMPROVING = "remains_improving", "Keeps its grade; may now be better"
    REMAINS_CONCERNS = "remains_concerns", "Keeps its grade; may no longer merit it"
    STANDARDS_MAINTAINED = "maintained", "Standards maintained"
    IMPROVED_SIGNIFICANTLY = "improved", "Improved significantly across all areas"
    NOT_AS_STRONG = "not_as_strong", "Some aspects may not be as strong"


class ValueStatus(TextChoices):
    """Why a value is there, or is not. A missing value is never zero and never fine."""

    PUBLISHED = "published", "Published"
    SUPPRESSED = "suppressed", "Suppressed by the publisher"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    NO_ENTRIES = "no_entries", "No pupils entered"
    LOW_COVERAGE = "low_coverage", "Too few pupils covered"
    NEW_SCHOOL = "new_school", "New school, no results yet"
    NOT_PUBLISHED = "not_published", "Not published"
    NOT_PRODUCED = "not_produced", "Not produced nationally"


class Comparator(TextChoices):
    NATIONAL = "national", "England"
    # Where the publisher gives England by kind of school only (census, absence)
    NATIONAL_PRIMARY = "national_primary", "England, primary schools"
    NATIONAL_SECONDARY = "national_secondary", "England, secondary schools"
    NATIONAL_SPECIAL = "national_special", "England, special schools"
    AUTHORITY = "authority", "All schools of the authority"
    SIMILAR = "similar", "Similar schools"
    NEIGHBOURS = "neighbours", "Statistical neighbours"


class Direction(TextChoices):
    """Which way is better."""

    UP = "up", "Higher is better"
    DOWN = "down", "Lower is better"
    NEUTRAL = "neutral", "Neither"


class Audience(TextChoices):
    """Who may read a piece of text (idea 6)."""

    SCHOOL = "school", "Shared with the school"
    GOVERNORS_PANEL = "governors_panel", "Governors' panel only"
    AUTHORITY = "authority", "Authority only"
    REGISTER = "register", "Register only"
