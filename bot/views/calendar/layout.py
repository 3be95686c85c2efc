"""Where everything in the picture stands. Pure: how wide words are is asked of whoever paints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.views.calendar import palette
from bot.views.calendar.letters import drawable, numbered
from bot.views.calendar.rows import (
    BODY,
    DOT,
    ROW,
    Measure,
    Scale,
    Stack,
    cut,
    most_rows,
    moved,
    stack,
)
from bot.views.calendar.shapes import Box, Dot, Fill, Shape, Sheet, Strip, Text
from bot.views.words import plural
from handlers.snapshots.calendars import CalendarView, Lane

WIDTH, MARGIN, NAMES = 1400, 20, 190
"""Of the picture, around all of it, and for the names of the environments."""
TITLE, SMALL, NAME = 24, 15, 20
HEAD = 128
PAD = 10
LOWEST = 64
LEGEND = (
    ("booked", "booked alone"), ("shared", "shared"), ("asked", "asked for or offered"),
    ("locked", "locked by somebody"), ("failed", "locked after a failure"),
    ("frozen", "frozen"), ("gone", "after its end"),
)  # fmt: skip
DOTS = (("live", "deployed"), ("failed", "failed"), ("running", "under way"))


def lay_out(view: CalendarView, measure: Measure) -> Sheet:
    """The whole sheet, as high as it has to be."""
    people = [(bar.user, bar.name) for lane in view.lanes for bar in lane.bars]
    called, zone = numbered(people), ZoneInfo(view.zone)
    scale = Scale(
        view.span, MARGIN + NAMES, WIDTH - MARGIN, zone, view.now, most_rows(len(view.lanes))
    )
    lanes: list[Shape] = []
    y = float(HEAD)
    for lane in view.lanes:
        stacked = stack(lane, scale, measure, called)
        notes = _notes(lane, stacked, scale)
        height = max(LOWEST + (len(notes) - 1) * 18, stacked.rows * ROW + 2 * PAD)
        lanes += _lane(lane, stacked, notes, y, measure)
        y += height
        lanes.append(Fill(Box(MARGIN, y, WIDTH - MARGIN, y + 1), palette.LANE))
    grid = [*_weekends(scale, y), *_day_lines(scale, y), *_now_line(scale, y)]
    foot = [*_foot(view, y + 14, measure)]
    height = int(max(shape.box.y1 for shape in foot) + MARGIN)
    head = [*_head(view, scale, measure)]
    return Sheet(WIDTH, height, (*grid, *head, *lanes, *foot))


def _words(said: str, x: float, y: float, size: int, measure: Measure, colour: str) -> Text:
    return Text(Box(x, y, x + measure(said, size), y + size), said, size, colour, palette.GROUND)


def _notes(lane: Lane, stacked: Stack, scale: Scale) -> list[str]:
    """What stands below the name: also when it ends, and what had no room."""
    notes = [drawable(lane.tier)] if lane.tier != lane.environment else []
    notes += [
        bar.start.astimezone(scale.zone).strftime("ends %a %-d %b %H:%M")
        for bar in lane.bars
        if bar.kind == "gone"
    ]
    if stacked.hidden_bars:
        notes.append(f"+ {stacked.hidden_bars} more: /env bookings")
    if stacked.hidden_marks:
        notes.append(f"+ {plural(stacked.hidden_marks, 'older deployment')}")
    return notes


def _lane(
    lane: Lane, stacked: Stack, notes: list[str], y: float, measure: Measure
) -> Iterator[Shape]:
    """The name with its notes, and the rows."""
    said = cut(drawable(lane.environment), NAMES - 10, measure, NAME)
    yield _words(said, MARGIN, y + PAD, NAME, measure, palette.TEXT)
    for number, note in enumerate(notes):
        note = cut(note, NAMES - 10, measure, SMALL)
        at = y + PAD + NAME + 6 + number * 18
        yield _words(note, MARGIN, at, SMALL, measure, palette.MUTED)
    if stacked.shapes:
        yield from (moved(shape, y + PAD) for shape in stacked.shapes)
    else:
        said, x = "nothing booked", MARGIN + NAMES + 10
        box = Box(x, y + PAD + 4, x + measure(said, BODY), y + PAD + 4 + BODY)
        yield Text(box, said, BODY, palette.MUTED, palette.GROUND, True)


def _days(scale: Scale) -> Iterator[tuple[datetime, datetime]]:
    """Each day's midnights; a day may have 23 or 25 hours."""
    day = scale.span.start.astimezone(scale.zone).date()
    while True:
        starts, ends = (
            datetime(d.year, d.month, d.day, tzinfo=scale.zone)
            for d in (day, day + timedelta(days=1))
        )
        if starts >= scale.span.end:
            return
        yield starts, ends
        day += timedelta(days=1)


