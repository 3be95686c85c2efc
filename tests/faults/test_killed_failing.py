"""``kill -9`` at every external call and around every durable step of a deployment that is taken
back. Whatever happens: nothing twice, nothing lost, the last good version serves, the card is
right, the audit chain holds."""

from __future__ import annotations

import pytest

from tests.faults.lane import Lane, run
from tests.faults.line import Ends
from tests.faults.sweep import sweep


def fails(lane: Lane, ends: Ends) -> None:
    lane.wait_for_health("0.8s")
    run(lane, ends, lambda: lane.deploy("1.2.0"), "rolled_back", lane.serves)


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_it_ends_as_if_it_had_not_been(lanes: list[Lane]) -> None:
    sweep(lanes, fails)
