"""A school's visits: the list, recording, one visit, changing and cancelling it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from reports.models import Document
from schools.models import School
from ui.forms import new_form_key
from ui.lists import ChoicesFilter, Column, FilterSet, Tag, list_response
from visits import actions, documents, permissions, presenters
from visits.choices import VisitKind, VisitStatus
from visits.forms import ReasonForm, VisitForm, initial_of
from visits.models import NoteVersion, Visit
from visits.querysets import schools_for

_READERS = (Permission.READ_VISIT, Permission.WRITE_VISIT, Permission.READ_SHARED_NOTE)
_STAFF = (Permission.READ_VISIT, Permission.WRITE_VISIT)


class _Filters(FilterSet):
    kind = ChoicesFilter(label="Kind", choices=VisitKind.choices)
    status = ChoicesFilter(label="Status", choices=VisitStatus.choices)


class _SchoolFilters(FilterSet):
    """What a school may ask of its visits: the words of what it is not shown would already tell."""

    kind = ChoicesFilter(label="Kind", choices=[(k.value, k.label) for k in presenters.SHOWN_TO_SCHOOLS])


@access(*_READERS)
def visit_list(request: SignedInRequest, urn: int) -> HttpResponseBase:
    school = get_object_or_404(School.objects.visible_to(request.user), urn=urn)
    visits = Visit.objects.visible_to(request.user).filter(school=school).with_names().select_related("note")
    is_staff = any(schools_for(request.user, p).filter(pk=school.pk).exists() for p in _STAFF) or (
        Visit.objects.known_to_staff(request.user).filter(school=school).exists()
    )
    if not is_staff:
        # Their own school, or nothing at all.
        get_object_or_404(
            School.objects.with_permission(request.user, Permission.READ_SHARED_NOTE), pk=school.pk
        )
    can_record = permissions.can_record(request.user, school)
    return list_response(
        request,
        queryset=visits.annotate(has_final=Exists(NoteVersion.objects.filter(note__visit=OuterRef("pk")))),
        columns=_columns(request, school, is_staff=is_staff, can_write=can_record),
        title="Visits and notes" if is_staff else "Visits",
        search=("adviser__name",),
        search_label="Search by adviser",
        filterset=_Filters if is_staff else _SchoolFilters,
        default_sort="-on",
        filename=f"visits-{school.urn}",
        noun=("visit", "visits"),
        empty="No visits have been recorded.",
        template="visits/visit_list.html",
        context={"school": school, "can_record": can_record},
    )


@access(Permission.WRITE_VISIT, methods=("GET", "HEAD", "POST"))
def visit_record(request: SignedInRequest, urn: int) -> HttpResponse:
    school = get_object_or_404(schools_for(request.user, Permission.WRITE_VISIT), urn=urn)
    form = VisitForm(request.POST or None, initial={"form_key": new_form_key()})
    if request.method == "POST" and form.is_valid():
        try:
            visit = actions.record_visit(
                school=school,
                facts=form.facts(),
                by=request.user,
                at=timezone.now(),
                form_key=form.cleaned_data["form_key"] or None,
            )
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The visit is recorded.")
            return redirect(
                "visits:note-edit" if visit.took_place else "visits:visit-detail", urn, visit.public_id
            )
    return render(request, "visits/visit_record.html", {"school": school, "form": form})


@access(*_STAFF, reads="visit_note")
def visit_detail(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = staff_visit(request, urn, public_id)
    page = presenters.visit_page(request.user, visit)
    if page.version and visit.adviser_id != request.user.pk:
        shown(request, visit)
    return render(request, "visits/visit_detail.html", {"visit": visit, "school": visit.school, "page": page})


@access(Permission.WRITE_VISIT, methods=("GET", "HEAD", "POST"))
def visit_change(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = writable_visit(request, urn, public_id)
    if refused := refusal(request, permissions.check_can_change, visit):
        return refused
    form = VisitForm(request.POST or None, initial=initial_of(visit))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_visit(
                visit=visit,
                facts=form.facts(),
                expected_revision=form.cleaned_data["revision"] or 0,
                by=request.user,
                at=timezone.now(),
            )
        except (ValueError, Refused) as error:
            form.add_error(None, str(error))
            form.renew_revision(Visit.objects.values_list("revision", flat=True).get(pk=visit.pk))
        else:
            messages.success(request, "The visit is changed.")
            return redirect(visit)
    return render(request, "visits/visit_change.html", {"visit": visit, "school": visit.school, "form": form})


@access(Permission.WRITE_VISIT, methods=("GET", "HEAD", "POST"))
def visit_cancel(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = writable_visit(request, urn, public_id)
    if visit.is_cancelled:
        return redirect(visit)
    if refused := refusal(request, permissions.check_can_cancel, visit):
        return refused
    form = ReasonForm(request.POST or None, label="Why is the visit cancelled?")
    if request.method == "POST" and form.is_valid():
        actions.cancel_visit(
            visit=visit, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        messages.success(request, "The visit is cancelled.")
        return redirect(visit)
    return render(request, "visits/visit_cancel.html", {"visit": visit, "school": visit.school, "form": form})


def staff_visit(request: SignedInRequest, urn: int, public_id: str) -> Visit:
    """A visit whose page the person may open, or 404."""
    return get_object_or_404(
        Visit.objects.known_to_staff(request.user).select_related(
            "school__authority", "adviser", "note__saved_by", "cancelled_by"
        ),
        school__urn=urn,
        public_id=public_id,
    )


def writable_visit(request: SignedInRequest, urn: int, public_id: str) -> Visit:
    """A visit the person may write about, or 404."""
    return get_object_or_404(
        Visit.objects.writable_by(request.user).select_related(
            "school__authority", "adviser", "note__saved_by"
        ),
        school__urn=urn,
        public_id=public_id,
    )


def refusal(
    request: SignedInRequest, check: Callable[..., None], visit: Visit, *more: Any
) -> HttpResponse | None:
    """What to answer when the state of things forbids it: the visit's page, saying why."""
    try:
        check(request.user, *(more or (visit,)))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(visit)
    return None


