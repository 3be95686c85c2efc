"""The Engine hangs, dies and comes back: what serves goes on, and nothing is made twice. These have
an Engine of their own: the shared one has to live."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from handlers.ports import Container, PortError
from integrations.runtimes.docker import client
from tests.conftest import missing
from tests.docker.act import act
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
