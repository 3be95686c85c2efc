"""The bars and marks of one environment, stacked so that no words meet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.views.calendar.letters import drawable
from bot.views.calendar.palette import BARS, GROUND, TEXT
from bot.views.calendar.shapes import Box, Dot, Shape, Strip, Text
from handlers.rules.times import Span
from handlers.snapshots.calendars import Bar, Lane, Mark

ROW, BAR, GAP = 30, 24, 10
"""Height of a row and of the bar in it; what lies between the words of two."""
BODY = 17
WIDEST = 400
NARROWEST = 6
DOT = 14
ROOM = 48
"""Rows of all environments together, beyond which nobody looks."""

Measure = Callable[[str, int], float]


@dataclass(frozen=True)
class Scale:
    """Where a moment stands between the left and the right edge of the days."""

    span: Span
    left: float
    right: float
    zone: ZoneInfo
    now: datetime
    most: tuple[int, int]
    """Rows of marks and of bars in one environment."""

    def x(self, at: datetime) -> float:
        share = (at - self.span.start) / (self.span.end - self.span.start)
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def says(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M")


@dataclass(frozen=True)
class Stack:
    """The rows of one environment, drawn from ``y = 0`` on, and how many had no room."""

    shapes: tuple[Shape, ...]
    rows: int
    hidden_bars: int
    hidden_marks: int


def most_rows(lanes: int) -> tuple[int, int]:
    """How many rows of marks and of bars there is room for in each of so many environments."""
    each = ROOM // max(1, lanes)
    return max(1, min(4, each // 3)), max(2, min(8, each * 2 // 3))


def stack(lane: Lane, scale: Scale, measure: Measure, called: dict[str, str]) -> Stack:
    """Deployments above, bookings and locks below."""
    most_marks, most_bars = scale.most
    placed: list[tuple[Shape, ...]] = []
    above, hidden_marks = _pack([_mark(mark, scale, measure) for mark in lane.marks], most_marks)
    shown = [bar for bar in lane.bars if bar.kind != "gone" or bar.start < scale.span.end]
    below, hidden_bars = _pack(
        [_bar(bar, scale, measure, called) for bar in _nearest_first(shown, scale.now)],
        most_bars,
    )
    rows = 0
    for group in (above, below):
        for row in group:
            placed += [piece.at(rows * ROW) for piece in row]
            rows += 1
    shapes = tuple(shape for piece in placed for shape in piece)
    return Stack(shapes, rows, hidden_bars, hidden_marks)


def _nearest_first(bars: Sequence[Bar], now: datetime) -> list[Bar]:
    """What is now and comes next has a place before what is over."""
    return sorted(bars, key=lambda bar: (bar.end is not None and bar.end <= now, bar.start))


@dataclass(frozen=True)
class Piece:
    """A bar or mark with its words: from where to where it needs its row."""

    x0: float
    x1: float
    shapes: tuple[Shape, ...]

    def at(self, y: float) -> tuple[Shape, ...]:
        return tuple(moved(shape, y) for shape in self.shapes)


def moved(shape: Shape, y: float) -> Shape:
    """The same, further down."""
    box = Box(shape.box.x0, shape.box.y0 + y, shape.box.x1, shape.box.y1 + y)
    kind = type(shape)
    return kind(**{**vars(shape), "box": box})


def _pack(pieces: list[Piece], most: int) -> tuple[list[list[Piece]], int]:
    """Each in the first row where it meets nothing; how many there was no row for."""
    rows: list[list[Piece]] = []
    hidden = 0
    for piece in pieces:
        for row in rows:
            if all(piece.x1 + GAP <= o.x0 or o.x1 + GAP <= piece.x0 for o in row):
                row.append(piece)
                break
        else:
            if len(rows) < most:
                rows.append([piece])
            else:
                hidden += 1
    return rows, hidden


def _bar(bar: Bar, scale: Scale, measure: Measure, called: dict[str, str]) -> Piece:
    x0 = scale.x(bar.start)
    x1 = max(scale.x(bar.end) if bar.end else scale.right, x0 + NARROWEST)
    x0, x1 = min(x0, scale.right - NARROWEST), min(x1, scale.right)
    strip = Strip(Box(x0, 3, x1, 3 + BAR), bar.kind, bar.end is None)
    said = said_of(bar, scale, called)
    if x1 - x0 >= measure(said, BODY) + 16:
        look = BARS[bar.kind]
        inside = _text(said, x0 + 8, measure, look.text, look.fill, bool(look.pattern))
        return Piece(x0, x1, (strip, inside))
    return _beside(strip, said, scale, measure)


NOBODYS = {"failed": "locked after a failure, ", "frozen": "frozen ", "gone": "gone from "}
"""What is nobody's time, with how it is said."""


def said_of(bar: Bar, scale: Scale, called: dict[str, str]) -> str:
    """Whose it is, from when to when, and what for."""
    who = called.get(bar.user) or drawable(bar.name) or "somebody"
    times = f"{scale.says(bar.start)}{_until(bar, scale)}"
    verb = {"locked": "locked by ", **NOBODYS}.get(bar.kind, "")
    what = f"made by {who}, from {bar.what}" if bar.kind == "gone" else bar.what
    who, what = "" if bar.kind in NOBODYS else who, drawable(what)
    return " ".join(filter(None, (f"{verb}{who}".strip(), times))) + (f" · {what}" if what else "")


def _until(bar: Bar, scale: Scale) -> str:
    if bar.end is None:
        return " on"
    start, end = (at.astimezone(scale.zone) for at in (bar.start, bar.end))
    return end.strftime("-%H:%M" if start.date() == end.date() else " to %a %H:%M")


def _mark(mark: Mark, scale: Scale, measure: Measure) -> Piece:
    x = min(max(scale.x(mark.at), scale.left + DOT / 2), scale.right - DOT / 2)
    y = 3 + BAR / 2
    dot = Dot(Box(x - DOT / 2, y - DOT / 2, x + DOT / 2, y + DOT / 2), mark.state)
    verb = {"failed": " failed", "running": " under way"}.get(mark.state, "")
    said = f"{drawable(mark.what)}{verb} {scale.says(mark.at)}"
    return _beside(dot, said, scale, measure)


def _beside(shape: Strip | Dot, said: str, scale: Scale, measure: Measure) -> Piece:
    """The words stand behind it; before it where there is no room."""
    box = shape.box
    said = cut(said, WIDEST, measure)
    width = measure(said, BODY)
    if box.x1 + 6 + width <= scale.right:
        words = _text(said, box.x1 + 6, measure, TEXT, GROUND, True)
        return Piece(box.x0, box.x1 + 6 + width, (shape, words))
    words = _text(said, box.x0 - 6 - width, measure, TEXT, GROUND, True)
    return Piece(box.x0 - 6 - width, box.x1, (shape, words))


def _text(said: str, x: float, measure: Measure, colour: str, ground: str, plate: bool) -> Text:
    top = 3 + (BAR - BODY) / 2
    return Text(Box(x, top, x + measure(said, BODY), top + BODY), said, BODY, colour, ground, plate)


def cut(said: str, width: float, measure: Measure, size: int = BODY) -> str:
    """As much of it as is so wide, with an ellipsis where something is missing."""
    if measure(said, size) <= width:
        return said
    room = width - measure("…", size)
    fits = bisect_right(range(len(said)), room, key=lambda kept: measure(said[:kept], size)) - 1
    return said[: max(0, fits)].rstrip() + "…"
