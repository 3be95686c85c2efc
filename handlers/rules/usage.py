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
