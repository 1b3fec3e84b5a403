"""The test bench: a school's facts, changed at will, under the policy as published and as drafted."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from categorisation.engine import SchoolFacts
from categorisation.forms.bench import FactsForm, TextForm
from categorisation.presenters.bench import Starting, as_text, asked_of, searched, starting, tried
from categorisation.presenters.trials import Trial, trial
from categorisation.views.dry_runs import authority_of

_ASKED_FOR = ("school", "case", "shipped", "blank")


@access(Permission.EDIT_FRAMEWORK, reads="suggestion", methods=("GET", "HEAD", "POST"))
def bench(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose a school, a case or a blank; change its facts; see what comes out. Posting tries, and writes nothing."""
    authority, today = authority_of(request, code), timezone.localdate()
    documents = trial(authority, on=today)
    context: dict[str, Any] = {"authority": authority, "trial": documents, "query": ""}
    if documents is None:
        return render(request, "categorisation/bench_start.html", context)
    asked_for = {name: request.GET[name] for name in _ASKED_FOR if request.GET.get(name)}
    if any("\x00" in value for value in asked_for.values()):
        raise Http404  # in no identifier, and PostgreSQL refuses to look for one
    try:
        start = starting(request.user, documents, asked_for, on=today)
    except ObjectDoesNotExist:
        raise Http404 from None
    if start is not None and start.school is not None:
        request.shown.append(f"school:{start.school.urn}")
        request.shown.about(urn=start.school.urn, authority_id=authority.pk)
    if request.method == "POST":
        return _tried(request, documents, start, context)
    if start is not None:
        return _page(request, documents, start, context, start.facts)
    query = request.GET.get("q", "").strip()[:100]
    found = searched(request.user, authority, query, on=today) if query else []
    return render(request, "categorisation/bench_start.html", {**context, "query": query, "found": found})


def _tried(
    request: SignedInRequest, documents: Trial, start: Starting | None, context: dict[str, Any]
) -> HttpResponse:
    """The facts travel as text; what the boxes say is laid over them, unless the text itself was changed."""
    text = TextForm(request.POST, frameworks=documents.frameworks)
    if not text.is_valid():
        return render(request, "categorisation/bench.html", {**context, "start": start, "text": text})
    facts = text.cleaned_data["facts"]
    if "on_day" not in request.POST:
        return _page(request, documents, start, context, facts)
    add = request.POST.get("add_figure", "")
    form = FactsForm(facts, documents.frameworks, asked_of(documents, facts), request.POST, add=add)
    if form.is_valid():
        return _page(request, documents, start, context, form.changed)
    return _page(request, documents, start, context, facts, form)


def _page(
    request: SignedInRequest,
    documents: Trial,
    start: Starting | None,
    context: dict[str, Any],
    facts: SchoolFacts,
    form: FactsForm | None = None,
) -> HttpResponse:
    """The answers, and the boxes again: with what was refused, or afresh for what is asked now."""
    add = request.POST.get("add_figure", "")
    fresh = form or FactsForm(facts, documents.frameworks, asked_of(documents, facts), add=add)
    text = as_text(facts)
    return render(
        request,
        "categorisation/bench.html",
        {
            **context,
            "start": start,
            "facts": facts,
            "facts_form": fresh,
            "facts_text": text,
            "text": TextForm(frameworks=(), initial={"facts": text}),
            "tried": tried(documents, facts),
        },
    )
