"""The inbox: what was accepted and is not yet decided, on disk before Slack is told "received".

A file of its own, so that accepting never waits for the database; many deliveries that come at
the same instant are written in one go. What is still in it after a crash is taken up again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

Item = dict[str, Any]

WITHIN = 2.5
"""Seconds for a delivery to reach the disk. Slack waits 3 s for the ack; what is not on disk by
then is not acked, and the person is told so by Slack and says it again."""

QUIET, AT_MOST = 0.2, 200
"""Deliveries that are dealt with leave the file once nothing came for this many seconds, or when
they are this many: who waits for an ack should not wait for tidying up."""

INSERT = "INSERT OR IGNORE INTO inbox (key, item) VALUES "
DELETE = "DELETE FROM inbox WHERE key IN "


class NotAccepted(Exception):
    """The delivery is not on disk and must not be acked."""


@dataclass
class Put:
    """One delivery on its way to the disk, and whether it has arrived."""

    key: str
    item: str
    settled: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class Inbox:
    """Deliveries by their key, in the order in which they came."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS inbox"
            " (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, item TEXT)"
        )
        self._writes: SimpleQueue[Put | str | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self._thread.start()

    def waiting(self) -> list[tuple[str, Item]]:
        """What was accepted by an earlier process and never decided, oldest first."""
        rows = self._file.execute("SELECT key, item FROM inbox ORDER BY number")
        return [(key, json.loads(item)) for key, item in rows.fetchall()]

    def put(self, key: str, item: Item) -> None:
        """Return once the delivery is on disk; raise NotAccepted when it is not."""
        put = Put(key, json.dumps(item))
        self._writes.put(put)
        if not put.settled.wait(WITHIN) or put.error is not None:
            raise NotAccepted(f"{key} did not reach the disk: {put.error or 'too slow'}")

    def done(self, key: str) -> None:
        """The delivery was decided and answered. Lost in a crash, it is decided again, and the
        receipt gives it the same answer."""
        self._writes.put(key)

    def close(self) -> None:
        self._writes.put(None)
        self._thread.join(timeout=5)
        self._file.close()

    def _run(self) -> None:
        gone: list[str] = []
        while True:
            batch = self._next(QUIET if gone else None)
            self._insert([write for write in batch if isinstance(write, Put)])
            gone += [write for write in batch if isinstance(write, str)]
            if not batch or len(gone) >= AT_MOST or None in batch:
                self._delete(gone)
                gone = []
            if None in batch:
                return

    def _next(self, within: float | None) -> list[Put | str | None]:
        """All that came meanwhile, or what comes next; nothing when nothing came in time."""
        try:
            batch = [self._writes.get(timeout=within)]
        except Empty:
            return []
        while not self._writes.empty() and len(batch) < AT_MOST:
            batch.append(self._writes.get())
        return batch

    def _insert(self, puts: list[Put]) -> None:
        """One statement for all that came meanwhile: all of it is on disk, or none. Each call of
        the database gives the interpreter away, and gets it back only after whoever computes."""
        if not puts:
            return
        values = [text for put in puts for text in (put.key, put.item)]
        error = self._execute(INSERT + ", ".join(["(?, ?)"] * len(puts)), values)
        for put in puts:
            put.error = error
            put.settled.set()

    def _delete(self, keys: list[str]) -> None:
        if keys:
            self._execute(DELETE + f"({', '.join('?' * len(keys))})", keys)

    def _execute(self, statement: str, values: list[str]) -> sqlite3.Error | None:
        try:
            self._file.execute(statement, values)
        except sqlite3.Error as error:
            return error
        return None
