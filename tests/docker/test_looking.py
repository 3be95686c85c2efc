"""Looking at much on one Engine takes little: what has not changed is not read again, and whoever
changes something does not wait for whoever looks at everything."""

from __future__ import annotations

import io
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from handlers.ports import Container, PortError
from integrations.runtimes.docker import client, record
from integrations.runtimes.docker.config import Lead, lead_in, text_of
from integrations.runtimes.docker.words import CONFIG, SPARE, Place
from tests.docker.images import BUSYBOX, image_id
from tests.docker.stage import DockerStage
from tests.runtimes.stage import free_port, wait_for


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of any Engine."""
    real, seen = client.Engine._asking, list[str]()

    def asking(self: client.Engine, question: client.Question, *more: Any) -> Any:
        seen.append(f"{question.method} {question.path}")
        return real(self, question, *more)

    monkeypatch.setattr(client.Engine, "_asking", asking)
    return seen


def packed(content: bytes, path: str = CONFIG) -> bytes:
    """The router's file with other words, as an archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo(path[1:])
        entry.size, entry.mode, entry.mtime = len(content), 0o644, time.time()
        archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def reads(asked: list[str]) -> int:
    return sum(one.startswith("GET") and one.endswith("/archive") for one in asked)


def test_where_an_address_leads_is_read_once_and_known_from_then_on(
    stage: DockerStage, asked: list[str]
) -> None:
    stage.deploy(stage.plan("d1"))
    record._known.clear()  # as a bot that has just begun
    asked.clear()
    for _ in range(3):
        assert stage.runtime.measure(stage.place[0]).running == {stage.place[1]: "1.1.0"}
    assert reads(asked) == 1
    stage.deploy(stage.plan("d2", 2, version="1.2.0"))
    for _ in range(3):
        assert stage.runtime.measure(stage.place[0]).running == {stage.place[1]: "1.2.0"}
    assert reads(asked) == 1


def test_what_somebody_else_writes_there_is_seen_at_once(
    stage: DockerStage, asked: list[str]
) -> None:
    stage.deploy(stage.plan("d1"))
    text = text_of(replace(lead_of(stage), version="6.6.6", fence=666))
    (router,) = stage.containers(role="router")
    path = f"/containers/{router['Id']}/archive?path=/"
    stage.engine.ask("PUT", path, packed(text.encode()))
    asked.clear()
    for reading in (1, 2):
        assert stage.runtime.measure(stage.place[0]).running == {stage.place[1]: "6.6.6"}
        assert reads(asked) == reading


def test_a_record_that_was_broken_off_is_put_right_by_its_spare(stage: DockerStage) -> None:
    stage.deploy(stage.plan("d1"))
    (router,) = stage.containers(role="router")
    path = f"/containers/{router['Id']}/archive?path=/"
    for broken in (b"", text_of(lead_of(stage)).encode()[:60]):
        stage.engine.ask("PUT", path, packed(broken))
        assert lead_of(stage).operation == "d1"
        assert lead_in_file(stage, router["Id"]) == lead_of(stage)
    stage.engine.ask("PUT", path, packed(b"", SPARE))
    stage.engine.ask("PUT", path, packed(b""))
    with pytest.raises(PortError, match=f"Remove {router['Names'][0][1:]}, and deploy again"):
        stage.runtime.serving(*stage.place)


def lead_of(stage: DockerStage) -> Lead:
    engine = stage.runtime._host(stage.place[0]).engine
    lead = record.Record(engine, Place(*stage.place)).read()
    assert lead is not None
    return lead


def lead_in_file(stage: DockerStage, router: str) -> Lead | None:
    path = f"/containers/{router}/archive?path={CONFIG}"
    return lead_in(stage.engine.ask("GET", path))


def test_services_that_come_at_once_to_a_new_environment_share_one_network(
    stage: DockerStage,
) -> None:
    without_network(stage)
    plans = [replace(stage.plan("d1"), service=f"{stage.place[1]}-{n}") for n in range(8)]
    plans = [replace(one, address=f"127.0.0.1:{free_port()}") for one in plans]
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(stage.runtime.prepare, plans))
        assert len(networks(stage)) == 1
    finally:
        for one in plans:
            stage.engine.purge(f"stationmaster.service={one.service}")


def test_two_networks_of_one_name_become_one(stage: DockerStage) -> None:
    without_network(stage)
    name = f"stationmaster-{stage.place[0]}"
    for _ in range(2):
        body = {"Name": name, "Labels": {"stationmaster.environment": stage.place[0]}}
        stage.engine.ask("POST", "/networks/create", body)
    assert len(networks(stage)) == 2
    stage.deploy(stage.plan("d1"))
    assert len(networks(stage)) == 1
    assert stage.get() == "1.1.0 /"


def without_network(stage: DockerStage) -> None:
    for one in networks(stage):
        stage.engine.ask("DELETE", f"/networks/{one['Id']}")


def networks(stage: DockerStage) -> list[Any]:
    name = f"stationmaster-{stage.place[0]}"
    return [one for one in stage.engine.ask("GET", "/networks") if one["Name"] == name]


def test_many_containers_are_seen_without_waiting_for_what_each_of_them_uses(
    stage: DockerStage,
) -> None:
    many = 24
    how = Container(image_id(stage.engine.socket, BUSYBOX), memory=16 * 2**20)
    plan = replace(stage.plan("d1"), command=("sleep", "1000"), container=how)
    stage.runtime.prepare(plan)
    containers = stage.runtime._hands(Place(*stage.place)).containers
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: containers.start(plan, n), range(1, many + 1)))

    def seen() -> list[int | None]:
        return [one.memory for one in stage.runtime.inspect(stage.place[0])]

    began = time.monotonic()
    assert len(seen()) == many
    assert time.monotonic() - began < 3, "an Engine takes a second to say what each uses"
    wait_for(lambda: None not in seen())
    assert all(one and 0 < one <= 16 * 2**20 for one in seen())


def test_who_looks_leaves_turns_to_who_changes_something(
    stage: DockerStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.deploy(stage.plan("d1"))
    engine, at_once = stage.runtime._host(stage.place[0]).engine, AtOnce()
    real = client.Engine.find

    def find(self: client.Engine, path: str, /, **query: Any) -> Any:
        with at_once if path.endswith("/json") else nullcontext():
            return real(self, path, **query)

    monkeypatch.setattr(client.Engine, "find", find)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: stage.runtime.inspect(stage.place[0]), range(16)))
    assert 0 < at_once.most <= client.LOOKING < client.AT_ONCE
    assert engine.ask("GET", "/info")


def test_who_counts_requests_leaves_turns_as_well(
    stage: DockerStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.deploy(stage.plan("d1"))
    at_once, real = AtOnce(), client.Engine.talk

    def talk(self: client.Engine, *about: Any) -> bytes:
        with at_once:
            return real(self, *about)

    monkeypatch.setattr(client.Engine, "talk", talk)
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda _: stage.runtime.requests(stage.place[0]), range(16)))
    assert counts == [0] * 16
    assert 0 < at_once.most <= client.LOOKING


class AtOnce:
    """How many were in it at the same time, at most; each stays for a moment."""

    def __init__(self) -> None:
        self.most, self._now, self._mutex = 0, 0, threading.Lock()

    def __enter__(self) -> None:
        with self._mutex:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            self._now -= 1
