"""What containers use of processor and memory. An Engine takes up to a second to say it of each, so
it is asked for a few at a time, and whoever looks at many takes what was read last."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers.ports import PortError
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.pace import Pace

AT_ONCE = 3  # of the questions to one Engine at the same time
FEW = 8  # so many are waited for
PATIENCE = 3.5  # seconds
FRESH = 1.0  # seconds in which nothing is asked again
KEPT = 300.0  # seconds for which a reading is shown


@dataclass(frozen=True)
class Used:
    """Cores in use of late, and bytes of memory."""

    cpu: float
    memory: int


class Usage:
    """Reads what the containers of one Engine use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pace = Pace()
        self._news = threading.Condition()
        self._waiting: dict[str, datetime] = {}
        self._asked: set[str] = set()
        self._known: dict[str, tuple[float, Used]] = {}
        self._readers = 0

    def of(self, running: Mapping[str, datetime]) -> Mapping[str, Used]:
        """What is known of these containers, by their ids and since when they run. Where there is
        little to read that is waited for; the rest is there at a later look."""
        began = time.monotonic()
        with self._news:
            self._known = {i: one for i, one in self._known.items() if one[0] > began - KEPT}
            stale = {i: s for i, s in running.items() if not self._is_read(i, began - FRESH)}
            self._waiting |= {i: s for i, s in stale.items() if i not in self._asked}
            self._hire()
            if len(self._waiting) + len(self._asked) <= FEW:
                self._news.wait_for(lambda: not stale.keys() & self._under_way(), PATIENCE)
            return {i: self._known[i][1] for i in running if i in self._known}

    def _is_read(self, container: str, since: float) -> bool:
        return container in self._known and self._known[container][0] >= since

    def _under_way(self) -> set[str]:
        return self._waiting.keys() | self._asked

    def _hire(self) -> None:
        for _ in range(min(AT_ONCE - self._readers, len(self._waiting))):
            self._readers += 1
            threading.Thread(target=self._read_all, name="usage", daemon=True).start()

    def _read_all(self) -> None:
        """What waits, the first first, until nothing does."""
        while True:
            with self._news:
                if not self._waiting:
                    self._readers -= 1
                    return
                container = next(iter(self._waiting))
                since = self._waiting.pop(container)
                self._asked.add(container)
            try:
                used, answers = self._read(container, since), True
            except PortError:
                used, answers = None, False
            with self._news:
                if not answers:
                    self._waiting.clear()  # the next look asks again
                self._asked.discard(container)
                self._known.pop(container, None)
                if used is not None:
                    self._known[container] = time.monotonic(), used
                self._news.notify_all()

    def _read(self, container: str, since: datetime) -> Used | None:
        query = {"stream": "0", "one-shot": "1"}
        stats = self._engine.find(f"/containers/{container}/stats", **query)
        if not stats:
            return None
        used = stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage", 0) / 1e9
        age = (datetime.now(UTC) - since).total_seconds()
        rate = self._pace.rate(f"{container}@{since.isoformat()}", used, age)
        return Used(rate, _memory(stats))


def _memory(stats: Mapping[str, Any]) -> int:
    """Without what the system keeps in memory only because there is room."""
    memory = stats.get("memory_stats", {})
    detail = memory.get("stats", {})
    spare = detail.get("inactive_file", detail.get("total_inactive_file", 0))
    return max(0, int(memory.get("usage", 0)) - int(spare))
