"""Who waits for an ack goes first. Slack gives up after 3 s, while whoever has an ack has time, and
one interpreter computes one thing at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CALM = 0.02
"""Seconds without a delivery after which the next one is not expected at once."""


class Acks:
    """Counts the deliveries that are on their way to an ack, and has other work wait for them."""

    def __init__(self) -> None:
        self._under_way = 0
        self._last = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """From the arrival of a delivery until its ack is sent."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                self._last = time.monotonic()

    def let_pass(self, until: float) -> None:
        """Return once it is calm, or at the moment ``until`` of the monotonic clock."""
        while (now := time.monotonic()) < until and (self._under_way or now < self._last + CALM):
            time.sleep(CALM / 4)
