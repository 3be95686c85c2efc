"""What can be asked, who asks, and what comes back. Frozen values; no imports of ours.

A command is an imperative. An outcome is a state with facts; a refusal is an expected no with
facts. The sentence a person reads for either is made in one place only: ``bot/reply.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Facts = Mapping[str, Any]
"""JSON values only: outcomes are kept in receipts and read back for a twin."""


@dataclass(frozen=True)
class Actor:
    """Who does it. People are ``(team, user)`` Slack ids, never names; the clock is itself."""

    team: str
    user: str
    via: Literal["slack", "command line", "clock"] = "slack"

    @property
    def is_clock(self) -> bool:
        return self.via == "clock"


CLOCK = Actor("", "clock", "clock")


@dataclass(frozen=True)
class Outcome:
    """The command was done; ``code`` says how it ended."""

    code: str
    facts: Facts = field(default_factory=dict)
    refused: bool = False


class Refusal(Exception):
    """An expected no: ``code`` says why, ``facts`` who, since when, until when."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Command:
    """A request that changes rows: claimed once, permitted, decided, audited."""


class Question:
    """A request that only reads."""


@dataclass(frozen=True)
class RequestDeploy(Command):
    """Bring ``version`` of ``service`` to ``environment``."""

    service: str
    version: str
    environment: str
    reason: str = ""


@dataclass(frozen=True)
class RequestRollback(Command):
    """Bring ``service`` in ``environment`` back to ``version``, which was live there before."""

    service: str
    environment: str
    version: str
    reason: str = ""


@dataclass(frozen=True)
class ApproveDeployment(Command):
    """One person's yes to exactly one fingerprint."""

    deployment: int
    fingerprint: str


@dataclass(frozen=True)
class RejectDeployment(Command):
    """One person's no, with the reason; it ends the request."""

    deployment: int
    fingerprint: str
    reason: str


@dataclass(frozen=True)
class CancelDeployment(Command):
    """Stop a deployment: before its first change it simply ends, after it it is rolled back."""

    deployment: int


@dataclass(frozen=True)
class ClearLock(Command):
    """Open a locked environment; ``claim`` names the lock that was seen, so a newer one stays."""

    environment: str
    claim: int
    reason: str


@dataclass(frozen=True)
class ExpireApprovals(Command):
    """End the requests whose time to be approved is over."""


@dataclass(frozen=True)
class Reconcile(Command):
    """A deployment of ours is open, and the durable engine does not work on it: ``engine`` is the
    engine's own word for its state, empty where it has never heard of it."""

    deployment: int
    engine: str


@dataclass(frozen=True)
class ReviveService(Command):
    """What should serve does not run: the machine or the process went away."""

    deployment: int


@dataclass(frozen=True)
class ForgetReceipts(Command):
    """Drop receipts and engine rows older than any delivery that could still repeat them."""


@dataclass(frozen=True)
class ProposeRollback(Question):
    """Which version would a rollback bring back?"""

    service: str
    environment: str
    reason: str = ""


@dataclass(frozen=True)
class ListReleases(Question):
    service: str = ""


@dataclass(frozen=True)
class ShowRelease(Question):
    service: str
    version: str


@dataclass(frozen=True)
class ListEnvironments(Question):
    pass


@dataclass(frozen=True)
class ShowEnvironment(Question):
    environment: str


@dataclass(frozen=True)
class ShowStatus(Question):
    """What runs, what waits, what is locked, and whether the bot itself is well."""


@dataclass(frozen=True)
class ShowHelp(Question):
    """What this person may do; ``topic`` is one slash command, or empty for all."""

    topic: str = ""


@dataclass(frozen=True)
class ChooseDeployment(Question):
    """The services, versions and environments to choose from in the deployment form. A wrong word
    that was ``typed`` is refused; one left over from another choice is not chosen any more."""

    service: str = ""
    version: str = ""
    environment: str = ""
    typed: bool = False
