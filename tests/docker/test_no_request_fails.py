"""Requests keep coming while releases come and go in containers: none of them may notice."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from handlers.ports import Container
from tests.docker.stage import DockerStage
from tests.runtimes.test_no_request_fails import probing

ROUNDS = 20 if os.environ.get("STATION_TESTS_EVERY_POINT") else 2
"""Good deployments; one in four is followed by a bad one."""


def test_good_and_bad_deployments_under_load_fail_no_request(stage: DockerStage) -> None:
    stage.deploy(stage.plan("d1"))
    result: dict[str, Any] = {}
    number = 1
    with probing(stage.address, result):
        for good in range(1, ROUNDS + 1):
            number += 1
            stage.deploy(stage.plan(f"d{number}", number, version=f"1.{good + 1}.0"))
            if good % 4 == 1:
                number += 1
                bad = stage.plan(f"d{number}", number, ("sick", "dies")[good // 4 % 2])
                assert stage.begin(bad).state in ("unhealthy", "exited")
                stage.runtime.retire(bad, bad.operation)
    print(result)  # the figures, for whoever runs this with -s
    assert result["failed"] == []
    assert result["asked"] > 200 * ROUNDS
    assert set(result["versions"]) == {f"1.{n}.0" for n in range(1, ROUNDS + 2)}


def test_rolling_replicas_and_taking_it_back_under_load_fails_no_request(
    stage: DockerStage,
) -> None:
    three = Container(stage.image, replicas=3, memory=64 * 2**20)
    old = replace(stage.plan("d1"), container=three)
    new = replace(stage.plan("d2", 2, version="1.2.0"), container=three)
    stage.deploy(old)
    result: dict[str, Any] = {}
    with probing(stage.address, result):
        assert stage.begin(new).state == "healthy"
        stage.runtime.switch(new)
        back = replace(old, fence=2)
        assert stage.runtime.switch(back).operation == "d1"
        stage.runtime.retire(back, "d2")
    assert result["failed"] == []
    assert set(result["versions"]) == {"1.1.0", "1.2.0"}
    assert len(stage.alive("d1")) == 3
    assert stage.containers("d2") == []
