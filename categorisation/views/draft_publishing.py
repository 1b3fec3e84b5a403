"""Checking a draft and publishing it: what it changes, whether it holds together, and from which day it is in force."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format

from accounts.access import SignedInRequest, access
from accounts.permissions import Refused
from categorisation import actions, permissions
from categorisation.actions import DraftConflict
from categorisation.actions.drafts import earliest_day
from categorisation.forms.drafts.publishing import PublishForm
from categorisation.presenters import drafts as shown
from categorisation.presenters.consultations import grouped
from categorisation.schema import DocumentError
from categorisation.views.drafts import CHANGED_MEANWHILE, READERS, draft_for, effect_of, revision_of


@access(*READERS, methods=("GET", "POST"))
def draft_publish(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """Everybody at work on a draft sees how it stands; whoever had no part in writing it may publish it."""
    draft = draft_for(request, code, public_id, *READERS)
    today = timezone.localdate()
    earliest, because = earliest_day(draft)
    initial = {"effective_from": max(today, earliest or today), "summary": draft.summary}
    form = PublishForm(request.POST or None, initial=initial)
    refused = permissions.why_not(permissions.check_can_publish_draft, request.user, draft)
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.publish_draft(
                draft=draft,
                revision=revision_of(request),
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except DraftConflict:
            messages.error(request, CHANGED_MEANWHILE)
            return redirect("categorisation:draft-publish", code, public_id)
        except Refused as error:
            form.add_error(None, str(error))
        except DocumentError:
            form.add_error(None, "The draft does not hold together. What is wrong is listed below.")
        else:
            day = date_format(version.effective_from)
            messages.success(request, f"Version {version.number} is published, in force from {day}.")
            return redirect("categorisation:draft-detail", code, public_id)
    page = shown.draft_page(draft)
    cases = shown.worked_cases(draft) if page.document else ()
    context = {
        "draft": draft,
        "page": page,
        "changes": grouped(page.changes),
        "cases": cases,
        "failing": sum(bool(case.faults) for case in cases),
        "form": form,
        "refused": refused,
        "earliest": earliest,
        "because": because,
        "asked": draft.consultations.filter(closes_on__gte=today),
        "today": today,
        **effect_of(request, draft),
    }
    return render(request, "categorisation/draft_publish.html", context)
