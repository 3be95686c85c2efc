"""Has every node that may get tasks fetch an image before anything is switched: what would
otherwise count as slow health, or fail half way, is known and said before."""

from __future__ import annotations

import time

from handlers.ports import Plan, PortError, Say
from integrations.runtimes.docker.images import ACCIDENT, PULL_LIMIT
from integrations.runtimes.docker.words import container_of
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.names import place_of
from integrations.runtimes.swarm.seen import Task
from integrations.runtimes.swarm.spec import fetch_job

PAUSE = 0.2
APPEARS_WITHIN = 5.0
"""Seconds in which a swarm has made the tasks of a job; none by then is no node for it."""


def fetch(swarm: Swarm, plan: Plan, say: Say) -> None:
    """An image that no registry has is on the nodes already, or nobody can bring it there."""
    image = container_of(plan).image
    if image.startswith("sha256:"):
        return
    name = place_of(plan).fetch(plan.operation)
    swarm.create(fetch_job(plan))
    try:
        _wait(swarm, (name, image), say)
    finally:
        swarm.remove(name)


def _wait(swarm: Swarm, job: tuple[str, str], say: Say) -> None:
    (name, image), began = job, time.monotonic()
    while (waited := time.monotonic() - began) < PULL_LIMIT:
        tasks = _tasks(swarm, name)
        refused = next((task for task in tasks if task.state == "rejected"), None)
        if refused is not None:
            raise _unfetched(swarm, image, refused)
        # A node may have been given a second one by now.
        asked, there = ({t.host for t in of} for of in (tasks, [t for t in tasks if t.has_image]))
        if there == asked and (tasks or waited > APPEARS_WITHIN):
            return
        say(f"{len(there)} of {len(asked)} nodes have the image")
        time.sleep(PAUSE)
    raise PortError(f"The nodes do not get the image within {PULL_LIMIT / 60:.0f} minutes.")


def _tasks(swarm: Swarm, name: str) -> list[Task]:
    """One for each node that is there; what is lost meanwhile is not waited for."""
    service = swarm.service(name)
    tasks = swarm.tasks([service], swarm.nodes()) if service else []
    return [task for task in tasks if not task.is_out_of_reach]


def _unfetched(swarm: Swarm, image: str, refused: Task) -> PortError:
    """A node tells no more than that it has no such image: the registry is asked for the reason."""
    short, why = image[: image.index("@") + 20], swarm.refusal(image)
    if not why:
        text = f"The {refused.host} does not get {short}, though the registry has it."
        return PortError(text)
    text = f"The {refused.host} does not get {short}: {why}."
    return PortError(text, permanent=not ACCIDENT.search(why))
