"""A swarm runtime on a stage: one service, one address, behaviours by name, no traces left."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import requests

from handlers.ports import Container, HealthCheck, Look, Plan, Rollout
from integrations.runtimes.docker.client import Engine, engine_at
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.swarm.names import Place
from integrations.runtimes.swarm.runtime import Manager, SwarmRuntime
from integrations.runtimes.swarm.seen import ENDED
from tests.docker.cluster import Cluster
from tests.docker.images import ROUTER, SERVED, image_id
from tests.docker.wire import Refused
from tests.runtimes.stage import COMMITS, free_port, wait_for

QUICK = Rollout(monitor=0.2, every=1.0)
OFTEN = 0.1
"""Seconds between two looks: what is waited for needs the processor, too."""
ONE_WAY_IN = ("node.role == manager",)
"""For who does not come in by other nodes: each router is a container more on each of them."""


class SwarmStage:
    """Everything a test needs to bring releases to one address of a swarm."""

    def __init__(
        self,
        cluster: Cluster,
        service: str,
        environment: str = "staging",
        entry: tuple[str, ...] = (),
    ) -> None:
        """``entry`` are constraints on the nodes where its address answers."""
        self.cluster = cluster
        self.entry = entry
        self.place = (environment, service)
        self.address = f"{cluster.manager.address}:{free_port()}"
        self.image = image_id(cluster.manager.socket, SERVED)
        self._engines: list[Engine] = []
        self.runtime = self.anew()

    def anew(self, url: str = "", **credentials: str) -> SwarmRuntime:
        """The runtime of another bot, or one that asks the manager by another way."""
        manager = self.cluster.manager
        router = image_id(manager.socket, ROUTER)
        self._engines.append(engine_at("the swarm", url or manager.url))
        there = Manager(Host(self._engines[-1], router, credentials), self.entry)
        return SwarmRuntime({self.place[0]: there, "elsewhere": there})

    def plan(
        self, operation: str, fence: int = 1, behaves: str = "well", version: str = "1.1.0"
    ) -> Plan:
        return Plan(
            operation=operation,
            fence=fence,
            environment=self.place[0],
            service=self.place[1],
            version=version,
            commit=COMMITS[version],
            repository="shop",
            command=("python3", "served.py", "{port}", behaves, "0.0.0.0"),
            address=self.address,
            variables=(("COLOUR", "green"),),
            health=HealthCheck(request_timeout=1.0, timeout=10.0),
            drain=6.0,
            container=Container(self.image, memory=64 * 2**20, rollout=QUICK),
        )

    def of(self, plan: Plan, **how: Any) -> Plan:
        """The same with another way of running it."""
        assert plan.container
        rollout = {name: how.pop(name) for name in list(how) if hasattr(QUICK, name)}
        container = replace(plan.container, **how)
        return replace(
            plan, container=replace(container, rollout=replace(container.rollout, **rollout))
        )

    def begin(self, plan: Plan) -> Look:
        """Prepare, start, and look until there is a verdict."""
        self.runtime.prepare(plan)
        self.runtime.start(plan)
        return self.settled(plan)

    def settled(self, plan: Plan, limit: float = 40, every: float = OFTEN) -> Look:
        """Look until nothing is under way."""
        looks: list[Look] = []

        def is_clear() -> bool:
            looks[:] = [self.runtime.look(plan)]
            return looks[0].state not in ("starting", "absent", "switching")

        wait_for(is_clear, limit, every)
        return looks[0]

    def deploy(self, plan: Plan) -> None:
        """A whole good deployment, as the act beat would do it."""
        look = self.begin(plan)
        assert look.state == "healthy", look
        self.runtime.switch(plan)
        look = self.settled(plan)
        assert look.state == "healthy", look
        for other in self.runtime.instances(*self.place):
            if other != plan.operation:
                self.runtime.retire(plan, other)

    def get(self, path: str = "/", node: int = 0) -> str:
        address = f"{self.cluster.nodes[node].address}:{self.address.rpartition(':')[2]}"
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://{address}{path}", timeout=5).text

    def services(self) -> list[dict[str, Any]]:
        words = f'{{"label":["stationmaster.service={self.place[1]}"]}}'
        found: list[dict[str, Any]] = self.cluster.manager.ask("GET", f"/services?filters={words}")
        return found

    def service(self) -> dict[str, Any]:
        name = Place(*self.place).stable
        found: dict[str, Any] = self.cluster.manager.ask("GET", f"/services/{name}")
        return found

    def tasks(self, operation: str = "") -> list[dict[str, Any]]:
        """The tasks of the service itself and of trials, whatever has become of them."""
        ids = [one["ID"] for one in self.services() if self._role(one) != "router"]
        every = self.cluster.manager.ask("GET", "/tasks")
        found = [one for one in every if one["ServiceID"] in ids]
        key = "stationmaster.operation"
        named = [
            one for one in found if one["Spec"]["ContainerSpec"]["Labels"].get(key) == operation
        ]
        return named if operation else found

    def alive(self, operation: str = "") -> list[str]:
        """The tasks that are meant to be there and have not ended."""
        wait_for(self._is_laid_out, every=OFTEN)
        there = [one for one in self.tasks(operation) if one["Status"]["State"] not in ENDED]
        return [one["ID"] for one in there if one["DesiredState"] == "running"]

    def _is_laid_out(self) -> bool:
        """Has the manager made the tasks of everything that it was asked for?"""
        laid = {one["ServiceID"] for one in self.tasks()}
        return laid >= {one["ID"] for one in self.services() if self._role(one) != "router"}

    def rest(self) -> None:
        """What only a machine that goes down does to containers: they end, at once."""
        gone = self.alive()
        label = f"com.docker.swarm.service.name={Place(*self.place).stable}"
        for node in self.cluster.nodes:
            for one in node.ask("GET", f'/containers/json?filters={{"label":["{label}"]}}'):
                with suppress(Refused):
                    node.ask("POST", f"/containers/{one['Id']}/kill")
        wait_for(lambda: not set(gone) & set(self.alive()), every=OFTEN)

    def clear(self) -> None:
        """Leave nothing of this service."""
        for one in self.services():
            self.cluster.manager.ask("DELETE", f"/services/{one['ID']}")
        for engine in self._engines:
            engine.close()

    @staticmethod
    def _role(service: dict[str, Any]) -> str:
        return str(service["Spec"]["Labels"].get("stationmaster.role"))
