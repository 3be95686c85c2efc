"""What a swarm says of tasks and nodes, out of its JSON and in words for people. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.runtimes.swarm.names import label

ENDED = ("complete", "shutdown", "failed", "rejected", "remove", "orphaned")
COMING = ("new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting")
NO_IMAGE = re.compile(r"no such image|manifest unknown|not found|pull access denied", re.I)
NO_NODE = re.compile(r"no suitable node(?: \((.*)\))?")
EXIT = re.compile(r"non-zero exit \((\d+)\)")
UNHEALTHY = "unhealthy container"
ON = r"on (\d+) nodes?"
WHY_NOT = (
    (re.compile(rf"scheduling constraints not satisfied {ON}"), "{} not meet its constraints"),
    (re.compile(rf"insufficient resources {ON}"), "{} not have room for it"),
    (re.compile(rf"host-mode port already in use {ON}"), "{} not have its port free"),
    (re.compile(rf"unsupported platform {ON}"), "{} not run programs of its kind"),
    (re.compile(r"(\d+) nodes? not available for new tasks"), "{} not take new tasks"),
)
"""The scheduler's reasons, and how they are said: "2 nodes do not meet its constraints"."""


@dataclass(frozen=True)
class Node:
    id: str
    name: str
    is_ready: bool
    takes: bool
    """Whether new tasks may go there."""
    cores: float
    memory: int


@dataclass(frozen=True)
class Task:
    id: str
    service: str
    operation: str
    version: str
    node: Node | None
    state: str
    wanted: str
    error: str
    code: int | None
    created: datetime
    ip: str
    memory: int

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    @property
    def runs(self) -> bool:
        """A node that is lost does not say that its tasks are, for hours."""
        at_hand = self.node is not None and self.node.is_ready
        return self.state == "running" and self.wanted == "running" and at_hand

    @property
    def is_up(self) -> bool:
        """Its program runs, whatever is wanted of it."""
        at_hand = self.node is not None and self.node.is_ready
        return self.state in ("starting", "running") and at_hand

    @property
    def is_out_of_reach(self) -> bool:
        return self.node is not None and not self.node.is_ready

    @property
    def is_due(self) -> bool:
        """It is meant to be there, and is not yet."""
        return self.wanted in ("running", "ready") and self.state in COMING

    @property
    def has_failed(self) -> bool:
        return self.state in ("failed", "rejected") or (
            self.state == "complete" and self.wanted == "running"
        )

    @property
    def is_unhealthy(self) -> bool:
        """It was ended because its health check said so."""
        return UNHEALTHY in self.error

    @property
    def has_image(self) -> bool:
        """Its node has fetched the image, whatever came of the task then."""
        return self.state in (*COMING[-2:], "running", "complete", "failed", "shutdown")

    @property
    def is_accident(self) -> bool:
        """The node could not start it, which says nothing of what it would have done."""
        return "starting container failed" in self.error

    @property
    def where(self) -> str:
        return self.node.name if self.node else "a node"

    @property
    def host(self) -> str:
        return f"node {self.node.name}" if self.node else "a node"

    def say(self) -> str:
        """How it is with this task, without a full stop."""
        if self.state == "rejected" and NO_IMAGE.search(self.error):
            return f"{self.host} does not have its image: {short(self.error)}"
        if self.state == "rejected":
            return f"{self.host} cannot run it: {short(self.error)}"
        if self.has_ended:
            return self._say_end()
        if self.state in ("new", "allocated", "pending"):
            return say_waiting(self.error)
        if self.node is not None and not self.node.is_ready:
            return f"{self.host} is lost"
        if self.state in ("assigned", "accepted", "preparing"):
            return f"{self.host} fetches its image"
        if self.state == "running":
            return f"it runs on {self.where}"
        return f"it comes up on {self.where} and has not passed its health check yet"

    def _say_end(self) -> str:
        if self.is_unhealthy:
            return f"it failed its health check on {self.where}"
        if self.state == "orphaned":
            return f"{self.host} was lost"
        said = EXIT.search(self.error)
        code = int(said[1]) if said else self.code
        if code == 137:
            return f"it was killed on {self.where} (exit code 137), as when memory runs out"
        if code is not None and (said or not self.error):
            return f"it ended with exit code {code} on {self.where}"
        return f"it ended on {self.where}: {short(self.error) or 'no reason was given'}"


def say_waiting(error: str) -> str:
    """Why no node has it yet."""
    said = NO_NODE.search(error)
    if said is None:
        return short(error) or "it waits for a node"
    reasons = [_reason(part.strip()) for part in (said[1] or "").split(";") if part.strip()]
    return f"no node takes it: {', '.join(reasons)}" if reasons else "no node takes it"


def node_of(seen: Mapping[str, Any]) -> Node:
    what = seen["Description"]
    room = what["Resources"]
    is_ready = seen["Status"]["State"] == "ready"
    return Node(
        id=seen["ID"],
        name=what["Hostname"],
        is_ready=is_ready,
        takes=is_ready and seen["Spec"]["Availability"] == "active",
        cores=room.get("NanoCPUs", 0) / 1e9,
        memory=int(room.get("MemoryBytes", 0)),
    )


def task_of(seen: Mapping[str, Any], nodes: Mapping[str, Node]) -> Task:
    spec, status = seen["Spec"], seen["Status"]
    labels = spec.get("ContainerSpec", {}).get("Labels")
    promised = spec.get("Resources", {}).get("Reservations", {}).get("MemoryBytes", 0)
    addresses = [at for one in seen.get("NetworksAttachments") or () for at in one["Addresses"]]
    return Task(
        id=seen["ID"],
        service=seen["ServiceID"],
        operation=label(labels, "operation"),
        version=label(labels, "version"),
        node=nodes.get(seen.get("NodeID", "")),
        state=status["State"],
        wanted=seen["DesiredState"],
        error=status.get("Err", ""),
        code=(status.get("ContainerStatus") or {}).get("ExitCode"),
        created=moment(seen["CreatedAt"]),
        ip=addresses[0].partition("/")[0] if addresses else "",
        memory=int(promised),
    )


def moment(text: str) -> datetime:
    """The swarm writes nanoseconds; six places are enough."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text).replace("Z", "+00:00"))


def _reason(part: str) -> str:
    for pattern, words in WHY_NOT:
        if found := pattern.search(part):
            count = int(found[1])
            return words.format("1 node does" if count == 1 else f"{count} nodes do")
    return short(part)


def short(text: str) -> str:
    return " ".join(text.split())[:200].rstrip(".")
