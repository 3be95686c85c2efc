"""How long an environment was booked, and how much of that was of use. Pure.

A booking was of use when something was deployed under it: nothing else is known of what people do
with an environment. Time that several share counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from handlers.rules.times import Span

ZERO = timedelta(0)


@dataclass(frozen=True)
class Had:
    """The time for which somebody really had an environment."""

    span: Span
    user: str
    used: bool


@dataclass(frozen=True)
class Usage:
    booked: timedelta
    used: timedelta
    by_user: dict[str, timedelta]
    """Whoever had it, who had it longest first."""

    @property
    def idle(self) -> timedelta:
        """Booked, and nothing was deployed."""
        return self.booked - self.used


def usage(window: Span, had: Iterable[Had]) -> Usage:
    """What of ``window`` was booked and used."""
    inside = [(cut, one) for one in had if (cut := _within(window, one.span)) is not None]
    users = dict.fromkeys(one.user for _, one in inside)
    by_user = {user: _covered(c for c, one in inside if one.user == user) for user in users}
    return Usage(
        booked=_covered(cut for cut, _ in inside),
        used=_covered(cut for cut, one in inside if one.used),
        by_user=dict(sorted(by_user.items(), key=lambda item: (-item[1], item[0]))),
    )


@dataclass(frozen=True)
class Rates:
    """What an hour costs while something runs, and while nothing does."""

    running: float
    stopped: float


@dataclass(frozen=True)
class Spent:
    """``unused`` is the part of ``total`` for time in which it ran and nobody used a booking."""

    running: timedelta
    total: float
    unused: float


def spent(window: Span, ran: Iterable[Span], had: Iterable[Had], rates: Rates) -> Spent:
    """What ``window`` cost. Several services that run at once are one environment that runs."""
    running = [cut for span in ran if (cut := _within(window, span)) is not None]
    used = [cut for one in had if one.used and (cut := _within(window, one.span)) is not None]
    ran_for = _covered(running)
    unused = _covered([*running, *used]) - _covered(used)
    stopped = window.length - ran_for
    return Spent(
        running=ran_for,
        total=_hours(ran_for) * rates.running + _hours(stopped) * rates.stopped,
        unused=_hours(unused) * rates.running,
    )


def without(spans: Iterable[Span], away: Iterable[Span]) -> list[Span]:
    """What is left of ``spans`` without the time of ``away``."""
    left = [span for span in spans if span.start < span.end]
    for gone in away:
        left = [
            piece
            for span in left
            for piece in (
                Span(span.start, min(span.end, gone.start)),
                Span(max(span.start, gone.end), span.end),
            )
            if piece.start < piece.end
        ]
    return left


def _hours(time: timedelta) -> float:
    return time / timedelta(hours=1)


def _within(window: Span, span: Span) -> Span | None:
    cut = Span(max(span.start, window.start), min(span.end, window.end))
    return cut if cut.start < cut.end else None


def _covered(spans: Iterable[Span]) -> timedelta:
    """How long at least one of them lasts."""
    total, end = ZERO, None
    for span in sorted(spans):
        start = span.start if end is None else max(span.start, end)
        total += max(ZERO, span.end - start)
        end = span.end if end is None else max(end, span.end)
    return total
