"""What a swarm has and runs: its nodes, the services of a place, and how they are stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from handlers.ports import Measured, PortError
from integrations.runtimes.docker.gauge import Gauge
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.names import KEPT, Place, label
from integrations.runtimes.swarm.routers import ATTEMPTS
from integrations.runtimes.swarm.seen import Task
from integrations.runtimes.swarm.standing import (
    Service,
    grace_of,
    operation_of,
    replicas_of,
    scaled,
)

PAUSE = 0.1
TIDY = 10.0
"""Seconds beyond their own time to finish in which the swarm has to have ended tasks."""


@dataclass(frozen=True)
class Fleet:
    swarm: Swarm
    router: str
    gauge: Gauge
    """The disk of the manager stands for those of all: a swarm does not tell theirs."""

    def check(self) -> str:
        name, seen = self.swarm.engine.name, self.swarm.state().get("Swarm", {})
        if seen.get("LocalNodeState") != "active" or not seen.get("ControlAvailable"):
            raise PortError(f"{name} is not a manager of a swarm.", permanent=True)
        if self.swarm.engine.find(f"/images/{self.router}/json") is None:
            text = f"The image of the router, {self.router}, is not on {name}."
            raise PortError(text, permanent=True)
        nodes = self.swarm.nodes().values()
        lost = sorted(node.name for node in nodes if not node.is_ready)
        said = f"{name} manages a swarm of {len(nodes)} node{'' if len(nodes) == 1 else 's'}"
        return f"{said}, of which {', '.join(lost)} cannot be reached" if lost else said

    def instances(self, place: Place) -> tuple[str, ...]:
        """Those that the swarm keeps alive, and those that are on their way out."""
        services = self._of(place)
        tasks = self.swarm.tasks(services, self.swarm.nodes())
        found = {task.operation for task in tasks if not task.has_ended}
        for one in services:
            if self._is_kept(place, one, tasks):
                found.add(operation_of(one))
        return tuple(sorted(found))

    def is_alive(self, name: str) -> bool:
        service = self.swarm.service(name)
        if service is None:
            return False
        tasks = self.swarm.tasks([service], self.swarm.nodes())
        return not tasks or any(not task.has_ended for task in tasks)

    def measure(self, environment: str) -> Measured:
        """The memory is that of the node that has most: a container cannot be on two."""
        nodes, services = self.swarm.nodes(), self.swarm.services()
        tasks = self.swarm.tasks(services, nodes)
        alive = {task.service for task in tasks if task.runs}
        here = [one["Spec"]["Labels"] for one in services if one["ID"] in alive]
        takes = [node for node in nodes.values() if node.takes]
        if not takes:
            raise PortError(f"No node of the swarm {self.swarm.engine.name} takes tasks.")
        free = [
            node.memory - sum(t.memory for t in tasks if t.node == node and not t.has_ended)
            for node in takes
        ]
        return Measured(
            cores=sum(node.cores for node in takes),
            memory=max(free),
            disk=self.gauge.read().disk,
            running={
                label(labels, "service"): label(labels, "version")
                for labels in here
                if label(labels, "role") == "service"
                and label(labels, "environment") == environment
            },
        )

    def end(self, place: Place, operation: str) -> None:
        """Stop its trial, and let what the swarm has already asked to end come to its end."""
        trial = place.trial(operation)
        self._scale_down(trial)
        self._wait((place.stable, trial), lambda task: task.operation == operation)
        self.swarm.remove(trial)
        self.swarm.remove(place.fetch(operation))  # which a bot that was killed may have left

    def halt(self, place: Place) -> None:
        names = [str(one["Spec"]["Name"]) for one in self._of(place)]
        for name in names:
            self._scale_down(name)
        self._wait(names, lambda task: True)
        for name in names:
            if name != place.stable:
                self.swarm.remove(name)

    def _scale_down(self, name: str) -> None:
        for _ in range(ATTEMPTS):
            service = self.swarm.service(name)
            if service is None or not replicas_of(service):
                return
            if self.swarm.change(service, scaled(service, 0)):
                return
        raise PortError(f"{name} is changed by others all the time; try again soon.")

    def _wait(self, names: Sequence[str], meant: Callable[[Task], bool]) -> None:
        """Until none of the tasks that are meant is there any more. Each has the time to finish
        that its service was made with. One on a node that is lost ends with it or when it comes
        back, whatever anybody does."""
        there = [found for name in names if (found := self.swarm.service(name))]
        deadline = time.monotonic() + max(map(grace_of, there), default=0.0) + TIDY
        while True:
            services = [found for name in names if (found := self.swarm.service(name))]
            tasks = self.swarm.tasks(services, self.swarm.nodes())
            left = [t for t in tasks if meant(t) and not t.has_ended and not t.is_out_of_reach]
            if not left:
                return
            if time.monotonic() > deadline:
                raise PortError(f"The swarm has not ended {len(left)} tasks yet: {left[0].say()}.")
            time.sleep(PAUSE)

    def _of(self, place: Place) -> list[Service]:
        """The stable service and the trials; not what is there beside them."""
        where = {"environment": place.environment, "service": place.service}
        found = self.swarm.services(**where)
        return [one for one in found if label(one["Spec"]["Labels"], "role") in KEPT]

    def _is_kept(self, place: Place, one: Service, tasks: Iterable[Task]) -> bool:
        """Has it tasks, or will it have some? So new that there are none yet is alive, too."""
        if not replicas_of(one):
            return False
        of = [task for task in tasks if task.service == one["ID"]]
        return one["Spec"]["Name"] == place.stable or not of
