"""The parts of the file, validated and frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from handlers.setup.blueprints import Approvals, Cost, Data, Reset, Smoke, WorkingHours
from handlers.setup.builds import Build
from handlers.setup.containers import Container, Engine, Registry
from handlers.setup.forms import (
    IMAGE,
    KEPT,
    KEPT_BY_US,
    PATH,
    REGISTRY,
    VARIABLE,
    Address,
    Addresses,
    ChannelId,
    Count,
    Duration,
    GroupId,
    Name,
    TeamId,
    UserId,
    Version,
    formed,
)
from handlers.setup.freezes import Freeze
from handlers.setup.hooks import Hooks
from handlers.setup.needs import Has, Needs
from handlers.setup.part import Part
from handlers.setup.swarms import HEALTH, Placed, Swarm, Words


class Role(Part):
    """Who has a role: people by Slack user id, and everybody in some user groups."""

    people: tuple[UserId, ...] = ()
    groups: tuple[GroupId, ...] = ()


class Health(Part):
    path: Annotated[str, formed(PATH)] = "/healthz"
    timeout: Duration = 30.0
    command: Words = HEALTH
    """Asks the same inside a container, where a swarm decides by it: a program of the image."""
    every: Duration = 2.0


class Service(Part):
    """Something the team deploys, and how its process is started and judged."""

    repository: str
    command: tuple[str, ...] = ()
    """Needed for processes; an image has its own."""
    variables: dict[Annotated[str, formed(VARIABLE)], str] = Field(default_factory=dict)
    health: Health = Health()
    drain: Duration = 10.0
    watch: Duration = 3.0
    """How long the new version is watched after the switch before the old one is stopped."""
    keep: Annotated[int, Field(strict=True, ge=2, le=50)] = 5
    image: Annotated[str, formed(IMAGE)] | None = None
    """What containers of it are made of; its tags are the versions. ``local/…`` is an image that
    the Engine itself has."""
    build: Build | None = None
    """How the image of a version is made where no registry has it; its tag is the commit then."""
    container: Container = Container()
    hooks: Hooks = Hooks()
    needs: Needs = Needs()
    """What every release of it needs; a release may ask for more in its own file."""


class Bookings(Part):
    """Who may book an environment, for how long, and how many may share it at once.

    Without roles of its own, who may deploy there may book it, and who may unlock it may take a
    booking over.
    """

    by: tuple[Name, ...] = ()
    take_over: tuple[Name, ...] = ()
    longest: Duration = 8 * 3600.0
    ahead: Duration = 30 * 86400.0
    """How far ahead a booking may begin."""
    share: Annotated[int, Field(strict=True, ge=1, le=10)] = 3
    approvals: Approvals = Approvals()


class Spot(Part):
    """A service's place in a blueprint: a stricter count if wanted, and its data if it keeps any.
    Its address is given when an environment is made. ``baseline`` is the version that a reset
    brings back, if not just what is live."""

    approvals: Count | None = None
    data: Data | None = None
    baseline: Version | None = None
    swarm: Placed = Placed()
    secrets: dict[Annotated[str, formed(KEPT)], Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Names with the files that they are read from; containers find them in /run/secrets."""


class Place(Spot):
    """The same in an environment, with its stable address."""

    address: Address


