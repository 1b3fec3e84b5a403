"""Writing a profile at each of its stages: the editor and its self-saving, and handing the stage over."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from categorisation import actions
from categorisation.actions import ProfileStale
from categorisation.actions.profiles import missing_of, revision_of
from categorisation.choices import ProfileStage
from categorisation.forms.profiles import HandOverForm
from categorisation.frameworks_in_force import compiled
from categorisation.models import Profile
from categorisation.permissions import profiles as permissions
from categorisation.permissions.profiles import ProfileNotReady
from categorisation.presenters import profile_boxes
from categorisation.presenters.profile_boxes import Box
from categorisation.rules.profiles import Ticks, Typed, items_of, rows_of
from categorisation.views.profiles import profile_of, shown

_VERB = {
    ProfileStage.SCHOOL: "write",
    ProfileStage.VALIDATED: "validate",
    ProfileStage.MODERATED: "moderate",
}
_HAND_OVER = {
    ProfileStage.SCHOOL: "profile-send",
    ProfileStage.VALIDATED: "profile-finish-validating",
    ProfileStage.MODERATED: "profile-finish-moderating",
}
_DONE = {
    ProfileStage.SCHOOL: "The self-evaluation is sent.",
    ProfileStage.VALIDATED: "The profile is validated.",
    ProfileStage.MODERATED: "The profile is moderated.",
}


@access(Permission.WRITE_PROFILE, methods=("GET", "HEAD", "POST"))
def profile_write(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    return _edit(request, urn, year, ProfileStage.SCHOOL)


@access(Permission.VALIDATE_PROFILE, reads="profile", methods=("GET", "HEAD", "POST"))
def profile_validate(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    return _edit(request, urn, year, ProfileStage.VALIDATED)


@access(Permission.MODERATE_LEVEL, reads="profile", methods=("GET", "HEAD", "POST"))
def profile_moderate(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    return _edit(request, urn, year, ProfileStage.MODERATED)


@access(Permission.WRITE_PROFILE, methods=("POST",))
def profile_write_row(request: SignedInRequest, urn: int, year: int, row: str) -> JsonResponse:
    return _save_row(request, urn, year, ProfileStage.SCHOOL, row)


@access(Permission.VALIDATE_PROFILE, reads="profile", methods=("POST",))
def profile_validate_row(request: SignedInRequest, urn: int, year: int, row: str) -> JsonResponse:
    return _save_row(request, urn, year, ProfileStage.VALIDATED, row)


@access(Permission.MODERATE_LEVEL, reads="profile", methods=("POST",))
def profile_moderate_row(request: SignedInRequest, urn: int, year: int, row: str) -> JsonResponse:
    return _save_row(request, urn, year, ProfileStage.MODERATED, row)


@access(Permission.WRITE_PROFILE, methods=("POST",))
def profile_tick(request: SignedInRequest, urn: int, year: int) -> JsonResponse:
    """Tick or untick one item, posted as JSON {"item", "ticked"} by static/src/profile.js.

    200 {"saved"} · 400 {"error"} · 409 {"error"} when the self-evaluation is closed.
    """
    found = profile_of(request, urn, year, ProfileStage.SCHOOL)
    try:
        posted = json.loads(request.body)
        item = str(posted["item"])
        ticks = Ticks(ticked=[item]) if posted["ticked"] is True else Ticks(unticked=[item])
        saved = actions.save_profile(
            profile=found,
            stage=ProfileStage.SCHOOL,
            typed={},
            ticks=ticks,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except (KeyError, ValueError, TypeError, RecursionError):
        return JsonResponse({"error": "There is no such item."}, status=400)
    return JsonResponse({"saved": _clock(saved.at)})


@access(Permission.WRITE_PROFILE, methods=("GET", "HEAD", "POST"))
def profile_send(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    return _hand_over(request, urn, year, ProfileStage.SCHOOL)


@access(Permission.VALIDATE_PROFILE, methods=("GET", "HEAD", "POST"))
def profile_finish_validating(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    return _hand_over(request, urn, year, ProfileStage.VALIDATED)


@access(Permission.MODERATE_LEVEL, methods=("GET", "HEAD", "POST"))
def profile_finish_moderating(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    return _hand_over(request, urn, year, ProfileStage.MODERATED)


def _edit(request: SignedInRequest, urn: int, year: int, stage: ProfileStage) -> HttpResponse:
    found = profile_of(request, urn, year, stage)
    self_evaluation = compiled(found.version).document.self_evaluation
    boxes = profile_boxes.boxes_of(request.user, found, stage)
    refused: PermissionDenied | None = None
    kept = False  # what was typed is shown, not what is held
    if request.method == "POST":
        typed = _typed(request, boxes)
        ticks = _ticks(request, found) if stage == ProfileStage.SCHOOL else None
        try:
            saved = actions.save_profile(
                profile=found, stage=stage, typed=typed, ticks=ticks, by=request.user, at=timezone.now()
            )
        except ValueError:
            boxes, kept = profile_boxes.with_errors(boxes, typed), True
        except Refused as error:
            # Handed over while this was written: the words stay on the page
            refused, kept = error, True
            boxes = tuple(
                Box(box.row, stage, typed[box.row.key], box.with_trend)
                for box in boxes
                if box.row.key in typed
            )
        else:
            if not saved.conflicts:
                messages.success(request, f"Saved {_clock(saved.at)}.")
                after = (
                    _HAND_OVER[stage]
                    if request.POST.get("next") == "hand_over"
                    else f"profile-{_VERB[stage]}"
                )
                return redirect(f"categorisation:{after}", urn, year)
            boxes = profile_boxes.with_conflicts(boxes, typed, saved)
    else:
        try:
            permissions.check_can_judge(request.user, found, stage)
        except Refused as error:
            messages.error(request, str(error))
            return redirect(found)
    shown(request, found)
    held = list(found.checks.values_list("item", flat=True))
    ticked = request.POST.getlist("check") if kept else held
    response = render(
        request,
        "categorisation/profile_edit.html",
        {
            "profile": found,
            "school": found.school,
            "stage": stage.value,
            "words": compiled(found.version).document.words,
            "boxes": boxes,
            "checks": profile_boxes.checklist(self_evaluation, ticked)
            if stage == ProfileStage.SCHOOL
            else (),
            "were_ticked": sorted(request.POST.getlist("check-was") if kept else held),
            "saved_at": found.judgements.filter(stage=stage).aggregate(at=Max("saved_at"))["at"],
            "refused": refused,
            "problems": [box for box in boxes if box.is_unsaved],
        },
        status=409 if refused else 200,
    )
    # Kept for the Back button, so that a session that ran out costs no words; never shared, always asked again.
    response["Cache-Control"] = "private, no-cache"
    return response


def _save_row(request: SignedInRequest, urn: int, year: int, stage: ProfileStage, row: str) -> JsonResponse:
    """Save one row, posted as JSON {"grade", "text", "trend", "revision"} by static/src/note.js.

    200 {"saved", "revision"} · 400 {"error"} · 409 {"theirs", "choices", "by", "revision"}, or {"error"} when the
    stage is closed.
    """
    found = profile_of(request, urn, year, stage)
    try:
        posted = json.loads(request.body)
        typed = Typed(
            grade=str(posted["grade"]),
            text=str(posted["text"]),
            trend=str(posted.get("trend", "")),
            revision=int(posted["revision"]),
        )
        saved = actions.save_profile(
            profile=found, stage=stage, typed={row: typed}, by=request.user, at=timezone.now()
        )
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except KeyError as error:
        return JsonResponse({"error": f"This profile has no {error}."}, status=400)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        return JsonResponse({"error": str(error)}, status=400)
    if not saved.conflicts:
        return JsonResponse({"saved": _clock(saved.at), "revision": saved.revisions[row]})
    conflict = saved.conflicts[0]
    shown(request, found)
    theirs = conflict.theirs
    choices = {"grade": "" if theirs.grade is None else str(theirs.grade)}
    if compiled(found.version).document.self_evaluation.trend:
        choices["trend"] = theirs.trend
    return JsonResponse(
        {"theirs": theirs.text, "choices": choices, "by": conflict.theirs_by, "revision": conflict.revision},
        status=409,
    )


def _hand_over(request: SignedInRequest, urn: int, year: int, stage: ProfileStage) -> HttpResponse:
    found = profile_of(request, urn, year, stage)
    form = HandOverForm(request.POST or None, initial={"revision": revision_of(found, stage)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over_profile(
                profile=found,
                stage=stage,
                expected=form.cleaned_data["revision"],
                by=request.user,
                at=timezone.now(),
            )
        except (ProfileStale, ProfileNotReady) as error:
            messages.error(request, str(error))
            return redirect(request.path)
        except Refused as error:
            messages.error(request, str(error))
            return redirect(found)
        messages.success(request, _DONE[stage])
        return redirect(found)
    try:
        permissions.check_can_judge(request.user, found, stage)
    except Refused as error:
        messages.error(request, str(error))
        return redirect(found)
    return render(
        request,
        "categorisation/profile_hand_over.html",
        {
            "profile": found,
            "school": found.school,
            "stage": stage.value,
            "form": form,
            "editor": f"categorisation:profile-{_VERB[stage]}",
            "words": compiled(found.version).document.words,
            "missing": missing_of(found, stage),
            "ungraded": _ungraded(found, stage),
            "sent": ProfileStage.SCHOOL in found.handed_over,
        },
    )


def _ungraded(profile: Profile, stage: ProfileStage) -> list[str]:
    """The titles of rows that would be handed over without a grade of this stage's own."""
    graded = set(profile.judgements.filter(stage=stage, grade__isnull=False).values_list("row", flat=True))
    return [row.title for row in rows_of(compiled(profile.version).document) if row.key not in graded]


def _typed(request: HttpRequest, boxes: tuple[Box, ...]) -> dict[str, Typed]:
    """What was typed, for each row the form had. A revision that is no number counts as the oldest."""
    typed = {}
    for box in boxes:
        key = box.row.key
        if (text := request.POST.get(f"text-{key}")) is not None:
            revision = request.POST.get(f"revision-{key}", "")
            typed[key] = Typed(
                grade=request.POST.get(f"grade-{key}", ""),
                text=text,
                trend=request.POST.get(f"trend-{key}", ""),
                revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            )
    return typed


def _ticks(request: HttpRequest, profile: Profile) -> Ticks:
    """What was ticked and unticked since the form was shown; items the framework does not have are passed over."""
    known = items_of(compiled(profile.version).document)
    were = set(request.POST.getlist("check-was")) & known
    now = set(request.POST.getlist("check")) & known
    return Ticks(ticked=now - were, unticked=were - now)


def _clock(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "H:i")
