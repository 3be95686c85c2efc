"""Environments that were made from blueprints, as everybody sees them: beside those of the file."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import show
from handlers.ask import stamp
from handlers.setup import Environment, Setup
from handlers.subjects import created
from handlers.tables import Created


def with_created(session: Session, setup: Setup) -> Setup:
    """The setup as this transaction sees it: with the environments that are there beside those of
    the file. Whatever reads ``environments`` knows them by that."""
    rows = select(Created.environment, Created.shape).where(Created.state != "gone")
    there = session.execute(rows.order_by(Created.id)).all()
    return setup.beside({name: _shape(json.dumps(shape)) for name, shape in there})


@lru_cache(maxsize=512)
def _shape(text: str) -> Environment:
    """Kept, because a shape never changes and everything asks for it."""
    return Environment.read_again(json.loads(text))


def created_row(session: Session, environment: str) -> Created | None:
    """The one of that name that is there; None where the file has it, or nobody."""
    there = select(Created).where(Created.environment == environment, Created.state != "gone")
    return session.scalar(there)


def made(session: Session) -> dict[str, dict[str, Any]]:
    """Whose each of them is and until when, by name."""
    there = select(Created).where(Created.state != "gone").order_by(Created.id)
    return {row.environment: told(session, row) for row in session.scalars(there)}


def going(session: Session, environment: str) -> dict[str, Any] | None:
    """What is told of an environment that is being destroyed; None where it is not."""
    row = created_row(session, environment)
    return told(session, row) if row is not None and row.state != "open" else None


def told(session: Session, row: Created) -> dict[str, Any]:
    """One of them as answers, refusals and lists tell of it."""
    return {
        "created": row.id,
        "environment": row.environment,
        "blueprint": row.blueprint,
        "state": row.state,
        "owner": row.owner,
        "since": stamp(row.going_at or row.created_at),
        "until": stamp(row.ends_at),
        "reason": row.ending or row.reason,
        "failure": row.failure,
        "link": show.link(session, created(row.id)) if row.id else "",
    }
