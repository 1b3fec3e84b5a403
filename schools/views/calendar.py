"""Half-terms by academic year, an authority's and a school's own; and days made working or not by hand."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from accounts.permissions import authority_ids, powers_of
from schools import actions
from schools.forms.calendar import HalfTermsForm, WorkingDayForm, YearForm
from schools.models import HalfTerm, School, WorkingDayOverride
from schools.permissions import can_change_half_terms, can_change_working_days
from schools.presenters.calendar import calendar_in_words, half_term_table, upcoming_holidays, years_of
from schools.rules.academic_years import FIRST_YEAR, LAST_YEAR, academic_year, label
from schools.rules.terms import moved_a_year
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


@access(Permission.VIEW_SCHOOL, Permission.MANAGE_CALENDAR)
def calendar(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    ids = {power.authority_id for power in powers_of(request.user)}
    authorities = list(Authority.objects.filter(pk__in=ids))
    years = years_of(authorities, today)
    context = {
        "authorities": [
            {
                "authority": authority,
                "years": years[authority.pk],
                "may_change": can_change_half_terms(request.user, authority),
                "form": YearForm(auto_id=f"id_{authority.code}_%s"),
            }
            for authority in authorities
        ],
        "holidays": upcoming_holidays(today),
        "may_change_days": can_change_working_days(request.user),
    }
    return render(request, "schools/calendar.html", context)


@access(Permission.MANAGE_CALENDAR)
def calendar_year(request: SignedInRequest, code: str) -> HttpResponse:
    """From a year as typed to its page."""
    authority = _authority(request, code)
    form = YearForm(request.GET)
    if form.is_valid():
        return redirect("schools:calendar-edit", code=code, year=form.cleaned_data["year"])
    return render(request, "schools/calendar_year.html", {"form": form, "authority": authority})


@access(Permission.MANAGE_CALENDAR, methods=("GET", "POST"))
def calendar_edit(request: SignedInRequest, code: str, year: int) -> HttpResponse:
    authority = _authority(request, code)
    _check_year(year)
    standing = HalfTerm.objects.of_authority(authority.pk, (year - 1, year))
    initial = [row for row in standing if row.year == year]
    before = [row for row in standing if row.year == year - 1]
    copied = "copy" in request.GET and bool(before)
    form = HalfTermsForm(year, posted(request), moved_a_year(before) if copied else initial)
    if form.is_valid() and _saved(request, form, authority, year):
        return redirect("schools:calendar")
    context = {
        "authority": authority,
        "year": year,
        "form": form,
        "copied": copied,
        "can_copy": bool(before) and not copied,
        "last_year": year - 1,
    }
    return render(request, "schools/calendar_edit.html", context)


@access(Permission.VIEW_SCHOOL)
def school_calendar(request: SignedInRequest, urn: int) -> HttpResponse:
    """The half-terms a school keeps this academic year and next: its own before its authority's."""
    school = get_object_or_404(School.objects.visible_to(request.user).select_related("authority"), urn=urn)
    today = timezone.localdate()
    years = (academic_year(today), academic_year(today) + 1)
    kept = HalfTerm.objects.kept_by(school, years)
    context = {
        "school": school,
        "facts": calendar_in_words(kept, today),
        "years": [{"year": year, "table": half_term_table(kept, year)} for year in years],
        "may_change": can_change_half_terms(request.user, school.authority),
    }
    return render(request, "schools/school_calendar.html", context)


@access(Permission.MANAGE_CALENDAR, methods=("GET", "POST"))
def school_calendar_edit(request: SignedInRequest, urn: int, year: int) -> HttpResponse:
    schools = School.objects.filter(authority_id__in=authority_ids(request.user, Permission.MANAGE_CALENDAR))
    school = get_object_or_404(schools.select_related("authority"), urn=urn)
    _check_year(year)
    kept = HalfTerm.objects.kept_by(school, (year,))
    own = [row for row in kept if row.is_own]
    copied = "copy" in request.GET
    form = HalfTermsForm(year, posted(request), kept if copied else own)
    if form.is_valid() and _saved(request, form, school.authority, year, school):
        return redirect("schools:school-calendar", urn=urn)
    context = {
        "school": school,
        "year": year,
        "form": form,
        "kept": kept,
        "copied": copied,
        "can_copy": len(kept) > len(own) and not copied,
    }
    return render(request, "schools/school_calendar_edit.html", context)


@access(Permission.MANAGE_CALENDAR, methods=("GET", "POST"))
def working_day_add(request: SignedInRequest) -> HttpResponse:
    form = WorkingDayForm(posted(request))
    if form.is_valid():
        values = form.cleaned_data
        changed = actions.set_working_day(
            day=values["day"],
            is_working=values["is_working"] == "yes",
            reason=values["reason"],
            by=request.user,
            at=timezone.now(),
        )
        say(request, changed, "The day is recorded. Clocks that cross it count anew.")
        return redirect("schools:calendar")
    return render(request, "schools/working_day_add.html", {"form": form})


@access(Permission.MANAGE_CALENDAR, methods=("GET", "POST"))
def working_day_remove(request: SignedInRequest, day: dt.date) -> HttpResponse:
    override = get_object_or_404(WorkingDayOverride, day=day)
    if request.method == "POST":
        changed = actions.remove_working_day(override=override, by=request.user, at=timezone.now())
        say(request, changed, "The day is again as the calendar of England has it.")
        return redirect("schools:calendar")
    return render(request, "schools/working_day_remove.html", {"override": override})


def _authority(request: SignedInRequest, code: str) -> Authority:
    ids = authority_ids(request.user, Permission.MANAGE_CALENDAR)
    return get_object_or_404(Authority, pk__in=ids, code=code)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404(f"Academic years from {label(FIRST_YEAR)} to {label(LAST_YEAR)} are held.")


def _saved(
    request: SignedInRequest,
    form: HalfTermsForm,
    authority: Authority,
    year: int,
    school: School | None = None,
) -> bool:
    try:
        changed = actions.set_half_terms(
            authority=authority,
            school=school,
            year=year,
            dates=form.dates(),
            by=request.user,
            at=timezone.now(),
        )
    except ValidationError as refusal:
        show_refusal(form, refusal)
        return False
    whose = school.name if school else authority.name
    say(request, changed, f"The half-terms of {whose} in {label(year)} are saved.")
    return True