class Shape(Part):
    """What an environment is like, whether it stands in the file or is made from a blueprint."""

    tier: Literal["development", "test", "staging", "production"]
    channel: ChannelId
    runtime: Literal["process", "docker", "swarm"] = "process"
    engine: Name | None = None
    """Which of the engines runs it, where containers do; for a swarm, one of its managers."""
    swarm: Swarm = Swarm()
    deploy: tuple[Name, ...] = ("developer", "operator")
    rollback: tuple[Name, ...] = ("operator", "approver")
    unlock: tuple[Name, ...] = ("operator", "approver")
    prepare: tuple[Name, ...] = ("operator",)
    logs: tuple[Name, ...] = ()
    """Who may read what services wrote; without roles of its own, who may deploy."""
    scale: tuple[Name, ...] = ()
    """Who may change how many instances run: who may deploy, in production who may unlock."""
    stop: tuple[Name, ...] = ()
    """Who may stop, start and restart it: who may deploy, in production who may unlock."""
    has: Has = Has()
    approvals: Approvals = Approvals()
    bookings: Bookings | None = Bookings()
    """None where it cannot be booked."""
    lock_on_failure: bool | None = None
    reset: Reset = Reset()
    smoke: tuple[Smoke, ...] = ()
    working_hours: WorkingHours | None = None
    """When it is to run; without them, always."""
    idle_stop: Duration | None = None
    """Not used for so long, it is stopped, after its owner was told; without it, never."""
    cost: Cost | None = None
    """None where nobody has said what it costs."""

    @property
    def locks_on_failure(self) -> bool:
        """Production is locked after a failure unless the file says otherwise; others are not."""
        if self.lock_on_failure is None:
            return self.tier == "production"
        return self.lock_on_failure

    @property
    def rests(self) -> bool:
        """Whether it is ever stopped by itself."""
        return self.working_hours is not None or self.idle_stop is not None

    def may(self, permission: str) -> tuple[str, ...]:
        """The roles that have a permission here: deploy, rollback, unlock, prepare, logs, scale,
        stop, reset, approve_reset, approve, book, take_over or approve_booking. Nobody has the last
        three where nothing is booked."""
        if self.bookings is None and permission in ("book", "take_over", "approve_booking"):
            return ()
        bookings = self.bookings or Bookings()
        granted: dict[str, tuple[str, ...]] = {
            "deploy": self.deploy,
            "rollback": self.rollback,
            "unlock": self.unlock,
            "prepare": self.prepare,
            "logs": self.logs or self.deploy,
            "scale": self.scale or (self.unlock if self.tier == "production" else self.deploy),
            "stop": self.stop or (self.unlock if self.tier == "production" else self.deploy),
            "approve": self.approvals.by,
            "reset": self.reset.by,
            "approve_reset": self.reset.approvals.by,
            "book": bookings.by or self.deploy,
            "take_over": bookings.take_over or self.unlock,
            "approve_booking": bookings.approvals.by,
        }
        return granted[permission]


class Environment(Shape):
    services: Annotated[dict[Name, Place], Field(min_length=1)]

    def approvals_needed(self, service: str) -> int:
        stricter = self.services[service].approvals
        return self.approvals.needed if stricter is None else stricter

    def kept(self) -> dict[str, Any]:
        """All of it as JSON values, for ``read_again``."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def read_again(cls, kept: dict[str, Any]) -> Environment:
        return cls.model_validate(kept, context=KEPT_BY_US)


class Blueprint(Shape):
    """What short-lived environments are made from: their shape, the addresses that they may have,
    and who may make how many for how long."""

    services: Annotated[dict[Name, Spot], Field(min_length=1)]
    addresses: Addresses
    create: tuple[Name, ...] = ("developer", "operator")
    destroy: tuple[Name, ...] = ("operator",)
    """Who may destroy those of others; owners always may."""
    ttl: Duration = 3 * 86400.0
    longest: Duration = 14 * 86400.0
    """How far ahead its end may lie at any time."""
    most: Annotated[int, Field(strict=True, ge=1, le=50)] = 5
    per_person: Annotated[int, Field(strict=True, ge=1, le=50)] = 2
    backup: bool = False
    """Whether a copy of the data is kept when one is destroyed."""

    @property
    def ports(self) -> range:
        low, high = map(int, self.addresses.rpartition(":")[2].split("-"))
        return range(low, high + 1)

    @property
    def host(self) -> str:
        return self.addresses.rpartition(":")[0]

    def at(self, ports: Iterable[int]) -> Environment:
        """An environment of this shape, its services at these ports in turn."""
        shape = {name: getattr(self, name) for name in Shape.model_fields}
        there = zip(self.services.items(), ports, strict=False)
        places = {
            name: Place(address=f"{self.host}:{port}", **dict(spot)) for (name, spot), port in there
        }
        return Environment.read_again(shape | {"services": places})


class Setup(Part):
    team: TeamId
    roles: dict[Name, Role]
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    engines: dict[Name, Engine] = Field(default_factory=dict)
    registries: dict[Annotated[str, formed(REGISTRY)], Registry] = Field(default_factory=dict)
    """Images come from these only."""
    environments: Annotated[dict[Name, Environment], Field(min_length=1)]
    blueprints: dict[Name, Blueprint] = Field(default_factory=dict)
    freezes: dict[Name, Freeze] = Field(default_factory=dict)

    def beside(self, created: Mapping[str, Environment]) -> Setup:
        """The same with environments that were made from blueprints. They are no part of the
        policy: making one must not void approvals elsewhere, and its own shape is bound anyway."""
        if not created:
            return self
        both = {**created, **self.environments}  # the file has the last word about a name
        seen = self.model_copy(update={"environments": both})
        seen.__dict__["policy"] = self.policy
        return seen

    @cached_property
    def policy(self) -> str:
        """Names what was in force when something was approved: any change here is another one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def runtimes(self) -> frozenset[str]:
        """Those that environments have, or will have that are made from blueprints."""
        shapes = (*self.environments.values(), *self.blueprints.values())
        return frozenset(shape.runtime for shape in shapes)

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(sorted({g for role in self.roles.values() for g in role.groups}))
