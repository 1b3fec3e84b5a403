"""Plain SVG charts with their table. Pure: numbers in, positions out; templates/components/chart.html prints them.

A missing value breaks the line and says why in the table; lines differ by dash and marker as well as colour.
Positions are in the SVG's own units, origin top left.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 16, 40
# Four kinds of line; past that a chart is a list of numbers, and the table serves better.
SHAPES = ("circle", "square", "triangle", "diamond")
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
class Tick:
    """A label and where it stands: `y` on a trend's scale, `x` under its points."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    x: float
    y: float
    shape: str
    path: str
    low_y: float | None = None
    high_y: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    kind: int
    segments: tuple[str, ...]
    markers: tuple[Marker, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    kind: int
    x: float
    y: float
    width: float
    height: float
    text: str
    text_x: float
    text_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template prints. `table` is GOV.UK's table component's parameters."""

    id: str
    kind: str
    title: str
    description: str
    width: int
    height: int
    unit: str
    ticks: tuple[Tick, ...] = ()
    labels: tuple[Tick, ...] = ()
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    zero_at: float | None = None
    plot: tuple[float, float, float, float] = (_LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM)
    table: dict[str, Any] = field(default_factory=dict)

    @property
    def legend(self) -> tuple[Line, ...]:
        return self.lines if len(self.lines) > 1 else ()


def trend(title: str, series: Sequence[Series], unit: str = "", decimals: int = 0) -> Chart:
    """Lines over the years, in the order in which labels first appear."""
    lines = [(s.name, s.as_points()) for s in series]
    labels = list(dict.fromkeys(p.label for _, points in lines for p in points))
    values = [
        v
        for _, points in lines
        for p in points
        for v in (p.value, p.low, p.high)
        if v is not None and p.value is not None
    ]
    ticks = nice_ticks(min(values), max(values)) if values else (0.0, 1.0)
    left, top, right, bottom = _LEFT, _TOP, WIDTH - _RIGHT, HEIGHT - _BOTTOM

    def x(label: str) -> float:
        if len(labels) == 1:
            return (left + right) / 2
        inset = 24
        return round(left + inset + (right - left - 2 * inset) * labels.index(label) / (len(labels) - 1), 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * (value - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    drawn = []
    for kind, (name, points) in enumerate(lines):
        shape = SHAPES[kind % len(SHAPES)]
        markers = tuple(
            Marker(
                x(p.label),
                y(p.value),
                shape,
                _marker_path(shape, x(p.label), y(p.value)),
                y(p.low) if p.low is not None else None,
                y(p.high) if p.high is not None else None,
            )
            for p in points
            if p.value is not None
        )
        drawn.append(Line(name, kind % len(SHAPES) + 1, _segments(points, labels, x, y), markers))
    return Chart(
        id=_identity(title, lines),
        kind="trend",
        title=title,
        description=_describe(lines, unit, decimals),
        width=WIDTH,
        height=HEIGHT,
        unit=unit,
        ticks=tuple(Tick(y(t), _number(t, _tick_decimals(ticks))) for t in ticks) if values else (),
        labels=tuple(Tick(x(label), label) for label in labels),
        lines=tuple(drawn),
        zero_at=y(0) if values and ticks[0] < 0 < ticks[-1] else None,
        table=_table(title, lines, labels, unit, decimals),
    )


def bars(title: str, series: Sequence[Series], unit: str = "", decimals: int = 0) -> Chart:
    """Horizontal bars, one group a label, one bar a series; figures stand at their ends."""
    lines = [(s.name, s.as_points()) for s in series]
    labels = list(dict.fromkeys(p.label for _, points in lines for p in points))
    values = [p.value for _, points in lines for p in points if p.value is not None]
    ticks = nice_ticks(min([0.0, *values]), max([0.0, *values])) if values else (0.0, 1.0)
    bar, gap, left, top, right = 20, 14, 180, 12, WIDTH - 64
    group = bar * max(1, len(lines)) + gap
    height = top + group * len(labels) + 12

    def x(value: float) -> float:
        return round(left + (right - left) * (value - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    drawn = []
    for kind, (name, points) in enumerate(lines):
        for point in points:
            y = top + labels.index(point.label) * group + kind * bar
            value = point.value
            start, end = sorted((x(0), x(value))) if value is not None else (x(0), x(0))
            text = (
                f"{_number(value, decimals)}{_suffix(unit)}" if value is not None else point.note or _NO_VALUE
            )
            drawn.append(
                Bar(
                    name,
                    kind % len(SHAPES) + 1,
                    start,
                    y,
                    round(end - start, 1),
                    bar - 3,
                    text,
                    end + 6,
                    y + 13,
                )
            )
    return Chart(
        id=_identity(title, lines),
        kind="bars",
        title=title,
        description=_describe(lines, unit, decimals),
        width=WIDTH,
        height=height,
        unit=unit,
        labels=tuple(Tick(top + i * group + (group - gap) / 2 + 4, label) for i, label in enumerate(labels)),
        lines=tuple(Line(name, kind % len(SHAPES) + 1, (), ()) for kind, (name, _) in enumerate(lines)),
        bars=tuple(drawn),
        zero_at=x(0),
        plot=(left, top, right, height - 12),
        table=_table(title, lines, labels, unit, decimals),
    )


def nice_ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) from at or below `low` to at or above `high`, low < high."""
    if low == high:
        margin = abs(low) * 0.1 or 1.0
        low, high = low - margin, high + margin
    rough = (high - low) / (wanted - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(n * step, 10) for n in range(first, last + 1))


def _tick_decimals(ticks: Sequence[float]) -> int:
    return max((len(f"{t:.4f}".rstrip("0").split(".")[1]) for t in ticks), default=0)


def _segments(points: Sequence[Point], labels: Sequence[str], x: Any, y: Any) -> tuple[str, ...]:
    """Polylines between neighbours on the axis; a year without a value, or not given at all, breaks the line."""
    by_label = {p.label: p for p in points}
    segments: list[list[str]] = [[]]
    for label in labels:
        point = by_label.get(label)
        if point is None or point.value is None:
            segments.append([])
        else:
            segments[-1].append(f"{x(label)},{y(point.value)}")
    return tuple(" ".join(s) for s in segments if len(s) > 1)


def _marker_path(shape: str, x: float, y: float, r: float = 5) -> str:
    if shape == "circle":
        return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
    if shape == "square":
        return f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}Z"
    if shape == "triangle":
        return f"M{x:.1f} {y - r - 1:.1f}L{x + r + 1:.1f} {y + r:.1f}L{x - r - 1:.1f} {y + r:.1f}Z"
    return (
        f"M{x:.1f} {y - r - 2:.1f}L{x + r + 2:.1f} {y:.1f}L{x:.1f} {y + r + 2:.1f}L{x - r - 2:.1f} {y:.1f}Z"
    )


