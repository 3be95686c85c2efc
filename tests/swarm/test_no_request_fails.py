"""Requests keep coming while releases come and go in a swarm: none of them may notice."""

from __future__ import annotations

import os
from typing import Any

import pytest

from handlers.ports import Plan
from tests.runtimes.test_no_request_fails import probing
from tests.swarm.stage import SwarmStage

ROUNDS = 20 if os.environ.get("STATION_TESTS_EVERY_POINT") else 2
"""Good deployments; one in four is followed by a bad one."""


@pytest.mark.timeout(3000)
def test_good_and_bad_deployments_under_load_fail_no_request(alone: SwarmStage) -> None:
    def plan(number: int, behaves: str = "well", version: str = "1.1.0") -> Plan:
        return alone.of(alone.plan(f"d{number}", number, behaves, version), replicas=2)

    alone.deploy(plan(1))
    result: dict[str, Any] = {}
    number = 1
    with probing(alone.address, result):
        for good in range(1, ROUNDS + 1):
            number += 1
            alone.deploy(plan(number, version=f"1.{good + 1}.0"))
            if good % 4 == 1:
                number += 1
                bad = plan(number, ("sick", "dies")[good // 4 % 2])
                assert alone.begin(bad).state in ("unhealthy", "exited")
                alone.runtime.retire(bad, bad.operation)
    print(result)  # the figures, for whoever runs this with -s
    assert result["failed"] == []
    assert result["asked"] > 200 * ROUNDS
    assert set(result["versions"]) == {f"1.{n}.0" for n in range(1, ROUNDS + 2)}
