"""The tables grow with the bot: an older database comes along with everything in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, inspect, select

from handlers.store import Store, migrate, open_store
from handlers.subjects import Subject
from handlers.tables import Approval, Base, Card, Deployment, Lock, Note, Step
from tests.databases import new_database

AT = datetime(2027, 3, 1, 12, 0)  # noqa: DTZ001  # as the database keeps it
TRAIN = Subject("deployment", 7)

ROWS: dict[str, dict[str, Any]] = {
    "deployments": {
        "id": 7, "kind": "deploy", "service": "api", "environment": "prod", "version": "1.0.0",
        "commit": "c", "state": "running", "team": "T", "requester": "U0ANA", "reason": "",
        "requested_at": AT, "approvals_needed": 1, "fingerprint": "f", "ended_by": "",
        "url": "", "failure": "", "cancelled_by": "", "revision": 9,
    },
    "cards": {
        "deployment": 7, "channel": "C0PROD", "ts": "17.4", "permalink": "https://slack/1",
        "drawn": 8, "turn": 3, "attempts": 1, "error": "",
    },
    "notes": {
        "id": 5, "deployment": 7, "at": AT, "code": "started", "facts": {"by": "U0ANA"},
        "ts": "", "attempts": 0,
    },
    "steps": {
        "deployment": 7, "name": "prepare", "position": 0, "state": "in_progress",
        "started_at": AT, "detail": "",
    },
    "approvals": {
        "deployment": 7, "fingerprint": "f", "user": "U0CLEO", "team": "T",
        "verdict": "approved", "reason": "", "at": AT,
    },
    "locks": {
        "id": 4, "environment": "prod", "kind": "operation", "deployment": 7, "owner": "U0ANA",
        "reason": "r", "since": AT, "released_by": "", "release_reason": "",
    },
}  # fmt: skip
"""A deployment in the middle of its work, as the first shape of the tables had it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'station.db'}"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), f"m{uuid.uuid4().hex}")
    store = open_store(url)
    yield store
    store.close()


def insert(store: Store, rows: dict[str, dict[str, Any]]) -> None:
    tables = MetaData()
    with store.engine.begin() as connection:
        tables.reflect(connection)
        for name, values in rows.items():
            connection.execute(tables.tables[name].insert().values(**values))


def test_what_was_recorded_before_cards_had_subjects_is_all_there_afterwards(store: Store) -> None:
    migrate(store, "0001")
    insert(store, ROWS)
    migrate(store)
    with store.read() as session:
        card = session.scalars(select(Card)).one()
        assert (card.of, card.channel, card.ts, card.owner) == (TRAIN, "C0PROD", "17.4", "U0ANA")
        assert (card.revision, card.drawn, card.turn, card.attempts) == (9, 8, 3, 1)
        assert session.get_one(Deployment, 7).requested_at == card.opened_at
        note = session.scalars(select(Note)).one()
        assert (note.id, note.of, note.code, note.facts) == (5, TRAIN, "started", {"by": "U0ANA"})
        step = session.scalars(select(Step)).one()
        assert (step.of, step.name, step.state) == (TRAIN, "prepare", "in_progress")
        approval = session.scalars(select(Approval)).one()
        assert (approval.of, approval.user, approval.verdict) == (TRAIN, "U0CLEO", "approved")
        lock = session.scalars(select(Lock)).one()
        assert (lock.id, lock.cause, lock.environment) == (4, TRAIN, "prod")


def test_numbers_go_on_where_they_were(store: Store) -> None:
    migrate(store, "0001")
    insert(store, ROWS)
    migrate(store)
    with store.write() as session:
        note = Note(of=TRAIN, at=datetime.now().astimezone(), code="live", facts={})
        session.add(note)
        session.flush()
        assert note.id not in (0, 5)


def test_the_migrations_end_in_the_tables_that_the_code_declares(store: Store) -> None:
    migrate(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        there = inspect(connection)
        for table in Base.metadata.tables.values():
            declared = {index.name: _where(index) for index in table.indexes}
            found = {i["name"]: _where_of(i) for i in there.get_indexes(table.name)}
            assert {name: found.get(name) for name in declared} == declared


def _where(index: Any) -> bool:
    return any(options.get("where") is not None for options in index.dialect_options.values())


def _where_of(index: Any) -> bool:
    return any(name.endswith("_where") for name in index.get("dialect_options") or {})
