"""What environments that are gone left in a swarm: services, records of releases, networks."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator

from handlers.ports import Leftover, PortError
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.gone import gone_from
from integrations.runtimes.docker.words import OURS

log = logging.getLogger(__name__)

PATHS = {"service": "/services", "config": "/configs", "network": "/networks"}
PATIENCE, PAUSE = 20.0, 0.2
"""Seconds in which the tasks of a service that was removed leave its network."""


def find_orphans(engine: Engine, gone: Collection[str]) -> Iterator[Leftover]:
    """Services first: they are what uses the rest."""
    labelled = {"label": [f"{OURS}.environment"]}
    for kind, path in PATHS.items():
        for one in engine.ask("GET", path, None, filters=labelled):
            about = one if kind == "network" else one["Spec"]
            place = about["Labels"][f"{OURS}.environment"]
            if place in gone and about.get("Driver") != "bridge":
                number = one["Id"] if kind == "network" else one["ID"]
                name = f"{kind} {about['Name']}"
                yield Leftover(engine.name, kind, number, name, 0, place)  # type: ignore[arg-type]


def is_manager(engine: Engine) -> bool:
    """Whether it answers for a swarm; one that does not answer at all is none."""
    try:
        return bool(engine.ask("GET", "/info").get("Swarm", {}).get("ControlAvailable"))
    except PortError as error:
        log.warning("nothing is known of what was left there: %s", error.message)
        return False


def remove_orphan(engine: Engine, one: Leftover) -> bool:
    """Whether it has gone."""
    if one.kind == "network":
        return leave(engine, one.id)
    return gone_from(engine, f"{PATHS[one.kind]}/{one.id}")


def leave(engine: Engine, network: str) -> bool:
    """Have the network removed, which may take until the last task has left it."""
    deadline = time.monotonic() + PATIENCE
    while not _is_left(engine, network):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def _is_left(engine: Engine, network: str) -> bool:
    try:
        return gone_from(engine, f"/networks/{network}")
    except Refused as no:
        # The swarm has none any more; the manager's own is let go with its last task.
        if no.status == 500 and "not found" in no.said:
            return True
        raise
