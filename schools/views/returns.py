"""Nothing to report: one school, or forty at a sitting."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import User
from schools import actions
from schools.choices import OfficerRole
from schools.forms.circumstances import ReturnForm
from schools.forms.returns import Ticked, read_ticked
from schools.models import OfficerAssignment, School
from schools.presenters.circumstances import return_lines
from schools.presenters.returns import sitting, sitting_rows
from schools.querysets import SchoolQuerySet, remits_of
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


def answerable(user: User) -> SchoolQuerySet:
    """The schools at which the person may record circumstances, of some kind or all."""
    return School.objects.with_permission(
        user, Permission.RECORD_CIRCUMSTANCE
    ) | School.objects.with_permission(user, Permission.RATE_INDICATOR)


@access(Permission.RECORD_CIRCUMSTANCE, Permission.RATE_INDICATOR, methods=("GET", "POST"))
def return_record(request: SignedInRequest, urn: int) -> HttpResponse:
    school = get_object_or_404(answerable(request.user).select_related("authority"), urn=urn)
    today = timezone.localdate()
    lines = return_lines(school, request.user, today)
    form = ReturnForm([(line.key, line.question) for line in lines], posted(request))
    if form.is_valid():
        try:
            returned = actions.return_nothing_to_report(
                school=school, kinds=form.cleaned_data["kinds"], on=today, by=request.user, at=timezone.now()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(
                request,
                returned,
                f"Nothing to report on {_count(len(returned), 'question')} at {school.name}.",
            )
            return redirect("schools:circumstance-list", urn=urn)
    return render(request, "schools/return_record.html", {"school": school, "form": form, "lines": lines})


@access(Permission.RECORD_CIRCUMSTANCE, Permission.RATE_INDICATOR, methods=("GET", "POST"))
def return_many(request: SignedInRequest) -> HttpResponse:
    """Those the person serves, may record for, or is asked about for a service: what is not known of each.

    All that is ticked is saved, or none of it.
    """
    today = timezone.localdate()
    schools, whose = _schools(request)
    rows = sitting_rows(request.user, schools, today)
    given = read_ticked(request.POST, rows) if request.method == "POST" else Ticked()
    if request.method == "POST" and not given.faults:
        if given.schools:
            actions.return_nothing_to_report_at(
                kinds=given.schools, on=today, by=request.user, at=timezone.now()
            )
            messages.success(request, f"Nothing to report at {_count(len(given.schools), 'school')}.")
        return redirect(_after(request, given))
    shown = sitting(rows, again="again" in request.GET)
    context = {
        "sitting": shown,
        "given": given,
        "faults": [(urn, text) for urn, text in given.faults.items()],
        "is_service": bool(remits_of(request.user, today)),
        **whose,
    }
    return render(request, "schools/return_many.html", context)


def _schools(request: SignedInRequest) -> tuple[list[School], dict[str, object]]:
    """The schools of the sitting, and what the page says of whose they are: one's own unless asked for all, or for
    those of one adviser."""
    today = timezone.localdate()
    mine = answerable(request.user).open()
    served = mine.served_by(request.user, today)
    advisers = (
        OfficerAssignment.objects.in_force(today)
        .filter(role=OfficerRole.ADVISER, school__in=mine)
        .order_by("user__name")
        .values_list("user__public_id", "user__name")
        .distinct()
    )
    names = dict(advisers)
    adviser = request.GET.get("adviser", "")
    everyone = "all" in request.GET or not served.exists()
    if adviser in names:
        of_adviser = OfficerAssignment.objects.in_force(today).filter(
            role=OfficerRole.ADVISER, user__public_id=adviser
        )
        chosen = mine.filter(pk__in=of_adviser.values("school"))
    else:
        adviser, chosen = "", mine if everyone else served
    return list(chosen.select_related("authority").order_by("name", "urn")), {
        "everyone": everyone,
        "serves": served.exists(),
        "adviser": adviser,
        "advisers": names if len(names) > 1 else {},
    }


def _after(request: SignedInRequest, given: Ticked) -> str:
    """Back to the sitting as it was; or to report something at a school, and from there back to its row."""
    query = QueryDict(mutable=True)
    query.update({key: request.GET[key] for key in ("all", "adviser", "again") if key in request.GET})
    here = reverse("schools:return-many") + (f"?{query.urlencode()}" if query else "")
    if given.report is None:
        return here
    school, kind = given.report
    record = reverse("schools:circumstance-record", args=[school.urn])
    return f"{record}?{urlencode({'kind': kind, 'next': f'{here}#school-{school.urn}'})}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
