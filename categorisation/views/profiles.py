"""Self-evaluation profiles: the page of a year, beginning one, and what is done with a whole profile."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from categorisation import actions
from categorisation.choices import ProfileStage
from categorisation.documents.profile import PROFILE, build, documents_of
from categorisation.forms.profiles import AgreementForm, ReopenForm
from categorisation.models import Profile
from categorisation.permissions import profiles as permissions
from categorisation.presenters import profiles as presenters
from categorisation.querysets import ProfileQuerySet
from reports.actions import RendererMissing, imprint_of
from schools.models import School
from schools.rules.academic_years import academic_year

_BEGIN = (Permission.WRITE_PROFILE, Permission.VALIDATE_PROFILE)
_STAGES = (Permission.WRITE_PROFILE, Permission.VALIDATE_PROFILE, Permission.MODERATE_LEVEL)


@access(Permission.VIEW_SUGGESTION, reads="profile")
def profile(request: SignedInRequest, urn: int, year: int | None = None) -> HttpResponse:
    """The three grades of every row side by side; this year's profile unless another is asked for."""
    school = get_object_or_404(
        School.objects.with_permission(request.user, Permission.VIEW_SUGGESTION).select_related("authority"),
        urn=urn,
    )
    on = timezone.localdate()
    page = presenters.profile_page(
        request.user, school, year=academic_year(on) if year is None else year, on=on
    )
    if page.profile:
        shown(request, page.profile)
    elif year is not None:
        raise Http404("There is no profile of that year.")
    return render(request, "categorisation/profile.html", {"school": school, "page": page})


@access(*_BEGIN, methods=("POST",))
def profile_begin(request: SignedInRequest, urn: int) -> HttpResponse:
    stages = (ProfileStage.SCHOOL, ProfileStage.VALIDATED)
    school = get_object_or_404(School, pk__in=_judged(request, urn, stages))
    try:
        begun = actions.begin_profile(school=school, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("categorisation:profile", urn)
    page = (
        "profile-write"
        if permissions.can_judge(request.user, begun, ProfileStage.SCHOOL)
        else "profile-validate"
    )
    return redirect(f"categorisation:{page}", urn, begun.year)


@access(*_STAGES, methods=("GET", "HEAD", "POST"))
def profile_reopen(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    found = profile_of(request, urn, year, *ProfileStage)
    try:
        stage = permissions.check_can_reopen(request.user, found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    form = ReopenForm(request.POST or None, initial={"stage": stage})
    if request.method == "POST" and form.is_valid():
        try:
            actions.reopen_profile(
                profile=found,
                stage=ProfileStage(form.cleaned_data["stage"]),
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "It is open again.")
        return redirect(found)
    return render(
        request,
        "categorisation/profile_reopen.html",
        {"profile": found, "school": found.school, "form": form, "stage": stage},
    )


@access(Permission.VALIDATE_PROFILE, methods=("GET", "HEAD", "POST"))
def profile_agree(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    """The day the profile was agreed with the school, and with whom."""
    found = profile_of(request, urn, year, ProfileStage.VALIDATED)
    try:
        permissions.check_can_agree(request.user, found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    form = AgreementForm(
        request.POST or None, initial={"agreed_on": found.agreed_on, "agreed_with": found.agreed_with}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.agree_profile(profile=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValueError as error:
            form.add_error("agreed_on", str(error))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(found)
        else:
            messages.success(request, "The agreement is recorded.")
            return redirect(found)
    return render(
        request, "categorisation/profile_agree.html", {"profile": found, "school": found.school, "form": form}
    )


@access(Permission.RELEASE_DOCUMENT, reads="profile", methods=("GET", "HEAD", "POST"))
def profile_release(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    """The printed summary as it would be, and its release."""
    found = get_object_or_404(
        _profiles(request).filter(
            school__in=School.objects.with_permission(request.user, Permission.RELEASE_DOCUMENT)
        ),
        school__urn=urn,
        year=year,
    )
    try:
        permissions.check_can_release_profile(request.user, found)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    if request.method == "POST":
        try:
            document = actions.release_profile(profile=found, by=request.user, at=timezone.now())
        except (Refused, RendererMissing) as error:
            messages.error(request, str(error))
            return redirect(found)
        messages.success(request, f"The summary is released as {document.reference}.")
        return redirect(document)
    if released := documents_of(found).filter(source_version=found.edition).with_names().first():
        return redirect(released)
    shown(request, found)
    return render(
        request,
        "categorisation/profile_release.html",
        {
            "profile": found,
            "school": found.school,
            "composition": build(found),
            "imprint": imprint_of(PROFILE, found.school),
        },
    )


def _profiles(request: SignedInRequest) -> ProfileQuerySet:
    return Profile.objects.visible_to(request.user).select_related(
        "school__authority", "version", "submitted_by", "validated_by", "moderated_by"
    )


def profile_of(request: SignedInRequest, urn: int, year: int, *stages: ProfileStage) -> Profile:
    """A profile at one of whose stages the person writes, whatever its state; or 404."""
    return get_object_or_404(_profiles(request), school__in=_judged(request, urn, stages), year=year)


def _judged(request: SignedInRequest, urn: int, stages: Iterable[ProfileStage]) -> list[int]:
    """The school with this URN, by primary key, if the person writes at one of the stages there."""
    return [
        pk
        for stage in stages
        for pk in permissions.schools_judged_by(request.user, stage)
        .filter(urn=urn)
        .values_list("pk", flat=True)
    ]


def shown(request: SignedInRequest, profile: Profile) -> None:
    """Says for the read log that the profile was read, unless by those whose own self-evaluation it is."""
    own = permissions.schools_judged_by(request.user, ProfileStage.SCHOOL).filter(pk=profile.school_id)
    if not own.exists():
        request.shown.append(f"profile:{profile.public_id}")
        request.shown.about(urn=profile.school.urn, authority_id=profile.school.authority_id)
