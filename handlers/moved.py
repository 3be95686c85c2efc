"""Another runtime in the setup file for an environment in which something is: nothing moves by
itself. It would run on with nobody to look after it, and its data would be left where it is."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.setup import Setup
from handlers.tables import Deployment, Lock

Place = tuple[str, ...]

HOW = {
    "process": "as processes, with data in folders here",
    "docker": "in containers, with data on their Engine",
    "swarm": "in a swarm",
}
MOST = 2
"""Services that are named; the rest is counted."""


def moved(session: Session, setup: Setup) -> dict[Place, str]:
    """Why environments cannot have the runtimes that the file says, by their places there: another
    one made what is live."""
    found = {}
    for name, there in setup.environments.items():
        made = _live(session, name)
        others = {row.service: row for row, runtime in made if runtime != there.runtime}
        if others:
            was = next(runtime for _, runtime in made if runtime != there.runtime)
            runs = [f"{row.service} {row.version} is live" for row in others.values()]
            found[at(name)] = why(name, (was, there.runtime), runs)
    return found


def is_under_way(session: Session, environment: str) -> bool:
    """Does work hold it? It ends as it began, whatever the file says meanwhile."""
    held = select(Lock.id).where(
        Lock.environment == environment, Lock.kind == "operation", Lock.released_at.is_(None)
    )
    return session.scalar(held.limit(1)) is not None


def at(environment: str) -> Place:
    return ("environments", environment, "runtime")


def why(environment: str, runtimes: tuple[str, str], there: Iterable[str]) -> str:
    """``runtimes`` are what it was and what the file says now; ``there`` is what keeps it."""
    was, now = runtimes
    told = list(there)
    more = [f"{len(told) - MOST} more"] if len(told) > MOST else []
    return (
        f"is {now}, but {', '.join([*told[:MOST], *more])} in {environment} {HOW[was]}. Nothing"
        f" moves by itself: put {was} back and declare the other under another name, or take"
        f" {environment} out and have `/ops leftovers` remove it first; a copy of data is kept."
    )


def _live(session: Session, environment: str) -> list[tuple[Deployment, str]]:
    """What is live there with the runtime that made it, where that was written down."""
    rows = session.scalars(
        select(Deployment)
        .where(Deployment.environment == environment, Deployment.state == "live")
        .order_by(Deployment.service)
    )
    return [(row, str(row.made_as["runtime"])) for row in rows if row.made_as]
