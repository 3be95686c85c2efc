"""Many environments on a real Engine, made in bulk: two services in each, every one of them with a
router that leads to containers that sleep."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

from handlers.ports import Container, HealthCheck, Plan
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.router import Router
from integrations.runtimes.docker.words import place_of, service_container
from tests.docker.engine import Engine
from tests.docker.images import BUSYBOX, ROUTER, image_id
from tests.runtimes.stage import COMMITS, free_port

SERVICES = ("api", "web")
REPLICAS = 4
"""With its router each service is five containers, and each environment ten."""
AT_ONCE = 8


def fill(engine: Engine, places: int) -> tuple[str, ...]:
    """The names of the environments, everything in which runs."""
    names = tuple(f"place-{number}" for number in range(places))
    image, router = (image_id(engine.socket, name) for name in (BUSYBOX, ROUTER))
    there = engine_at("fleet", engine.url)

    def bring_up(place: tuple[str, str]) -> None:
        """Its port is chosen right before it is taken: others look for free ones as well."""
        plan = _plan(*place, image)
        head = Router(there, place_of(plan), router)
        head.make_sure(plan.address)
        for number in range(1, REPLICAS + 1):
            _sleeping(engine, plan, number)
        servers = tuple((f"d1-{n}", f"10.0.0.{n}") for n in range(1, REPLICAS + 1))
        head.write(Lead("d1", 1, plan.version, plan.commit, plan.address, 8080, servers))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(bring_up, product(names, SERVICES)))
    return names


def _sleeping(engine: Engine, plan: Plan, number: int) -> None:
    body: dict[str, Any] = service_container(plan, number)
    name = place_of(plan).container(plan.operation, number)
    engine.ask("POST", f"/containers/create?name={name}", body)
    engine.ask("POST", f"/containers/{name}/start")


def _plan(environment: str, service: str, image: str) -> Plan:
    return Plan(
        operation="d1",
        fence=1,
        environment=environment,
        service=service,
        version="1.1.0",
        commit=COMMITS["1.1.0"],
        repository="shop",
        command=("sleep", "100000"),
        address=f"127.0.0.1:{free_port()}",
        variables=(),
        health=HealthCheck(),
        drain=1.0,
        container=Container(image, memory=16 * 2**20, cpu=0.05),
    )
