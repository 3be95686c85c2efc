"""Requests keep coming while releases come and go: none of them may notice."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from integrations.runtimes.process import instances
from integrations.runtimes.process.control import Control
from tests.runtimes.stage import Stage, wait_for


@contextmanager
def probing(address: str, result: dict[str, Any]) -> Iterator[None]:
    words = (sys.executable, "-m", "tests.runtimes.prober", address)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as prober:
        assert prober.stdout
        assert prober.stdout.readline() == b"asking\n"
        try:
            yield
        finally:
            said, _ = prober.communicate(timeout=30)
        result.update(json.loads(said))


def test_good_and_bad_deployments_under_load_fail_no_request(stage: Stage) -> None:
    stage.deploy(stage.plan("d1"))
    result: dict[str, Any] = {}
    with probing(stage.address, result):
        for number in (2, 4):
            version = f"1.{number}.0"
            stage.deploy(stage.plan(f"d{number}", number, version=version))
            bad = stage.plan(f"d{number + 1}", number + 1, ("sick", "dies")[number // 2 % 2])
            assert stage.begin(bad).state in ("unhealthy", "exited")
            stage.runtime.retire(bad, bad.operation)
    print(result)  # the figures, for whoever runs this with -s
    assert result["failed"] == []
    assert result["asked"] > 600
    assert set(result["versions"]) == {"1.1.0", "1.2.0", "1.4.0"}


def test_taking_a_switch_back_under_load_fails_no_request(stage: Stage) -> None:
    old = stage.plan("d1")
    stage.deploy(old)
    result: dict[str, Any] = {}
    with probing(stage.address, result):
        for number in range(2, 4):
            new = stage.plan(f"d{number}", number, version=f"1.{number}.0")
            assert stage.begin(new).state == "healthy"
            stage.runtime.switch(new)
            back = stage.plan("d1", number)
            stage.runtime.switch(back)
            stage.runtime.retire(back, new.operation)
    assert result["failed"] == []


def test_a_long_request_is_finished_where_it_began(stage: Stage) -> None:
    stage.deploy(stage.plan("d1"))
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(stage.get("/slow?1")))
    asking.start()
    wait_for(lambda: Control(stage.home).traffic().flying.get("d1"))
    stage.deploy(stage.plan("d2", 2, version="1.2.0"))
    asking.join()
    assert answers == ["1.1.0 /slow?1"]
    assert stage.get("/now") == "1.2.0 /now"


def test_a_stubborn_instance_is_ended_after_the_drain(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instances, "GRACE", 0.3)
    stage.deploy(stage.plan("d1", behaves="stubborn"))
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(stage.get("/stuck")))
    asking.start()
    wait_for(lambda: Control(stage.home).traffic().flying.get("d1"))
    began = time.monotonic()
    stage.deploy(replace(stage.plan("d2", 2, version="1.2.0"), drain=0.3))
    assert time.monotonic() - began < 3
    assert stage.alive("d1") == []
    asking.join()
    assert answers == ["1.2.0 /stuck"]  # asked again there, because a GET may be
