"""One process per database and per data folder. A second one would take the first one's live work
for abandoned and do it again. A claim goes with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from handlers.store import Store, StoreError

KEY = 0x57A710
"""The number of our advisory lock in PostgreSQL; any that nobody else uses."""


@contextmanager
def claim_file(path: Path, what: str) -> Iterator[None]:
    """Hold ``path`` for this process alone; StoreError says who holds it already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StoreError(
                f"Another Stationmaster (process {holder}) is running on {what}."
                " Stop it first, or set STATION_DATA and DATABASE_URL to others."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def claim_database(store: Store) -> Iterator[None]:
    """Hold the database: a file beside SQLite's, a session's lock in PostgreSQL."""
    if store.is_sqlite:
        database = str(store.engine.url.database)
        with claim_file(Path(f"{database}.lock"), database):
            yield
        return
    with store.engine.connect() as session:
        if not session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}):
            raise StoreError(
                "Another Stationmaster is running on this database. Stop it first, or set"
                " DATABASE_URL to another one."
            )
        session.commit()  # the lock is the session's; no transaction may stay open for days
        try:
            yield
        finally:
            # The connection goes back to a pool and lives on: the lock must not.
            session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": KEY})
