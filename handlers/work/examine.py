"""What a deployment would change: the commits between what is live and what was asked for."""

from __future__ import annotations

from typing import Any

from dbos import DBOS

from handlers.ask import stamp
from handlers.deployment_rows import live, touch
from handlers.ports import Changes, PortError
from handlers.tables import Deployment
from handlers.work.bench import bench
from handlers.work.engine import workflow

SHOWN = 10
"""Commits a card lists; the count beyond them is said."""


@workflow("examine")
def examine(deployment: int) -> str:
    read_changes(deployment)
    return "examined"


@DBOS.step(name="read_changes")
def read_changes(deployment: int) -> None:
    """Read the history and put it on the card; what cannot be read is said there too."""
    tools = bench()
    with tools.store.read() as session:
        row = session.get_one(Deployment, deployment)
        there = live(session, row.service, row.environment)
        since, version = (there.commit, there.version) if there else (None, "")
        repository = tools.setup.services[row.service].repository
        until = row.commit
    try:
        changes = tools.source.changes(repository, since, until, SHOWN)
        told = _told(changes) | {"since": version}
    except PortError as error:
        told = {"error": error.message, "since": version}
    with tools.store.write() as session:
        touch(session, deployment, changes=told)
    tools.wake()


def _told(changes: Changes) -> dict[str, Any]:
    return {
        "ahead": changes.ahead,
        "behind": changes.behind,
        "commits": [
            {"commit": c.commit, "subject": c.subject, "author": c.author, "at": stamp(c.at)}
            for c in changes.commits
        ],
    }
