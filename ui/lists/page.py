"""One list page from its address: what is searched, filtered, sorted and shown, and the links that change that."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django_filters.filterset import BaseFilterSet

from ui.lists import chips, exports
from ui.lists.columns import Column, shown

PER_PAGE = 50
_OURS = ("page", "export")
_LONGEST_SEARCH = 200
_MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    numeric: bool
    href: str = ""  # empty when the column cannot be sorted
    direction: str = ""  # aria-sort's own words, empty when the list is not sorted by it


@dataclass(frozen=True, slots=True)
class ShownCell:
    heading: str
    text: str | SafeString
    numeric: bool
    href: str = ""
    names_row: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """What templates/components/list.html prints."""

    title: str
    count: str
    total: int
    headings: tuple[Heading, ...]
    rows: tuple[tuple[ShownCell, ...], ...]
    objects: tuple[Any, ...]
    pagination: dict[str, Any] | None
    chips: tuple[chips.Chip, ...]
    clear_href: str
    searchable: bool
    search_label: str
    query: str
    form: BaseForm | None
    kept: tuple[tuple[str, str], ...]
    exports: tuple[tuple[str, str], ...]
    empty: str
    columns: tuple[Column, ...] = field(repr=False, default=())

    @property
    def narrowed(self) -> bool:
        return bool(self.query or self.chips)


def list_response(
    request: HttpRequest,
    *,
    queryset: QuerySet[Any],
    columns: Sequence[Column],
    title: str,
    filename: str,
    filterset: type[BaseFilterSet] | None = None,
    search: Sequence[str] = (),
    search_label: str = "Search",
    default_sort: str | None = None,
    noun: tuple[str, str] = ("row", "rows"),
    empty: str = "",
    shown_id: Callable[[Any], str] | None = None,
    template: str = "list_page.html",
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """A list page, or the file asked for with ?export=csv or ?export=xlsx.

    search:       lookups, icontains unless one is named; each word must be found in one of them.
    default_sort: key of a column, "-key" for descending; else the queryset's own order.
    noun:         what a row is, one and many, for the line of counts ("74 schools, 1 to 50 shown").
    empty:        what to say when there is nothing at all (nothing found says so by itself).
    shown_id:     of a restricted list, each row's identifier for the read log (request.shown).
    The template gets `list` (a ListPage) beside `context`. Two queries a page, three with a filter on rows.
    """
    narrowed = _Narrowed(request, queryset, filterset, search)
    sort = _sort(request.GET.get("sort", ""), columns) or _sort(default_sort or "", columns)
    rows = _ordered(narrowed.queryset, sort)
    wanted = request.GET.get("export")
    if wanted in exports.FORMATS:
        written: Iterable[Any] = rows
        if shown_id is not None:
            written = list(rows)  # the read log names them before the first byte leaves
            request.shown.extend(shown_id(row) for row in written)  # type: ignore[attr-defined]
        return exports.response(
            wanted, written, [c for c in columns if c.export is not False], filename=filename, title=title
        )
    page = _page(
        request,
        narrowed,
        rows,
        columns,
        title=title,
        sort=sort,
        search_label=search_label,
        noun=noun,
        empty=empty,
    )
    if shown_id is not None:
        request.shown.extend(shown_id(row) for row in page.objects)  # type: ignore[attr-defined]
    values = {"list": page, "filter": narrowed.filterset, **(context or {})}
    return render(request, template, values)


def list_page(
    request: HttpRequest,
    *,
    queryset: QuerySet[Any],
    columns: Sequence[Column],
    title: str = "",
    filterset: type[BaseFilterSet] | None = None,
    search: Sequence[str] = (),
    search_label: str = "Search",
    default_sort: str | None = None,
    noun: tuple[str, str] = ("row", "rows"),
    empty: str = "",
) -> ListPage:
    """The list alone, for a page that shows it among other things: {% include "components/list.html" %}. No exports."""
    narrowed = _Narrowed(request, queryset, filterset, search)
    sort = _sort(request.GET.get("sort", ""), columns) or _sort(default_sort or "", columns)
    rows = _ordered(narrowed.queryset, sort)
    return _page(
        request,
        narrowed,
        rows,
        columns,
        title=title,
        sort=sort,
        search_label=search_label,
        noun=noun,
        empty=empty,
        exported=False,
    )


class _Narrowed:
    """The queryset after filters and search, and what they were."""

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        filterset: type[BaseFilterSet] | None,
        search: Sequence[str],
    ) -> None:
        self.params = _clean(request.GET)
        self.filterset = filterset(self.params, queryset=queryset, request=request) if filterset else None
        self.queryset = self.filterset.qs if self.filterset else queryset
        self.search = search
        self.query = " ".join(self.params.get("q", "").split())[:_LONGEST_SEARCH] if search else ""
        for word in self.query.split()[:_MOST_WORDS]:
            found = Q()
            for lookup in search:
                found |= Q(**{lookup if _names_lookup(lookup) else f"{lookup}__icontains": word})
            self.queryset = self.queryset.filter(found)


def _names_lookup(lookup: str) -> bool:
    return lookup.rsplit("__", 1)[-1] in {
        "icontains",
        "contains",
        "istartswith",
        "startswith",
        "exact",
        "iexact",
    }


def _clean(params: QueryDict) -> QueryDict:
    """The address without null characters, which no database stores."""
    cleaned = params.copy()
    for key in params:
        cleaned.setlist(key, [value.replace("\x00", "") for value in params.getlist(key)])
    return cleaned


def _sort(text: str, columns: Sequence[Column]) -> tuple[Column, bool] | None:
    """(column, descending) of `key` or `-key`; None for what cannot be sorted by."""
    key = text.removeprefix("-")
    column = next((c for c in columns if c.key == key and c.sort is not None), None)
    return (column, text.startswith("-")) if column else None


def _ordered(queryset: QuerySet[Any], sort: tuple[Column, bool] | None) -> QuerySet[Any]:
    """In a total order, or rows would repeat or vanish between pages. Empty values come last either way."""
    if sort is None:
        own = queryset.query.order_by or (
            queryset.model._meta.ordering if queryset.query.default_ordering else ()
        )
        return queryset.order_by(*own, "pk")
    column, descending = sort
    terms = column.sort if isinstance(column.sort, list | tuple) else [column.sort]
    return queryset.order_by(*(_term(term, descending) for term in terms), "pk")


def _term(term: Any, descending: bool) -> OrderBy:
    expression: Combinable = F(term.removeprefix("-")) if isinstance(term, str) else term
    if isinstance(term, str) and term.startswith("-"):
        descending = not descending
    return expression.desc(nulls_last=True) if descending else expression.asc(nulls_last=True)  # type: ignore[attr-defined]


def _page(
    request: HttpRequest,
    narrowed: _Narrowed,
    rows: QuerySet[Any],
    columns: Sequence[Column],
    *,
    title: str,
    sort: tuple[Column, bool] | None,
    search_label: str,
    noun: tuple[str, str],
    empty: str,
    exported: bool = True,
) -> ListPage:
    params = narrowed.params
    total = rows.order_by().count()
    last = max(1, -(-total // PER_PAGE))
    number = _nearest_page(params.get("page", ""), last)
    start = (number - 1) * PER_PAGE
    objects = tuple(rows[start : start + PER_PAGE]) if total else ()
    form = narrowed.filterset.form if narrowed.filterset else None
    removable = chips.of(params, form) if form is not None else ()
    if narrowed.query:
        removable = (
            chips.Chip(search_label, narrowed.query, chips.address(params, without=("q",))),
            *removable,
        )
    field_keys = chips.keys(form) if form is not None else set()
    naming = _naming(columns)
    return ListPage(
        title=title,
        count=_count(total, start, len(objects), noun, bool(removable)),
        total=total,
        headings=tuple(_heading(column, sort, params) for column in columns),
        rows=tuple(tuple(_cell(column, row, column is naming) for column in columns) for row in objects),
        objects=objects,
        pagination=_pagination(number, last, params),
        chips=removable,
        clear_href=chips.address(params, without=("q", *field_keys)),
        searchable=bool(narrowed.search),
        search_label=search_label,
        query=narrowed.query,
        form=form,
        kept=tuple(
            (key, value)
            for key in params
            if key not in ("q", *_OURS) and key not in field_keys
            for value in params.getlist(key)
        ),
        exports=tuple((kind, chips.address(params, export=kind)) for kind in exports.FORMATS)
        if exported
        else (),
        empty=empty or f"There are no {noun[1]} yet.",
        columns=tuple(columns),
    )


def _heading(column: Column, sort: tuple[Column, bool] | None, params: QueryDict) -> Heading:
    if column.sort is None:
        return Heading(column.heading, column.numeric)
    active, descending = (sort[0].key == column.key, sort[1]) if sort else (False, False)
    target = f"-{column.key}" if active and not descending else column.key
    direction = ("descending" if descending else "ascending") if active else "none"
    return Heading(column.heading, column.numeric, chips.address(params, sort=target), direction)


def _naming(columns: Sequence[Column]) -> Column:
    """The column that says what a row is about: the first that links, else the first."""
    return next((column for column in columns if column.link), columns[0])


def _cell(column: Column, row: Any, names_row: bool) -> ShownCell:
    href = column.link(row) if column.link else None
    return ShownCell(column.heading, shown(column.of(row)), column.numeric, href or "", names_row)


def _nearest_page(text: str, last: int) -> int:
    try:
        number = int(text)
    except ValueError:
        # A number too long even to read is past the end; anything else is no number at all.
        return last if text.isdigit() else 1
    return min(max(number, 1), last)


def _count(total: int, start: int, on_page: int, noun: tuple[str, str], narrowed: bool) -> str:
    if not total:
        return f"No {noun[1]} found" if narrowed else f"No {noun[1]}"
    text = f"{total:,} {noun[0] if total == 1 else noun[1]}"
    if on_page < total:
        text += f", {start + 1:,} to {start + on_page:,} shown"
    return text


def _pagination(number: int, last: int, params: QueryDict) -> dict[str, Any] | None:
    """Parameters of GOV.UK's pagination: first, last, the neighbours, and gaps between."""
    if last == 1:
        return None
    wanted = sorted({1, number - 1, number, number + 1, last} & set(range(1, last + 1)))
    items: list[dict[str, Any]] = []
    before = 0
    for page in wanted:
        if page - before == 2:
            items.append({"number": page - 1, "href": chips.address(params, page=page - 1)})
        elif page - before > 2:
            items.append({"ellipsis": True})
        items.append({"number": page, "href": chips.address(params, page=page), "current": page == number})
        before = page
    result: dict[str, Any] = {"items": items, "landmarkLabel": "Pages of this list"}
    if number > 1:
        result["previous"] = {"href": chips.address(params, page=number - 1)}
    if number < last:
        result["next"] = {"href": chips.address(params, page=number + 1)}
    return result
