"""Consultations, comments and versions of the policy, as those it applies to read them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import authority_ids
from categorisation.drafting.comparing import Difference, differences
from categorisation.engine.wording import upper_first
from categorisation.models import Consultation, FrameworkComment, FrameworkVersion
from categorisation.querysets import acting_for, own_schools
from categorisation.schema import Framework, load_data
from schools.models import School

LONGEST_PLACE = 200


@dataclass(frozen=True)
class ChangesOf:
    """The differences of one section of the document, in its order."""

    section: str
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class ConsultationView:
    """A consultation as one reader may see it. `comments` are the reader's own, or all for those who draft."""

    consultation: Consultation
    authority: Authority
    changes: tuple[ChangesOf, ...]
    comments: tuple[FrameworkComment, ...]
    places: tuple[str, ...]  # what a comment may be about, in words
    is_open: bool
    is_coming: bool
    may_draft: bool

    @property
    def reply_code(self) -> str:
        """The authority's code, where the reader may answer comments."""
        return self.authority.code if self.may_draft else ""


def consultation_view(user: User, consultation: Consultation, *, on: dt.date) -> ConsultationView:
    draft = consultation.draft
    after = load_data(consultation.document)
    changes = grouped(differences(load_data(draft.based_on.document), after))
    return ConsultationView(
        consultation=consultation,
        authority=draft.authority,
        changes=changes,
        comments=tuple(_with_people(consultation.comments.visible_to(user, on))),
        places=tuple(dict.fromkeys(_named(item) for group in changes for item in group.changes)),
        is_open=consultation.opens_on <= on <= consultation.closes_on,
        is_coming=on < consultation.opens_on,
        may_draft=draft.authority_id in authority_ids(user, Permission.EDIT_FRAMEWORK, on),
    )


def grouped(found: Sequence[Difference]) -> tuple[ChangesOf, ...]:
    """By section, in the order of the document."""
    sections = dict.fromkeys(item.section for item in found)
    return tuple(
        ChangesOf(section, tuple(item for item in found if item.section == section)) for section in sections
    )


def _named(change: Difference) -> str:
    title = change.section if change.title == change.section else f"{change.section}: {change.title}"
    return title[:LONGEST_PLACE]


def places_of(document: Framework) -> list[str]:
    """What a comment on the policy in force may be about: each level and each rule."""
    word = upper_first(document.words.level)
    return [
        *(f"{word} {level.rank}: {level.name}"[:LONGEST_PLACE] for level in document.levels),
        *(f"Rule: {rule.title}"[:LONGEST_PLACE] for rule in document.rules),
    ]


def comments_on(user: User, authority: Authority, *, on: dt.date) -> list[FrameworkComment]:
    """On the policy itself, those the person may read, the latest first."""
    found = FrameworkComment.objects.visible_to(user, on).filter(authority=authority, version__isnull=False)
    return list(_with_people(found).order_by("-made_at"))


def _with_people(comments: QuerySet[FrameworkComment]) -> QuerySet[FrameworkComment]:
    return comments.select_related("made_by", "replied_by", "school", "consultation", "version", "authority")


def schools_spoken_for(user: User, authority: Authority, *, on: dt.date) -> list[School]:
    return list(own_schools(user, on).filter(authority=authority).order_by("name"))


def consultations_of(user: User, authority: Authority, *, on: dt.date) -> list[Consultation]:
    """Those of the authority the person may know, the latest first."""
    return list(
        Consultation.objects.visible_to(user, on)
        .filter(draft__authority=authority)
        .select_related("draft__authority")
    )


@dataclass(frozen=True, slots=True)
class ConsultationTask:
    """A policy proposed for a person's own school, and the last day to say what they think of it."""

    text: str
    school: School
    due_on: dt.date
    href: str


def consultation_tasks(user: User, schools: Sequence[School], on: dt.date) -> list[ConsultationTask]:
    """Consultations open on a day of which the person has said nothing yet, at the first of their own schools in each
    authority. One query."""
    first = {school.authority_id: school for school in reversed(schools)}
    asked = (
        Consultation.objects.open(on)
        .filter(draft__authority__in=first)
        .exclude(comments__made_by=user)
        .select_related("draft")
    )
    return [
        ConsultationTask(
            "Say what you think of the changes proposed to the policy",
            first[one.draft.authority_id],
            one.closes_on,
            reverse("categorisation:consultation-detail", args=[one.public_id]),
        )
        for one in asked
    ]


@dataclass(frozen=True)
class Versions:
    """The versions of an authority's framework, and what differs between two of them."""

    authority: Authority
    versions: tuple[FrameworkVersion, ...]
    before: FrameworkVersion | None
    after: FrameworkVersion | None
    changes: tuple[ChangesOf, ...]


def versions_page(user: User, *, on: dt.date, code: str, before: str, after: str) -> Versions | None:
    """The framework in force for one of the person's authorities, in all its versions; without `before` and `after`
    the last two are compared. None where the person acts for nobody, or nothing is chosen."""
    authorities = list(acting_for(user, on))
    authority = next((a for a in authorities if a.code == code), next(iter(authorities), None))
    choice = authority.framework_choices.filter(start_on__lte=on).first() if authority else None
    if authority is None or choice is None:
        return None
    versions = tuple(
        FrameworkVersion.objects.known_to(authority.pk)
        .filter(slug=choice.slug)
        .select_related("published_by")
        .order_by("-published_at", "-number")
    )
    by_number = {str(version.pk): version for version in versions}
    new = by_number.get(after, versions[0] if versions else None)
    older = [version for version in versions if new and version.published_at < new.published_at]
    old = by_number.get(before, older[0] if older else None)
    changes: tuple[ChangesOf, ...] = ()
    if old and new:
        changes = grouped(differences(load_data(old.document), load_data(new.document)))
    return Versions(authority, versions, old, new, changes)
