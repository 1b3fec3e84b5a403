"""Objects for the sweep of every address × role × method (tests/test_access_sweep.py).

An address without arguments needs nothing here, unless something must stand for its page to be found: then a
sample with `inside={}`, under its exact name. One with arguments needs a sample: a function that makes the objects
and gives the arguments of the address for them.

    @sample("visits:visit-*")                          # the URL's name; * stands for anything
    def visit(world: World) -> Sample:
        return Sample(
            inside={"public_id": make.VisitFactory(school=world.school).public_id},
            sibling={"public_id": make.VisitFactory(school=world.sibling).public_id},
            far={"public_id": make.VisitFactory(school=world.far).public_id},
        )

`inside` belongs to `world.school`: officers' roles are assigned to it, schools' roles belong to it.
`sibling` belongs to another school of the same authority, `far` to another authority's. From these the sweep
knows what to expect: a role whose permission reaches *scope* finds inside and sibling, *assigned* and *own*
find inside only, nobody finds far; what is not found is 404. Leave `sibling` out for things of a whole
authority. Where sight follows another rule (a draft is its author's), say it:

    who=lambda role, where: where == "inside" and role == Role.ADVISER     # None: either will do

`role` is None for somebody signed in without a role. An address open to everyone signed in always needs `who`.
`data` is posted instead of an empty form; `query` follows the path, as "?q=x".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from django.utils import timezone

from accounts.actions.invitations import INVITATION_LASTS, hash_of
from accounts.choices import Permission, Role
from accounts.logs import record_change
from accounts.models import Authority, Invitation, User
from accounts.roles import POWERS
from jobs.models import Job
from schools.models import School
from tests import factories as make
from tests.accounts.factors import add_app, add_passkey
from visits.choices import NoteStatus
from visits.documents import content_of


@dataclass(frozen=True)
class World:
    """One person for each role, all in one authority; `stranger` holds none."""

    authority: Authority
    school: School
    sibling: School
    far_authority: Authority
    far: School
    people: Mapping[Role, User]
    stranger: User


@dataclass(frozen=True)
class Sample:
    inside: Mapping[str, Any]
    sibling: Mapping[str, Any] | None = None
    far: Mapping[str, Any] | None = None
    who: Callable[[Role | None, str], bool | None] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""


_SAMPLES: dict[str, Callable[[World], Sample]] = {}
_BY_ARGUMENTS: dict[tuple[str, ...], Callable[[World], Sample]] = {}

Maker = Callable[[World], Sample]


def sample(*names: str) -> Callable[[Maker], Maker]:
    """Register the sample of the addresses with these names; a name without * goes before one with it."""

    def register(maker: Maker) -> Maker:
        _SAMPLES.update(dict.fromkeys(names, maker))
        return maker

    return register


def sample_by_arguments(*arguments: str) -> Callable[[Maker], Maker]:
    """Register the sample of every address that takes exactly these arguments and has none by name."""

    def register(maker: Maker) -> Maker:
        _BY_ARGUMENTS[tuple(sorted(arguments))] = maker
        return maker

    return register


def sample_for(name: str, arguments: tuple[str, ...]) -> Maker | None:
    if name in _SAMPLES or not arguments:
        return _SAMPLES.get(name)
    patterns = [p for p in _SAMPLES if "*" in p and fnmatchcase(name, p)]
    if patterns:
        return _SAMPLES[max(patterns, key=len)]
    return _BY_ARGUMENTS.get(tuple(sorted(arguments)))


@sample("openid_connect_callback")
def back_from_the_provider(world: World) -> Sample:
    return Sample(inside={"provider_id": "work"})


# People's own second factors


@sample("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes")
def own_factors(world: World) -> Sample:
    """Everybody has them: without, their pages are not found."""
    for user in [world.stranger, *world.people.values()]:
        add_app(user)
    return Sample(inside={}, who=lambda role, where: None)


@sample("mfa_remove_webauthn")
def passkey(world: World) -> Sample:
    """The password is asked for again before whose passkey it is."""
    return Sample(
        inside={"pk": add_passkey(world.stranger).pk},
        far={"pk": add_passkey(world.people[Role.ADVISER]).pk},
        who=lambda role, where: None,
    )


# Schools


@sample_by_arguments("urn")
def school(world: World) -> Sample:
    return Sample(
        inside={"urn": world.school.urn}, sibling={"urn": world.sibling.urn}, far={"urn": world.far.urn}
    )


@sample("schools:officer-end")
def officer(world: World) -> Sample:
    def one(school: School) -> dict[str, int]:
        return {
            "urn": school.urn,
            "pk": make.OfficerAssignmentFactory(school=school, role="head_of_service").pk,
        }

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far))


@sample("schools:contact-change", "schools:contact-end")
def contact(world: World) -> Sample:
    def one(school: School) -> dict[str, int]:
        return {"urn": school.urn, "pk": make.SchoolContactFactory(school=school, role="deputy").pk}

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far))


@sample("schools:delegate-end")
def delegate(world: World) -> Sample:
    def one(school: School) -> dict[str, int]:
        user = make.UserFactory(grants=[(Role.SCHOOL_DELEGATE, school.authority)])
        contact = make.SchoolContactFactory(school=school, role="clerk", user=user)
        return {"urn": school.urn, "pk": contact.pk}

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far))


@sample("schools:inspection-correct")
def inspection(world: World) -> Sample:
    def one(school: School) -> dict[str, int]:
        return {"urn": school.urn, "pk": make.InspectionFactory(school=school).pk}

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far))


@sample("schools:circumstance-list")
def circumstances(world: World) -> Sample:
    make.CircumstanceFactory(school=world.school, audience="school")
    return school(world)


@sample("schools:circumstance-end")
def circumstance(world: World) -> Sample:
    def one(school: School) -> dict[str, Any]:
        return {"urn": school.urn, "public_id": make.CircumstanceFactory(school=school).public_id}

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far))


@sample("schools:school-calendar-edit")
def own_half_terms(world: World) -> Sample:
    return Sample(
        inside={"urn": world.school.urn, "year": 2026},
        sibling={"urn": world.sibling.urn, "year": 2026},
        far={"urn": world.far.urn, "year": 2026},
    )


@sample(
    "schools:calendar-year",
    "schools:authority-edit",
    "schools:area-list",
    "schools:area-add",
    "categorisation:framework-choose",
    "categorisation:case-list",
    "categorisation:dry-run-list",
    "categorisation:dry-run-start",
)
def authority_page(world: World) -> Sample:
    return Sample(inside={"code": world.authority.code}, far={"code": world.far_authority.code})


@sample("schools:calendar-edit")
def half_terms(world: World) -> Sample:
    return Sample(
        inside={"code": world.authority.code, "year": 2026},
        far={"code": world.far_authority.code, "year": 2026},
    )


@sample("schools:area-rename", "schools:area-remove")
def area(world: World) -> Sample:
    here, there = (make.AreaFactory(authority=one) for one in (world.authority, world.far_authority))
    return Sample(
        inside={"code": world.authority.code, "pk": here.pk},
        far={"code": world.far_authority.code, "pk": there.pk},
    )


@sample("schools:working-day-remove")
def working_day(world: World) -> Sample:
    """England's, so of no authority: "far" is the same day."""
    day = {"day": make.WorkingDayOverrideFactory().day}
    return Sample(
        inside=day, far=day, who=lambda role, where: role == Role.POLICY_ADMIN if where == "inside" else None
    )


