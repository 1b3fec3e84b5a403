"""The frame of every page: header, service navigation, a school's side navigation, footer."""

from dataclasses import dataclass, field, replace

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission as P
from accounts.models import Authority, User
from accounts.permissions import holds, powers_of
from categorisation.presenters import level_word, levels_word
from schools.models import School
from schools.querysets import permissions_over

PRODUCT_NAME = "School improvement"


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    active: bool = False
    post: bool = False  # a button: it changes something


@dataclass(frozen=True)
class Chrome:
    service_name: str
    authority_name: str
    colour: str
    user_name: str
    navigation: list[Link] = field(default_factory=list)
    account_navigation: list[Link] = field(default_factory=list)
    footer_links: list[Link] = field(default_factory=list)
    contact_email: str = ""
    school: School | None = None
    school_navigation: list[Link] = field(default_factory=list)
    settings_navigation: list[Link] = field(default_factory=list)


# What may stand in the navigation, in order: text, address, what it takes. {levels} is the policy's word
_NAVIGATION: tuple[tuple[str, str, tuple[P, ...]], ...] = (
    ("Home", "workspace:home", ()),
    ("My schools", "workspace:my-schools", (P.WRITE_VISIT,)),
    ("Schools", "workspace:school-list", (P.EXPORT_LIST,)),
    ("Indicators", "workspace:indicator-list", (P.EXPORT_LIST,)),
    ("{levels}", "categorisation:round-list", (P.RECOMMEND_LEVEL, P.MODERATE_LEVEL, P.DECIDE_LEVEL)),
    ("Early warnings", "categorisation:warning-list", (P.RECOMMEND_LEVEL,)),
    ("Ratings", "categorisation:rating-index", (P.RATE_INDICATOR,)),
    ("Nothing to report", "schools:return-many", (P.RECORD_CIRCUMSTANCE, P.RATE_INDICATOR)),
    ("Import", "schools:import-list", (P.IMPORT_DATA,)),
    ("People", "accounts:person-list", (P.MANAGE_PEOPLE,)),
    ("Calendar", "schools:calendar", (P.MANAGE_CALENDAR,)),
    ("Settings", "schools:settings", (P.MANAGE_SETTINGS,)),
    ("Unattended work", "workspace:job-list", (P.VIEW_JOBS,)),
    ("Logs", "accounts:change-log", (P.VIEW_LOGS,)),
)

# A school's own pages: text, address, what it takes over that school (any one suffices). {level} is the policy's word
_SCHOOL_NAVIGATION: tuple[tuple[str, str, tuple[P, ...]], ...] = (
    ("Overview", "workspace:school", (P.VIEW_SCHOOL,)),
    ("Data", "workspace:school-data", (P.VIEW_INDICATORS,)),
    ("Self-evaluation", "categorisation:profile", (P.VIEW_SUGGESTION,)),
    ("{level} and why", "categorisation:why", (P.VIEW_SUGGESTION,)),
    ("Visits and notes", "visits:visit-list", (P.READ_VISIT, P.READ_SHARED_NOTE)),
    ("Documents", "reports:document-list", (P.READ_DOCUMENT,)),
    ("Inspections", "schools:inspection-list", (P.VIEW_SCHOOL,)),
    ("What services say", "categorisation:rating-list", (P.VIEW_SUGGESTION, P.RATE_INDICATOR)),
    ("Circumstances", "schools:circumstance-list", (P.VIEW_SUGGESTION, P.RATE_INDICATOR)),
    ("People", "schools:people", (P.VIEW_SCHOOL,)),
    ("History", "workspace:school-history", (P.VIEW_SCHOOL,)),
)

# An authority's other settings, on the page of its name and colours
_SETTINGS_NAVIGATION = (
    ("Policy the authority works to", "categorisation:framework-choose"),
    ("Comments and consultations", "categorisation:consultation-list"),
    ("Areas and clusters", "schools:area-list"),
)

