"""What survives a restart: JSON documents and the contents of files, in one SQLite file."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = """CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS contents (key TEXT PRIMARY KEY, body BLOB NOT NULL);"""


class Store:
    """Documents that survive ``kill -9``; with no folder they live in memory only.

    Every write is committed at once. ``synchronous=OFF`` leaves the flush to the kernel: a dead
    process loses nothing, and a power cut in a demo workspace is an accepted risk.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if folder is None else str(folder / "workspace.sqlite3")
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)

    def get(self, kind: str, key: str) -> Any:
        """Return the document, or None."""
        row = self._db.execute(
            "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, key: str, body: Any) -> None:
        """Write the document, replacing an older one."""
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(body)),
        )

    def delete(self, kind: str, key: str) -> None:
        """Remove the document if it is there."""
        self._db.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Yield (key, document) of one kind, in the order of their keys."""
        rows = self._db.execute(
            "SELECT key, body FROM documents WHERE kind = ? ORDER BY key", (kind,)
        )
        for key, body in rows.fetchall():
            yield key, json.loads(body)

    def put_content(self, key: str, body: bytes) -> None:
        """Write the content of a file, replacing an older one."""
        self._db.execute("INSERT OR REPLACE INTO contents VALUES (?, ?)", (key, body))

    def content(self, key: str) -> bytes:
        """Return the content of a file, empty when there is none."""
        row = self._db.execute("SELECT body FROM contents WHERE key = ?", (key,)).fetchone()
        return b"" if row is None else bytes(row[0])

    def delete_content(self, key: str) -> None:
        """Remove the content of a file if it is there."""
        self._db.execute("DELETE FROM contents WHERE key = ?", (key,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
