"""The annual round: opened, looked at on boards, published, confirmed."""

from operator import methodcaller

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from categorisation import actions
from categorisation.engine.wording import upper_first
from categorisation.filters import BoardFilter
from categorisation.forms.rounds import ConfirmForm, OpenRoundForm
from categorisation.frameworks_in_force import version_for
from categorisation.models import Round
from categorisation.presenters import boards, rounds
from categorisation.presenters.levels_home import levels_home
from categorisation.querysets import authorities_where
from categorisation.workflow import NotPossible
from ui.forms import show_refusal
from ui.lists import Column, exports, list_response

LEVELS = (Permission.RECOMMEND_LEVEL, Permission.MODERATE_LEVEL, Permission.DECIDE_LEVEL)


def visible_round(request: SignedInRequest, public_id: str) -> Round:
    """The round, logged as read: what is recommended is the authority's own until it is published."""
    found: Round = get_object_or_404(
        Round.objects.visible_to(request.user).select_related("authority", "version", "opened_by"),
        public_id=public_id,
    )
    request.shown.about(authority_id=found.authority_id)
    return found


@access(*LEVELS)
def round_list(request: SignedInRequest) -> HttpResponse:
    """Everything about levels that is done for many schools: rounds, the term's review, identification."""
    homes = levels_home(request.user, on=timezone.localdate())
    return render(request, "categorisation/round_list.html", {"homes": homes})


@access(Permission.DECIDE_LEVEL, methods=("GET", "POST"))
def round_open(request: SignedInRequest, code: str) -> HttpResponse:
    mine = authorities_where(request.user, [Permission.DECIDE_LEVEL])
    authority = get_object_or_404(Authority.objects.filter(pk__in=mine), code=code)
    now = timezone.now()
    today = timezone.localdate(now)
    version = version_for(authority, today)
    word, month = "level", 9
    if version is not None:
        word, month = version.document["words"]["level"], version.document["decisions"]["starts_month"]
    form = OpenRoundForm(
        request.POST if request.method == "POST" else None,
        starts_on=rounds.next_start(authority, today, month),
        word=word,
    )
    if form.is_valid():
        try:
            opened = actions.open_round(authority=authority, by=request.user, at=now, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The round is open. Advisers can recommend now.")
            return redirect(opened)
    context = {"authority": authority, "form": form, "version": version}
    return render(request, "categorisation/round_open.html", context)


@access(*LEVELS, reads="recommendation")
def round_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Where the round stands, step by step, and what it waits for."""
    annual = visible_round(request, public_id)
    request.shown.append(f"round:{annual.public_id}")
    page = rounds.RoundPage(annual, request.user, timezone.localdate())
    return render(request, "categorisation/round_detail.html", {"page": page, "annual": annual})


@access(*LEVELS, reads="recommendation")
def round_board(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """All schools of the round that the reader knows; narrowed, sorted, exported as any list."""
    annual = visible_round(request, public_id)
    today = timezone.localdate()
    rows = boards.board(request.user, annual, on=today)
    page = rounds.RoundPage(annual, request.user, today)
    exporting = "export" in request.GET
    return list_response(
        request,
        queryset=rows,
        columns=boards.columns(annual, exporting=exporting),
        title=f"Board: {page.title}",
        filename=f"board-{annual.year}",
        filterset=BoardFilter,
        search=("name", "urn__startswith"),
        search_label="Search by name or URN",
        default_sort="name",
        noun=("school", "schools"),
        empty="No school here is yours to see.",
        shown_id=lambda school: f"recommendation:{school.urn}",
        template="categorisation/board.html",
        context={"page": page, "annual": annual, "list_table": "categorisation/board_table.html"},
    )


@access(Permission.MODERATE_LEVEL, Permission.DECIDE_LEVEL, reads="recommendation")
def round_overrides(request: SignedInRequest, public_id: str) -> HttpResponseBase:
    """How often people departed from what was suggested or recommended, by who recommended."""
    annual = visible_round(request, public_id)
    today = timezone.localdate()
    found = rounds.overrides(request.user, annual, on=today)
    request.shown.append(f"round:{annual.public_id}")
    if request.GET.get("export") in exports.FORMATS:
        columns = [
            Column("name", "Recommended by", value="user.name"),
            Column("total", "Schools", value="total"),
            *(
                Column(key, text, value=methodcaller("of", key))
                for key, (text, _) in boards.DIRECTIONS.items()
            ),
        ]
        return exports.response(
            request.GET["export"],
            found,
            columns,
            filename=f"overrides-{annual.year}",
            title="Overrides",
        )
    context = {
        "page": rounds.RoundPage(annual, request.user, today),
        "annual": annual,
        "directions": boards.DIRECTIONS,
        "rows": found,
    }
    return render(request, "categorisation/round_overrides.html", context)


@access(Permission.DECIDE_LEVEL, methods=("GET", "POST"))
def round_publish(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What publishing will do, then the doing of it, unattended."""
    annual = visible_round(request, public_id)
    page = rounds.RoundPage(annual, request.user, timezone.localdate())
    if request.method == "POST":
        try:
            actions.publish_round(annual=annual, by=request.user, at=timezone.now())
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        else:
            done = f"{upper_first(page.words['levels'])} are being published. Schools learn of theirs as it goes on."
            messages.success(request, done)
        return redirect(annual)
    return render(request, "categorisation/round_publish.html", {"page": page, "annual": annual})


@access(Permission.DECIDE_LEVEL, methods=("GET", "POST"), reads="recommendation")
def round_confirm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Levels that stand as they are; those that do not yet are listed with what keeps them from being confirmed."""
    annual = visible_round(request, public_id)
    page = rounds.RoundPage(annual, request.user, timezone.localdate())
    rows = rounds.unconfirmed(request.user, annual)
    ready = [row for row in rows if not row.why_not]
    form = ConfirmForm(
        [(row.decision.public_id, _level_text(row, page.words["level"])) for row in ready],
        [row.decision.public_id for row in ready if row.is_suggested_still],
        request.POST if request.method == "POST" else None,
    )
    if form.is_valid():
        chosen = set(form.cleaned_data["decisions"])
        try:
            actions.confirm_levels(
                annual=annual,
                decisions=[row.decision for row in ready if row.decision.public_id in chosen],
                by=request.user,
                at=timezone.now(),
            )
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The {page.words['levels']} are being confirmed.")
            return redirect(annual)
    request.shown.append(f"round:{annual.public_id}")
    context = {
        "page": page,
        "annual": annual,
        "form": form,
        "ready": ready,
        "held": [row for row in rows if row.why_not],
    }
    return render(request, "categorisation/round_confirm.html", context)


def _level_text(row: rounds.Unconfirmed, word: str) -> str:
    """ "St Anne's: category 2", and what else is suggested by now."""
    now = f" ({row.suggested_now} suggested now)" if row.suggested_now else ""
    return f"{row.decision.school.name}: {word} {row.decision.rank}{now}"


@access(Permission.DECIDE_LEVEL, methods=("POST",))
def round_close(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every level is confirmed, so the round is."""
    annual = visible_round(request, public_id)
    try:
        actions.confirm_round(annual=annual, by=request.user, at=timezone.now())
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The round is confirmed.")
    return redirect(annual)
