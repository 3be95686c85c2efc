"""Plans in the words of a swarm: pure, and all that is ever created is built here, from a list of
what is allowed. Nothing that a person types reaches mounts, capabilities, privileges or
entrypoints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.ports import Container, Errand, Plan, PortError, Rollout
from integrations.runtimes.docker.words import GRACE, OURS, container_of, image_named, variables
from integrations.runtimes.process.health import PATH
from integrations.runtimes.swarm.names import labels, place_of

CONSTRAINT = re.compile(r"[a-z][A-Za-z0-9._/-]* ?(==|!=) ?[A-Za-z0-9][A-Za-z0-9 :._/-]*", re.ASCII)
NOTHING = "/stationmaster-only-fetches"
RETRIES = 3
AGAIN = 2.0
"""Seconds before the swarm starts another container for one that has ended."""
SECOND = 10**9
READABLE = 0o444


@dataclass(frozen=True)
class Kept:
    """What the swarm keeps for a plan's containers: ids by name."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    configs: Mapping[str, str] = field(default_factory=dict)


def checked(plan: Plan) -> Container:
    """How the plan's service runs, with nothing in it that a swarm could take for another thing."""
    how = container_of(plan)
    if not PATH.fullmatch(plan.health.path):
        raise PortError(f"{plan.health.path!r} is not a health path.", permanent=True)
    for constraint in how.rollout.constraints:
        if not CONSTRAINT.fullmatch(constraint):
            raise PortError(f"{constraint[:80]!r} is no constraint on nodes.", permanent=True)
    return how


def stable_service(plan: Plan, kept: Kept) -> dict[str, Any]:
    """The service that the address leads to, as the swarm is to have it from now on."""
    how = checked(plan)
    task = _task(plan, kept)
    task["RestartPolicy"] = {"Condition": "any", "Delay": _nano(AGAIN)}
    return {
        "Name": place_of(plan).stable,
        "Labels": labels(plan, "service"),
        "TaskTemplate": task,
        "Mode": {"Replicated": {"Replicas": how.replicas}},
        "EndpointSpec": {"Mode": "dnsrr"},
        # What was replaced has to prove itself before more is: the rest serves if it does not.
        "UpdateConfig": _pace(how)
        | {"FailureAction": how.rollout.on_failure, "Delay": _nano(how.rollout.monitor)},
        "RollbackConfig": _pace(how) | {"FailureAction": "pause"},
    }


