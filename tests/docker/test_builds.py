"""Builds on a real Engine that meet what goes wrong: files that are no Dockerfile, images that are
not there or not allowed, time and memory that run out, registries that are away or let nobody in,
and a daemon that dies in the middle."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.ports import BuildOrder, Built, PortError
from integrations.runtimes.docker import client
from tests.docker.engine import Engine, own_engine
from tests.docker.images import BUSYBOX, image_id, push
from tests.docker.registry import registry as real_registry
from tests.docker.yard import ENDLESS, GOOD, Ground
from tests.workspace import eventually


@pytest.fixture
def ground(engine: Engine, registry: str, tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(engine, registry, tmp_path)
    yield ground
    ground.close()


@pytest.fixture(scope="module")
def own() -> Iterator[Engine]:
    """For whoever breaks it."""
    with own_engine() as engine:
        yield engine


def built(ground: Ground, order: BuildOrder) -> tuple[Built, str]:
    """How it ended, and all that it wrote."""
    lines: list[str] = []
    ground.builder.fetch(order)
    try:
        return ground.builder.build(order, lines.append), "\n".join(lines)
    finally:
        assert ground.running(order) == []
        ground.builder.discard(order)


@pytest.mark.parametrize(
    ("dockerfile", "said"),
    [
        (f"FROM {BUSYBOX}\nFRM x\n", "cannot read the Dockerfile"),
        (f"FROM {BUSYBOX}\nCOPY nothing /x\n", "failed at step 2 of"),
        (f"FROM {BUSYBOX}\nRUN --mount=type=secret,id=x true\n", "BuildKit"),
        (f"FROM {BUSYBOX}\nRUN wget -q http://127.0.0.1:1/\n", "`network: bridge`"),
        (f"FROM {BUSYBOX}\nCOPY out /x\n", "failed at step 2 of"),
    ],
)
def test_what_cannot_be_built_is_said_in_the_engine_s_words(
    ground: Ground, dockerfile: str, said: str
) -> None:
    (ground.repository.folder / "out").symlink_to("greeting-that-is-not-there")
    done, _ = built(ground, ground.order(dockerfile))
    assert said in done.problem


def test_a_build_gets_what_the_order_says_and_no_more(ground: Ground) -> None:
    asked = "RUN cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; true\n"
    text = f"FROM {BUSYBOX}\nARG COLOUR=none\nRUN echo it is $COLOUR; ls /sys/class/net\n{asked}"
    order = ground.order(text, arguments=(("COLOUR", "green"),), memory=64 * 2**20)
    done, wrote = built(ground, order)
    assert not done.problem, wrote
    assert "it is green" in wrote
    assert str(64 * 2**20) in wrote
    assert "eth0" not in wrote


def test_memory_that_runs_out_is_named(ground: Ground) -> None:
    text = f"FROM {BUSYBOX}\nRUN dd if=/dev/zero of=/dev/null bs=200M count=1\n"
    done, _ = built(ground, ground.order(text, memory=16 * 2**20))
    assert "memory of 16 MiB" in done.problem


def test_a_build_without_an_end_is_ended_when_its_time_is_up(ground: Ground) -> None:
    done, wrote = built(ground, ground.order(ENDLESS, timeout=2.0))
    assert "was not done within 2 s" in done.problem
    assert "step 2 of" in done.problem
    assert "it begins" in wrote


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("docker.io/library/python:3", "docker.io is not under registries"),
        ("registry.example.com.evil.com/x", "is not under registries"),
        ("python:3.12", "has no image python:3.12, which the Dockerfile uses"),
    ],
)
def test_images_from_elsewhere_are_refused_and_nobody_is_asked_for_them(
    ground: Ground, image: str, said: str
) -> None:
    for text in (f"FROM {image}\n", f"{GOOD}COPY --from={image} /x /y\n"):
        with pytest.raises(PortError, match=said) as refused:
            built(ground, ground.order(text))
        assert refused.value.permanent


def test_what_it_begins_with_is_fetched_with_the_registry_s_credentials(
    engine: Engine, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text("robot\nlet-me-in\n", "utf-8")
    with real_registry(tmp_path / "registry", closed=True) as host:
        ground = Ground(engine, host, tmp_path, str(keys))
        base = f"{host}/base-{ground.service}"
        push(engine.socket, image_id(engine.socket, BUSYBOX), base, "1", ("robot", "let-me-in"))
        engine.ask("DELETE", f"/images/{base}:1")
        order = ground.order(f"FROM {base}:1\nRUN true\n")
        done, wrote = built(ground, order)
        assert not done.problem, wrote
        missing = ground.order(f"FROM {base}:2\nRUN true\n")
        with pytest.raises(PortError, match=f"The registry has no {base}:2") as refused:
            built(ground, missing)
        assert refused.value.permanent
        keys.write_text("robot\nwrong\n", "utf-8")
        with pytest.raises(PortError, match="does not let lab push") as refused:
            ground.builder.push(order)
        assert refused.value.permanent
        ground.close()


def test_a_registry_that_is_away_may_come_back_and_what_was_built_is_pushed_then(
    engine: Engine, registry: str, tmp_path: Path
) -> None:
    ground = Ground(engine, "127.0.0.1:1", tmp_path)
    order = ground.order()
    ground.builder.fetch(order)
    assert not ground.builder.build(order).problem
    with pytest.raises(PortError, match="cannot be pushed") as refused:
        ground.builder.push(order)
    assert not refused.value.permanent
    ground.close()


def test_a_daemon_that_hangs_is_given_up_and_ends_the_build_itself_when_it_goes_on(
    own: Engine, registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LIMIT", 2.0)
    ground = Ground(own, registry, tmp_path)
    order = ground.order(ENDLESS, timeout=4.0)
    ground.builder.fetch(order)

    def write(line: str) -> None:
        if line == "it begins":
            own.signal(signal.SIGSTOP)

    try:
        said = ground.builder.build(order, write).problem
        assert "was not done within 4 s at step 2 of" in said
        assert "lab does not answer any more" in said
        with pytest.raises(PortError, match="gave no answer in time") as refused:
            ground.anew().build(order)
        assert not refused.value.permanent
    finally:
        own.signal(signal.SIGCONT)
    eventually(lambda: ground.running(order) == [], "the end of the build")
    again = ground.order()
    ground.builder.fetch(again)
    assert not ground.builder.build(again).problem
    ground.close()


def test_a_daemon_that_dies_in_the_middle_leaves_nothing_and_builds_again(
    own: Engine, registry: str, tmp_path: Path
) -> None:
    engine, ground = own, Ground(own, registry, tmp_path)
    text = f"FROM {BUSYBOX}\nRUN echo it begins; [ -e /tmp/fast ] || sleep 3\n"
    order, begun = ground.order(text), threading.Event()
    ground.builder.fetch(order)
    broken: list[PortError] = []

    def write(line: str) -> None:
        if "it begins" in line and "RUN" not in line:
            begun.set()

    def build() -> None:
        try:
            ground.builder.build(order, write)
        except PortError as error:
            broken.append(error)

    thread = threading.Thread(target=build)
    thread.start()
    eventually(begun.is_set, "the build")
    engine.signal(signal.SIGKILL)
    thread.join(30)
    assert [error.permanent for error in broken] == [False]
    engine.start_daemon()
    again = replace(order)
    assert not ground.anew().build(again).problem
    assert ground.running(order) == []
    ground.builder.discard(order)
