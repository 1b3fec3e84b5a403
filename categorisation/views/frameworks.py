"""The framework in force as a page to read, and which one an authority works to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from accounts.permissions import authority_ids
from categorisation import actions, permissions, presenters
from categorisation.forms.frameworks import ChooseFrameworkForm


@access(signed_in="The policy in force is open to everyone it applies to")
def framework(request: SignedInRequest) -> HttpResponse:
    """The framework of the person's own authority: levels, what each brings, and the rules in words."""
    view = presenters.framework_page(
        request.user, on=timezone.localdate(), code=request.GET.get("authority", "")
    )
    context: dict[str, object] = {"framework": view}
    if view is not None:
        context["may_read_drafts"] = permissions.can_read_drafts(request.user, view.authority)
    return render(request, "categorisation/framework.html", context)


@access(Permission.MANAGE_SETTINGS, methods=("GET", "HEAD", "POST"))
def framework_choose(request: SignedInRequest, code: str) -> HttpResponse:
    """The framework an authority works to, by date."""
    authorities = Authority.objects.filter(pk__in=authority_ids(request.user, Permission.MANAGE_SETTINGS))
    authority = get_object_or_404(authorities, code=code)
    now = timezone.now()
    form = ChooseFrameworkForm(request.POST or None, today=timezone.localdate(now), authority=authority)
    if form.is_valid():
        actions.choose_framework(authority=authority, by=request.user, now=now, **form.cleaned_data)
        messages.success(request, "The policy is chosen. Suggestions are being worked out.")
        return redirect("categorisation:framework-choose", code=code)
    return render(
        request,
        "categorisation/framework_choose.html",
        {"authority": authority, "form": form, "choices": presenters.framework_choices(authority)},
    )
