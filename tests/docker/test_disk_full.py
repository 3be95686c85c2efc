"""An Engine whose disk is full, or that has no more addresses: that is said, with what to do; what
serves goes on, and with room again the same goes well."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.ports import BuildOrder, Container, PortError
from tests.conftest import missing
from tests.docker.act import act
from tests.docker.engine import Engine, missing_programs, started
from tests.docker.images import BUSYBOX, SERVED, push, variant
from tests.docker.stage import DockerStage
from tests.docker.yard import Ground

SBIN = f"{os.environ['PATH']}:/usr/sbin:/sbin"
MB = 2**20
FEW, MANY = "--default-address-pool=base=10.240.0.0/26,size=28", 4
"""Addresses for so many networks."""
LARGE = f"FROM {BUSYBOX}\nRUN echo it begins\n{{}}\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An Engine on a disk of its own."""
    gone = missing_programs() or [] if shutil.which("mkfs.ext4", path=SBIN) else ["mkfs.ext4"]
    if gone:
        missing(f"for an Engine on a small disk: {', '.join(gone)}")
    folder = Path(tempfile.mkdtemp(prefix="station-small-"))  # sockets have short paths
    disk = tmp_path_factory.mktemp("disk") / "disk"
    with small_disk(disk, folder), started(folder / "engine", pool=FEW) as engine:
        yield engine
    folder.rmdir()


@contextmanager
def small_disk(file: Path, place: Path) -> Iterator[None]:
    with file.open("wb") as disk:
        disk.truncate(600 * MB)
    path = {**os.environ, "PATH": SBIN}
    # Nothing is kept for root: the Engine is root.
    subprocess.run(("mkfs.ext4", "-q", "-m", "0", str(file)), check=True, env=path)
    subprocess.run(("mount", "-o", "loop", str(file), str(place)), check=True, env=path)
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True, env=path)


@contextmanager
def filled(engine: Engine, leave: int = 0) -> Iterator[None]:
    """The Engine's disk with so many bytes left on it."""
    filler = engine.folder.parent / "filler"
    free = shutil.disk_usage(filler.parent).free - max(leave, MB)
    try:
        with filler.open("wb", buffering=0) as file:
            os.posix_fallocate(file.fileno(), 0, free)
            file.seek(0, os.SEEK_END)
            with suppress(OSError):
                while not leave:
                    file.write(bytes(4096))
        yield
    finally:
        filler.unlink()


@pytest.fixture
def dock(small: Engine) -> Iterator[DockerStage]:
    stage = DockerStage(small, "small", environment="docks")
    stage.deploy(stage.plan("d1"))
    yield stage
    stage.clear()


def test_an_image_that_there_is_no_room_for_leaves_what_serves(
    dock: DockerStage, registry: str
) -> None:
    large = {"large": os.urandom(24 * MB)}
    image = variant(dock.engine.socket, SERVED, ["true"], "large", large)
    name = push(dock.engine.socket, image, f"{registry}/shop/large", "1")
    dock.engine.ask("DELETE", f"/images/{image}?force=1")
    plan = replace(dock.plan("d2", 2), container=Container(name))
    with filled(dock.engine, leave=12 * MB):
        with pytest.raises(PortError, match="The disk of local is full") as refused:
            dock.runtime.prepare(plan)
        assert refused.value.permanent
        assert dock.get() == "1.1.0 /"


def test_what_cannot_be_started_is_taken_back_and_goes_live_when_there_is_room(
    dock: DockerStage,
) -> None:
    first, plan = dock.plan("d1", 2), dock.plan("d2", 2, version="1.2.0")
    dock.runtime.prepare(plan)
    with filled(dock.engine):
        ended = act(dock.runtime, plan, first)
        assert ended.startswith("rolled back: The disk of the Docker Engine local is full: ")
        assert dock.get() == "1.1.0 /"
    assert dock.containers("d2") == []
    assert act(dock.runtime, plan, first) == "live"


def test_a_switch_that_cannot_be_put_on_record_is_taken_back_or_repeated_when_there_is_room(
    dock: DockerStage,
) -> None:
    first, plan = dock.plan("d1", 2), dock.plan("d2", 2, version="1.2.0")
    assert dock.begin(plan).state == "healthy"
    with filled(dock.engine):
        with pytest.raises(PortError, match="The disk of the Docker Engine local is full") as no:
            dock.runtime.switch(plan)
        assert no.value.permanent
        serving = dock.runtime.serving(*dock.place)
        assert serving is not None  # which of the two depends on what there was room for last
        assert dock.get() == f"{serving.version} /"
    assert dock.runtime.switch(first).operation == "d1"
    assert dock.get() == "1.1.0 /"
    assert act(dock.runtime, plan, first) == "live"
    assert dock.get() == "1.2.0 /"


def problem(ground: Ground, order: BuildOrder) -> str:
    """Why it cannot be built and will not be, however that is said."""
    try:
        return ground.builder.build(order).problem
    except PortError as error:
        return error.message if error.permanent else f"an accident: {error.message}"


def test_an_environment_that_no_addresses_are_left_for_is_refused_with_what_to_do(
    dock: DockerStage,
) -> None:
    engine, names = dock.engine, [f"others-{number}" for number in range(1, MANY)]
    another = DockerStage(engine, "small", environment="yards")
    for name in names:
        engine.ask("POST", "/networks/create", {"Name": name})
    try:
        with pytest.raises(PortError, match="has no addresses for another network: give it") as no:
            another.begin(another.plan("d1"))
        assert no.value.permanent
        assert another.containers(role="router") == []
        assert dock.get() == "1.1.0 /"
    finally:
        for name in names:
            engine.ask("DELETE", f"/networks/{name}")
    assert act(another.runtime, another.plan("d1"), None) == "live"
    another.clear()


@pytest.mark.parametrize(
    "step", ["RUN dd if=/dev/zero of=/large bs=1M count=100", "COPY large /large"]
)
def test_a_build_that_there_is_no_room_for_says_so_and_leaves_nothing(
    small: Engine, registry: str, tmp_path: Path, step: str
) -> None:
    ground = Ground(small, registry, tmp_path)
    order = ground.order(LARGE.format(step), {"large": "x" * 24 * MB})
    ground.builder.fetch(order)
    before = shutil.disk_usage(small.folder).free
    with filled(small, leave=40 * MB):
        said = problem(ground, order)
        assert "The disk of the Docker Engine lab is full" in said
        assert "accident" not in said
        assert "`/ops leftovers`" in said
        assert ground.running(order) == []
    assert before - shutil.disk_usage(small.folder).free < 12 * MB
    assert not ground.builder.build(order).problem
    ground.builder.discard(order)
    ground.close()
