"""Every call of a deployment to the Engine meets every fault in turn: its request is lost, its
answer is lost, it fails, it hangs, the bot is killed before or after it. Whatever happens: the new
version serves in the end, with the newest secret, nothing was made twice, nothing is left over, no
request was lost."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests

from handlers.ports import Plan
from integrations.runtimes.docker import client
from tests.docker.act import act
from tests.docker.images import ROUTER, image_id
from tests.docker.proxy import FAULTS, Proxy, proxy
from tests.docker.stage import DockerStage
from tests.docker.test_secrets import in_container, volumes

SAMPLE, EVERY_POINT = 19, "STATION_TESTS_EVERY_POINT"
"""Every nineteenth call with each fault, others for each; with this set, all calls with all."""


@dataclass
class Ground:
    """A service that has been deployed over and over, by way of the proxy; each time it is given
    another word."""

    stage: DockerStage
    proxy: Proxy
    folder: Path
    count: int = 1

    def __post_init__(self) -> None:
        self.runtime = self.stage.anew(self.proxy.url)
        assert act(self.runtime, self.plan(), None) == "live"

    def plan(self, behaves: str = "well") -> Plan:
        version = f"1.{self.count % 20 + 1}.0"
        plan = self.stage.plan(f"d{self.count}", self.count, behaves, version)
        assert plan.container
        word = self.folder / "word"
        word.write_text(self.word, "utf-8")
        container = replace(plan.container, secrets=(("password", str(word)),))
        return replace(plan, drain=2.0, container=container)

    @property
    def word(self) -> str:
        return f"the word of d{self.count}"

    def next(self) -> tuple[Plan, Plan]:
        """The next deployment, and what serves before it, under its fence."""
        before = self.plan()
        self.count += 1
        return self.plan(), replace(before, fence=self.count)

    def taken_back(self) -> None:
        """What was there before the last deployment serves, on its own order."""
        self.count -= 1

    def deploy(self) -> None:
        plan, previous = self.next()
        assert act(self.runtime, plan, previous) == "live"

    def deploy_and_die(self) -> None:
        """In a process that is killed; the next one does it all again."""
        plan, previous = self.next()
        file = self.folder / "plans"
        file.write_bytes(pickle.dumps((plan, previous, image_id(self.stage.engine.socket, ROUTER))))
        words = (sys.executable, "-m", "tests.docker.act", str(file), self.proxy.url)
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as bot:
            self.proxy.kill = bot.kill
            said, wrong = bot.communicate(timeout=60)
        assert bot.returncode in (0, -9), wrong.decode()
        assert act(self.runtime, plan, previous) == "live", said

    def check(self) -> None:
        """The oracles."""
        plan = self.plan()
        assert self.stage.get() == f"{plan.version} /"
        assert self.runtime.instances(*self.stage.place) == (plan.operation,)
        there = self.stage.containers()
        assert [one["Labels"]["stationmaster.operation"] for one in there] == [plan.operation]
        assert len(self.stage.containers(role="router")) == 1
        serving = self.runtime.serving(*self.stage.place)
        assert serving is not None
        assert serving.operation == plan.operation
        assert in_container(self.stage, plan.operation) == [self.word]
        assert volumes(self.stage) == [plan.operation]
        assert self.stage.containers(role="carrier") == [], "what brings secrets is begun anew"
        made = Counter(
            unquote(found[1])
            for call in self.proxy.calls
            if call.status == 201 and (found := re.search(r"create\?name=([^&]+)", call.path))
        )
        twice = [name for name, times in made.items() if times > 1]
        assert [name for name in twice if not name.endswith("_carrier")] == []


@contextmanager
def asking(address: str) -> Iterator[list[str]]:
    """Ask all the time; what was wrong with the answers."""
    stop, wrong = threading.Event(), list[str]()

    def ask() -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not stop.wait(0.02):
                try:
                    answer = session.get(f"http://{address}/", timeout=10)
                    if answer.status_code != 200:
                        wrong.append(f"{answer.status_code} {answer.text}")
                except requests.RequestException as error:
                    wrong.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield wrong
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def ground(stage: DockerStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    monkeypatch.setattr(client, "LIMIT", 3.0)
    with proxy(tmp_path, stage.engine.socket) as between:
        yield Ground(stage, between, tmp_path)


def calls_of(ground: Ground) -> int:
    ground.proxy.aim()
    ground.deploy()
    return len(ground.proxy.calls)


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_call_meets_a_fault_the_deployment_ends_well(ground: Ground, fault: str) -> None:
    count = calls_of(ground)
    assert count > 20
    print(f"{count} calls")  # for whoever runs this with -s
    every = 1 if os.environ.get(EVERY_POINT) else SAMPLE
    first = FAULTS.index(fault) * 3 + 1
    numbers = range(1, count + 1) if every == 1 else range(first, count + 1, every)
    with asking(ground.stage.address) as wrong:
        for number in numbers:
            ground.proxy.aim(fault, number)
            ground.deploy_and_die() if fault.startswith("kill") else ground.deploy()
            ground.proxy.rest()
            try:
                # One that is healthy sooner than the first was asked less often whether it is.
                assert ground.proxy.hit is not None or number > len(ground.proxy.calls)
                ground.check()
                assert wrong == []
            except AssertionError as error:
                said = json.dumps([vars(call) for call in ground.proxy.calls], indent=1)
                raise AssertionError(f"{fault} at {number}: {ground.proxy.hit}\n{said}") from error
