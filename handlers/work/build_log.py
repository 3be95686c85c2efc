"""What a build writes, on record as it comes: with secrets hidden, and bounded."""

from __future__ import annotations

import time
from collections import deque

from handlers.rules.secrets import hide, secret_values
from handlers.tables import Build
from handlers.work.bench import Bench

FIRST, LAST = 64 * 1024, 128 * 1024
"""Characters that are kept of its beginning and of its end."""
SHARE = 20
"""How much longer than the last write the next one waits: what was written before a crash is not
lost with the bot, and a build that writes much does not wait for its log."""
AGAIN = "--- The bot was away here; what follows is from after its restart. ---"
LEFT_OUT = "--- Lines are left out here: there were too many. ---"


class BuildLog:
    """Kept with its row. What an earlier attempt wrote stands before it."""

    def __init__(self, tools: Bench, row: Build) -> None:
        self._tools, self._number = tools, row.id
        variables = [
            pair for one in tools.setup.services.values() for pair in one.variables.items()
        ]
        service = tools.setup.services.get(row.service)
        given = service.build.arguments if service and service.build else {}
        self._secrets = secret_values([*variables, *given.items()])
        self._first: list[str] = []
        self._last: deque[str] = deque()
        self._room, self._kept, self._is_cut = FIRST, 0, False
        self._due = 0.0
        for line in [*row.said.splitlines(), AGAIN] if row.said else ():
            self._add(line)

    def write(self, line: str) -> None:
        self._add(line)
        if time.monotonic() >= self._due:
            self.close()

    def close(self) -> None:
        """Put all of it on record."""
        began = time.monotonic()
        text = "\n".join(self._lines())
        with self._tools.store.write() as session:
            session.get_one(Build, self._number).said = text + "\n" if text else ""
        ended = time.monotonic()
        self._due = ended + SHARE * (ended - began)

    def last(self, count: int) -> tuple[str, ...]:
        return tuple([line for line in self._lines() if line.strip()][-count:])

    def _add(self, line: str) -> None:
        if len(line) < self._room and not self._last:
            self._first.append(line)
            self._room -= len(line) + 1
            return
        line = line[:LAST]
        self._last.append(line)
        self._kept += len(line) + 1
        while self._kept > LAST:
            self._kept -= len(self._last.popleft()) + 1
            self._is_cut = True

    def _lines(self) -> list[str]:
        """Hidden as one text: some secrets are longer than a line."""
        between = [LEFT_OUT] if self._is_cut else []
        text = "\n".join([*self._first, *between, *self._last])
        return hide(text, self._secrets).split("\n") if text else []
