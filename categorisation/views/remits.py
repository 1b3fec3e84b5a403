"""What an officer of a service is asked about: given and ended by those who manage people (K-024, K-026)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import authority_ids
from accounts.querysets import UserQuerySet
from categorisation import presenters
from categorisation.forms.signals import RemitEndForm, RemitForm
from schools import actions
from schools.models import ServiceRemit
from ui.forms import show_refusal


def _people(request: SignedInRequest) -> UserQuerySet:
    people: UserQuerySet = User.objects.of_authorities(authority_ids(request.user, Permission.MANAGE_PEOPLE))
    return people


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def remit_list(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A part for each authority whose people the reader manages, almost always one."""
    person = get_object_or_404(_people(request), public_id=public_id)
    now = timezone.now()
    today = timezone.localdate(now)
    managed = Authority.objects.filter(
        pk__in=authority_ids(request.user, Permission.MANAGE_PEOPLE), grants__user=person
    ).distinct()
    posted = request.POST.get("authority", "") if request.method == "POST" else None
    parts = []
    for authority in managed.order_by("name"):
        subjects = presenters.subjects(authority, today)
        data = request.POST if posted == authority.code else None
        form = RemitForm(subjects, today, data)
        if form.is_valid():
            try:
                new = actions.give_remits(
                    user=person, authority=authority, by=request.user, at=now, **form.cleaned_data
                )
            except ValidationError as refusal:
                show_refusal(form, refusal)
            else:
                many = "1 thing" if len(new) == 1 else f"{len(new)} things"
                messages.success(request, f"{person.name} is asked about {many} more.")
                return redirect("categorisation:remit-list", public_id=public_id)
        parts.append((authority, presenters.remit_lines(person, authority, subjects, today), form))
    return render(
        request,
        "categorisation/remit_list.html",
        {"person": person, "parts": parts, "forms": [f for *_, f in parts]},
    )


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def remit_end(request: SignedInRequest, public_id: str, pk: int) -> HttpResponse:
    person = get_object_or_404(_people(request), public_id=public_id)
    managed = authority_ids(request.user, Permission.MANAGE_PEOPLE)
    remit = get_object_or_404(
        ServiceRemit.objects.select_related("authority"), pk=pk, user=person, authority__in=managed
    )
    now = timezone.now()
    today = timezone.localdate(now)
    form = RemitEndForm(today, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.end_remit(remit=remit, by=request.user, at=now, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("categorisation:remit-list", public_id=public_id)
    title = dict(presenters.subjects(remit.authority, today)).get(remit.subject, remit.subject)
    context = {"person": person, "remit": remit, "title": title, "form": form}
    return render(request, "categorisation/remit_end.html", context)