def trial_service(plan: Plan, kept: Kept) -> dict[str, Any]:
    """One container of the same, beside what serves: it proves that the image is there, that a
    node takes it and that it becomes healthy. What has ended is not started again."""
    task = _task(plan, kept)
    task["RestartPolicy"] = {"Condition": "none"}
    return {
        "Name": place_of(plan).trial(plan.operation),
        "Labels": labels(plan, "trial"),
        "TaskTemplate": task,
        "Mode": {"Replicated": {"Replicas": 1}},
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def fetch_job(plan: Plan) -> dict[str, Any]:
    """Has each node fetch the image and runs nothing of it: the program it names is in no image."""
    how = checked(plan)
    return {
        "Name": place_of(plan).fetch(plan.operation),
        "Labels": labels(plan, "fetch"),
        "TaskTemplate": {
            "ContainerSpec": {"Image": how.image, "Command": [NOTHING], "CapabilityDrop": ["ALL"]},
            "RestartPolicy": {"Condition": "none"},
            "Placement": {"Constraints": list(how.rollout.constraints)},
        },
        "Mode": {"GlobalJob": {}},
    }


def errand_service(errand: Errand, kept: Kept) -> dict[str, Any]:
    """One task that runs once, as confined as those of the service and with what they are given.
    No job of the swarm: Engines before 23 leave the task of one running when it is removed."""
    plan, how = errand.plan, checked(errand.plan)
    if errand.image:
        plan = replace(plan, container=replace(how, image=image_named(errand.image)))
    task = _task(plan, kept)
    task["RestartPolicy"] = {"Condition": "none"}
    task["ContainerSpec"] |= {"Args": list(errand.words), "Healthcheck": {"Test": ["NONE"]}}
    task["ContainerSpec"]["Labels"] = labels(plan, "errand")
    return {
        "Name": place_of(plan).errand(plan.operation, errand.name),
        "Labels": labels(plan, "errand") | {f"{OURS}.intent": errand.name},
        "TaskTemplate": task,
        "Mode": {"Replicated": {"Replicas": 1}},
        "EndpointSpec": {"Mode": "dnsrr"},
    }


def network(environment: str, name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "CheckDuplicate": True,
        "Driver": "overlay",
        "Attachable": False,
        "Labels": {"stationmaster.environment": environment},
    }


def _task(plan: Plan, kept: Kept) -> dict[str, Any]:
    how = checked(plan)
    return {
        "ContainerSpec": _container(plan, how, kept),
        "Resources": {
            "Limits": {"NanoCPUs": _nano(how.cpu), "MemoryBytes": how.memory, "Pids": 512},
            # Processors may be promised twice, memory may not: a node that lacks it kills.
            "Reservations": {"MemoryBytes": how.memory},
        },
        "Placement": {"Constraints": list(how.rollout.constraints)},
        "Networks": [{"Target": place_of(plan).network}],
        "LogDriver": {"Name": "json-file", "Options": {"max-size": "10m", "max-file": "3"}},
        "ForceUpdate": 0,
    }


def _container(plan: Plan, how: Container, kept: Kept) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "Image": how.image,
        "Env": variables(plan, how),
        "Labels": labels(plan, "task"),
        "Init": True,
        "ReadOnly": how.read_only,
        "CapabilityDrop": ["ALL"],
        "Privileges": {"NoNewPrivileges": True},
        "StopGracePeriod": _nano(plan.drain + GRACE),
        "Healthcheck": _health(plan, how),
        "Secrets": [
            {"SecretID": at, "SecretName": name, "File": _file(name)}
            for name, at in kept.secrets.items()
        ],
        "Configs": [
            {"ConfigID": at, "ConfigName": name, "File": _file(f"/run/configs/{name}")}
            for name, at in kept.configs.items()
        ],
    }
    if how.user:
        asked["User"] = how.user
    if plan.command:
        asked["Args"] = [word.replace("{port}", str(how.port)) for word in plan.command]
    if how.read_only:
        size = {"SizeBytes": 64 * 2**20, "Mode": 0o1777}
        asked["Mounts"] = [{"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": size}]  # noqa: S108
    return asked


def _health(plan: Plan, how: Container) -> dict[str, Any]:
    """The swarm counts a container as running once this passes. While it may still come up it is
    asked often by Engines that can; older ones wait a whole interval first."""
    filled = [
        word.replace("{port}", str(how.port)).replace("{path}", plan.health.path)
        for word in how.rollout.health
    ]
    return {
        "Test": ["CMD", *filled],
        "Interval": _nano(max(1.0, how.rollout.every)),
        "StartInterval": _nano(1.0),
        "StartPeriod": _nano(plan.health.timeout),
        "Timeout": _nano(max(1.0, plan.health.request_timeout)),
        "Retries": RETRIES,
    }


def _pace(how: Container) -> dict[str, Any]:
    """How many are replaced at once, the same on the way there and back."""
    rollout = how.rollout
    return {
        "Parallelism": at_once(how.replicas, how.surge, how.unavailable, rollout),
        "Delay": 0,
        "Monitor": _nano(rollout.monitor),
        "MaxFailureRatio": 0,
        "Order": order(how.surge, rollout),
    }


def order(surge: int, rollout: Rollout) -> str:
    """Where none may be there beyond their number, one has to go before another comes."""
    return rollout.order if surge else "stop-first"


def at_once(replicas: int, surge: int, unavailable: int, rollout: Rollout) -> int:
    """Never 0, which would mean all of them."""
    allowed = surge if order(surge, rollout) == "start-first" else unavailable
    return max(1, min(replicas, allowed))


def _file(name: str) -> dict[str, Any]:
    return {"Name": name, "UID": "0", "GID": "0", "Mode": READABLE}


def _nano(amount: float) -> int:
    return int(amount * SECOND)
