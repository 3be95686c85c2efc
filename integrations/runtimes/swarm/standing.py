"""How a service of a swarm stands, out of its JSON and its tasks. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.ports import Look, Serving
from integrations.runtimes.swarm.names import label
from integrations.runtimes.swarm.seen import COMING, Task, moment
from integrations.runtimes.swarm.spec import SECOND

UNDER_WAY = ("updating", "rollback_started")
TAKING_BACK = ("rollback_started", "rollback_paused", "rollback_completed")
ROOM = ("tmpfs", "/tmp")  # noqa: S108
Service = Mapping[str, Any]


def operation_of(service: Service) -> str:
    return label(service["Spec"].get("Labels"), "operation")


def kept_before(service: Service) -> str:
    """The operation that the swarm can bring back by itself; empty for none."""
    return label((service.get("PreviousSpec") or {}).get("Labels"), "operation")


def replicas_of(service: Service) -> int:
    return int(service["Spec"]["Mode"].get("Replicated", {}).get("Replicas", 0))


def grace_of(service: Service) -> float:
    """Seconds that its tasks have to finish once they are asked to end."""
    spec = service["Spec"]["TaskTemplate"]["ContainerSpec"]
    return float(spec.get("StopGracePeriod", 10 * SECOND)) / SECOND


def mounts_of(service: Service) -> tuple[str, ...]:
    """What its tasks find beside their image, but for the room in /tmp of a read-only one."""
    how = service["Spec"]["TaskTemplate"].get("ContainerSpec", {})
    kept = [f"secret {one['SecretName']}" for one in how.get("Secrets") or ()]
    kept += [f"config {one['ConfigName']}" for one in how.get("Configs") or ()]
    given = [m for m in how.get("Mounts") or () if (m["Type"], m["Target"]) != ROOM]
    return tuple(sorted([*kept, *(_mounted(one) for one in given)]))


def _mounted(mount: Mapping[str, Any]) -> str:
    how = ", to be read only" if mount.get("ReadOnly") else ""
    return f"{mount['Type']} {mount.get('Source') or 'nothing'} at {mount['Target']}{how}"


def scaled(service: Service, replicas: int) -> dict[str, Any]:
    """The same with another number of tasks."""
    spec: dict[str, Any] = copy.deepcopy(dict(service["Spec"]))
    spec["Mode"] = {"Replicated": {"Replicas": replicas}}
    return spec


def begun_anew(service: Service) -> dict[str, Any]:
    """The same with a count that has the swarm replace every task, at most half of them at once."""
    spec: dict[str, Any] = copy.deepcopy(dict(service["Spec"]))
    spec["TaskTemplate"]["ForceUpdate"] = int(spec["TaskTemplate"].get("ForceUpdate", 0)) + 1
    pace = spec.setdefault("UpdateConfig", {})
    half = max(1, replicas_of(service) // 2)
    pace["Parallelism"] = min(int(pace.get("Parallelism") or 1), half)
    return spec


def serving_of(stable: Service) -> Serving:
    labels = stable["Spec"]["Labels"]
    operation, version, commit = (label(labels, n) for n in ("operation", "version", "commit"))
    return Serving(operation, version, commit, f"http://{label(labels, 'address')}")


def rolled_back(service: Mapping[str, Any], since: str) -> bool:
    """Has the swarm itself taken back an update that began after ``since``?"""
    status = service.get("UpdateStatus") or {}
    if status.get("State") not in TAKING_BACK or not status.get("StartedAt"):
        return False
    asked = "manually requested" in status.get("Message", "")
    return not asked and moment(status["StartedAt"]) >= moment(since)


def newest_failure(tasks: Iterable[Task]) -> Task | None:
    return max((t for t in tasks if t.has_failed), key=lambda t: t.created, default=None)


def progress(
    service: Mapping[str, Any], tasks: Sequence[Task], now: datetime, patience: timedelta
) -> Look:
    """Where the service's own operation stands. What has waited longer than ``patience`` is stuck:
    the swarm itself would wait for ever."""
    operation = label(service["Spec"]["Labels"], "operation")
    wanted = service["Spec"]["Mode"]["Replicated"].get("Replicas", 0)
    update = (service.get("UpdateStatus") or {}).get("State", "")
    mine = [task for task in tasks if task.operation == operation]
    running = sum(task.runs for task in mine)
    far = f"{running} of {wanted} {'task' if wanted == 1 else 'tasks'} up"
    failure = newest_failure(mine)
    due = [task for task in mine if task.is_due] + held_up(service, mine)
    due.sort(key=lambda task: task.created)
    if update in ("paused", "rollback_paused"):
        why = failure.say() if failure else "a task failed"
        return Look("unhealthy", f"The swarm stopped half way: {why}; {far}.")
    if not wanted:
        return Look("exited", "It is stopped: no task is asked for.")
    if due and now - due[0].created > patience:
        long = f"for {patience.total_seconds():.0f} s"
        return Look("unhealthy", sentence(f"{due[0].say()}, {long}; {far}"))
    if update in UNDER_WAY:
        return Look("switching", sentence(_so_far(far, due, failure, mine)))
    if running >= wanted:
        return Look("healthy", sentence(far))
    if failure is not None and not (failure.is_accident and sum(t.has_failed for t in mine) == 1):
        return Look("unhealthy", sentence(f"{failure.say()}; {far}"))
    return Look("switching", sentence(_so_far(far, due, failure, mine)))


def held_up(service: Service, tasks: Iterable[Task]) -> list[Task]:
    """New tasks that were on their way up on a node when that was lost: the swarm starts others
    instead, but its update waits for these, for a day."""
    spec, update = service["Spec"], (service.get("UpdateStatus") or {}).get("State")
    if update not in UNDER_WAY:
        return []
    avoided = spec["TaskTemplate"]["Placement"].get("Constraints") or ()
    lost = (task for task in tasks if task.is_out_of_reach and task.state in COMING)
    mine = (task for task in lost if task.operation == operation_of(service))
    return [task for task in mine if task.node and f"node.id!={task.node.id}" not in avoided]


def avoiding(service: Service, tasks: Iterable[Task]) -> dict[str, Any]:
    """The same without the nodes of these tasks. An update begins anew with that, but leaves alone
    what it has replaced already: those tasks are where they may be."""
    spec: dict[str, Any] = copy.deepcopy(dict(service["Spec"]))
    placement = spec["TaskTemplate"]["Placement"]
    nodes = sorted({task.node.id for task in tasks if task.node})
    constraints = [*(placement.get("Constraints") or ()), *(f"node.id!={one}" for one in nodes)]
    placement["Constraints"] = constraints
    return spec


def _so_far(far: str, due: Sequence[Task], failure: Task | None, mine: Sequence[Task]) -> str:
    lost = {f"{t.host} is lost" for t in mine if t.is_out_of_reach and not t.has_ended}
    said = [far, *(task.say() for task in due[:1]), *([failure.say()] if failure else [])]
    return "; ".join([*said, *sorted(lost - set(said))])


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
