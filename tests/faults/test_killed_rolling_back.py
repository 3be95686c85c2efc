"""``kill -9`` at every external call and around every durable step of a rollback.
Whatever happens: nothing twice, nothing lost, the last good version serves, the card is right, the
audit chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import opened
from tests.faults.lane import Lane, both_versions, other, run
from tests.faults.line import Ends
from tests.faults.sweep import sweep


@pytest.fixture(scope="module")
def lanes(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Lane]]:
    folder = tmp_path_factory.mktemp("rolling-back")
    yield from opened(lambda number: Lane(folder, shop, number), both_versions)


def rolls_back(lane: Lane, ends: Ends) -> None:
    lane.wait_for_health("20s")
    target = other(lane.serves)
    run(lane, ends, lambda: lane.roll_back(target), "live", target)


@pytest.mark.timeout(900)
def test_whenever_it_is_killed_it_ends_as_if_it_had_not_been(lanes: list[Lane]) -> None:
    sweep(lanes, rolls_back)
