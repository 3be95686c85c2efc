"""When an environment is free, and for whom. Pure: ranges in, verdicts out.

An exclusive booking overlaps with nobody. Shared ones overlap with each other, up to a number at
once, as long as at most one of them alters what the others look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.rules.times import Span, whole_second

PURPOSES = ("change", "configuration", "regression")
"""What people do in an environment; the first two alter it, a regression test only touches it."""
ALTERING = frozenset({"change", "configuration"})

SHORTEST = timedelta(minutes=5)
SLOTS = 3
"""Free slots that a conflict offers."""


@dataclass(frozen=True)
class Held:
    """One booking that holds its environment, or wants to."""

    span: Span
    shared: bool = False
    purpose: str = "change"
    id: int = 0


def clashes(wish: Held, held: Iterable[Held], share: int) -> tuple[Held, ...]:
    """The bookings that keep ``wish`` out, earliest first; ``share`` may be there at once."""
    there = sorted((h for h in held if h.span.overlaps(wish.span)), key=lambda h: h.span)
    if not wish.shared:
        return tuple(there)
    hard = [h for h in there if not h.shared or {h.purpose, wish.purpose} <= ALTERING]
    crowded = [h for h in there if h not in hard and _crowd(h, wish, there) >= share]
    return tuple(sorted([*hard, *crowded], key=lambda h: h.span))


def _crowd(one: Held, wish: Held, there: Sequence[Held]) -> int:
    """How many are there at once, at most, while both ``one`` and the wish last."""
    both = Span(max(one.span.start, wish.span.start), min(one.span.end, wish.span.end))
    moments = {both.start, *(h.span.start for h in there if both.start < h.span.start < both.end)}
    return max(sum(h.span.start <= at < h.span.end for h in there) for at in moments)


def free_slots(wish: Held, held: Sequence[Held], share: int, within: Span) -> tuple[Span, ...]:
    """The free ranges of the same length nearest to the wished one, in the order of time.

    Each begins or ends where a booking does, or begins with ``within``; none leaves ``within``.
    """
    length = wish.span.length
    starts = {wish.span.start, within.start}
    starts |= {h.span.end for h in held} | {h.span.start - length for h in held}
    found: list[Span] = []
    for start in sorted(starts, key=lambda at: (abs(at - wish.span.start), at)):
        slot = Span(start, start + length)
        if slot.start < within.start or slot.end > within.end or slot in found:
            continue
        if not clashes(Held(slot, wish.shared, wish.purpose), held, share):
            found.append(slot)
        if len(found) == SLOTS:
            break
    return tuple(sorted(found))


def may_book(span: Span, now: datetime, longest: timedelta, ahead: timedelta) -> str | None:
    """Why the range itself cannot be booked, whoever has the environment."""
    if span.length < SHORTEST:
        return "too_short"
    if span.length > longest:
        return "too_long_booking"
    return "too_far_ahead" if span.start > now + ahead else None


@dataclass(frozen=True)
class ExtensionFacts:
    """A booking that is to end later. ``until`` is the wished end, ``latest`` the last moment that
    its rules allow, ``next_start`` when the next one that cannot share begins."""

    end: datetime
    until: datetime
    latest: datetime
    next_start: datetime | None
    waiting: int


def extended_end(facts: ExtensionFacts) -> tuple[datetime, str]:
    """The end it gets and what shortened it: ``longest``, ``next_booking``, or nothing.

    Where people wait nothing is extended (``waited_for``): their turn is what ends it.
    """
    if facts.waiting:
        return facts.end, "waited_for"
    end, why = facts.until, ""
    if end > facts.latest:
        end, why = facts.latest, "longest"
    if facts.next_start is not None and end > facts.next_start:
        end, why = facts.next_start, "next_booking"
    return max(whole_second(end), facts.end), why


def offered_span(
    now: datetime, length: timedelta, wish: Held, held: Sequence[Held], share: int
) -> Span | None:
    """What can be offered right now to somebody who waits for ``length``: all of it, or what there
    is until the next booking; nothing when that is under a quarter of it."""
    whole = Span(now, now + length)
    blocking = clashes(Held(whole, wish.shared, wish.purpose), held, share)
    end = whole_second(min((h.span.start for h in blocking), default=whole.end))
    least = max(SHORTEST, length / 4)
    return Span(now, end) if end - now >= least else None
