"""How much of the processors something uses of late, from a counter that only grows."""

from __future__ import annotations

import threading
import time

MANY = 5000
SOON = 0.5  # seconds below which a rate says nothing


class Pace:
    """Remembers what each counter said when it was last read."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._last: dict[str, tuple[float, float, float]] = {}

    def rate(self, key: str, used: float, age: float) -> float:
        """Cores in use since the last reading of ``key``; since it began, ``age`` seconds ago,
        where there was none. ``used`` is in seconds of one core."""
        now = time.monotonic()
        with self._turn:
            then, before, rate = self._last.get(key, (now - max(age, SOON), 0.0, 0.0))
            if now - then < SOON and key in self._last:
                return rate
            rate = max(0.0, used - before) / max(now - then, SOON)
            if len(self._last) >= MANY:
                self._last.clear()
            self._last[key] = (now, used, rate)
            return rate
