"""Hooks of deployments to a swarm: one task each, on the card; what fails is led back, and nothing
of any of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docker.cluster import Cluster
from tests.journeys.test_deploying import version_at
from tests.journeys.test_hooks import TOLD, UNTOLD, steps
from tests.journeys.test_swarm import all_live, ask, newest, open_fleet
from tests.station import Spot, Station
from tests.workspace import words

pytestmark = pytest.mark.timeout(300)
"""Others may have the cluster for themselves meanwhile."""

FAILS = "import os, sys\nif os.environ['STATION_VERSION'] == '1.1.0': print('no room'); sys.exit(3)"


def hook(name: str, program: str, **more: Any) -> dict[str, Any]:
    command = ["python3", "-c", program]
    return {"name": name, "way_back": "reversible", "command": command, **more}


@pytest.fixture(scope="module")
def fleet(
    cluster: Cluster, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    hooks = {
        "before": [hook("migrate", TOLD, undo=["python3", "-c", UNTOLD])],
        "after": [hook("announce", FAILS)],
    }
    home = tmp_path_factory.mktemp("hooked-fleet")
    with open_fleet(cluster, shop, home, "hooked", hooks=hooks) as station:
        yield station


@pytest.fixture(scope="module")
def spots(fleet: Station) -> list[Spot]:
    """For each test one with a first version."""
    return all_live(fleet, 2)


def left(cluster: Cluster, environment: str) -> list[str]:
    """The services there that are neither what serves nor its router."""
    wanted = f'{{"label":["stationmaster.environment={environment}"]}}'
    listed = cluster.manager.ask("GET", f"/services?filters={wanted}")
    roles = [one["Spec"]["Labels"]["stationmaster.role"] for one in listed]
    return [role for role in roles if role not in ("service", "router")]


def test_a_hook_runs_as_one_task_and_is_undone_when_its_version_is_not_fit(
    fleet: Station, cluster: Cluster, spots: list[Spot]
) -> None:
    spot = spots.pop()
    first = steps(fleet, newest(fleet, spot))
    assert first["hook:migrate"] == "ended well: to 1.0.0"
    assert first["hook:announce"] == "ended well"
    card = ask(fleet, spot, "1.2.0", "rolled back")
    assert "schema" in words(card)
    number = newest(fleet, spot)
    assert steps(fleet, number)[f"undo:{number}:migrate"] == "ended well: back to 1.0.0"
    assert version_at(spot) == "1.0.0"
    assert left(cluster, spot.name) == []


def test_when_one_fails_after_the_switch_the_old_version_answers_again(
    fleet: Station, cluster: Cluster, spots: list[Spot]
) -> None:
    spot = spots.pop()
    said = words(ask(fleet, spot, "1.1.0", "Failed and rolled back"))
    assert "The hook announce failed" in said
    assert "exit code 3" in said
    assert "no room" in said
    number = newest(fleet, spot)
    assert steps(fleet, number)[f"undo:{number}:migrate"] == "ended well: back to 1.0.0"
    assert version_at(spot) == "1.0.0"
    assert left(cluster, spot.name) == []
