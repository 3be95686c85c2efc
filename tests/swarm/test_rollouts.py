"""The swarm replaces task after task; the bot orders it, watches it and knows what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from handlers.ports import Look, Plan, PortError
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.swarm.client import Swarm
from integrations.runtimes.swarm.names import Place
from integrations.runtimes.swarm.seen import ENDED
from tests.docker.images import SERVED, variant
from tests.runtimes.stage import wait_for
from tests.runtimes.test_no_request_fails import probing
from tests.swarm.pace import measure
from tests.swarm.stage import SwarmStage

pytestmark = pytest.mark.timeout(300)
"""Others may have the cluster for themselves meanwhile."""


@contextmanager
def seeing(what: Callable[[], int]) -> Iterator[list[int]]:
    """All the different numbers that were seen meanwhile."""
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            number = what()
            seen.extend([] if number in seen else [number])

    watching = threading.Thread(target=look)
    watching.start()
    yield seen
    done.set()
    watching.join()


def up(stage: SwarmStage) -> int:
    """Tasks of the service itself that serve at this moment."""
    own = stage.service()["ID"]
    tasks = [one for one in stage.tasks() if one["ServiceID"] == own]
    return sum(t["Status"]["State"] == t["DesiredState"] == "running" for t in tasks)


def switched(stage: SwarmStage, plan: Plan) -> Look:
    look = stage.begin(plan)
    assert look.state == "healthy", look
    stage.runtime.switch(plan)
    return stage.settled(plan)


def test_start_first_fails_no_request_be_the_release_good_or_bad(alone: SwarmStage) -> None:
    def plan(number: int, behaves: str = "well") -> Plan:
        made = alone.plan(f"d{number}", number, behaves, version=f"1.{number}.0")
        return alone.of(made, replicas=2, monitor=4.0)

    alone.deploy(plan(1))
    result: dict[str, Any] = {}
    with probing(alone.address, result):
        alone.deploy(plan(2))
        look = switched(alone, plan(3, "fades"))
        assert look.state == "exited"
        assert "gone back to 1.2.0: it ended with exit code 3 on n" in look.reason
        assert look.log[-1] == "Traceback: no theme"
        _is_never_rolled_back_again(alone, replace(plan(2), fence=3), plan(3, "fades"))
        alone.runtime.retire(plan(3), "d3")
    print(result)  # the figures, for whoever runs this with -s
    assert result["failed"] == []
    assert result["asked"] > 2000
    assert set(result["versions"]) == {"1.1.0", "1.2.0", "1.3.0"}


def _is_never_rolled_back_again(stage: SwarmStage, good: Plan, bad: Plan) -> None:
    """What the swarm took back is neither switched again nor taken back by us as well."""
    began = stage.service()["UpdateStatus"]["StartedAt"]
    assert stage.runtime.serving(*stage.place) == stage.runtime.switch(good)
    with pytest.raises(PortError) as refused:
        stage.anew().switch(bad)
    assert refused.value.permanent
    assert stage.settled(good).state == "healthy"
    assert stage.service()["UpdateStatus"]["StartedAt"] == began


def test_a_switch_that_the_same_one_by_somebody_else_overtakes_succeeds_as_well(
    stage: SwarmStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, other = stage.plan("d1"), stage.anew()
    assert stage.begin(plan).state == "healthy"
    real, looked = Swarm.service, list[str]()

    def service(self: Swarm, name: str) -> Any:
        found = real(self, name)
        if name == Place(*stage.place).stable and name not in looked:
            looked.append(name)
            other.switch(plan)
        return found

    monkeypatch.setattr(Swarm, "service", service)
    assert stage.runtime.switch(plan).operation == "d1"
    assert looked
    assert stage.settled(plan).state == "healthy"


def test_stop_first_never_has_more_tasks_than_replicas(stage: SwarmStage) -> None:
    old, new = stage.plan("d1"), stage.plan("d2", 2, version="1.2.0")
    old, new = (stage.of(plan, replicas=2, order="stop-first") for plan in (old, new))
    stage.deploy(old)
    stage.begin(new)
    with seeing(lambda: up(stage)) as seen:
        stage.runtime.switch(new)
        assert stage.settled(new).state == "healthy"
    assert max(seen) == 2
    assert min(seen) == 1


def test_an_update_that_pauses_is_said_and_can_be_taken_back(stage: SwarmStage) -> None:
    good, bad = stage.plan("d1"), stage.plan("d2", 2, "fades", version="1.2.0")
    good, bad = (
        stage.of(plan, replicas=2, on_failure="pause", monitor=4.0) for plan in (good, bad)
    )
    stage.deploy(good)
    assert stage.begin(bad).state == "healthy"
    stage.runtime.switch(bad)
    wait_for(lambda: stage.get("/x").startswith("1.2.0"))  # it fades when it has traffic
    look = stage.settled(bad)
    assert look.state == "unhealthy"
    assert look.reason.startswith("The swarm stopped half way: it ended with exit code 3 on n")
    assert stage.runtime.switch(replace(good, fence=2)).version == "1.1.0"
    assert stage.settled(good).state == "healthy"


def test_what_no_node_takes_is_told_with_the_reason(stage: SwarmStage) -> None:
    nowhere = stage.of(stage.plan("d1"), constraints=("node.labels.disk==ssd",))
    stage.runtime.prepare(nowhere)
    stage.runtime.start(nowhere)
    told = "No node takes it: 3 nodes do not meet its constraints."
    wait_for(lambda: stage.runtime.look(nowhere).reason == told)
    huge = stage.of(stage.plan("d2"), memory=2**40)
    stage.runtime.start(huge)
    told = "No node takes it: 3 nodes do not have room for it."
    wait_for(lambda: stage.runtime.look(huge).reason == told)


def test_a_switch_that_is_stuck_is_told_within_the_health_timeout_and_taken_back(
    stage: SwarmStage,
) -> None:
    room = stage.cluster.manager.ask("GET", "/info")["MemTotal"]
    old, new = stage.plan("d1"), stage.plan("d2", 2, version="1.2.0")
    old = stage.of(old, replicas=2)
    new = stage.of(new, replicas=2, memory=room * 6 // 10, constraints=("node.hostname==n2",))
    new = replace(new, health=replace(new.health, timeout=10.0))
    stage.deploy(old)
    assert stage.begin(new).state == "healthy"  # one fits, two do not
    stage.runtime.switch(new)
    assert stage.runtime.look(new).state == "switching"
    look = stage.settled(new, limit=50)
    assert look.state == "unhealthy"
    assert look.reason.startswith("No node takes it: ")
    assert "1 node does not have room for it" in look.reason
    assert "2 nodes do not meet its constraints" in look.reason
    assert look.reason.endswith(", for 10 s; 1 of 2 tasks up.")
    assert stage.get("/x") in ("1.1.0 /x", "1.2.0 /x")
    stage.runtime.switch(replace(old, fence=2))
    assert stage.settled(old).state == "healthy"


def test_an_image_that_a_node_lacks_is_told_with_the_node(stage: SwarmStage) -> None:
    words = ["python3", "served.py", "8080", "well", "0.0.0.0"]
    manager = stage.cluster.manager
    image = variant(manager.socket, SERVED, words, stage.place[1])
    lacking = stage.of(stage.plan("d1"), image=image, constraints=("node.hostname==n2",))
    look = stage.begin(lacking)
    assert look.state == "exited"
    assert look.reason.startswith("Node n2 does not have its image: No such image")
    manager.ask("DELETE", f"/images/{image}?force=1")


def test_tasks_are_given_the_secrets_and_configs_that_the_swarm_keeps(stage: SwarmStage) -> None:
    ask, name = stage.cluster.manager.ask, stage.place[1]
    for kind in ("secrets", "configs"):
        ask("POST", f"/{kind}/create", {"Name": f"{name}-{kind}", "Data": "b3Blbg=="})
    given = {"secrets": (f"{name}-secrets",), "configs": (f"{name}-configs",)}
    read = f"cat /run/secrets/{name}-secrets; echo; cat /run/configs/{name}-configs; echo; sleep 60"
    plan = replace(stage.of(stage.plan("d1"), **given), command=("sh", "-c", read))
    stage.runtime.prepare(plan)
    stage.runtime.start(plan)
    wait_for(lambda: stage.runtime.look(plan).log == ("open", "open"))
    (seen,) = stage.runtime.inspect(stage.place[0])
    assert seen.mounts == (f"config {name}-configs", f"secret {name}-secrets")
    with pytest.raises(PortError, match="keeps no secret nowhere"):
        stage.runtime.prepare(stage.of(plan, secrets=("nowhere",)))
    stage.clear()
    wait_for(lambda: all(t["Status"]["State"] in ENDED for t in stage.tasks("d1")))
    for kind in ("secrets", "configs"):
        ask("DELETE", f"/{kind}/{name}-{kind}")


def test_a_service_that_goes_while_others_are_read_is_no_accident(stage: SwarmStage) -> None:
    plan = stage.plan("d1")
    stage.deploy(plan)
    swarm = Swarm(engine_at("the swarm", stage.cluster.manager.url), {})
    there = stage.service()
    nodes = swarm.nodes()
    tasks = swarm.tasks([there, {"ID": "gone"}], nodes)
    assert {task.operation for task in tasks if task.runs} == {"d1"}
    assert tasks == swarm.tasks([there], nodes)
    swarm.engine.close()


def test_a_switch_takes_hardly_longer_than_a_plain_update(alone: SwarmStage) -> None:
    pace = measure(alone, pairs=2, replicas=1)
    print(pace)
    assert min(pace.ours) < 1.1 * min(pace.plain) + 0.2  # one look of ours
