"""The database: an engine whose every connection holds the promises of durability, and migrations.

SQLite is one file and one process; PostgreSQL is reached by ``DATABASE_URL``.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).parent / "migrations"

BUSY = 10
"""Seconds a writer waits for the others."""

KNOWS_SUBSEC = (3, 42)
"""The first SQLite whose unixepoch() takes 'subsec' (its change log)."""

SQLITE_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # NORMAL may lose the last commits when the power goes
    "foreign_keys": "ON",
    "busy_timeout": str(BUSY * 1000),
}


class StoreError(Exception):
    """The database cannot be used; the sentence says why and what to do."""


@dataclass(frozen=True)
class Store:
    """An engine and the two ways to use it: ``write`` is one transaction, ``read`` changes nothing.

    ``work_engine`` is for the durable engine, which lives in the same database and begins its
    transactions itself; on PostgreSQL it makes its own.
    """

    url: str
    engine: Engine
    work_engine: Engine | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction, committed at the end, rolled back when an exception leaves it."""
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view of the rows; takes no write lock."""
        with Session(self.engine) as session:
            session.connection(execution_options={"stationmaster_read": True})
            yield session

    def close(self) -> None:
        self.engine.dispose()
        if self.work_engine is not None:
            self.work_engine.dispose()


def open_store(url: str) -> Store:
    """Connect to ``url``. Tables are made by ``migrate``, never here."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise StoreError("DATABASE_URL must name a file, not a database in memory.")
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return _open_sqlite(parsed)
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=20,
        max_overflow=20,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5},  # seconds; the system's own is minutes
    )
    return Store(url, engine)


def _open_sqlite(url: URL) -> Store:
    turn = Turn()
    engine = create_engine(url, pool_size=40, max_overflow=20)
    _hold_sqlite_promises(engine, turn, begins=None)  # the driver must not begin by itself

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once under contention,
        # whatever the busy timeout; IMMEDIATE takes the write lock before the first read.
        if connection.get_execution_options().get("stationmaster_read"):
            connection.exec_driver_sql("BEGIN")
        else:
            turn.take(connection)
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    work_engine = create_engine(url, pool_size=20, max_overflow=20)
    _hold_sqlite_promises(work_engine, turn, begins="IMMEDIATE")  # at the first write

    @event.listens_for(work_engine, "before_cursor_execute")
    def execute(connection: Connection, _c: Any, _s: Any, _p: Any, context: Any, _m: Any) -> None:
        if context.isinsert or context.isupdate or context.isdelete:
            turn.take(connection)

    return Store(url.render_as_string(hide_password=False), engine, work_engine)


class Turn:
    """Writers of this process take turns before they take the file's lock, and keep theirs until
    the connection goes back to its pool: the file's own waiting sleeps up to 100 ms at a time, is
    not first come, first served, and costs as much again while anybody else writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self, connection: Connection) -> None:
        """Wait for the turn; whoever waits too long asks the file, which has the last word."""
        info = connection.info
        if not info.get(self):
            info[self] = self._lock.acquire(timeout=BUSY)

    def give_back(self, _connection: Any, record: Any) -> None:
        if record.info.pop(self, False):
            self._lock.release()


def _hold_sqlite_promises(engine: Engine, turn: Turn, begins: str | None) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = begins
        for name, value in SQLITE_PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
        if sqlite3.sqlite_version_info < KNOWS_SUBSEC:
            # From Python 3.12 on the engine asks for it, whatever SQLite that Python has.
            connection.create_function("unixepoch", 1, lambda _modifier: time.time())

    event.listen(engine, "checkin", turn.give_back)


def _alembic(store: Store) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = store.engine
    return config


def migrate(store: Store, shape: str = "head") -> None:
    """Bring the tables to the newest shape, or to an earlier one; already there is success."""
    command.upgrade(_alembic(store), shape)


def schema_lag(store: Store) -> str:
    """Empty when the tables have the newest shape, else a sentence saying what to do."""
    head = ScriptDirectory.from_config(_alembic(store)).get_current_head()
    with store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        return ""
    return f"The database is at revision {current or 'none'}, this version needs {head}."


def ping(store: Store) -> None:
    """One round trip; raises what the driver raises."""
    with store.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
