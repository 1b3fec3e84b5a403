"""Consulting on a policy, commenting on it, and comparing its versions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from accounts.permissions import authority_ids
from categorisation import presenters
from categorisation.actions import consultations as actions
from categorisation.choices import DraftStatus
from categorisation.forms.consultations import CommentForm, ConsultationForm, OutcomeForm, ReplyForm
from categorisation.models import Consultation, FrameworkComment, FrameworkDraft
from categorisation.presenters import consultations as shown
from ui.forms import new_form_key, show_refusal


def _authority(request: SignedInRequest, code: str) -> Authority:
    drafted = Authority.objects.filter(pk__in=authority_ids(request.user, Permission.EDIT_FRAMEWORK))
    return get_object_or_404(drafted, code=code)


@access(
    signed_in="Everyone a policy applies to may read what is proposed and comment", methods=("GET", "POST")
)
def consultation_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What is proposed, in words; the reader's comments and their answers; what came of it."""
    today = timezone.localdate()
    consultation = get_object_or_404(
        Consultation.objects.visible_to(request.user, today).select_related(
            "draft__authority", "draft__based_on"
        ),
        public_id=public_id,
    )
    view = shown.consultation_view(request.user, consultation, on=today)
    schools = shown.schools_spoken_for(request.user, view.authority, on=today)
    form = CommentForm(schools, view.places, request.POST or None, initial={"form_key": new_form_key()})
    if form.is_valid():
        try:
            actions.comment(
                authority=view.authority,
                about=consultation,
                text=form.cleaned_data["text"],
                place=form.cleaned_data["place"],
                school=form.speaks_for,
                form_key=form.cleaned_data["form_key"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "Your comment is with those who draft the policy.")
            return redirect("categorisation:consultation-detail", public_id=public_id)
    return render(
        request,
        "categorisation/consultation_detail.html",
        {"view": view, "form": form if view.is_open else None},
    )


@access(signed_in="Everyone a policy applies to may comment on it", methods=("GET", "POST"))
def framework_comment(request: SignedInRequest) -> HttpResponse:
    """A comment on the policy in force, at any time (K-229); the person's own, with their answers."""
    today, code = timezone.localdate(), request.GET.get("authority", "")
    page = presenters.framework_page(request.user, on=today, code=code)
    if page is None:
        return render(request, "categorisation/framework.html", {"framework": None})
    schools = shown.schools_spoken_for(request.user, page.authority, on=today)
    form = CommentForm(
        schools, shown.places_of(page.document), request.POST or None, initial={"form_key": new_form_key()}
    )
    if form.is_valid():
        try:
            actions.comment(
                authority=page.authority,
                about=page.version,
                text=form.cleaned_data["text"],
                place=form.cleaned_data["place"],
                school=form.speaks_for,
                form_key=form.cleaned_data["form_key"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "Your comment is with those who draft the policy.")
            return redirect(request.get_full_path())
    comments = [
        item
        for item in shown.comments_on(request.user, page.authority, on=today)
        if item.made_by_id == request.user.pk
    ]
    return render(
        request, "categorisation/framework_comment.html", {"page": page, "form": form, "comments": comments}
    )


@access(signed_in="The versions of a policy are open to everyone it applies to")
def framework_versions(request: SignedInRequest) -> HttpResponse:
    """Two versions of the policy compared in words."""
    view = shown.versions_page(
        request.user,
        on=timezone.localdate(),
        code=request.GET.get("authority", ""),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    return render(request, "categorisation/framework_versions.html", {"view": view})


@access(Permission.EDIT_FRAMEWORK)
def consultation_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Consultations of the authority, and what people say of the policy in force."""
    authority = _authority(request, code)
    today = timezone.localdate()
    context = {
        "authority": authority,
        "consultations": shown.consultations_of(request.user, authority, on=today),
        "comments": shown.comments_on(request.user, authority, on=today),
        "draft": FrameworkDraft.objects.filter(authority=authority, status=DraftStatus.OPEN).first(),
    }
    return render(request, "categorisation/consultation_list.html", context)


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "POST"))
def consultation_open(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """Ask about a draft."""
    authority = _authority(request, code)
    draft = get_object_or_404(
        FrameworkDraft.objects.select_related("authority", "based_on"),
        authority=authority,
        public_id=public_id,
    )
    form = ConsultationForm(request.POST or None, initial={"opens_on": timezone.localdate()})
    if form.is_valid():
        try:
            consultation = actions.open_consultation(
                draft=draft, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The consultation is set. Schools are told on its first day.")
            return redirect("categorisation:consultation-detail", public_id=consultation.public_id)
    return render(
        request,
        "categorisation/consultation_open.html",
        {"authority": authority, "draft": draft, "form": form},
    )


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "POST"))
def consultation_outcome(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """What came of a consultation."""
    authority = _authority(request, code)
    consultation = get_object_or_404(Consultation, draft__authority=authority, public_id=public_id)
    form = OutcomeForm(request.POST or None, initial={"outcome": consultation.outcome})
    if form.is_valid():
        if actions.record_outcome(
            consultation=consultation, by=request.user, at=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, "Everyone who was asked can read what came of it.")
        return redirect("categorisation:consultation-detail", public_id=public_id)
    return render(
        request,
        "categorisation/consultation_outcome.html",
        {"authority": authority, "consultation": consultation, "form": form},
    )


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "POST"))
def comment_reply(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """Answer a comment."""
    authority = _authority(request, code)
    comment = get_object_or_404(
        FrameworkComment.objects.select_related("made_by", "school", "consultation"),
        authority=authority,
        public_id=public_id,
    )
    form = ReplyForm(request.POST or None, initial={"text": comment.reply})
    if form.is_valid():
        try:
            actions.reply(comment=comment, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{comment.made_by.name} can read your answer.")
            if comment.consultation:
                return redirect("categorisation:consultation-detail", comment.consultation.public_id)
            return redirect("categorisation:consultation-list", code=code)
    return render(
        request,
        "categorisation/comment_reply.html",
        {"authority": authority, "comment": comment, "form": form},
    )
