"""Environments that were ours and are no more: what is there of them still is in nobody's care."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.setup import Setup
from handlers.tables import Created, Deployment


def gone(session: Session, setup: Setup) -> frozenset[str]:
    """Their names. Only what our own rows know is among them: others may have environments on the
    same machines."""
    names = {
        *session.scalars(select(Deployment.environment).distinct()),
        *session.scalars(select(Created.environment).distinct()),
    }
    return frozenset(names - set(setup.environments))


def destroyed(session: Session, setup: Setup) -> frozenset[str]:
    """Those of them that were made from blueprints: they were told to go with all they had."""
    ended = set(session.scalars(select(Created.environment).where(Created.state == "gone")))
    return frozenset(ended & gone(session, setup))


def end_all(session: Session, environments: Iterable[str], at: datetime) -> None:
    """Nothing of these environments is there any more, so nothing is live there either."""
    there = update(Deployment).where(Deployment.environment.in_(list(environments)))
    live = there.where(Deployment.state == "live").values(state="removed", ended_at=at)
    session.execute(live.execution_options(synchronize_session=False))
