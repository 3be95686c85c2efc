"""Time, so that tests can move it, and Slack's ``ts``, which is time that never repeats."""

import time
from typing import Protocol

from playground.store import Store


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> float:
        """Return seconds since the epoch."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()


class ShiftedClock:
    """Another clock plus the seconds it was moved by."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._shift = 0.0

    def now(self) -> float:
        """Return seconds since the epoch, shifted."""
        return self._base.now() + self._shift

    def advance(self, seconds: float) -> None:
        """Move the time by this many seconds."""
        self._shift += seconds


class Stamps:
    """Issues Slack timestamps: ``seconds.micros``, strictly increasing, across restarts too."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._last: int = store.get("meta", "last_ts") or 0

    def next(self) -> str:
        """Return a timestamp later than every one before it."""
        self._last = max(self._last + 1, int(self._clock.now() * 1_000_000))
        self._store.put("meta", "last_ts", self._last)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