def _weekends(scale: Scale, bottom: float) -> Iterator[Shape]:
    for starts, ends in _days(scale):
        if starts.weekday() >= 5:
            box = Box(scale.x(starts), HEAD - 54, scale.x(ends), bottom)
            yield Fill(box, palette.WEEKEND)


def _day_lines(scale: Scale, bottom: float) -> Iterator[Shape]:
    yield Fill(Box(MARGIN, HEAD, WIDTH - MARGIN, HEAD + 1), palette.LANE)
    for starts, _ in _days(scale):
        x = round(scale.x(starts))
        yield Fill(Box(x, HEAD - 54, x + 1, bottom), palette.DAY)


def _now_line(scale: Scale, bottom: float) -> Iterator[Shape]:
    x = round(scale.x(scale.now))
    yield Fill(Box(x - 1, HEAD - 6, x + 1, bottom), palette.NOW)


def _head(view: CalendarView, scale: Scale, measure: Measure) -> Iterator[Shape]:
    first, last = view.span.start, view.span.end - timedelta(hours=12)
    here = view.now.astimezone(scale.zone)
    days = f"{_day(first.astimezone(scale.zone))} to {_day(last.astimezone(scale.zone))}"
    title = f"Environments · {days}"
    yield _words(title, MARGIN, MARGIN - 4, TITLE, measure, palette.TEXT)
    said = f"times in {view.zone.replace('_', ' ')}, as of {here.strftime('%a %-d %b %H:%M')}"
    yield _words(said, MARGIN, MARGIN + 28, SMALL, measure, palette.MUTED)
    for starts, ends in _days(scale):
        said = starts.strftime("%a %-d")
        size, colour = (BODY, palette.TEXT)
        x = (scale.x(starts) + scale.x(ends) - measure(said, size)) / 2
        ground = palette.WEEKEND if starts.weekday() >= 5 else palette.GROUND
        box = Box(x, HEAD - 50, x + measure(said, size), HEAD - 50 + size)
        yield Text(box, said, size, colour, ground)
    said = f"now {scale.says(view.now)}"
    x = min(scale.x(view.now) - measure(said, SMALL) / 2, scale.right - measure(said, SMALL))
    box = Box(x, HEAD - 26, x + measure(said, SMALL), HEAD - 26 + SMALL)
    yield Text(box, said, SMALL, palette.NOW, palette.GROUND, True)


def _day(at: datetime) -> str:
    return at.strftime("%a %-d %b")


def _foot(view: CalendarView, y: float, measure: Measure) -> Iterator[Shape]:
    """What the looks mean, and what is not shown."""
    x = float(MARGIN)
    swatches = [*((Strip, kind, said) for kind, said in LEGEND),
                *((Dot, state, said) for state, said in DOTS)]  # fmt: skip
    for kind, name, said in swatches:
        wide = 34.0 if kind is Strip else float(DOT)
        need = wide + 8 + measure(said, SMALL)
        if x + need > WIDTH - MARGIN:
            x, y = float(MARGIN), y + 26
        top = y if kind is Strip else y + 1
        yield kind(Box(x, top, x + wide, top + (16 if kind is Strip else DOT)), name)
        yield _words(said, x + wide + 8, y, SMALL, measure, palette.MUTED)
        x += need + 22
    if view.left_out:
        names = cut(", ".join(map(drawable, view.left_out)), 600, measure, SMALL)
        said = (
            f"No room for {plural(len(view.left_out), 'more environment')}: {names}. Name those"
            f" that you want: /env calendar {drawable(view.left_out[0])}"
        )
        yield _words(said, MARGIN, y + 28, SMALL, measure, palette.TEXT)
