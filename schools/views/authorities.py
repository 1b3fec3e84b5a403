"""How an authority appears, and its areas and clusters."""

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import AreaKind, Permission
from accounts.models import Area, Authority
from accounts.permissions import authority_ids
from schools import actions
from schools.forms.authorities import AreaForm, AuthorityForm, RenameAreaForm
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


@access(Permission.MANAGE_SETTINGS)
def settings(request: SignedInRequest) -> HttpResponse:
    """The authorities the person keeps; with one, straight to it."""
    authorities = list(
        Authority.objects.filter(pk__in=authority_ids(request.user, Permission.MANAGE_SETTINGS))
    )
    if len(authorities) == 1:
        return redirect("schools:authority-edit", code=authorities[0].code)
    return render(request, "schools/settings.html", {"authorities": authorities})


@access(Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def authority_edit(request: SignedInRequest, code: str) -> HttpResponse:
    authority = _authority(request, code)
    form = AuthorityForm(authority, posted(request))
    if form.is_valid():
        try:
            changed = actions.update_authority(
                authority=authority, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, "The settings are saved.")
            return redirect("schools:authority-edit", code=code)
    return render(request, "schools/authority_edit.html", {"authority": authority, "form": form})


@access(Permission.MANAGE_SETTINGS)
def area_list(request: SignedInRequest, code: str) -> HttpResponse:
    authority = _authority(request, code)
    areas = authority.areas.annotate(
        schools_in_it=Count("schools", distinct=True) + Count("cluster_schools", distinct=True)
    )
    groups = [(kind.label, [area for area in areas if area.kind == kind]) for kind in AreaKind]
    return render(request, "schools/area_list.html", {"authority": authority, "groups": groups})


@access(Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def area_add(request: SignedInRequest, code: str) -> HttpResponse:
    authority = _authority(request, code)
    form = AreaForm(posted(request))
    if form.is_valid():
        try:
            area = actions.add_area(
                authority=authority,
                name=form.cleaned_data["name"],
                kind=AreaKind(form.cleaned_data["kind"]),
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, area, f"{area.name} is added.")
            return redirect("schools:area-list", code=code)
    return render(request, "schools/area_add.html", {"authority": authority, "form": form})


@access(Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def area_rename(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    authority = _authority(request, code)
    area = get_object_or_404(Area, authority=authority, pk=pk)
    form = RenameAreaForm(posted(request), initial={"name": area.name})
    if form.is_valid():
        try:
            changed = actions.rename_area(
                area=area, name=form.cleaned_data["name"], by=request.user, at=timezone.now()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"{area.name} is now {form.cleaned_data['name']}.")
            return redirect("schools:area-list", code=code)
    return render(request, "schools/area_rename.html", {"authority": authority, "area": area, "form": form})


@access(Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def area_remove(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    authority = _authority(request, code)
    area = get_object_or_404(Area, authority=authority, pk=pk)
    refused: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            changed = actions.remove_area(area=area, by=request.user, at=timezone.now())
        except ValidationError as refusal:
            refused = [{"text": message} for message in refusal.messages]
        else:
            say(request, changed, f"{area.name} is removed.")
            return redirect("schools:area-list", code=code)
    context = {"authority": authority, "area": area, "refused": refused}
    return render(request, "schools/area_remove.html", context)


def _authority(request: SignedInRequest, code: str) -> Authority:
    ids = authority_ids(request.user, Permission.MANAGE_SETTINGS)
    return get_object_or_404(Authority, pk__in=ids, code=code)