def _number(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.replace("-", "")


def _suffix(unit: str) -> str:
    return unit if unit == "%" or not unit else f" {unit}"


def _said(point: Point, unit: str, decimals: int) -> str:
    if point.value is None:
        return point.note or _NO_VALUE
    text = f"{_number(point.value, decimals)}{_suffix(unit)}"
    if point.low is not None and point.high is not None:
        text += f" ({_number(point.low, decimals)} to {_number(point.high, decimals)})"
    return f"{text}, {point.note}" if point.note else text


def _describe(lines: Sequence[tuple[str, tuple[Point, ...]]], unit: str, decimals: int) -> str:
    """The chart in a sentence a line, for people who hear it."""
    return " ".join(
        f"{name}: " + "; ".join(f"{p.label} {_said(p, unit, decimals)}" for p in points) + "."
        for name, points in lines
        if points
    )


def _table(
    title: str,
    lines: Sequence[tuple[str, tuple[Point, ...]]],
    labels: Sequence[str],
    unit: str,
    decimals: int,
) -> dict[str, Any]:
    by_line = [{p.label: p for p in points} for _, points in lines]
    return {
        "caption": title,
        "captionClasses": "govuk-visually-hidden",
        "firstCellIsHeader": True,
        "classes": "app-table--compact",
        "head": [{"text": ""}, *({"text": name, "format": "numeric"} for name, _ in lines)],
        "rows": [
            [
                {"text": label},
                *(
                    {
                        "text": _said(points[label], unit, decimals) if label in points else _NO_VALUE,
                        "format": "numeric",
                    }
                    for points in by_line
                ),
            ]
            for label in labels
        ],
    }


def _identity(title: str, lines: Any) -> str:
    return "chart-" + hashlib.sha256(repr((title, lines)).encode()).hexdigest()[:10]
