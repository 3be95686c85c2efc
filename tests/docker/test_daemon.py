"""The Engine hangs, dies and comes back: what serves goes on, and nothing is made twice. These have
an Engine of their own: the shared one has to live."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest

from handlers.ports import Container, Plan, PortError
from integrations.runtimes.docker import client
from integrations.runtimes.docker.containers import Containers
from integrations.runtimes.docker.runtime import DockerRuntime
from tests.conftest import missing
from tests.docker.act import act, tried
from tests.docker.engine import Engine, missing_programs, own_engine
from tests.docker.stage import DockerStage
from tests.docker.test_faults import asking
from tests.runtimes.stage import wait_for
from tests.workspace import eventually


@pytest.fixture(scope="module")
def own() -> Iterator[Engine]:
    gone = missing_programs()
    if gone:
        missing(f"for a Docker Engine: {', '.join(gone)}")
    with own_engine() as engine:
        yield engine


@pytest.fixture
def dock(own: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[DockerStage]:
    monkeypatch.setattr(client, "LIMIT", 3.0)
    stage = DockerStage(own, "api", environment="docks")
    yield stage
    stage.clear()


def test_an_engine_that_dies_in_the_middle_is_waited_for_and_what_serves_goes_on(
    dock: DockerStage,
) -> None:
    dock.deploy(dock.plan("d1"))
    plan = dock.plan("d2", 2, version="1.2.0")
    with asking(behind(dock)) as wrong:
        dock.runtime.prepare(plan)
        dock.runtime.start(plan)
        dock.engine.signal(signal.SIGKILL)
        with pytest.raises(PortError) as refused:
            dock.runtime.look(plan)
        assert not refused.value.permanent
        dock.engine.start_daemon()
        assert act(dock.runtime, plan, dock.plan("d1", 2)) == "live"
    assert wrong == []
    assert [one["Labels"]["stationmaster.operation"] for one in dock.containers()] == ["d2"]


def behind(dock: DockerStage) -> str:
    """The router itself. What leads there from the published address is a rule of the machine's
    firewall, which stays; only where there are no such rules is it a part of the daemon."""
    (router,) = dock.containers(role="router")
    networks = router["NetworkSettings"]["Networks"].values()
    return f"{next(iter(networks))['IPAddress']}:8080"


def test_what_is_made_late_by_an_engine_that_hung_is_not_made_again(dock: DockerStage) -> None:
    dock.deploy(dock.plan("d1"))
    plan = dock.plan("d2", 2, version="1.2.0")
    dock.runtime.prepare(plan)
    dock.engine.signal(signal.SIGSTOP)
    with pytest.raises(PortError, match="gave no answer in time") as refused:
        dock.runtime.start(plan)
    assert not refused.value.permanent
    assert dock.get() == "1.1.0 /"
    dock.engine.signal(signal.SIGCONT)
    eventually(dock.engine.answers, "the Engine")
    assert act(dock.runtime, plan, dock.plan("d1", 2)) == "live"
    assert len(dock.containers()) == 1


def test_what_does_not_end_is_ended_after_its_grace_and_what_is_frozen_too(
    dock: DockerStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LIMIT", 20.0)  # ending takes its grace
    dock.deploy(dock.plan("d1", behaves="stubborn"))
    dock.deploy(dock.plan("d2", 2, version="1.2.0"))
    (frozen,) = dock.alive()
    dock.begin(dock.plan("d3", 3, version="1.3.0"))
    dock.runtime.switch(dock.plan("d3", 3, version="1.3.0"))
    dock.engine.ask("POST", f"/containers/{frozen}/pause")
    with ThreadPoolExecutor(4) as pool:  # one is removing it while others want to
        list(pool.map(lambda _: dock.runtime.retire(dock.plan("d3", 3), "d2"), range(4)))
    assert [one["Labels"]["stationmaster.operation"] for one in dock.containers()] == ["d3"]
    assert dock.get() == "1.3.0 /"


def test_what_cannot_be_ended_is_said_and_goes_when_it_can(dock: DockerStage) -> None:
    """As what waits for a disk that hangs: not even a kill reaches it."""
    dock.deploy(dock.plan("d1"))
    plan = dock.plan("d2", 2, version="1.2.0")
    assert dock.begin(plan).state == "healthy"
    dock.runtime.switch(plan)
    (stuck,) = dock.alive("d1")
    shim = next(
        one for one in dock.engine._processes("containerd-shim-runc-v2") if stuck in one.cmdline()
    )
    shim.suspend()
    try:
        with pytest.raises(PortError, match="gave no answer in time") as refused:
            dock.runtime.retire(plan, "d1")
        assert not refused.value.permanent
        assert dock.get() == "1.2.0 /"
    finally:
        shim.resume()
    tried(lambda: dock.runtime.retire(plan, "d1"))
    assert dock.containers("d1") == []


def test_a_machine_that_is_lost_in_the_middle_of_a_roll_stops_no_other_and_mixes_no_versions(
    dock: DockerStage, stage: DockerStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = Container(dock.image, replicas=3)
    old = replace(dock.plan("d1"), container=three)
    new = replace(dock.plan("d2", 2, version="1.2.0"), container=three)
    dock.deploy(old)
    assert dock.begin(new).state == "healthy"
    dies_before(dock.engine, new.operation, 2, monkeypatch)
    here, there = stage.place[0], dock.place[0]
    both = DockerRuntime({n: one.runtime._host(n) for n, one in ((here, stage), (there, dock))})
    with pytest.raises(PortError, match="does not answer") as refused:
        both.switch(new)
    assert not refused.value.permanent
    assert act(both, stage.plan("d1"), None) == "live"
    dock.engine.start_daemon()
    assert {one["Labels"]["stationmaster.operation"] for one in dock.containers()} == {"d1", "d2"}
    assert act(both, new, replace(old, fence=2)) == "live"
    assert [one["Labels"]["stationmaster.operation"] for one in dock.containers()] == ["d2"] * 3
    assert {dock.get() for _ in range(6)} == {"1.2.0 /"}


def dies_before(
    engine: Engine, operation: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have the daemon killed right before that one of an operation is started."""
    start, is_over = Containers.start, threading.Event()

    def started(self: Containers, plan: Plan, which: int) -> None:
        if (plan.operation, which) == (operation, number) and not is_over.is_set():
            is_over.set()
            engine.signal(signal.SIGKILL)
        start(self, plan, which)

    monkeypatch.setattr(Containers, "start", started)


def test_after_the_machine_was_away_everything_comes_back(dock: DockerStage) -> None:
    plan = replace(dock.plan("d1"), container=Container(dock.image, replicas=2))
    dock.deploy(plan)
    dock.engine.signal(signal.SIGKILL)
    for process in dock.engine._processes("containerd-shim-runc-v2"):
        for one in process.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # with its parent
                one.kill()
    dock.engine.start_daemon()
    eventually(lambda: dock.runtime.serving(*dock.place), "the router", every=0.2)
    wait_for(lambda: len(dock.alive("d1")) == 2)
    dock.runtime.serving(*dock.place)
    wait_for(lambda: {dock.get() for _ in range(6)} == {"1.1.0 /"})
    dock.runtime.revive(plan)
    assert {dock.get() for _ in range(6)} == {"1.1.0 /"}
