"""Another runtime or Engine in the setup file for an environment in which something is: nothing
moves by itself. It would run on with nobody to look after it, and its data would be left where it
is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.setup import Environment, Setup
from handlers.tables import Deployment, Lock

Place = tuple[str, ...]
Home = tuple[str, str]
"""A runtime, and which Engine runs containers. It is known by its name: its address may change. Of
a swarm any manager may be asked."""

HOW = {
    "process": "as processes, with data in folders here",
    "docker": "in containers, with data on their Engine",
    "swarm": "in a swarm",
}
MOST = 2
"""Services that are named; the rest is counted."""


def moved(session: Session, setup: Setup) -> dict[Place, str]:
    """Why environments cannot be where the file says, by the places there: what is live was made
    elsewhere."""
    found: dict[Place, str] = {}
    for name, there in setup.environments.items():
        homes = [(row, _made_at(made, there)) for row, made in _live(session, name)]
        others = {row.service: row for row, home in homes if home != home_of(there)}
        if others:
            was = next(home for _, home in homes if home != home_of(there))
            runs = [f"{row.service} {row.version} is live" for row in others.values()]
            found |= refused(name, was, home_of(there), runs)
    return found


def home_of(environment: Environment) -> Home:
    is_there = environment.runtime == "docker"
    return environment.runtime, (environment.engine or "") if is_there else ""


def is_under_way(session: Session, environment: str) -> bool:
    """Does work hold it? It ends as it began, whatever the file says meanwhile."""
    held = select(Lock.id).where(
        Lock.environment == environment, Lock.kind == "operation", Lock.released_at.is_(None)
    )
    return session.scalar(held.limit(1)) is not None


def refused(environment: str, was: Home, now: Home, there: Iterable[str]) -> dict[Place, str]:
    """Why it stays where it was, by its place in the file; ``there`` is what keeps it."""
    is_other_runtime = was[0] != now[0]
    before, after = (home[0] if is_other_runtime else home[1] for home in (was, now))
    told = list(there)
    more = [f"{len(told) - MOST} more"] if len(told) > MOST else []
    how = HOW[was[0]] if is_other_runtime else f"on {before}"
    sentence = (
        f"is {after}, but {', '.join([*told[:MOST], *more])} in {environment} {how}. Nothing moves"
        f" by itself: put {before} back and declare the other under another name, or take"
        f" {environment} out and have `/ops leftovers` remove it first; a copy of data is kept."
    )
    return {("environments", environment, "runtime" if is_other_runtime else "engine"): sentence}


def _made_at(made: Mapping[str, Any], there: Environment) -> Home:
    """What an older bot did not write down is where the file says."""
    runtime = str(made["runtime"])
    engine = str(made.get("engine") or there.engine or "")
    return runtime, engine if runtime == "docker" else ""


def _live(session: Session, environment: str) -> list[tuple[Deployment, dict[str, Any]]]:
    """What is live there with how it was made, where that was written down."""
    rows = session.scalars(
        select(Deployment)
        .where(Deployment.environment == environment, Deployment.state == "live")
        .order_by(Deployment.service)
    )
    return [(row, row.made_as) for row in rows if row.made_as]
