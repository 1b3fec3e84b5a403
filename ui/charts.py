"""Plain SVG charts with their table. Pure: numbers in, positions out; templates/components/chart.html prints them.

A missing value, or a year left out, breaks the line, and the table says why; lines differ by dash and marker, bars
by fill, as well as by colour. Colours and dashes are presentation attributes, so that a PDF has them too.
Positions are in the SVG's own units, origin top left.
"""

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 16, 40
_MOST_LABELS = 11  # as many years as stand side by side without touching
_NO_VALUE = "No value"


@dataclass(frozen=True, slots=True)
class Point:
    """A value and its place on the axis; `note` says why there is none, or what qualifies it; `low`/`high` its interval."""

    label: str
    value: float | None
    note: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A named line or set of bars; points may be given as tuples in Point's order."""

    name: str
    points: Sequence[Point | tuple[Any, ...]] = ()

    def as_points(self) -> tuple[Point, ...]:
        return tuple(p if isinstance(p, Point) else Point(*p) for p in self.points)


@dataclass(frozen=True, slots=True)
class Style:
    """How one series looks. Past four a chart is a list of numbers, and the table serves better: styles repeat."""

    colour: str
    dash: str
    shape: str
    fill: str


STYLES = (
    Style("#1d70b8", "", "circle", "#1d70b8"),
    Style("#0b0c0c", "8 4", "square", "#ffffff"),
    Style("#801650", "2 4", "triangle", "#e8c8d8"),
    Style("#00703c", "12 4 2 4", "diamond", "#00703c"),
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A label and where it stands on its axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    """One value of a line: its place, the outline of its mark, and the ends of its interval if it has one."""

    x: float
    y: float
    path: str
    low_y: float | None = None
    high_y: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A series as drawn: `segments` are the points of unbroken stretches; `key` is its mark in the legend."""

    name: str
    style: Style
    segments: tuple[str, ...]
    markers: tuple[Marker, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    style: Style
    x: float
    y: float
    width: float
    height: float
    text: str
    text_x: float
    text_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template prints. `plot` is left, top, right, bottom; `table` the table component's parameters."""

    id: str
    kind: str
    title: str
    description: str
    width: int
    height: int
    unit: str
    lines: tuple[Line, ...]
    plot: tuple[float, float, float, float]
    table: dict[str, Any]
    ticks: tuple[Tick, ...] = ()
    labels: tuple[Tick, ...] = ()
    bars: tuple[Bar, ...] = ()
    zero_at: float | None = None

    @property
    def legend(self) -> tuple[Line, ...]:
        """A single series needs none: the title says what it is."""
        return self.lines if len(self.lines) > 1 else ()

    @property
    def empty(self) -> bool:
        return not self.bars and not any(line.markers for line in self.lines)


def trend(title: str, series: Sequence[Series], unit: str = "", decimals: int = 0) -> Chart:
    """Lines over the years, in the order in which labels first appear; years ("2017-18", 2018) in their own.

    The axis need not start at nought: a trend is read from its slope. Nothing is drawn where every value is missing.
    """
    named = [(s.name, s.as_points()) for s in series]
    axis = _Axis([str(p.label) for _, points in named for p in points])
    values = [
        v
        for _, points in named
        for p in points
        if p.value is not None
        for v in (p.value, p.low, p.high)
        if v is not None
    ]
    ticks = nice_ticks(min(values), max(values), least=5 * 10.0**-decimals) if values else (0.0, 1.0)
    left, top, right, bottom = plot = (_LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM)

    def x(label: str) -> float:
        return round(left + 28 + (right - left - 56) * axis.share(label), 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * (value - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    every = max(1, -(-len(axis.labels) // _MOST_LABELS))
    return Chart(
        id=_identity(title, named),
        kind="trend",
        title=title,
        description=_describe(named, unit, decimals),
        width=WIDTH,
        height=HEIGHT,
        unit=unit,
        plot=plot,
        lines=tuple(_line(number, name, points, axis, x, y) for number, (name, points) in enumerate(named)),
        ticks=tuple(Tick(y(t), _number(t, _decimals_of(ticks))) for t in ticks) if values else (),
        labels=tuple(Tick(x(label), label) for label in axis.labels[::every]),
        zero_at=y(0) if values and ticks[0] < 0 < ticks[-1] else None,
        table=_table(title, named, axis.labels, unit, decimals),
    )


def bars(title: str, series: Sequence[Series], unit: str = "", decimals: int = 0) -> Chart:
    """Horizontal bars from nought, one group a label, one bar a series, figures at their ends."""
    named = [(s.name, s.as_points()) for s in series]
    labels = list(dict.fromkeys(str(p.label) for _, points in named for p in points))
    values = [p.value for _, points in named for p in points if p.value is not None]
    ends = nice_ticks(min([0.0, *values]), max([0.0, *values]), least=1.0)
    thick, gap, left, top, right = 20, 14, 190, 12, WIDTH - 80
    group = thick * max(1, len(named)) + gap
    height = top + group * len(labels) + 4

    def x(value: float) -> float:
        return round(left + (right - left) * (value - ends[0]) / (ends[-1] - ends[0]), 1)

    drawn = []
    for number, (name, points) in enumerate(named):
        for point in points:
            y = top + labels.index(str(point.label)) * group + number * thick
            start, end = sorted((x(0), x(point.value or 0)))
            # The figure alone: its note is in the table.
            text = _said(
                Point(point.label, point.value, "" if point.value is not None else point.note), unit, decimals
            )
            style = STYLES[number % len(STYLES)]
            drawn.append(Bar(name, style, start, y, round(end - start, 1), thick - 4, text, end + 6, y + 13))
    return Chart(
        id=_identity(title, named),
        kind="bars",
        title=title,
        description=_describe(named, unit, decimals),
        width=WIDTH,
        height=height,
        unit=unit,
        plot=(left, top, right, height - 4),
        lines=tuple(
            Line(name, STYLES[number % len(STYLES)], (), (), "M2 1h36v12h-36Z")
            for number, (name, _) in enumerate(named)
        ),
        labels=tuple(Tick(top + i * group + (group - gap) / 2 + 3, label) for i, label in enumerate(labels)),
        bars=tuple(drawn),
        zero_at=x(0),
        table=_table(title, named, labels, unit, decimals),
    )


def nice_ticks(low: float, high: float, wanted: int = 5, least: float = 1.0) -> tuple[float, ...]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) from at or below `low` to at or above `high`.

    A range of nothing is widened by `least` on both sides, or by a tenth of the value if that is more.
    """
    if low == high:
        margin = max(abs(low) * 0.1, least)
        low, high = low - margin, high + margin
    rough = (high - low) / (wanted - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((m * power for m in (1, 2, 2.5, 5) if m * power >= rough * 0.999999), 10 * power)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(n * step, 10) for n in range(first, last + 1))


class _Axis:
    """Labels in order. Where all are years they stand as far apart as the years do, so a gap looks like one."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = list(dict.fromkeys(labels))
        years = [re.fullmatch(r"(\d{4})(?:[-/–]\d{2,4})?", label) for label in self.labels]
        self.years = bool(years) and all(years)
        if self.years:
            self.labels.sort(key=lambda label: int(label[:4]))
            self._places = {label: int(label[:4]) for label in self.labels}
        else:
            self._places = {label: place for place, label in enumerate(self.labels)}

    def share(self, label: str) -> float:
        """Where on the axis, 0 to 1; one label alone stands in the middle."""
        first, last = self._places[self.labels[0]], self._places[self.labels[-1]]
        return (self._places[label] - first) / (last - first) if last > first else 0.5

    def adjacent(self, label: str, following: str) -> bool:
        return self._places[following] - self._places[label] == 1


def _line(
    number: int,
    name: str,
    points: Sequence[Point],
    axis: _Axis,
    x: Callable[[str], float],
    y: Callable[[float], float],
) -> Line:
    style = STYLES[number % len(STYLES)]
    place = {label: at for at, label in enumerate(axis.labels)}
    ordered = sorted((p for p in points if p.value is not None), key=lambda p: place[str(p.label)])
    markers = []
    stretches: list[list[str]] = []
    before: str | None = None
    for point in ordered:
        label = str(point.label)
        px, py = x(label), y(point.value or 0.0)
        if before is None or not axis.adjacent(before, label):
            stretches.append([])
        stretches[-1].append(f"{px},{py}")
        before = label
        low, high = (y(end) if end is not None else None for end in (point.low, point.high))
        markers.append(Marker(px, py, _mark(style.shape, px, py), low, high))
    segments = tuple(" ".join(stretch) for stretch in stretches if len(stretch) > 1)
    return Line(name, style, segments, tuple(markers), _mark(style.shape, 20, 7))


def _mark(shape: str, x: float, y: float, r: float = 5) -> str:
    """The outline of a marker as an SVG path."""
    if shape == "circle":
        return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
    if shape == "square":
        return f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}Z"
    if shape == "triangle":
        return f"M{x:.1f} {y - r - 1:.1f}L{x + r + 1:.1f} {y + r:.1f}L{x - r - 1:.1f} {y + r:.1f}Z"
    return (
        f"M{x:.1f} {y - r - 2:.1f}L{x + r + 2:.1f} {y:.1f}L{x:.1f} {y + r + 2:.1f}L{x - r - 2:.1f} {y:.1f}Z"
    )


def _decimals_of(ticks: Sequence[float]) -> int:
    return max(len(f"{tick:.4f}".rstrip("0").split(".")[1]) for tick in ticks)


def _number(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    # What rounds to nought has no sign; a true minus is as wide as a plus and never breaks off.
    return text.replace("-", "−" if any(digit in text for digit in "123456789") else "")


def _suffix(unit: str) -> str:
    return unit if unit == "%" or not unit else f" {unit}"


def _said(point: Point, unit: str, decimals: int) -> str:
    if point.value is None:
        return point.note or _NO_VALUE
    text = f"{_number(point.value, decimals)}{_suffix(unit)}"
    if point.low is not None and point.high is not None:
        text += f" ({_number(point.low, decimals)} to {_number(point.high, decimals)})"
    return f"{text}, {point.note}" if point.note else text


def _describe(named: Sequence[tuple[str, tuple[Point, ...]]], unit: str, decimals: int) -> str:
    """The chart in a sentence a series, for people who hear it."""
    return " ".join(
        f"{name}: " + "; ".join(f"{p.label} {_said(p, unit, decimals)}" for p in points) + "."
        for name, points in named
        if points
    )


def _table(
    title: str,
    named: Sequence[tuple[str, tuple[Point, ...]]],
    labels: Sequence[str],
    unit: str,
    decimals: int,
) -> dict[str, Any]:
    by_series = [{str(p.label): p for p in points} for _, points in named]
    rows = []
    for label in labels:
        said = (
            _said(points[label], unit, decimals) if label in points else _NO_VALUE for points in by_series
        )
        rows.append([{"text": label}, *({"text": text, "format": "numeric"} for text in said)])
    return {
        "caption": title,
        "captionClasses": "govuk-visually-hidden",
        "firstCellIsHeader": True,
        "classes": "app-table--compact",
        "head": [
            {"text": "Year" if _Axis(labels).years else "Group"},
            *({"text": name, "format": "numeric"} for name, _ in named),
        ],
        "rows": rows,
    }


def _identity(title: str, named: Any) -> str:
    """The same in every process for the same chart, so that released documents can be compared byte for byte."""
    return "chart-" + hashlib.sha256(repr((title, named)).encode()).hexdigest()[:10]
