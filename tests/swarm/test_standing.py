"""What is made of a swarm's own words: how a switch stands, and why, in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.runtimes.swarm.seen import Task, node_of, task_of
from integrations.runtimes.swarm.standing import (
    avoiding,
    held_up,
    mounts_of,
    progress,
    rolled_back,
)

NOW = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
PATIENCE = timedelta(seconds=30)
NO_NODE = "no suitable node (scheduling constraints not satisfied on 2 nodes; 1 node not available"
NO_NODE += " for new tasks)"


def node(name: str, state: str = "ready") -> dict[str, Any]:
    room = {"NanoCPUs": 2 * 10**9, "MemoryBytes": 2**30}
    return {
        "ID": name,
        "Description": {"Hostname": name, "Resources": room},
        "Status": {"State": state},
        "Spec": {"Availability": "active"},
    }


NODES = {one["ID"]: node_of(one) for one in (node("n1"), node("n2"), node("n3", "down"))}


def task(
    state: str, error: str = "", *, on: str = "n1", of: str = "d2", code: int | None = None,
    wanted: str = "", age: float = 5,
) -> Task:  # fmt: skip
    at = (NOW - timedelta(seconds=age)).isoformat().replace("+00:00", ".123456789Z")
    status = {"State": state, "Err": error}
    seen = {
        "ID": f"{state}-{on}",
        "ServiceID": "s1",
        "NodeID": on,
        "CreatedAt": at,
        "DesiredState": wanted or ("running" if state != "failed" else "shutdown"),
        "Status": status | ({"ContainerStatus": {"ExitCode": code}} if code is not None else {}),
        "Spec": {"ContainerSpec": {"Labels": {"stationmaster.operation": of}}},
    }
    return task_of(seen, NODES)


def service(replicas: int = 2, update: str = "", message: str = "") -> dict[str, Any]:
    status = {"State": update, "Message": message, "StartedAt": "2026-03-02T09:00:30.123456789Z"}
    return {
        "Spec": {
            "Labels": {"stationmaster.operation": "d2"},
            "TaskTemplate": {"Placement": {"Constraints": ["node.platform.os==linux"]}},
            "Mode": {"Replicated": {"Replicas": replicas}},
        },
    } | ({"UpdateStatus": status} if update else {})


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (task("failed", "task: non-zero exit (3)"), "it ended with exit code 3 on n1"),
        (task("failed", "task: non-zero exit (137)"),
         "it was killed on n1 (exit code 137), as when memory runs out"),
        (task("failed", "task: non-zero exit (143): dockerexec: unhealthy container"),
         "it failed its health check on n1"),
        (task("complete", code=0), "it ended with exit code 0 on n1"),
        (task("rejected", "No such image: sha256:ab", on="n2"),
         "node n2 does not have its image: No such image: sha256:ab"),
        (task("rejected", "invalid mount config", on="n2"),
         "node n2 cannot run it: invalid mount config"),
        (task("pending", NO_NODE, on=""),
         "no node takes it: 2 nodes do not meet its constraints, 1 node does not take new tasks"),
        (task("pending", "no suitable node (insufficient resources on 1 node)", on=""),
         "no node takes it: 1 node does not have room for it"),
        (task("pending", "no suitable node", on=""), "no node takes it"),
        (task("pending", on=""), "it waits for a node"),
        (task("preparing"), "node n1 fetches its image"),
        (task("starting"), "it comes up on n1 and has not passed its health check yet"),
        (task("preparing", on="n3"), "node n3 is lost"),
        (task("orphaned", on="n3"), "node n3 was lost"),
        (task("running"), "it runs on n1"),
    ],
)  # fmt: skip
def test_how_it_is_with_a_task_is_one_plain_clause(seen: Task, said: str) -> None:
    assert seen.say() == said


OLD = task("running", of="d1")
UP, UP2 = task("running"), task("running", on="n2")
FAILED = task("failed", "task: non-zero exit (3)", on="n2")


@pytest.mark.parametrize(
    ("update", "tasks", "state", "reason"),
    [
        ("updating", [OLD, UP, task("starting", on="n2")], "switching",
         "1 of 2 tasks up; it comes up on n2 and has not passed its health check yet."),
        ("updating", [UP, UP2], "switching", "2 of 2 tasks up."),
        ("completed", [UP, UP2, task("running", of="d1", wanted="shutdown")], "healthy",
         "2 of 2 tasks up."),
        ("", [UP, task("preparing", on="n2")], "switching",
         "1 of 2 tasks up; node n2 fetches its image."),
        ("updating", [UP, FAILED], "switching",
         "1 of 2 tasks up; it ended with exit code 3 on n2."),
        ("completed", [UP, FAILED, task("ready", on="n2")], "unhealthy",
         "It ended with exit code 3 on n2; 1 of 2 tasks up."),
        ("", [UP, FAILED, task("ready", on="n2")], "unhealthy",
         "It ended with exit code 3 on n2; 1 of 2 tasks up."),
        ("", [UP, task("failed", "starting container failed: busy"), task("ready", on="n2")],
         "switching", "1 of 2 tasks up; it comes up on n2 and has not passed its health check yet;"
         " it ended on n1: starting container failed: busy."),
        ("paused", [UP, FAILED], "unhealthy",
         "The swarm stopped half way: it ended with exit code 3 on n2; 1 of 2 tasks up."),
        ("rollback_started", [UP], "switching", "1 of 2 tasks up."),
        ("rollback_completed", [UP, UP2], "healthy", "2 of 2 tasks up."),
        ("rollback_paused", [UP], "unhealthy",
         "The swarm stopped half way: a task failed; 1 of 2 tasks up."),
        ("updating", [UP, task("pending", NO_NODE, on="", age=31)], "unhealthy",
         "No node takes it: 2 nodes do not meet its constraints, 1 node does not take new tasks,"
         " for 30 s; 1 of 2 tasks up."),
        ("completed", [UP, task("running", on="n3")], "switching",
         "1 of 2 tasks up; node n3 is lost."),
        ("updating", [UP, task("preparing", on="n3")], "switching",
         "1 of 2 tasks up; node n3 is lost."),
    ],
)  # fmt: skip
def test_how_a_switch_stands(update: str, tasks: list[Task], state: str, reason: str) -> None:
    look = progress(service(update=update), tasks, NOW, PATIENCE)
    assert (look.state, look.reason) == (state, reason)


def test_an_update_that_waits_for_a_lost_node_goes_on_without_it() -> None:
    waits, held = service(update="updating"), task("assigned", on="n3", wanted="shutdown", age=31)
    look = progress(waits, [UP, UP2, held], NOW, PATIENCE)
    assert (look.state, look.reason) == (
        "unhealthy", "Node n3 is lost, for 30 s; 2 of 2 tasks up."
    )  # fmt: skip
    assert held_up(waits, [UP, UP2, held]) == [held]
    spec = avoiding(waits, [held])
    where = spec["TaskTemplate"]["Placement"]["Constraints"]
    assert where == ["node.platform.os==linux", "node.id!=n3"]
    goes_on = waits | {"Spec": spec}
    assert held_up(goes_on, [held]) == []
    assert progress(goes_on, [UP, UP2, held], NOW, PATIENCE).state == "switching"
    assert held_up(service(update="completed"), [held]) == []


def test_what_is_halted_does_not_run() -> None:
    assert progress(service(replicas=0), [], NOW, PATIENCE).state == "exited"


@pytest.mark.parametrize(
    ("update", "message", "ordered", "is_so"),
    [
        ("rollback_completed", "rollback completed", "2026-03-02T09:00:00.5Z", True),
        ("rollback_started", "task x failed", "2026-03-02T09:00:30.123456000Z", True),
        ("rollback_paused", "", "2026-03-02T09:00:00Z", True),
        ("rollback_completed", "rollback completed", "2026-03-02T09:00:31Z", False),
        ("rollback_started", "manually requested rollback", "2026-03-02T09:00:00Z", False),
        ("updating", "", "2026-03-02T09:00:00Z", False),
        ("completed", "", "2026-03-02T09:00:00Z", False),
        ("", "", "2026-03-02T09:00:00Z", False),
    ],
)
def test_only_what_the_swarm_itself_took_back_counts_as_that(
    update: str, message: str, ordered: str, is_so: bool
) -> None:
    assert rolled_back(service(update=update, message=message), ordered) is is_so


def test_what_somebody_has_mounted_is_told_and_the_room_of_a_read_only_one_is_not() -> None:
    ours = {"Type": "tmpfs", "Target": "/tmp"}
    theirs = {"Type": "bind", "Source": "/etc", "Target": "/host", "ReadOnly": True}
    spare = {"Type": "volume", "Source": "spare", "Target": "/spare"}
    container = {"Mounts": [ours, theirs, spare], "Secrets": [{"SecretName": "db"}]}
    service = {"Spec": {"TaskTemplate": {"ContainerSpec": container}}}
    assert mounts_of(service) == (
        "bind /etc at /host, to be read only", "secret db", "volume spare at /spare",
    )  # fmt: skip
    assert mounts_of({"Spec": {"TaskTemplate": {}}}) == ()
