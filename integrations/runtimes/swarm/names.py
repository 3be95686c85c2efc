"""What everything of a service is called in a swarm, and the labels it is recognised by."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from handlers.ports import Plan
from integrations.runtimes.docker.words import OURS, named

FITS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?", re.ASCII)
KEPT = ("service", "trial")
"""The roles of what runs releases; beside them are routers, and jobs that fetch images."""
LONGEST = 63
"""Characters of a name in a swarm: it is a label in the names of the network, too."""


@dataclass(frozen=True)
class Place:
    """A service in an environment. The parts of a name stand between underscores, which neither
    may have: whatever two places are called, no name of theirs is the same."""

    environment: str
    service: str

    @property
    def network(self) -> str:
        return called(self.environment)

    @property
    def stable(self) -> str:
        return called(self.environment, self.service)

    @property
    def router(self) -> str:
        return called(self.environment, self.service, "router")

    def trial(self, operation: str) -> str:
        return called(self.environment, self.service, "trial", operation)

    def fetch(self, operation: str) -> str:
        return called(self.environment, self.service, "fetch", operation)

    def errand(self, operation: str, name: str) -> str:
        return called(self.environment, self.service, "errand", operation, name)

    def release(self, commit: str) -> str:
        return called(self.environment, self.service, "release", commit)

    @property
    def labels(self) -> dict[str, str]:
        return {
            f"{OURS}.environment": named(self.environment),
            f"{OURS}.service": named(self.service),
        }


def place_of(plan: Plan) -> Place:
    return Place(plan.environment, plan.service)


def called(*parts: str) -> str:
    """One name of these parts. What is too long or has other characters is told by a hash."""
    name = "_".join((OURS, *(named(part) for part in parts)))
    exact = len(name) <= LONGEST and FITS.fullmatch(name)
    if exact and not any("_" in part for part in parts):
        return name
    mark = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    fit = re.sub(r"[^A-Za-z0-9_-]", "-", name)[: LONGEST - 13].rstrip("_-")
    return f"{fit}-{mark}"


def labels(plan: Plan, role: str) -> dict[str, str]:
    return place_of(plan).labels | {
        f"{OURS}.role": role,
        f"{OURS}.operation": plan.operation,
        f"{OURS}.fence": str(plan.fence),
        f"{OURS}.version": plan.version,
        f"{OURS}.commit": plan.commit,
        f"{OURS}.address": plan.address,
    }


def label(labels: dict[str, str] | None, name: str) -> str:
    """One of our labels; empty when it is not there."""
    return (labels or {}).get(f"{OURS}.{name}", "")
