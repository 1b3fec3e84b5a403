"""The authority's own facts of a school."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from schools import actions
from schools.forms.schools import SettingsForm
from schools.models import School
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


@access(Permission.EDIT_SCHOOL, methods=("GET", "POST"))
def school_edit(request: SignedInRequest, urn: int) -> HttpResponse:
    school = get_object_or_404(
        School.objects.with_permission(request.user, Permission.EDIT_SCHOOL).select_related(
            "area", "cluster"
        ),
        urn=urn,
    )
    form = SettingsForm(school, posted(request))
    if form.is_valid():
        try:
            changed = actions.update_settings(
                school=school, settings=form.settings(), by=request.user, at=timezone.now()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"{school.name} is updated.")
            return redirect(school)
    return render(request, "schools/school_edit.html", {"school": school, "form": form})
