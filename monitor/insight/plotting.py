"""Charts as SVG that stands in a page by itself: no script, no outside file, colours from the page's style.

A chart is for looking; what is said comes from the tests beside it. Marked days and holes in the data lie behind the
line, so that nobody reads a holiday or a week without readings as a change of the goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDE, _HEIGHT = 640, 190
NARROW = 300
"""Width for a telephone, drawn one to one: letters keep their size, and nothing has to be moved sideways."""
_A_LABEL = 44
"""Width of a label with the space beside it."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 12, 40
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_MOST_TICKS = 5
_MOST_STARS, _ENOUGH, _EACH_LABEL = 5.0, 3, 4


@dataclass(frozen=True, slots=True)
class Point:
    """One period on a chart.

    Attributes:
        label: Under the point.
        value: A share, 0 to 1; None where there are too few reviews to say one.
        lower, upper: Between them nothing is unusual; None where there is no baseline.
        is_marked: It holds a marked day.
        is_hole: Reviews of it may be missing.
        told: What is said when one looks closer.
    """

    label: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    is_marked: bool = False
    is_hole: bool = False
    told: str = ""

    @property
    def is_alarm(self) -> bool:
        """Whether it lies beyond its limits."""
        if self.value is None or self.lower is None or self.upper is None:
            return False
        return not self.lower <= self.value <= self.upper


def draw_shares(points: Sequence[Point], *, title: str, width: int = WIDE) -> str:
    """Draws shares over time with their limits.

    Args:
        points: In order of time.
        title: What a reader who sees no picture is told.
        width: Of the drawing; narrower ones name fewer of the points.

    Returns:
        One ``svg`` element; empty without points.
    """
    if not points:
        return ""
    seen = [value for point in points for value in (point.value, point.upper) if value is not None]
    top, step = _scale(max(seen, default=0.0))
    plot = _Plot(len(points), top, width)
    parts = [
        *_backgrounds(points, plot),
        *_axis(plot, top, step),
        *_limits(points, plot),
        *_line(points, plot),
        *_labels(points, plot),
    ]
    return _svg(parts, title, width)


@dataclass(frozen=True, slots=True)
class WeekDrawn:
    """One week on a chart of reviews: how many came, and their mean stars where there are any."""

    label: str
    reviews: int
    stars: float | None


def draw_weeks(weeks: Sequence[WeekDrawn], *, title: str) -> str:
    """Draws how many reviews came each week as bars, and their mean stars as a line where there are enough of them.

    Args:
        weeks: In order of time.
        title: What a reader who sees no picture is told.

    Returns:
        One ``svg`` element; empty where no week has a review.
    """
    most = max((one.reviews for one in weeks), default=0)
    if not most:
        return ""
    bars, stars = _Plot(len(weeks), float(most)), _Plot(len(weeks), _MOST_STARS)
    parts = []
    for index, one in enumerate(weeks):
        left, top = bars.x(index) - bars.width * 0.35, bars.y(one.reviews)
        size = f'width="{bars.width * 0.7:.1f}" height="{_HEIGHT - _BOTTOM - top:.1f}"'
        told = f"{one.label}: {one.reviews}" + (f", {one.stars}" if one.stars is not None else "")
        parts.append(f'<rect class="bar" x="{left:.1f}" y="{top}" {size}><title>{escape(told)}</title></rect>')
        if index % _EACH_LABEL == 0:
            x, y = bars.x(index), _HEIGHT - _BOTTOM + 16
            parts.append(f'<text x="{x}" y="{y}" text-anchor="middle">{escape(one.label)}</text>')
    for tick, height in ((1, stars.y(1)), (5, stars.y(5))):
        parts.append(f'<line class="axis" x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{height}" y2="{height}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{height + 4}" text-anchor="end">{tick} ★</text>')
    enough = [one.stars if one.reviews >= _ENOUGH else None for one in weeks]
    parts += _line([Point(one.label, value) for one, value in zip(weeks, enough, strict=True)], stars)
    return _svg(parts, title, WIDE)


def _svg(parts: Iterable[str], title: str, width: int) -> str:
    told = escape(title)
    head = f'<svg viewBox="0 0 {width} {_HEIGHT}" role="img" aria-label="{told}" xmlns="http://www.w3.org/2000/svg">'
    return f"{head}<title>{told}</title>{''.join(parts)}</svg>"


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where a point lies on the drawing."""

    number: int
    top: float
    whole: int = WIDE

    @property
    def width(self) -> float:
        return (self.whole - _LEFT - _RIGHT) / self.number

    @property
    def right(self) -> int:
        return self.whole - _RIGHT

    def x(self, index: int) -> float:
        return round(_LEFT + self.width * (index + 0.5), 1)

    def y(self, value: float) -> float:
        return round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - min(value, self.top) / self.top), 1)


def _scale(highest: float) -> tuple[float, float]:
    for step in _STEPS:
        if highest <= step * _MOST_TICKS:
            ticks = max(1, -int(-highest // step))
            return min(1.0, step * ticks), step
    return 1.0, _STEPS[-1]


def _backgrounds(points: Sequence[Point], plot: _Plot) -> Iterator[str]:
    for index, point in enumerate(points):
        kind = "hole" if point.is_hole else "marked" if point.is_marked else ""
        if kind:
            left = round(plot.x(index) - plot.width / 2, 1)
            size = f'width="{plot.width:.1f}" height="{_HEIGHT - _TOP - _BOTTOM}"'
            yield f'<rect class="{kind}" x="{left}" y="{_TOP}" {size}/>'


def _axis(plot: _Plot, top: float, step: float) -> Iterator[str]:
    for tick in range(round(top / step) + 1):
        y = plot.y(tick * step)
        yield f'<line class="axis" x1="{_LEFT}" x2="{plot.right}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{tick * step:.0%}</text>'


def _limits(points: Sequence[Point], plot: _Plot) -> Iterator[str]:
    half = plot.width / 2
    for index, point in enumerate(points):
        for limit in (point.lower, point.upper):
            if limit:  # none is known, or it is the axis itself
                x, y = plot.x(index), plot.y(limit)
                yield f'<line class="limit" x1="{x - half:.1f}" x2="{x + half:.1f}" y1="{y}" y2="{y}"/>'


def _line(points: Sequence[Point], plot: _Plot) -> Iterator[str]:
    run: list[str] = []
    for index, point in enumerate([*points, Point("", None)]):
        if point.value is not None:
            run.append(f"{plot.x(index)},{plot.y(point.value)}")
            continue
        if len(run) > 1:
            yield f'<polyline class="line" points="{" ".join(run)}"/>'
        run = []
    for index, point in enumerate(points):
        if point.value is not None:
            kind = "alarm" if point.is_alarm else "dot"
            radius = 6 if point.is_alarm else 3.5
            told = f"<title>{escape(point.told)}</title>" if point.told else ""
            yield f'<circle class="{kind}" cx="{plot.x(index)}" cy="{plot.y(point.value)}" r="{radius}">{told}</circle>'


def _labels(points: Sequence[Point], plot: _Plot) -> Iterator[str]:
    every = -(-len(points) // ((plot.right - _LEFT) // _A_LABEL))
    for index, point in enumerate(points):
        if index % every == 0:
            yield f'<text x="{plot.x(index)}" y="{_HEIGHT - 22}" text-anchor="middle">{escape(point.label)}</text>'
