"""The Engine hangs, dies, comes back, and runs out of disk: what serves goes on, and nothing is
made twice. These have an Engine of their own: the shared one has to live."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from handlers.ports import Container, PortError
from integrations.runtimes.docker import client
from tests.conftest import missing
from tests.docker.act import act
from tests.docker.engine import Engine, missing_programs, own_engine, started
from tests.docker.images import SERVED, push, variant
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


def test_a_full_disk_is_said_before_anything_that_serves_is_touched(
    registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = missing_programs() or [] if shutil.which("mkfs.ext4", path=SBIN) else ["mkfs.ext4"]
    if gone:
        missing(f"for an Engine on a small disk: {', '.join(gone)}")
    folder = Path(tempfile.mkdtemp(prefix="station-small-"))
    with small_disk(tmp_path / "disk", folder), started(folder / "engine") as engine:
        dock = DockerStage(engine, "small", environment="docks")
        dock.deploy(dock.plan("d1"))
        large = {"large": os.urandom(24 * 2**20)}
        image = variant(engine.socket, SERVED, ["true"], "large", large)
        name = push(engine.socket, image, f"{registry}/shop/large", "1")
        engine.ask("DELETE", f"/images/{image}?force=1")
        fill(folder / "filler", leave=12 * 2**20)
        plan = replace(dock.plan("d2", 2), container=Container(name))
        with pytest.raises(PortError, match="The disk of local is full") as refused:
            dock.runtime.prepare(plan)
        assert refused.value.permanent
        assert dock.get() == "1.1.0 /"
        (folder / "filler").unlink()
        dock.clear()
    folder.rmdir()


SBIN = f"{os.environ['PATH']}:/usr/sbin:/sbin"


@contextmanager
def small_disk(file: Path, place: Path) -> Iterator[None]:
    with file.open("wb") as disk:
        disk.truncate(600 * 2**20)
    path = {**os.environ, "PATH": SBIN}
    subprocess.run(("mkfs.ext4", "-q", str(file)), check=True, env=path)
    subprocess.run(("mount", "-o", "loop", str(file), str(place)), check=True, env=path)
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True, env=path)


def fill(file: Path, leave: int) -> None:
    free = shutil.disk_usage(file.parent).free - leave
    with file.open("wb") as filler:
        os.posix_fallocate(filler.fileno(), 0, max(1, free))
