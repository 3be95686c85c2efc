"""The bot, the router or an instance is killed at the worst moment; then everything goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from handlers.ports import PortError
from integrations.runtimes.process.instances import Instances
from tests.runtimes.killed import POINTS
from tests.runtimes.stage import Stage, wait_for

ROUTER = ("before the router", "after the router")


def kill_a_bot(stage: Stage, point: str) -> None:
    head = (sys.executable, "-m", "tests.runtimes.killed")
    words = (*head, str(stage.home), stage.address, stage.place[1], point)
    done = subprocess.run(words, timeout=60, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def finish(stage: Stage) -> None:
    """What the next bot does; afterwards everything is as if nobody had been killed."""
    plan = stage.plan("d2", 2, version="1.2.0")
    stage.deploy(plan)
    stage.runtime.retire(plan, stage.name("d1"))
    assert stage.get("/now") == "1.2.0 /now"
    assert stage.runtime.instances(*stage.place) == (plan.operation,)
    assert len(stage.alive("d2")) == len(stage.alive()) == 1
    wait_for(lambda: len(stage.router()) == 1)


@pytest.mark.parametrize("point", [point for point in POINTS if point not in ROUTER])
def test_a_bot_killed_anywhere_is_finished_by_the_next(house: Path, point: str) -> None:
    stage = Stage(house, service=point.replace(" ", "-"))
    stage.deploy(stage.plan("d1"))
    kill_a_bot(stage, point)
    assert stage.get() in ("1.1.0 /", "1.2.0 /")
    finish(stage)
    stage.rest()


@pytest.mark.parametrize("point", ROUTER)
def test_a_bot_killed_beside_its_first_router_is_finished_by_the_next(
    stage: Stage, point: str
) -> None:
    kill_a_bot(stage, point)
    finish(stage)


def test_a_killed_router_comes_back_with_its_routes(stage: Stage) -> None:
    stage.deploy(stage.plan("d1"))
    before = stage.runtime.serving(*stage.place)
    (router,) = stage.router()
    router.kill()
    assert stage.runtime.serving(*stage.place) == before
    assert stage.get() == "1.1.0 /"
    assert len(stage.alive("d1")) == 1
    assert len(stage.router()) == 1


def test_a_killed_instance_is_said_and_revived_on_the_same_address(stage: Stage) -> None:
    plan = stage.plan("d1")
    stage.deploy(plan)
    (process,) = stage.alive("d1")
    process.kill()
    wait_for(lambda: not stage.alive("d1"))
    look = stage.runtime.look(plan)
    assert (look.state, look.reason) == ("exited", "It ended: it was killed (signal 9).")
    assert "does not run at the moment" in stage.get()
    stage.runtime.revive(plan)
    assert stage.get() == "1.1.0 /"
    assert len(stage.alive("d1")) == 1


def test_after_everything_was_stopped_everything_comes_back(stage: Stage) -> None:
    plan = stage.plan("d1")
    stage.deploy(plan)
    stage.runtime.stop_everything()
    assert stage.alive() == stage.router() == []
    later = Stage(stage.home, stage.address)
    served = later.runtime.serving(*stage.place)
    assert served is not None
    assert served.operation == "d1"
    assert later.runtime.instances(*stage.place) == ()
    later.runtime.revive(plan)
    assert later.get() == "1.1.0 /"


def test_what_was_never_prepared_cannot_be_revived(stage: Stage) -> None:
    plan = stage.plan("d1")
    stage.deploy(plan)
    stage.runtime.stop_everything()
    moved = replace(plan, commit="f" * 40)
    with pytest.raises(PortError, match="not prepared") as refused:
        stage.runtime.revive(moved)
    assert refused.value.permanent


def test_a_process_that_was_given_an_old_number_is_never_touched(stage: Stage) -> None:
    plan = stage.plan("d1")
    stage.begin(plan)
    (process,) = stage.alive("d1")
    process.kill()
    wait_for(lambda: not stage.alive("d1"))
    with subprocess.Popen(("sleep", "60"), start_new_session=True) as bystander:
        record = json.loads(stage.record("d1").read_text())
        # Numbers come round after ten thousands of processes, never within the same second.
        aged = record | {"pid": bystander.pid, "created": record["created"] - 60}
        stage.record("d1").write_text(json.dumps(aged))
        assert stage.runtime.look(plan).state == "exited"
        stage.runtime.retire(plan, "d1")
        assert bystander.poll() is None
        bystander.kill()


def test_children_of_an_instance_end_with_it(stage: Stage) -> None:
    script = "import subprocess, sys; subprocess.Popen(['sleep', '60'], start_new_session=True)"
    command = (sys.executable, "-c", f"{script}; import time; time.sleep(60)")
    plan = replace(stage.plan("d1"), command=command)
    stage.runtime.prepare(plan)
    stage.runtime.start(plan)
    wait_for(lambda: len(stage.alive("d1")) == 2)
    stage.runtime.retire(plan, "d1")
    assert stage.alive("d1") == []


def test_a_new_bot_does_not_know_the_exit_code_and_says_so(stage: Stage) -> None:
    kill_a_bot(stage, "after the switch")
    (process,) = stage.alive("d2")
    process.kill()
    wait_for(lambda: not psutil.pid_exists(process.pid) or not stage.alive("d2"))
    look = stage.runtime.look(stage.plan("d2", 2, version="1.2.0"))
    assert look.state == "exited"
    assert Instances(stage.home).find("d2") is not None
