"""What every connection of the database promises."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from handlers.store import open_store


def ask(engine: Engine | None, question: str) -> object:
    assert engine is not None
    with engine.connect() as connection:
        return connection.execute(text(question)).scalar()


def test_every_connection_to_sqlite_is_durable_and_patient(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'station.db'}")
    for engine in (store.engine, store.work_engine):
        assert ask(engine, "PRAGMA journal_mode") == "wal"
        assert ask(engine, "PRAGMA synchronous") == 2, "FULL"
        assert ask(engine, "PRAGMA foreign_keys") == 1
        assert ask(engine, "PRAGMA busy_timeout") == 10_000
    store.close()


def test_the_engine_of_durable_work_gets_its_time_from_any_sqlite(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'station.db'}")
    for engine in (store.engine, store.work_engine):
        assert ask(engine, "SELECT unixepoch('subsec') > 1.7e9") == 1
    store.close()
