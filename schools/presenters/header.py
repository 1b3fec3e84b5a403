"""A school in two lines: what it is, how large, who leads it."""

import datetime as dt
from dataclasses import dataclass

from schools.choices import ContactRole, SchoolPhase, SchoolStatus, SchoolType
from schools.models import School, SchoolContact
from schools.presenters.people import PersonLine, person_line

# The type of establishment as an adjective, and whether the phase belongs in the phrase
_KINDS: dict[int, tuple[str, bool]] = {
    SchoolType.COMMUNITY: ("Community {} school", True),
    SchoolType.VOLUNTARY_AIDED: ("Voluntary aided {} school", True),
    SchoolType.VOLUNTARY_CONTROLLED: ("Voluntary controlled {} school", True),
    SchoolType.FOUNDATION: ("Foundation {} school", True),
    SchoolType.ACADEMY_SPONSOR_LED: ("Sponsor-led {} academy", True),
    SchoolType.ACADEMY_CONVERTER: ("Converter {} academy", True),
    SchoolType.FREE_SCHOOL: ("{} free school", True),
    SchoolType.NURSERY: ("Maintained nursery school", False),
    SchoolType.FREE_SCHOOL_SPECIAL: ("Special free school", False),
    SchoolType.FREE_SCHOOL_AP: ("Free school for alternative provision", False),
    SchoolType.FREE_SCHOOL_16_19: ("Free school for 16 to 19", False),
    SchoolType.STUDIO_SCHOOL: ("Studio school", False),
}
_PHASES = {
    SchoolPhase.NURSERY: "nursery",
    SchoolPhase.PRIMARY: "primary",
    SchoolPhase.MIDDLE_DEEMED_PRIMARY: "middle (deemed primary)",
    SchoolPhase.SECONDARY: "secondary",
    SchoolPhase.MIDDLE_DEEMED_SECONDARY: "middle (deemed secondary)",
    SchoolPhase.SIXTEEN_PLUS: "16 plus",
    SchoolPhase.ALL_THROUGH: "all-through",
}
# What GIAS writes where a school has no religious character
_NO_CHARACTER = frozenset({"", "None", "Does not apply", "Not applicable"})


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What stands at the top of a school's page. Texts are whole phrases; an empty one is not known or does not apply.

    `pupils` counts as the register last said. `status` is empty for an open school.
    """

    name: str
    urn: int
    kind: str
    ages: str
    pupils: str
    head: PersonLine | None
    chair: PersonLine | None
    is_maintained: bool
    status: str
    trust: str
    area: str
    cluster: str

    @property
    def summary(self) -> str:
        """One line: "Community primary school, ages 4 to 11, 312 pupils"."""
        ages = self.ages[:1].lower() + self.ages[1:]
        return ", ".join(part for part in (self.kind, ages, self.pupils) if part)


def kind_in_words(school: School) -> str:
    """ "Voluntary aided Roman Catholic primary school", "Sponsor-led secondary academy". Runs no query."""
    phrase, with_phase = _KINDS.get(school.type, (school.get_type_display(), False))
    if not with_phase:
        return phrase
    character = "" if school.religious_character in _NO_CHARACTER else school.religious_character
    words = " ".join(word for word in (character, _PHASES.get(SchoolPhase(school.phase), "")) if word)
    text = " ".join(phrase.format(words).split())
    return text[:1].upper() + text[1:]


def header_facts(school: School, on: dt.date) -> HeaderFacts:
    """Runs one query for the contacts unless the school came `with_current_people`; fetch area, cluster and trust with
    select_related.
    """
    contacts = current_contacts(school, on)
    return HeaderFacts(
        name=school.name,
        urn=school.urn,
        kind=kind_in_words(school),
        ages=_ages(school),
        pupils="" if school.pupils is None else f"{school.pupils:,} pupil{'' if school.pupils == 1 else 's'}",
        head=_first(contacts, ContactRole.HEADTEACHER, ContactRole.PRINCIPAL),
        chair=_first(contacts, ContactRole.CHAIR),
        is_maintained=school.is_maintained,
        status=_status(school),
        trust=school.trust.name if school.trust else "",
        area=school.area.name if school.area else "",
        cluster=school.cluster.name if school.cluster else "",
    )


def current_contacts(school: School, on: dt.date) -> list[SchoolContact]:
    """Those in force on a day: as `with_current_people` fetched them, else one query."""
    fetched = getattr(school, "current_contacts", None)
    return fetched if fetched is not None else list(school.contacts.in_force(on))


def _ages(school: School) -> str:
    if school.low_age is None or school.high_age is None:
        return ""
    return f"Ages {school.low_age} to {school.high_age}"


def _status(school: School) -> str:
    if school.status == SchoolStatus.OPEN:
        return ""
    if school.status == SchoolStatus.CLOSED and school.closed_on:
        reason = f": {school.closure_reason.lower()}" if school.closure_reason else ""
        return f"Closed on {school.closed_on.day} {school.closed_on:%B %Y}{reason}"
    return SchoolStatus(school.status).label


def _first(contacts: list[SchoolContact], *roles: ContactRole) -> PersonLine | None:
    for role in roles:
        for contact in contacts:
            if contact.role == role:
                return person_line(contact)
    return None
