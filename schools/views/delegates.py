"""Deputies and clerks, added and ended by the head or the chair."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from schools import actions
from schools.actions.delegates import DELEGATES
from schools.choices import ContactRole
from schools.forms.people import DelegateForm, EndForm
from schools.models import School, SchoolContact
from schools.presenters.people import person_line
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


def _school(request: SignedInRequest, urn: int) -> School:
    schools = School.objects.with_permission(request.user, Permission.ADD_DELEGATE)
    found: School = get_object_or_404(schools.select_related("authority"), urn=urn)
    return found


@access(Permission.ADD_DELEGATE, methods=("GET", "POST"))
def delegate_add(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn)
    form = DelegateForm(posted(request))
    if form.is_valid():
        values = form.cleaned_data
        try:
            actions.add_delegate(
                school=school,
                role=ContactRole(values["role"]),
                name=values["name"],
                email=values["email"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(
                request, f"{values['name']} is added. A message is on its way to {values['email']}."
            )
            return redirect("schools:people", urn=urn)
    return render(request, "schools/delegate_add.html", {"school": school, "form": form})


@access(Permission.ADD_DELEGATE, methods=("GET", "POST"))
def delegate_end(request: SignedInRequest, urn: int, pk: int) -> HttpResponse:
    school = _school(request, urn)
    contacts = SchoolContact.objects.filter(school=school, role__in=DELEGATES, user__isnull=False)
    contact = get_object_or_404(contacts, pk=pk)
    form = EndForm(timezone.localdate(), posted(request), hint="Yesterday's date ends it at once")
    if form.is_valid():
        try:
            changed = actions.end_delegate(
                contact=contact, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"{contact.name} has a last day.")
            return redirect("schools:people", urn=urn)
    context = {"school": school, "form": form, "line": person_line(contact, timezone.localdate())}
    return render(request, "schools/delegate_end.html", context)
