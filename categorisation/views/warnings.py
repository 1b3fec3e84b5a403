"""Early warnings: the list, and one at a school."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from categorisation import actions, presenters
from categorisation.forms.signals import NoteForm
from categorisation.models import FrameworkVersion, SuggestionChange
from categorisation.presenters.warnings import (
    rule_titles,
    rules_text,
    standing_text,
    warning_view,
    with_decided,
)
from categorisation.querysets import is_staff, known_to_staff
from categorisation.warning_filters import WarningFilter
from categorisation.workflow import NotPossible
from schools.models import School
from schools.querysets import permissions_over
from ui.forms import show_refusal
from ui.lists import Column, Tag, list_response


@access(Permission.VIEW_SUGGESTION, reads="early_warning")
def warning_list(request: SignedInRequest) -> HttpResponseBase:
    """Of the schools whose level the person sees as the authority does: those nobody has noted, unless asked."""
    if not is_staff(request.user):
        raise Http404("A school never learns that a warning was given.")
    today = timezone.localdate()
    changes = with_decided(SuggestionChange.objects.visible_to(request.user, today), today)
    versions = FrameworkVersion.objects.filter(pk__in=changes.values("version"))
    titles = rule_titles(versions)
    columns = [
        Column("school", "School", value="school.name", sort="school__name", link=_page),
        Column("urn", "URN", value="school.urn", sort="school__urn", numeric=True),
        Column(
            "after", "Suggested now", value=lambda row: standing_text(row.after, row.after_high), sort="after"
        ),
        Column(
            "before", "Before", value=lambda row: standing_text(row.before, row.before_high), sort="before"
        ),
        Column("decided", "Decided", value=lambda row: row.decided or "None yet", sort="decided"),
        Column("what", "What changed", value=lambda row: rules_text(row, titles)),
        Column("noticed_on", "Noticed", sort="noticed_on"),
        Column("state", "State", value=_state, sort="noted_at"),
    ]
    return list_response(
        request,
        queryset=changes.select_related("school", "noted_by"),
        columns=columns,
        title="Early warnings",
        filterset=WarningFilter,
        search=("school__name", "school__urn__startswith"),
        search_label="Search by school or URN",
        default_sort="-noticed_on",
        noun=("early warning", "early warnings"),
        empty="There are no early warnings. One comes the same day when new facts change what is suggested for a school.",
        filename="early-warnings",
        shown_id=lambda row: f"early_warning:{row.public_id}",
        context={
            "lead": "New facts changed what is suggested for these schools. Nothing has been decided: take note of each, "
            "or recommend a change."
        },
    )


def _page(change: SuggestionChange) -> str:
    return reverse("categorisation:warning-detail", args=[change.school.urn, change.public_id])


def _state(change: SuggestionChange) -> Tag:
    if change.noted_by is None:
        return Tag("To be noted", "orange")
    return Tag(f"Noted by {change.noted_by.name}", "green")


@access(Permission.VIEW_SUGGESTION, methods=("GET", "POST"), reads="early_warning")
def warning_detail(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    """What changed, in the policy's words; taking note of it with what one makes of it."""
    now = timezone.now()
    today = timezone.localdate(now)
    school = get_object_or_404(known_to_staff(request.user).select_related("authority"), urn=urn)
    change = _change(school, public_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.take_note(change=change, by=request.user, at=now, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
            change.refresh_from_db(fields=["noted_at", "noted_by", "response"])
        else:
            return redirect("categorisation:warning-detail", urn=urn, public_id=public_id)
    why = presenters.why(request.user, school, on=today)
    request.shown.append(f"early_warning:{change.public_id}")
    request.shown.about(urn=urn, authority_id=school.authority_id)
    context = {
        "school": school,
        "why": why,
        "warning": warning_view(change, today, why.outcome if why else None),
        "form": form,
        "may_note": Permission.RECOMMEND_LEVEL in permissions_over(request.user, school),
    }
    return render(request, "categorisation/warning_detail.html", context)


def _change(school: School, public_id: str) -> SuggestionChange:
    changes = with_decided(SuggestionChange.objects.filter(school=school), timezone.localdate())
    found: SuggestionChange = get_object_or_404(
        changes.select_related("school", "version", "noted_by"), public_id=public_id
    )
    return found
