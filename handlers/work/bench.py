"""The workbench: what durable work has in hand. Workflows are started by name after a crash, so
they find their tools here instead of being given them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from handlers import audit
from handlers.created import with_created
from handlers.messages import Actor
from handlers.ports import (
    Builder,
    Container,
    Directory,
    HealthCheck,
    Images,
    Plan,
    PortError,
    Probe,
    Rollout,
    Runtime,
    Source,
    Visitor,
    Volume,
    Volumes,
)
from handlers.scaling import last_scaling
from handlers.setup import InForce, Setup
from handlers.store import Store
from handlers.tables import Deployment

WORK = Actor("", "work", "clock")
"""Who the audit log names for what durable work decides by itself."""


@dataclass(frozen=True)
class Bench:
    store: Store
    in_force: InForce
    now: Callable[[], datetime]
    runtimes: Mapping[str, Runtime]
    source: Source
    directory: Directory
    volumes: Volumes
    probe: Probe
    visitor: Visitor
    images: Images
    builder: Builder
    wake: Callable[[], None] = lambda: None
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def declared(self) -> Setup:
        """What stands in the file; ``setup`` is that with what was made from blueprints."""
        return self.in_force.setup

    @property
    def setup(self) -> Setup:
        """As the rows say it now."""
        with self.store.read() as session:
            return with_created(session, self.declared)

    def runtime(self, environment: str) -> Runtime:
        there = self.setup.environments.get(environment)
        if there is None:
            raise gone(environment)
        return self.runtimes[there.runtime]

    def record(self, session: Session, action: str, code: str, **facts: object) -> None:
        """An audit entry for what the work itself did."""
        audit.append(session, self.now(), WORK, action, code, facts)


_benches: list[Bench] = []


def open_bench(bench: Bench) -> None:
    """Lay out the tools before the engine is launched; the last bench laid out is in use."""
    _benches[:] = [bench]


def bench() -> Bench:
    return _benches[0]


def operation(deployment: int) -> str:
    """The name a deployment goes by in runtimes: folders, labels, log lines."""
    return f"d{deployment}"


def gone(what: str) -> PortError:
    return PortError(f"{what} is not in the setup file any more.", permanent=True)


def volume_of(setup: Setup, environment: str, service: str) -> Volume | None:
    """The data of a service in an environment; None where it keeps none."""
    data, what = setup.environments[environment].services[service].data, setup.services.get(service)
    if data is None:
        return None
    user = what.container.user if what else ""
    return Volume(environment, service, data.baseline, data.seeds, user)


def plan_for(setup: Setup, volumes: Volumes, row: Deployment, fence: int) -> Plan:
    """Everything the runtime needs to bring ``row``'s release to its environment."""
    there = setup.environments.get(row.environment)
    if there is None or row.service not in there.services or row.service not in setup.services:
        raise gone(f"{row.service} in {row.environment}")
    service = setup.services[row.service]
    place = setup.environments[row.environment].services[row.service]
    variables = dict(service.variables)
    volume = volume_of(setup, row.environment, row.service)
    if place.data and volume:
        variables[place.data.variable] = volumes.where(volume)
    return Plan(
        operation=operation(row.id),
        fence=fence,
        environment=row.environment,
        service=row.service,
        version=row.version,
        commit=row.commit,
        repository=service.repository,
        command=service.command,
        address=place.address,
        variables=tuple(sorted(variables.items())),
        health=HealthCheck(path=service.health.path, timeout=service.health.timeout),
        drain=service.drain,
        keep=service.keep,
        container=_container(setup, row),
    )


def _container(setup: Setup, row: Deployment) -> Container:
    how = setup.services[row.service].container.model_dump()
    place = setup.environments[row.environment].services[row.service]
    return Container(
        row.artefact,
        **how,
        keeps_data=place.data is not None,
        secrets=tuple(sorted(place.secrets.items())),
        rollout=_rollout(setup, row),
    )


def _rollout(setup: Setup, row: Deployment) -> Rollout:
    """How a swarm replaces containers, by what the service and its environment say."""
    service, environment = setup.services[row.service], setup.environments[row.environment]
    swarm, place = environment.swarm, environment.services[row.service].swarm
    return Rollout(
        order=swarm.order,
        on_failure=swarm.on_failure,
        monitor=swarm.monitor or service.watch,
        health=service.health.command,
        every=service.health.every,
        constraints=swarm.constraints + place.constraints,
        secrets=place.secrets,
        configs=place.configs,
    )


def plan_of(tools: Bench, row: Deployment, fence: int) -> Plan:
    """``plan_for`` with as many instances as somebody has asked for since."""
    plan = plan_for(tools.setup, tools.volumes, row, fence)
    with tools.store.read() as session:
        scaling = last_scaling(session, row.environment, row.service)
        count = scaling.replicas if scaling else None
    if count is None or plan.container is None:
        return plan
    return replace(plan, container=replace(plan.container, replicas=count))
