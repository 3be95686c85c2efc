"""The daemon is killed at calls of a deployment, before, within and after them, and started again
by what looks after it. Whatever it was about to do: what serves goes on where containers outlive
the daemon, and comes back where they do not; nothing is there twice and nothing is left over."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from handlers.ports import PortError
from integrations.runtimes.docker import client
from tests.conftest import missing
from tests.docker import act
from tests.docker.engine import Engine, missing_programs, own_engine
from tests.docker.proxy import proxy
from tests.docker.stage import DockerStage
from tests.docker.test_daemon import behind
from tests.docker.test_faults import EVERY_POINT, Ground, asking
from tests.workspace import eventually

WHEN = ("kill before", "kill within", "kill after")
CHOSEN = {
    True: (
        ("kill within", r"POST .*/containers/create"),
        ("kill within", r"PUT .*/archive"),
        ("kill before", r"DELETE .*/containers/"),
    ),
    False: (("kill after", r"POST .*/containers/[^/]+/start"), ("kill within", r"PUT .*/archive")),
}
"""Where it dies in `make test`, at the last call of a kind, where containers outlive it and where
they do not; in `make sweep` it dies at every call."""


@dataclass
class Keeper:
    """What starts the daemon again when it has died, as the system does on a real machine."""

    engine: Engine
    is_live: bool = True
    _starting: list[threading.Thread] = field(default_factory=list)

    def kill(self) -> None:
        self.engine.signal(signal.SIGKILL)
        thread = threading.Thread(target=self.engine.start_daemon, args=(self.is_live,))
        self._starting.append(thread)
        thread.start()

    def close(self) -> None:
        """It runs by then."""
        while self._starting:
            self._starting.pop().join()


@pytest.fixture(scope="module", params=[True, False], ids=["outliving", "ending with it"])
def keeper(request: pytest.FixtureRequest) -> Iterator[Keeper]:
    gone = missing_programs()
    if gone:
        missing(f"for a Docker Engine: {', '.join(gone)}")
    with own_engine() as engine, closing(Keeper(engine, request.param)) as keeper:
        yield keeper


@pytest.fixture
def ground(keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    monkeypatch.setattr(client, "LIMIT", 5.0)
    monkeypatch.setattr(act, "ATTEMPTS", 60)
    monkeypatch.setattr(act, "PAUSE", 0.5)
    with proxy(tmp_path, keeper.engine.socket) as between:
        stage = DockerStage(keeper.engine, "api", environment="docks")
        between.kill = keeper.kill
        yield Ground(stage, between, tmp_path)
        stage.clear()


def points(ground: Ground, keeper: Keeper) -> list[tuple[str, int]]:
    """When it is to die, by the calls of a deployment that nothing happens to."""
    ground.proxy.aim()
    ground.deploy()
    calls = [f"{call.method} {call.path}" for call in ground.proxy.calls]
    if os.environ.get(EVERY_POINT):
        return [(when, number) for when in WHEN for number in range(1, len(calls) + 1)]
    return [(when, last(calls, about)) for when, about in CHOSEN[keeper.is_live]]


def last(calls: list[str], about: str) -> int:
    return max(number for number, call in enumerate(calls, 1) if re.match(about, call))


def is_well(ground: Ground) -> bool:
    """After the look that the bot takes every few seconds, in which it has things mended."""
    runtime, plan = ground.runtime, ground.plan()
    try:
        runtime.serving(*ground.stage.place)
        if plan.operation not in runtime.instances(*ground.stage.place):
            runtime.revive(plan)
        ground.check()
    except (PortError, AssertionError, requests.RequestException):
        return False
    return True


@pytest.mark.timeout(3000)
def test_whenever_the_daemon_dies_one_version_serves_in_the_end_and_nothing_twice(
    ground: Ground, keeper: Keeper
) -> None:
    for when, number in points(ground, keeper):
        ground.proxy.aim(when, number)
        with asking(behind(ground.stage)) as wrong:
            plan, previous = ground.next()
            ended = act.act(ground.runtime, plan, previous)
            ground.proxy.rest()
            keeper.close()
        said = f"{when} {number}, {ground.proxy.hit}: {ended}"
        if keeper.is_live:
            assert (ended, wrong) == ("live", []), said
        if ended != "live":
            ground.taken_back()
        eventually(lambda: is_well(ground), said, every=0.2)