# What rooms above the one of people keep of a person, on that person's page
_PERSON_NAVIGATION = (("What this person is asked about for a service", "categorisation:remit-list"),)


def build(request: HttpRequest) -> Chrome:
    """Runs one query for the grants (shared with the view), one for the authority, up to two for its
    word for levels, and on a school's page two more."""
    footer = [
        Link("Accessibility", reverse("workspace:accessibility")),
        Link("Privacy", reverse("workspace:privacy")),
        Link("Cookies", reverse("workspace:cookies")),
    ]
    user = request.user
    if not isinstance(user, User):
        return Chrome(PRODUCT_NAME, "", "", "", footer_links=footer)
    school = _school_of(request, user)
    authority = _authority_of(user, school)
    return Chrome(
        service_name=(authority.service_name or f"{authority.name} school improvement")
        if authority
        else PRODUCT_NAME,
        authority_name=authority.name if authority else "",
        colour=authority.colour if authority else "",
        user_name=user.name,
        contact_email=authority.contact_email if authority else "",
        navigation=_navigation(request, user, authority),
        account_navigation=[
            Link("Your account", reverse("accounts:own-account")),
            Link("Sign out", reverse("account_logout"), post=True),
        ],
        footer_links=footer,
        school=school,
        school_navigation=_school_navigation(request, user, school) if school else [],
        settings_navigation=_settings_navigation(request),
    )


def _navigation(request: HttpRequest, user: User, authority: Authority | None) -> list[Link]:
    """Two queries more for those who have to do with levels."""
    offered = [
        (text, name)
        for text, name, permissions in _NAVIGATION
        if not permissions or any(holds(user, permission) for permission in permissions)
    ]
    said = authority and any("{levels}" in text for text, _ in offered)
    levels = levels_word(authority, timezone.localdate()) if authority and said else ""
    return _marked(request.path, [Link(text.format(levels=levels), reverse(name)) for text, name in offered])


def _authority_of(user: User, school: School | None) -> Authority | None:
    """The authority the person acts for; of several, the one of the school on the page, else the first by name."""
    ids = {power.authority_id for power in powers_of(user)}
    if not ids:
        return Authority.objects.filter(grants__in=user.grants.in_force(timezone.localdate())).first()
    if school and school.authority_id in ids:
        return school.authority
    return Authority.objects.filter(pk__in=ids).first()


def _school_of(request: HttpRequest, user: User) -> School | None:
    """The school a page is about, by the `urn` in its address, if the person may see it."""
    urn = request.resolver_match.kwargs.get("urn") if request.resolver_match else None
    if urn is None:
        return None
    return School.objects.visible_to(user).select_related("authority").filter(urn=urn).first()


def _school_navigation(request: HttpRequest, user: User, school: School) -> list[Link]:
    covered = permissions_over(user, school)
    level = level_word(school.authority, timezone.localdate()) if P.VIEW_SUGGESTION in covered else ""
    return _marked(
        request.path,
        [
            Link(text.format(level=level), reverse(name, args=[school.urn]))
            for text, name, permissions in _SCHOOL_NAVIGATION
            if covered.intersection(permissions)
        ],
    )


def _settings_navigation(request: HttpRequest) -> list[Link]:
    match = request.resolver_match
    if match is not None and match.view_name == "accounts:person-detail":
        return [Link(text, reverse(name, kwargs=match.kwargs)) for text, name in _PERSON_NAVIGATION]
    if match is None or match.view_name != "schools:authority-edit":
        return []
    return [Link(text, reverse(name, args=[match.kwargs["code"]])) for text, name in _SETTINGS_NAVIGATION]


def _marked(path: str, links: list[Link]) -> list[Link]:
    """The links, the one the page lies under marked: the longest address its own begins with; "/" is only itself."""
    under = [link for link in links if path == link.href or (link.href != "/" and path.startswith(link.href))]
    here = max(under, key=lambda link: len(link.href), default=None)
    return [replace(link, active=link is here) for link in links]
