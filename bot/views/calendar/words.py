"""The calendar in words: what a screen reader says of the picture, and what stands above it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.views import words
from bot.views.calendar.letters import numbered
from handlers.snapshots.calendars import Bar, CalendarView, Lane, Mark

LONGEST = 1000
"""Characters that Slack takes as the alternative text of a file."""
ENOUGH = 2600
"""Characters of the same in a message, where there is no picture."""

VERBS = {
    "booked": "{name} has it alone",
    "shared": "{name} shares it",
    "asked": "{name} has asked for it",
    "locked": "locked by {name}",
    "failed": "locked after a failure",
    "frozen": "frozen",
    "gone": "ends",
}


def alt_text(view: CalendarView, longest: int = LONGEST) -> str:
    """All that the picture shows, as far as there is room: of each environment the same number of
    lines, and how many there are more."""
    most = max((len(lane.bars) + len(lane.marks) for lane in view.lanes), default=0)
    for count in range(most, 0, -1):
        if len(said := _said(view, count)) <= longest:
            return said
    return words.trim(_counted(view), longest)


def _counted(view: CalendarView) -> str:
    """Where there is no room for anything else."""
    counted = [
        f"{lane.environment}: {words.plural(len(lane.bars), 'booking')} and locks,"
        f" {words.plural(len(lane.marks), 'deployment')}."
        for lane in view.lanes
    ]
    return " ".join([f"{_head(view)} More in /env bookings.", *counted])


def _said(view: CalendarView, most: int) -> str:
    zone = ZoneInfo(view.zone)
    rest = [f"{words.one_of(view.left_out, 'and')} not shown."] if view.left_out else []
    return " ".join([_head(view), *(_lane(lane, view, zone, most) for lane in view.lanes), *rest])


def _head(view: CalendarView) -> str:
    zone = ZoneInfo(view.zone)
    first, now = view.span.start.astimezone(zone), view.now.astimezone(zone)
    return (
        f"Calendar of {words.plural(len(view.lanes), 'environment')}, two weeks from"
        f" {first.strftime('%a %-d %b')}, times in {view.zone}, now"
        f" {now.strftime('%a %-d %b %H:%M')}."
    )


def _lane(lane: Lane, view: CalendarView, zone: ZoneInfo, most: int) -> str:
    ahead = [bar for bar in lane.bars if bar.end is None or bar.end > view.now]
    past = [bar for bar in lane.bars if bar not in ahead]
    said = [_bar(bar, zone) for bar in ahead]
    said += [_mark(mark, zone) for mark in lane.marks]
    said += [_bar(bar, zone) for bar in past]
    more = len(said) - most
    shown = said[:most] + ([f"{more} more"] if more > 0 else [])
    return f"{lane.environment}: {'; '.join(shown) or 'nothing booked'}."


def _bar(bar: Bar, zone: ZoneInfo) -> str:
    start, name = bar.start.astimezone(zone), words.clean(bar.name) or "somebody"
    said = VERBS[bar.kind].format(name=name) + start.strftime(" %a %-d %b %H:%M")
    if bar.kind == "gone":
        return f"{said} (made by {name} from {words.trim(words.clean(bar.what), 60)})"
    if bar.end is None:
        said += " and on"
    else:
        end = bar.end.astimezone(zone)
        shape = " to %H:%M" if end.date() == start.date() else " to %a %-d %b %H:%M"
        said += end.strftime(shape)
    what = words.trim(words.clean(bar.what), 60)
    return f"{said} ({what})" if what else said


def _mark(mark: Mark, zone: ZoneInfo) -> str:
    verb = {"failed": "failed", "running": "being deployed"}.get(mark.state, "deployed")
    return f"{words.clean(mark.what)} {verb} {mark.at.astimezone(zone).strftime('%a %-d %b %H:%M')}"


def comment(view: CalendarView, user: str, wanted: str) -> str:
    """What stands above the picture, in mrkdwn: whose calendar, for whom its times are, and who is
    called by a number in it. ``wanted`` is the channel that it could not go to."""
    zone = ZoneInfo(view.zone)
    names = words.one_of((f"*{words.escape(lane.environment)}*" for lane in view.lanes), "and")
    now = view.now.astimezone(zone).strftime("%a %-d %b %H:%M")
    said = (
        f"📅 {names or 'No environment'}, the next two weeks, in the time of {words.person(user)}"
        f" ({words.escape(view.zone)}), as of {now}."
    )
    people = [(bar.user, bar.name) for lane in view.lanes for bar in lane.bars]
    key = [f"{number} is {words.person(who)}" for who, number in numbered(people).items()]
    if key:
        said += f" In the picture {words.one_of(key, 'and', most=12)}."
    if view.left_out:
        said += f" {words.plural(len(view.left_out), 'environment')} had no room."
    if wanted:
        said += f" I am not in {words.channel(wanted)}, so it comes to you: `/invite` me there."
    return said