# People, roles, logs


@sample("theme")
def theme(world: World) -> Sample:
    return Sample(inside={"colour": "1d70b8"})


@sample("account_reset_password_from_key")
def reset_link(world: World) -> Sample:
    return Sample(inside={"uidb36": "a", "key": "b"})


@sample("accounts:invitation-accept")
def invitation(world: World) -> Sample:
    now = timezone.now()
    Invitation.objects.create(
        user=make.UserFactory(),
        token_hash=hash_of("token"),
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    return Sample(inside={"token": "token"})


@sample(
    "accounts:person-*",
    "accounts:factors-remove",
    "accounts:invitation-send",
    "accounts:invitation-withdraw",
    "accounts:grant-add",
)
def person(world: World) -> Sample:
    here = make.UserFactory(grants=[(Role.ADVISER, world.authority)])
    there = make.UserFactory(grants=[(Role.ADVISER, world.far_authority)])
    return Sample(inside={"public_id": here.public_id}, far={"public_id": there.public_id})


@sample("accounts:grant-end", "accounts:grant-cancel")
def grant(world: World) -> Sample:
    here = make.RoleGrantFactory(authority=world.authority)
    there = make.RoleGrantFactory(authority=world.far_authority)
    return Sample(
        inside={"public_id": here.user.public_id, "grant_id": here.pk},
        far={"public_id": there.user.public_id, "grant_id": there.pk},
    )


@sample("accounts:change-detail")
def change(world: World) -> Sample:
    def entry(authority: Authority) -> dict[str, int]:
        values = {"name": "Old"}
        made = record_change(
            action="tests.do",
            by=None,
            at=timezone.now(),
            subject=authority,
            before=values,
            authority_id=authority.pk,
        )
        return {"entry_id": made.pk}

    return Sample(inside=entry(world.authority), far=entry(world.far_authority))


# Visits, notes, documents


def _visit(school: School, *, final: bool = False) -> dict[str, Any]:
    """A visit by someone who is nobody in this world, its note a draft or final."""
    author = make.UserFactory()
    note = make.NoteFactory(visit=make.VisitFactory(school=school, adviser=author))
    if final:
        now = timezone.now()
        note.versions.create(
            version=1, content=content_of(note.visit, []), finalised_at=now, finalised_by=author
        )
        note.status, note.finalised_at, note.finalised_by = NoteStatus.FINAL, now, author
        note.save()
    return {"urn": school.urn, "public_id": note.visit.public_id}


@sample("visits:visit-*", "visits:note-*")
def visit(world: World) -> Sample:
    return Sample(inside=_visit(world.school), sibling=_visit(world.sibling), far=_visit(world.far))


@sample("visits:visit-list", "visits:visit-record")
def visits(world: World) -> Sample:
    return school(world)


@sample("visits:visit-detail", "visits:note-reopen", "visits:note-release")
def final_note(world: World) -> Sample:
    return Sample(
        inside=_visit(world.school, final=True),
        sibling=_visit(world.sibling, final=True),
        far=_visit(world.far, final=True),
    )


@sample("visits:section-save")
def note_section(world: World) -> Sample:
    return Sample(
        inside={**_visit(world.school), "key": "strengths"},
        sibling={**_visit(world.sibling), "key": "strengths"},
        far={**_visit(world.far), "key": "strengths"},
    )


@sample("reports:document-*")
def document(world: World) -> Sample:
    def made(of: School) -> dict[str, Any]:
        return {"urn": of.urn, "public_id": make.DocumentFactory(school=of).public_id}

    return Sample(inside=made(world.school), sibling=made(world.sibling), far=made(world.far))


@sample("reports:document-list")
def documents(world: World) -> Sample:
    return school(world)


# Imports belong to a whole authority


@sample("schools:import-detail", "schools:import-problems", "schools:import-apply", "schools:import-discard")
def import_batch(world: World) -> Sample:
    here = make.ImportBatchFactory(authority=world.authority)
    there = make.ImportBatchFactory(authority=world.far_authority)
    return Sample(inside={"public_id": here.public_id}, far={"public_id": there.public_id})


@sample("workspace:job", "workspace:job-panel")
def job(world: World) -> Sample:
    """Whoever started the work sees it, and who sees all work of the authority."""
    policy_admin = world.people[Role.POLICY_ADMIN]
    here = make_job(policy_admin)
    there = make_job(make.UserFactory(grants=[(Role.POLICY_ADMIN, world.far_authority)]))
    return Sample(
        inside={"public_id": here.public_id},
        sibling={"public_id": make_job(world.people[Role.ADVISER]).public_id},
        far={"public_id": there.public_id},
        who=lambda role, where: (
            (where != "far" and role is not None and Permission.VIEW_JOBS in POWERS[role])
            or (where == "inside" and role == Role.POLICY_ADMIN)
            or (where == "sibling" and role == Role.ADVISER)
        ),
    )


def make_job(by: User) -> Job:
    now = timezone.now()
    return Job.objects.create(kind="tests.do", created_by=by, created_at=now, run_after=now)