def shown(request: SignedInRequest, visit: Visit) -> None:
    request.shown.append(f"visit:{visit.public_id}")
    request.shown.about(urn=visit.school.urn, authority_id=visit.school.authority_id)


def _columns(
    request: SignedInRequest, school: School, *, is_staff: bool, can_write: bool
) -> tuple[Column, ...]:
    if is_staff:
        note = Column("note", "Note", value=lambda visit: _note(visit, request, can_write))
        return (_day_linked_to(lambda visit: visit.get_absolute_url()), *_COMMON, note)
    reports = {
        document.source: document
        for document in Document.objects.visible_to(request.user)
        .standing()
        .filter(school=school, kind=documents.REPORT.key)
        .select_related("school")
    }

    def report(visit: Visit) -> Document | None:
        return reports.get(documents.source_of(visit))

    return (
        _day_linked_to(lambda visit: found.get_absolute_url() if (found := report(visit)) else None),
        *_COMMON,
        Column("report", "Report", value=lambda visit: found.reference if (found := report(visit)) else ""),
    )


def _day_linked_to(link: Callable[[Visit], str | None]) -> Column:
    return Column("on", "Date", value=lambda visit: visit.on, sort=presenters.DAY, link=link)


def _status(visit: Visit) -> Tag | str:
    if visit.is_planned:
        return Tag("Planned", "blue")
    return Tag("Cancelled", "grey") if visit.is_cancelled else "Took place"


def _note(visit: Any, request: SignedInRequest, can_write: bool) -> str:
    """Who may not open a draft is not told of one."""
    if not visit.note.is_draft:
        return "Final"
    if not (can_write or visit.adviser_id == request.user.pk) or visit.is_cancelled:
        return "Final" if visit.has_final else ""
    if visit.has_final:
        return "Final, reopened"
    return "Draft" if visit.note.revision else ""


_COMMON = (
    Column("kind", "Kind", value="get_kind_display", sort="kind"),
    Column("adviser", "Made by", value="adviser.name", sort="adviser__name"),
    Column("time", "Time taken", value=lambda visit: visit.duration, sort="half_days"),
    Column("status", "Status", value=_status, sort="status"),
)
