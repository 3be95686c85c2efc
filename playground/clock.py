"""Time, so that tests can move it, and Slack's ``ts``, which is time that never repeats."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from playground.store import Store

_FIXED_START = 1_767_603_600.0  # 2026-01-05 09:00 UTC, a Monday


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> float:
        """Return seconds since the epoch."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()


class StandingClock:
    """A clock that stands, so that every run sees the same times; only advancing moves it."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return _FIXED_START


class ShiftedClock:
    """Another clock plus the seconds it was moved by; who waits on it feels the move."""

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._shift = 0.0
        self._limits: set[asyncio.Timeout] = set()

    def now(self) -> float:
        """Return seconds since the epoch, shifted."""
        return self._base.now() + self._shift

    def advance(self, seconds: float) -> None:
        """Move the time by this many seconds; what was due by then is due now."""
        self._shift += seconds
        for limit in self._limits:
            if (when := limit.when()) is not None and not limit.expired():
                limit.reschedule(when - seconds)

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError in the block once so much time of this clock has passed."""
        async with asyncio.timeout(seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    async def sleep(self, seconds: float) -> None:
        """Wait until so much time of this clock has passed."""
        with suppress(TimeoutError):
            async with self.timeout(seconds):
                await asyncio.Event().wait()


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
        return _written(self._last)

    def now(self) -> str:
        """Return the time as a timestamp: no earlier than any issued, earlier than what comes."""
        return _written(max(self._last, int(self._clock.now() * 1_000_000) - 1))


def _written(micros: int) -> str:
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
