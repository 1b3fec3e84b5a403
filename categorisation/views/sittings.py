"""Many schools at a sitting: recommendations moderated, levels reviewed each term; one key a school."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from categorisation import actions
from categorisation.choices import RecommendationStatus
from categorisation.filters import BoardFilter
from categorisation.forms.rounds import SittingForm, SittingRow
from categorisation.presenters import boards, reviews, rounds
from categorisation.querysets import authorities_where
from categorisation.views.rounds import visible_round
from schools.models import School

SITTING = 40  # schools on one page


def posted(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def again(request: SignedInRequest) -> HttpResponse:
    """The same sitting with the same filters; what is done is no longer in it."""
    return redirect(request.get_full_path())


def in_order(rows: list[SittingRow], asked: Sequence[str]) -> None:
    """As they stood on the page that was sent, so that nobody has to look for what they wrote."""
    places = {key: place for place, key in enumerate(asked)}
    rows.sort(key=lambda row: places.get(row.key, 0))


# Moderation


@access(Permission.MODERATE_LEVEL, methods=("GET", "POST"), reads="recommendation")
def round_moderate(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Recommendations that wait, those that differ first: agree with one key, or change with a reason."""
    annual = visible_round(request, public_id)
    now = timezone.now()
    today = timezone.localdate(now)
    mine = School.objects.with_permission(request.user, Permission.MODERATE_LEVEL, today)
    board = boards.board(request.user, annual, on=today).filter(pk__in=mine.values("pk"))
    narrowed = BoardFilter(request.GET, queryset=board, request=request)
    differing = Case(
        When(boards.DIFFERENCES["any"][1], then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    waiting = narrowed.qs.filter(r_status=RecommendationStatus.RECOMMENDED)
    # A null is in no identifier, and PostgreSQL refuses to look for one
    asked = [key for key in request.POST.getlist("row")[:SITTING] if "\x00" not in key]
    shown = (
        board.filter(pk__in=annual.recommendations.filter(public_id__in=asked).values("school"))
        if request.method == "POST"
        else waiting.order_by(differing, "name", "urn")[:SITTING]
    )
    found = [boards.BoardRow(school, annual.version.document) for school in shown]
    rows = [
        _moderation_row(row, annual.version.document, request.user.pk) for row in found if row.recommendation
    ]
    in_order(rows, asked)
    form = SittingForm(rows, "Reason for another one", posted(request))
    gone = set(asked) - {row.key for row in rows}
    if form.is_valid() and not gone:
        try:
            done = actions.moderate_at_a_sitting(
                verdicts=[
                    actions.Verdict(said.row.about.recommendation, int(said.choice), said.words)
                    for said in form.said
                ],
                by=request.user,
                at=now,
            )
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, f"{count(done, 'recommendation')} moderated.")
            return again(request)
    if gone:
        form.add_error(None, "A recommendation was withdrawn or sent back since you opened the page.")
    request.shown.extend(f"recommendation:{row.key}" for row in rows)
    context = {
        "page": rounds.RoundPage(annual, request.user, today),
        "annual": annual,
        "form": form,
        "filter": narrowed,
        "waiting": waiting.count(),
    }
    return render(request, "categorisation/round_moderate.html", context)


def _moderation_row(row: boards.BoardRow, document: Any, user_id: int) -> SittingRow:
    one = row.recommendation
    assert one is not None, "rows without a recommendation are left out"
    agrees = str(one.rank)
    others = sorted(str(level["rank"]) for level in document["levels"] if level["rank"] != one.rank)
    refused = ""
    if one.recommended_by_id == user_id:
        refused = "You recommended this, so somebody else moderates it."
    elif one.status != RecommendationStatus.RECOMMENDED and one.moderated_by:
        refused = f"{one.moderated_by.name} has moderated this already: {one.moderated_rank}."
    return SittingRow(
        key=one.public_id,
        name=row.school.name,
        choices=[(agrees, f"Agree with {agrees}"), *((rank, f"Change to {rank}") for rank in others)],
        plain=frozenset({agrees}),
        owed=f"Say why you see it otherwise than the recommended {agrees}",
        bulk=agrees if one.rank == one.suggested else "",
        keys={agrees: "a", **{rank: rank for rank in others}},
        refused=refused,
        about=row,
    )


# The term's review


@access(Permission.RECOMMEND_LEVEL, methods=("GET", "POST"), reads="recommendation")
def term_review(request: SignedInRequest, code: str, year: int, term: int) -> HttpResponse:
    """Every school's level in force: kept with one key, or another one sought. `urn`, once or more: those schools."""
    mine = authorities_where(request.user, [Permission.RECOMMEND_LEVEL])
    authority = get_object_or_404(Authority.objects.filter(pk__in=mine), code=code)
    now = timezone.now()
    today = timezone.localdate(now)
    if term not in reviews.TERMS or not reviews.is_year(year):
        raise Http404("There is no such term.")
    chosen = reviews.terms(authority, year)[term - 1]
    only = frozenset(urn for urn in request.GET.getlist("urn") if urn.isascii() and urn.isdigit())
    page = reviews.review_page(request.user, authority, chosen, on=today, only=only)
    show = request.GET.get("show", "")
    show = show if show in reviews.SHOWN else "open"
    is_open = chosen == reviews.term_on(authority, today)
    asked = request.POST.getlist("row")[:SITTING]
    shown = (
        [row for row in page.rows if str(row.school.urn) in asked and row.level]
        if request.method == "POST"
        else page.of(show)
        if not only
        else [row for row in page.rows if row.level]
    )
    sits = is_open and show in ("open", "signals")
    rows = [_review_row(row) for row in shown[:SITTING]] if sits else []
    in_order(rows, asked)
    form = SittingForm(rows, "Note", posted(request) if sits else None)
    if form.is_valid():
        try:
            done = actions.review_levels(
                year=year,
                term=term,
                reviewed=[
                    actions.Reviewed(said.row.about.school, said.choice == "keep", said.words)
                    for said in form.said
                ],
                by=request.user,
                at=now,
            )
        except ValidationError as refusal:
            form.show(refusal)
        else:
            sought = sum(1 for one in done if not one.is_kept)
            then = " Recommend another one below where it is sought." if sought else ""
            messages.success(request, f"{count(len(done), 'school')} reviewed.{then}")
            return redirect(f"{request.path}?show=sought") if sought else again(request)
    request.shown.extend(f"recommendation:{row.school.urn}" for row in shown)
    request.shown.about(authority_id=authority.pk)
    context = {
        "page": page,
        "form": form,
        "show": show,
        "shown": shown,
        "sits": sits,
        "is_open": is_open,
        "only": only,
    }
    return render(request, "categorisation/term_review.html", context)


def _review_row(row: reviews.ReviewRow) -> SittingRow:
    refused = ""
    if row.review:
        refused = f"{row.review.recorded_by.name} has reviewed this school in this term already."
    return SittingRow(
        key=str(row.school.urn),
        name=row.school.name,
        choices=[("keep", f"Keep {row.school.level_rank}"), ("seek", "Seek another")],
        plain=frozenset({"keep"}),
        owed="Say why another one is sought",
        bulk="" if row.signals else "keep",
        keys={"keep": "a"},
        refused=refused,
        about=row,
    )


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
