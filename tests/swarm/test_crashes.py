"""The bot, a node, the manager: each of them may end in the middle of a switch."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest

from handlers.ports import PortError
from tests.runtimes.stage import wait_for
from tests.swarm.stage import SwarmStage

pytestmark = pytest.mark.timeout(300)
"""Others may have the cluster for themselves meanwhile."""

CHANGES = 9
"""That a deployment asks for: the network, the record of the release, the trial, the order, the
switch, the trial's end twice, and what is left over."""
EVERY_POINT = "STATION_TESTS_EVERY_POINT" in os.environ
POINTS = [(when, number) for number in range(1, CHANGES + 1) for when in ("before", "after")]
SAMPLE = [("after", 4), ("after", 5)]
"""Before and after the update itself, with the order on record."""


@pytest.mark.parametrize(("when", "number"), POINTS if EVERY_POINT else SAMPLE)
def test_killed_at_any_change_the_deployment_is_finished_once(
    stage: SwarmStage, when: str, number: int
) -> None:
    stage.deploy(stage.plan("d1"))
    facts = (str(stage.cluster.folder), *stage.place, stage.address, when, str(number))
    words = (sys.executable, "-m", "tests.swarm.killed", *facts)
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode in (-signal.SIGKILL, 0), done.stderr
    runtime, plan = stage.anew(), stage.plan("d2", 2, version="1.2.0")
    stage.runtime = runtime
    stage.deploy(plan)
    serving = runtime.serving(*stage.place)
    assert serving
    assert serving.operation == "d2"
    assert runtime.instances(*stage.place) == ("d2",)
    names = {one["Spec"]["Labels"]["stationmaster.role"] for one in stage.services()}
    assert names == {"service", "router"}
    own = stage.service()["ID"]
    assert len([t for t in stage.tasks("d2") if t["ServiceID"] == own]) == 1
    assert stage.get("/x") == "1.2.0 /x"


def test_a_node_lost_in_the_middle_is_told_and_the_switch_ends_without_it(
    alone: SwarmStage,
) -> None:
    old, new = alone.plan("d1"), alone.plan("d2", 2, version="1.2.0")
    old, new = (alone.of(plan, replicas=3) for plan in (old, new))
    alone.deploy(old)
    assert alone.begin(new).state == "healthy"
    alone.runtime.switch(new)
    lost = alone.cluster.workers[1]
    lost.kill()
    told = set()

    def is_through() -> bool:
        alone.runtime.switch(new)  # as the bot does now and then
        look = alone.runtime.look(new)
        told.add(look.reason)
        assert look.state in ("switching", "healthy"), told
        return look.state == "healthy"

    wait_for(is_through, 100)
    there = {t["NodeID"] for t in alone.tasks("d2") if t["Status"]["State"] == "running"
             and t["DesiredState"] == "running"}  # fmt: skip
    assert lost.id not in there
    # Whether the swarm puts one there at all is its own affair.
    was_there = any(task.get("NodeID") == lost.id for task in alone.tasks("d2"))
    assert any("node n3 is lost" in reason for reason in told) or not was_there or len(there) == 2
    alone.runtime.retire(new, "d1")
    assert "n3 cannot be reached" in alone.runtime.check()
    for node in (0, 1):
        assert alone.get("/x", node) == "1.2.0 /x"


# The Docker SDK leaves it to Python to close a socket on which nobody listens.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_manager_that_starts_again_in_the_middle_goes_on_where_it_was(
    alone: SwarmStage,
) -> None:
    old, new = alone.plan("d1"), alone.plan("d2", 2, version="1.2.0")
    old, new = (alone.of(plan, replicas=2) for plan in (old, new))
    alone.deploy(old)
    assert alone.begin(new).state == "healthy"
    alone.runtime.switch(new)
    alone.cluster.manager.kill()
    with pytest.raises(PortError) as failed:
        alone.runtime.look(new)
    assert not failed.value.permanent
    del failed
    gc.collect()
    alone.cluster.manager.start_daemon()

    def is_through() -> bool:
        with suppress(PortError):  # while it starts
            return alone.runtime.look(new).state == "healthy"
        return False

    wait_for(is_through)
    gc.collect()
    assert alone.runtime.switch(new).operation == "d2"
    alone.runtime.retire(new, "d1")
    wait_for(lambda: alone.get("/x") == "1.2.0 /x")
    assert alone.runtime.switch(replace(new, fence=3)).operation == "d2"
