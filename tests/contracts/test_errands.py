"""What every runtime promises of programs that run once: the docstrings of ``Errands``."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.ports import Errand, Plan, PortError, Report, Runtime
from tests.docker.cluster import having
from tests.docker.stage import DockerStage
from tests.docker.ways import FAR
from tests.fakes import FakeRuntime
from tests.runtimes.stage import Stage, wait_for
from tests.swarm.stage import ONE_WAY_IN, SwarmStage

PATIENT = pytest.param("swarm", marks=pytest.mark.timeout(300))
"""Others may have the cluster for themselves meanwhile."""
PROGRAMS = {
    "well": "import os; print('for', os.environ['COLOUR'], os.environ['STATION_VERSION'])",
    "badly": "import sys; print('no such column', flush=True); sys.exit(3)",
    "forever": "import time; print('at work', flush=True); time.sleep(600)",
}
SAID = {
    "well": Report("ended", 0, "It ended with exit code 0.", ("for green 1.1.0",)),
    "badly": Report("ended", 3, "It ended with exit code 3.", ("no such column",)),
    "forever": Report("running", None, "It runs.", ("at work",)),
}


class Ground:
    """One runtime, and errands that go as they are called."""

    def __init__(self, stage: Stage | DockerStage | SwarmStage, is_real: bool = True) -> None:
        self.stage = stage
        self.runtime: Runtime = stage.runtime if is_real else FakeRuntime()
        self.plan: Plan = stage.plan("d1")

    def errand(self, goes: str, name: str = "migrate") -> Errand:
        if isinstance(self.runtime, FakeRuntime):
            self.runtime.reports[name] = SAID[goes]
        python = sys.executable if isinstance(self.stage, Stage) else "python3"
        return Errand(self.plan, name, (python, "-c", PROGRAMS[goes]))

    def sent(self, goes: str) -> Errand:
        self.runtime.prepare(self.plan)
        errand = self.errand(goes)
        self.runtime.send(errand)
        return errand

    def ended(self, errand: Errand) -> Report:
        wait_for(lambda: self.runtime.report(errand).state == "ended")
        return self.runtime.report(errand)

    def at_work(self, errand: Errand) -> Report:
        wait_for(lambda: self.runtime.report(errand).log == ("at work",))
        return self.runtime.report(errand)


SERVICES = (f"errand{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("errands")
    yield home
    Stage(home).clear()


@pytest.fixture(params=["process", "fake", "docker", *FAR, PATIENT])
def ground(request: pytest.FixtureRequest, house: Path) -> Iterator[Ground]:
    service = next(SERVICES)
    if request.param == "docker":
        docker = DockerStage(request.getfixturevalue("engine"), service)
        yield Ground(docker)
        docker.clear()
        return
    if request.param in ("tls", "ssh"):
        way = request.getfixturevalue(request.param)
        far = DockerStage(way.engine, service, way=way)
        yield Ground(far)
        far.clear()
        return
    if request.param == "swarm":
        cluster = request.getfixturevalue("cluster")
        with having(cluster, alone=False):
            swarm = SwarmStage(cluster, service, "errands", ONE_WAY_IN)
            yield Ground(swarm)
            swarm.clear()
        return
    stage = Stage(house, service=service)
    yield Ground(stage, request.param == "process")
    stage.rest()


@pytest.mark.parametrize("goes", ["well", "badly"])
def test_it_runs_with_the_variables_of_its_plan_and_its_end_is_told(
    ground: Ground, goes: str
) -> None:
    said = ground.ended(ground.sent(goes))
    assert (said.state, said.code, said.log) == ("ended", SAID[goes].code, SAID[goes].log)
    assert said.reason[0].isupper()
    assert said.reason.endswith(".")


def test_what_was_never_sent_is_absent(ground: Ground) -> None:
    ground.runtime.prepare(ground.plan)
    assert ground.runtime.report(ground.errand("well")).state == "absent"


def test_without_a_prepared_plan_nothing_is_sent(ground: Ground) -> None:
    with pytest.raises(PortError) as refused:
        ground.runtime.send(ground.errand("well"))
    assert refused.value.permanent


def test_what_has_ended_is_never_begun_again(ground: Ground) -> None:
    errand = ground.sent("well")
    first = ground.ended(errand)
    ground.runtime.send(replace(errand, words=ground.errand("badly").words))
    ground.errand("well")
    assert ground.ended(errand) == first


def test_sixteen_at_once_are_one(ground: Ground) -> None:
    ground.runtime.prepare(ground.plan)
    errand = ground.errand("forever")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ground.runtime.send(errand), range(16)))
    assert answers == [None] * 16
    assert ground.at_work(errand).log == ("at work",)


def test_one_that_runs_is_ended_when_it_is_recalled_and_may_be_sent_anew(ground: Ground) -> None:
    errand = ground.sent("forever")
    assert ground.at_work(errand).state == "running"
    for _ in range(2):
        ground.runtime.recall(errand)
        assert ground.runtime.report(errand).state == "absent"
    again = ground.errand("well")
    ground.runtime.send(again)
    assert ground.ended(again).code == 0


def test_it_is_no_instance_and_nothing_leads_to_it(ground: Ground) -> None:
    errand = ground.sent("forever")
    place = (ground.plan.environment, ground.plan.service)
    assert ground.runtime.instances(*place) == ()
    assert ground.runtime.look(ground.plan).state == "absent"
    assert [o for o in ground.runtime.inspect(place[0]) if o.service == place[1]] == []
    ground.runtime.halt(*place, drain=1)
    ground.runtime.retire(ground.plan, ground.plan.operation)
    assert ground.at_work(errand).state == "running"
    ground.runtime.recall(errand)


def test_several_of_one_operation_do_not_know_of_each_other(ground: Ground) -> None:
    ground.runtime.prepare(ground.plan)
    good, bad = ground.errand("well", "migrate"), ground.errand("badly", "undo-migrate")
    ground.runtime.send(good)
    ground.runtime.send(bad)
    assert (ground.ended(good).code, ground.ended(bad).code) == (0, 3)


def test_a_program_that_is_not_there_fails_and_says_so(ground: Ground) -> None:
    if isinstance(ground.runtime, FakeRuntime):
        return  # it has no programs
    ground.runtime.prepare(ground.plan)
    errand = replace(ground.errand("well"), words=("no-such-program",))
    ground.runtime.send(errand)
    said = ground.ended(errand)
    assert said.code != 0
    assert "no-such-program" in " ".join((said.reason, *said.log))
