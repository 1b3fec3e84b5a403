"""Objects of the sweep for categorisation: levels, profiles, policies, rounds, what services say (see sweep_objects)."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.choices import Permission, Reach, Role
from accounts.models import Authority
from accounts.roles import POWERS, SCHOOL_ROLES
from categorisation.benching import Tally
from categorisation.choices import DraftStatus
from categorisation.models import Consultation, FrameworkChoice, FrameworkComment, FrameworkDraft
from schools.importing.loading import load_reference
from schools.models import School
from tests import factories as make
from tests.sweep_objects import Sample, World, authority_page, circumstance, person, sample, school

# Levels


def _recommendation(of: School, **more: Any) -> dict[str, Any]:
    return {"urn": of.urn, "public_id": make.RecommendationFactory(school=of, **more).public_id}


def _staff_only(permission: Permission) -> Callable[[Role | None, str], bool | None]:
    """People at the school learn of a level when it is published, never of how it comes about."""
    return lambda role, where: (
        where != "far"
        and role is not None
        and role not in SCHOOL_ROLES
        and permission in POWERS[role]
        and (where == "inside" or POWERS[role][permission] == Reach.SCOPE)
    )


@sample("categorisation:recommend")
def recommend(world: World) -> Sample:
    """Without a policy there would be no form."""
    load_reference(now=timezone.now())
    for authority in (world.authority, world.far_authority):
        FrameworkChoice.objects.get_or_create(
            authority=authority, start_on=make.LONG_AGO, defaults={"slug": make.leeds().slug}
        )
    return school(world)


@sample("categorisation:recommendation")
def recommendation(world: World) -> Sample:
    return Sample(
        inside=_recommendation(world.school),
        sibling=_recommendation(world.sibling),
        far=_recommendation(world.far),
        who=_staff_only(Permission.VIEW_SUGGESTION),
    )


@sample("categorisation:recommendation-*")
def recommendation_to_act_on(world: World) -> Sample:
    return Sample(
        inside=_recommendation(world.school),
        sibling=_recommendation(world.sibling),
        far=_recommendation(world.far),
    )


@sample("categorisation:recommendation-withdraw")
def own_recommendation(world: World) -> Sample:
    adviser = world.people[Role.ADVISER]
    return Sample(
        inside=_recommendation(world.school, recommended_by=adviser),
        sibling=_recommendation(world.sibling, recommended_by=adviser),
        far=_recommendation(world.far, recommended_by=adviser),
        who=lambda role, where: where == "inside" and role == Role.ADVISER,
    )


@sample("categorisation:statement-release", "categorisation:disagree")
def decision(world: World) -> Sample:
    load_reference(now=timezone.now())

    def made(of: School) -> dict[str, Any]:
        return {"urn": of.urn, "public_id": make.DecisionFactory(school=of).public_id}

    return Sample(inside=made(world.school), sibling=made(world.sibling), far=made(world.far))


@sample("categorisation:disagreement-answer")
def disagreement(world: World) -> Sample:
    def made(of: School) -> dict[str, Any]:
        row = make.DecisionFactory(school=of).disagreements.create(
            text="No", made_at=timezone.now(), made_by=make.UserFactory()
        )
        return {"urn": of.urn, "public_id": row.public_id}

    return Sample(inside=made(world.school), sibling=made(world.sibling), far=made(world.far))


# Self-evaluation profiles


@sample("categorisation:profile-begin")
def profile_to_begin(world: World) -> Sample:
    return school(world)


@sample("categorisation:profile")
def profile_of_the_year(world: World) -> Sample:
    for of in (world.school, world.sibling, world.far):
        make.ProfileFactory(school=of)
    return school(world)


def _profile(of: School, *, validated: bool = False) -> dict[str, Any]:
    done = {"validated_at": timezone.now(), "validated_by": make.UserFactory()} if validated else {}
    return {"urn": of.urn, "year": make.ProfileFactory(school=of, **done).year}


@sample("categorisation:profile-*")
def profile(world: World) -> Sample:
    return Sample(inside=_profile(world.school), sibling=_profile(world.sibling), far=_profile(world.far))


@sample(
    "categorisation:profile-agree",
    "categorisation:profile-finish-moderating",
    "categorisation:profile-moderate",
    "categorisation:profile-release",
    "categorisation:profile-reopen",
)
def validated_profile(world: World) -> Sample:
    return Sample(
        inside=_profile(world.school, validated=True),
        sibling=_profile(world.sibling, validated=True),
        far=_profile(world.far, validated=True),
    )


@sample(
    "categorisation:profile-write-row",
    "categorisation:profile-validate-row",
    "categorisation:profile-moderate-row",
)
def profile_row(world: World) -> Sample:
    return Sample(
        inside={**_profile(world.school), "row": "teaching"},
        sibling={**_profile(world.sibling), "row": "teaching"},
        far={**_profile(world.far), "row": "teaching"},
    )


# Changing a policy


def _draft(authority: Authority, **more: str) -> dict[str, Any]:
    draft = FrameworkDraft.objects.filter(authority=authority).first()
    draft = draft or make.FrameworkDraftFactory(authority=authority)
    return {"code": authority.code, "public_id": draft.public_id, **more}


@sample("categorisation:draft-*")
def framework_draft(world: World) -> Sample:
    return Sample(inside=_draft(world.authority), far=_draft(world.far_authority))


@sample("categorisation:draft-list")
def framework_drafts(world: World) -> Sample:
    return authority_page(world)


@sample("categorisation:draft-section")
def draft_section(world: World) -> Sample:
    return Sample(
        inside=_draft(world.authority, section="rules"), far=_draft(world.far_authority, section="rules")
    )


@sample("categorisation:draft-edit", "categorisation:draft-remove", "categorisation:draft-preview")
def draft_clause(world: World) -> Sample:
    place = "parameters.flat"
    return Sample(inside=_draft(world.authority, place=place), far=_draft(world.far_authority, place=place))


@sample("categorisation:draft-add")
def draft_list_of(world: World) -> Sample:
    return Sample(
        inside=_draft(world.authority, place="rules"), far=_draft(world.far_authority, place="rules")
    )


@sample("categorisation:draft-start", "categorisation:draft-version-download")
def framework_version(world: World) -> Sample:
    version = make.leeds().pk
    return Sample(
        inside={"code": world.authority.code, "version": version},
        far={"code": world.far_authority.code, "version": version},
    )


# Trying a changed policy


def _chosen(authority: Authority) -> None:
    """The authority works to a policy, for there is nothing to try without one."""
    load_reference(now=timezone.now())
    make.leeds()
    FrameworkChoice.objects.get_or_create(
        authority=authority, start_on=make.LONG_AGO, defaults={"slug": "leeds-2013"}
    )


@sample("categorisation:case-change", "categorisation:case-remove")
def framework_case(world: World) -> Sample:
    def made(authority: Authority) -> dict[str, Any]:
        _chosen(authority)
        case = make.FrameworkCaseFactory(authority=authority)
        return {"code": authority.code, "public_id": case.public_id}

    return Sample(inside=made(world.authority), far=made(world.far_authority))


@sample("categorisation:case-keep")
def framework_case_to_keep(world: World) -> Sample:
    _chosen(world.authority)
    return authority_page(world)


@sample("categorisation:bench")
def bench(world: World) -> Sample:
    """Opened with the facts of a school, which are in the read log."""
    _chosen(world.authority)
    pages = authority_page(world)
    return Sample(inside=pages.inside, far=pages.far, query=f"?school={world.school.urn}")


@sample("categorisation:dry-run-detail", "categorisation:dry-run-stop", "categorisation:dry-run-moves")
def dry_run(world: World) -> Sample:
    """One that is done and would move a school."""

    def made(school: School) -> dict[str, Any]:
        _chosen(school.authority)
        run = make.DryRunFactory(
            draft__authority=school.authority,
            draft__status=DraftStatus.ABANDONED,
            finished_at=timezone.now(),
            counts={**Tally().counts, "tried": 1, "moved": 1, "directions": {"up": 1}, "moves": [[1, 2, 1]]},
        )
        run.moves.create(
            school=school, before=1, before_low=1, before_high=3, after=2, after_low=2, after_high=3
        )
        return {"code": school.authority.code, "public_id": run.public_id}

    return Sample(inside=made(world.school), far=made(world.far))


@sample("categorisation:dry-run-move")
def dry_run_move(world: World) -> Sample:
    """A school of the run; every school of the authority is one."""
    runs = dry_run(world)
    return Sample(
        inside={**runs.inside, "urn": world.school.urn}, far={**(runs.far or {}), "urn": world.far.urn}
    )


# Rounds and what is done each term belong to an authority; who recommends for one school of it finds them


@sample("categorisation:round-*")
def annual_round(world: World) -> Sample:
    return Sample(
        inside={"public_id": make.RoundFactory(authority=world.authority).public_id},
        far={"public_id": make.RoundFactory(authority=world.far_authority).public_id},
    )


@sample("categorisation:round-moderate")
def round_to_moderate(world: World) -> Sample:
    """With a recommendation that waits: a page with none shows nothing restricted."""
    annual = make.RoundFactory(authority=world.authority)
    make.RecommendationFactory(round=annual, school=world.school)
    return Sample(
        inside={"public_id": annual.public_id},
        far={"public_id": make.RoundFactory(authority=world.far_authority).public_id},
    )


@sample("categorisation:round-list")
def round_list(world: World) -> Sample:
    return Sample(inside={})


@sample("categorisation:round-open")
def round_to_open(world: World) -> Sample:
    return authority_page(world)


@sample("categorisation:term-review")
def term_review(world: World) -> Sample:
    make.DecisionFactory(school=world.school)
    return Sample(
        inside={"code": world.authority.code, "year": 2026, "term": 1},
        far={"code": world.far_authority.code, "year": 2026, "term": 1},
    )


@sample("categorisation:identification-*")
def identification_round(world: World) -> Sample:
    for authority in (world.authority, world.far_authority):
        FrameworkChoice.objects.get_or_create(
            authority=authority, slug=make.leeds().slug, start_on=make.LONG_AGO
        )
    return Sample(
        inside={"public_id": make.IdentificationRoundFactory(authority=world.authority).public_id},
        far={"public_id": make.IdentificationRoundFactory(authority=world.far_authority).public_id},
    )


@sample("categorisation:identification-open")
def identification_month(world: World) -> Sample:
    return Sample(
        inside={"code": world.authority.code, "year": 2026, "month": 10},
        far={"code": world.far_authority.code, "year": 2026, "month": 10},
    )


# Services, early warnings, confirmations


def _ask_services(world: World, *subjects: str) -> None:
    for role in (Role.SERVICE_OFFICER, Role.SERVICE_MANAGER):
        for subject in subjects:
            make.ServiceRemitFactory(user=world.people[role], authority=world.authority, subject=subject)


@sample("schools:circumstance-record")
def circumstance_to_record(world: World) -> Sample:
    """Officers of services find the page once they are asked about something."""
    _ask_services(world, "finance_concern")
    return school(world)


@sample("schools:circumstance-end")
def circumstance_of_a_service(world: World) -> Sample:
    _ask_services(world, "finance_concern")
    return circumstance(world)


@sample("categorisation:warning-list")
def early_warnings(world: World) -> Sample:
    """A school never learns that a warning was given."""
    return Sample(inside={}, who=lambda role, where: role not in SCHOOL_ROLES)


@sample("categorisation:warning-detail")
def early_warning(world: World) -> Sample:
    def one(of: School) -> dict[str, Any]:
        return {"urn": of.urn, "public_id": make.SuggestionChangeFactory(school=of).public_id}

    def who(role: Role | None, where: str) -> bool:
        reach = POWERS[role].get(Permission.VIEW_SUGGESTION) if role else None
        if where == "far" or reach in (None, Reach.OWN):
            return False
        return where == "inside" or reach == Reach.SCOPE

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far), who=who)


@sample("categorisation:confirmation-record", "categorisation:confirmation-withdraw")
def confirmation(world: World) -> Sample:
    load_reference(now=timezone.now())
    make.leeds()
    _chosen(world.authority)

    def one(of: School) -> dict[str, Any]:
        return {"urn": of.urn, "rule": "teaching_inconsistent"}

    return Sample(inside=one(world.school), sibling=one(world.sibling), far=one(world.far))


@sample("categorisation:rating-list")
def services_say(world: World) -> Sample:
    make.leeds()
    _chosen(world.authority)
    make.ServiceRatingFactory(school=world.school, audience="school")
    return school(world)


@sample("categorisation:rating-record")
def rating(world: World) -> Sample:
    make.leeds()
    _chosen(world.authority)
    _ask_services(world, "finance")
    today = timezone.localdate()
    make.ServiceRatingFactory(school=world.school, rated_on=make.LONG_AGO, stale_on=today)
    return Sample(
        inside={"code": world.authority.code, "key": "finance"},
        far={"code": world.far_authority.code, "key": "finance"},
    )


@sample("categorisation:remit-list")
def remits(world: World) -> Sample:
    return person(world)


@sample("categorisation:remit-end")
def remit(world: World) -> Sample:
    def one(authority: Authority) -> dict[str, Any]:
        user = make.UserFactory(grants=[(Role.SERVICE_OFFICER, authority)])
        made = make.ServiceRemitFactory(user=user, authority=authority)
        return {"public_id": user.public_id, "pk": made.pk}

    return Sample(inside=one(world.authority), far=one(world.far_authority))


# Comments on a policy, consultations


def _consultation(authority: Authority) -> Consultation:
    draft = FrameworkDraft.objects.get(public_id=_draft(authority)["public_id"])
    today = timezone.localdate()
    by = make.UserFactory()
    return Consultation.objects.create(
        draft=draft, document=draft.document, introduction="We propose.", opens_on=today, closes_on=today,
        opened_at=timezone.now(), opened_by=by,
    )  # fmt: skip


def _comment(authority: Authority) -> FrameworkComment:
    return FrameworkComment.objects.create(
        authority=authority, version=make.leeds(), text="Too long.", made_at=timezone.now(),
        made_by=make.UserFactory(),
    )  # fmt: skip


@sample("categorisation:consultation-detail")
def consultation(world: World) -> Sample:
    here, there = (_consultation(one) for one in (world.authority, world.far_authority))
    return Sample(
        inside={"public_id": here.public_id},
        far={"public_id": there.public_id},
        who=lambda role, where: role is not None and where == "inside",
    )


@sample("categorisation:consultation-list")
def consultations(world: World) -> Sample:
    return Sample(inside={"code": world.authority.code}, far={"code": world.far_authority.code})


@sample("categorisation:consultation-open")
def draft_to_ask_about(world: World) -> Sample:
    here, there = world.authority, world.far_authority
    return Sample(
        inside=_draft(here),
        far=_draft(there),
    )


@sample("categorisation:consultation-outcome")
def consultation_to_end(world: World) -> Sample:
    here, there = world.authority, world.far_authority
    return Sample(
        inside={"code": here.code, "public_id": _consultation(here).public_id},
        far={"code": there.code, "public_id": _consultation(there).public_id},
    )


@sample("categorisation:comment-reply")
def comment(world: World) -> Sample:
    here, there = world.authority, world.far_authority
    return Sample(
        inside={"code": here.code, "public_id": _comment(here).public_id},
        far={"code": there.code, "public_id": _comment(there).public_id},
    )
