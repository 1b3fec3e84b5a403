"""Who serves a school and who belongs to it."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from schools import actions
from schools.choices import OfficerRole
from schools.forms.people import AssignmentForm, ContactForm, EndForm
from schools.models import OfficerAssignment, School, SchoolContact
from schools.presenters.components import Links, people_list
from schools.presenters.people import PeoplePanel, officer_line, people_panel, person_line
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


def _school(request: SignedInRequest, urn: int, permission: Permission) -> School:
    schools: QuerySet[School] = School.objects.with_permission(request.user, permission)
    return get_object_or_404(schools.select_related("authority"), urn=urn)


@access(Permission.VIEW_SCHOOL)
def people(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.VIEW_SCHOOL)
    panel = people_panel(school, request.user, timezone.localdate())
    context = {
        "school": school,
        "panel": panel,
        "officers": people_list(panel.officers, _officer_links(urn) if panel.may_assign else None),
        "contacts": people_list(panel.contacts, _contact_links(urn, panel)),
        "past": people_list((*panel.past_officers, *panel.past_contacts)),
    }
    return render(request, "schools/people.html", context)


def _officer_links(urn: int) -> Links:
    return lambda pk: [("End", reverse("schools:officer-end", args=[urn, pk]))]


def _contact_links(urn: int, panel: PeoplePanel) -> Links | None:
    if panel.may_edit:
        return lambda pk: [
            ("Change", reverse("schools:contact-change", args=[urn, pk])),
            ("End", reverse("schools:contact-end", args=[urn, pk])),
        ]
    delegates = {line.pk for line in panel.contacts if panel.may_delegate and line.is_delegate}
    return lambda pk: [("End", reverse("schools:delegate-end", args=[urn, pk]))] if pk in delegates else []


@access(Permission.ASSIGN_OFFICER, methods=("GET", "POST"))
def officer_assign(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.ASSIGN_OFFICER)
    form = AssignmentForm(school, timezone.localdate(), posted(request))
    if form.is_valid():
        values = form.cleaned_data
        try:
            assignment = actions.assign_officer(
                school=school,
                officer=values["officer"],
                role=OfficerRole(values["role"]),
                start_on=values["start_on"],
                end_on=values["end_on"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            line = officer_line(assignment, timezone.localdate())
            say(request, assignment, f"{line.role}: {line.text}.")
            return redirect("schools:people", urn=urn)
    return render(request, "schools/officer_assign.html", {"school": school, "form": form})


@access(Permission.ASSIGN_OFFICER, methods=("GET", "POST"))
def officer_end(request: SignedInRequest, urn: int, pk: int) -> HttpResponse:
    school = _school(request, urn, Permission.ASSIGN_OFFICER)
    assignment = get_object_or_404(OfficerAssignment.objects.select_related("user"), school=school, pk=pk)
    today = timezone.localdate()
    form = EndForm(today, posted(request), hint="An assignment that has not begun by then is removed")
    if form.is_valid():
        try:
            changed = actions.end_assignment(
                assignment=assignment, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"The assignment of {assignment.user.name} has a last day.")
            return redirect("schools:people", urn=urn)
    context = {"school": school, "form": form, "line": officer_line(assignment, today)}
    return render(request, "schools/officer_end.html", context)


@access(Permission.EDIT_SCHOOL, methods=("GET", "POST"))
def contact_add(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.EDIT_SCHOOL)
    form = ContactForm(posted(request))
    if form.is_valid():
        try:
            contact = actions.add_contact(
                school=school, contact=form.contact(), by=request.user, at=timezone.now()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            line = person_line(contact, timezone.localdate())
            say(request, contact, f"{line.role}: {line.text}.")
            return redirect("schools:people", urn=urn)
    return render(request, "schools/contact_add.html", {"school": school, "form": form})


@access(Permission.EDIT_SCHOOL, methods=("GET", "POST"))
def contact_change(request: SignedInRequest, urn: int, pk: int) -> HttpResponse:
    school = _school(request, urn, Permission.EDIT_SCHOOL)
    contact = get_object_or_404(SchoolContact, school=school, pk=pk)
    form = ContactForm(posted(request), contact)
    if form.is_valid():
        try:
            changed = actions.change_contact(
                contact=contact, to=form.contact(), by=request.user, at=timezone.now()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"{form.cleaned_data['name']} is updated.")
            return redirect("schools:people", urn=urn)
    context = {"school": school, "form": form, "line": person_line(contact)}
    return render(request, "schools/contact_change.html", context)


@access(Permission.EDIT_SCHOOL, methods=("GET", "POST"))
def contact_end(request: SignedInRequest, urn: int, pk: int) -> HttpResponse:
    school = _school(request, urn, Permission.EDIT_SCHOOL)
    contact = get_object_or_404(SchoolContact, school=school, pk=pk)
    form = EndForm(timezone.localdate(), posted(request))
    if form.is_valid():
        try:
            changed = actions.end_contact(
                contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"{contact.name} has a last day.")
            return redirect("schools:people", urn=urn)
    context = {"school": school, "form": form, "line": person_line(contact)}
    return render(request, "schools/contact_end.html", context)
