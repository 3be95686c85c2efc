"""A docker runtime on a stage: one service, one address, behaviours by name, no traces left."""

from __future__ import annotations

from typing import Any

import requests

from handlers.ports import Container, HealthCheck, Look, Plan
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import DockerRuntime, Host
from tests.docker.engine import Engine
from tests.docker.images import ROUTER, SERVED, image_id
from tests.docker.ways import Way
from tests.runtimes.stage import COMMITS, free_port, wait_for


class DockerStage:
    """Everything a test needs to bring releases to one address on an Engine."""

    def __init__(
        self, engine: Engine, service: str, environment: str = "staging", way: Way | None = None
    ) -> None:
        """``way`` is how its runtime reaches the Engine, if not by its socket."""
        self.engine = engine
        self._url, self._tls = (way.address, way.tls) if way else (engine.url, "")
        self.place = (environment, service)
        self.address = f"127.0.0.1:{free_port()}"
        self.image = image_id(engine.socket, SERVED)
        self.runtime = self.anew()

    def anew(self, url: str = "") -> DockerRuntime:
        """The runtime of another bot, or one that asks the Engine by another way."""
        there = engine_at("local", url or self._url, self._tls)
        host = Host(there, image_id(self.engine.socket, ROUTER))
        return DockerRuntime({self.place[0]: host, "elsewhere": host})

    def plan(
        self, operation: str, fence: int = 1, behaves: str = "well", version: str = "1.1.0"
    ) -> Plan:
        return Plan(
            operation=self.name(operation),
            fence=fence,
            environment=self.place[0],
            service=self.place[1],
            version=version,
            commit=COMMITS[version],
            repository="shop",
            command=("python3", "served.py", "{port}", behaves, "0.0.0.0"),
            address=self.address,
            variables=(("COLOUR", "green"),),
            health=HealthCheck(request_timeout=1.0),
            drain=6.0,
            container=Container(self.image),
        )

    def name(self, operation: str) -> str:
        return operation

    def begin(self, plan: Plan) -> Look:
        """Prepare, start, and look until there is a verdict."""
        self.runtime.prepare(plan)
        self.runtime.start(plan)
        return self.verdict(plan)

    def verdict(self, plan: Plan) -> Look:
        looks: list[Look] = []

        def is_clear() -> bool:
            looks[:] = [self.runtime.look(plan)]
            return looks[0].state not in ("starting", "absent")

        wait_for(is_clear)
        return looks[0]

    def deploy(self, plan: Plan) -> None:
        """A whole good deployment, as the act beat would do it."""
        before = self.runtime.serving(*self.place)
        assert self.begin(plan).state == "healthy"
        self.runtime.switch(plan)
        if before and before.operation != plan.operation:
            self.runtime.retire(plan, before.operation)

    def get(self, path: str = "/") -> str:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"http://{self.address}{path}", timeout=5).text

    def containers(self, operation: str = "", role: str = "service") -> list[dict[str, Any]]:
        """What the Engine itself says is there, ended or not."""
        labels = {"environment": self.place[0], "service": self.place[1], "role": role}
        labels |= {"operation": self.name(operation)} if operation else {}
        words = ",".join(f'"stationmaster.{k}={v}"' for k, v in labels.items())
        path = f'/containers/json?all=1&filters={{"label":[{words}]}}'
        found: list[dict[str, Any]] = self.engine.ask("GET", path)
        return found

    def alive(self, operation: str = "") -> list[str]:
        return [one["Id"] for one in self.containers(operation) if one["State"] == "running"]

    def rest(self) -> None:
        """What only a machine that goes down does to containers: they end, at once."""
        for one in self.alive():
            self.engine.ask("POST", f"/containers/{one}/kill")
            self.engine.ask("POST", f"/containers/{one}/stop?t=0")

    def clear(self) -> None:
        """Leave nothing of this service."""
        self.engine.purge(f"stationmaster.service={self.place[1]}")
