"""Deployments and rollbacks: asking, approving, calling off."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Command, Question


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
class ExpireApprovals(Command):
    """End the requests whose time to be approved is over."""


@dataclass(frozen=True)
class ProposeRollback(Question):
    """Which version would a rollback bring back?"""

    service: str
    environment: str
    reason: str = ""


@dataclass(frozen=True)
class ChooseDeployment(Question):
    """The services, versions and environments to choose from in the deployment form. A wrong word
    that was ``typed`` is refused; one left over from another choice is not chosen any more."""

    service: str = ""
    version: str = ""
    environment: str = ""
    typed: bool = False
