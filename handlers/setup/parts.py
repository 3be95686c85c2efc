"""The parts of the file, validated and frozen."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from handlers.setup.blueprints import Approvals, Cost, Data, Reset, Smoke
from handlers.setup.containers import Container, Engine
from handlers.setup.forms import (
    PATH,
    VARIABLE,
    Address,
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
    container: Container = Container()
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


class Place(Part):
    """A service's place in an environment: its stable address, a stricter count if wanted, its
    data if it keeps any, and the version that a reset brings back, if not just what is live."""

    address: Address
    approvals: Count | None = None
    data: Data | None = None
    baseline: Version | None = None
    swarm: Placed = Placed()


class Environment(Part):
    tier: Literal["development", "test", "staging", "production"]
    channel: ChannelId
    runtime: Literal["process", "docker", "swarm"] = "process"
    engine: Name | None = None
    """Which of the engines runs it, where containers do; for a swarm, one of its managers."""
    swarm: Swarm = Swarm()
    services: Annotated[dict[Name, Place], Field(min_length=1)]
    deploy: tuple[Name, ...] = ("developer", "operator")
    rollback: tuple[Name, ...] = ("operator", "approver")
    unlock: tuple[Name, ...] = ("operator", "approver")
    prepare: tuple[Name, ...] = ("operator",)
    logs: tuple[Name, ...] = ()
    """Who may read what services wrote; without roles of its own, who may deploy."""
    scale: tuple[Name, ...] = ()
    """Who may change how many instances run: who may deploy, in production who may unlock."""
    has: Has = Has()
    approvals: Approvals = Approvals()
    bookings: Bookings | None = Bookings()
    """None where it cannot be booked."""
    lock_on_failure: bool | None = None
    reset: Reset = Reset()
    smoke: tuple[Smoke, ...] = ()
    cost: Cost | None = None
    """None where nobody has said what it costs."""

    @property
    def locks_on_failure(self) -> bool:
        """Production is locked after a failure unless the file says otherwise; others are not."""
        if self.lock_on_failure is None:
            return self.tier == "production"
        return self.lock_on_failure

    def approvals_needed(self, service: str) -> int:
        stricter = self.services[service].approvals
        return self.approvals.needed if stricter is None else stricter

    def may(self, permission: str) -> tuple[str, ...]:
        """The roles that have a permission here: deploy, rollback, unlock, prepare, logs, scale,
        reset, approve_reset, approve, book, take_over or approve_booking. Nobody has the last three
        where nothing is booked."""
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
            "approve": self.approvals.by,
            "reset": self.reset.by,
            "approve_reset": self.reset.approvals.by,
            "book": bookings.by or self.deploy,
            "take_over": bookings.take_over or self.unlock,
            "approve_booking": bookings.approvals.by,
        }
        return granted[permission]


class Setup(Part):
    team: TeamId
    roles: dict[Name, Role]
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    engines: dict[Name, Engine] = Field(default_factory=dict)
    environments: Annotated[dict[Name, Environment], Field(min_length=1)]

    @cached_property
    def policy(self) -> str:
        """Names what was in force when something was approved: any change here is another one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(sorted({g for role in self.roles.values() for g in role.groups}))
