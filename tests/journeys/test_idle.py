"""Environments that nobody uses: their owner is told, and they are stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.test_booking import direct
from tests.journeys.test_deploying import goes_live, version_at
from tests.station import RULES, Spot, Station, make_spots, open_station
from tests.workspace import elements, labels

ANA = "U0ANA"
COST = {"per_hour": 3600, "stopped": 0}
"""An euro a second, so that a second of running shows."""


def spent(station: Station, spot: Spot) -> float:
    said = station.workspace.types(f"/env usage {spot.name}", ANA, spot.channel)
    found = re.search(r"cost (\d+\.\d\d) EUR", said)
    assert found, said
    return float(found[1])


@pytest.fixture(scope="module")
def station(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, "nap", RULES["free"] | {"idle_stop": "20s", "cost": COST})
        spots = make_spots({"nap": 3})
        with open_station(tmp_path_factory.mktemp("idle"), shop, spots) as station:
            yield station
            assert station.workspace.violated() == []


def test_its_owner_is_told_then_it_is_stopped_and_a_start_wakes_it(station: Station) -> None:
    workspace, spot = station.workspace, station.spot("nap")
    goes_live(station, spot, "1.0.0")
    told = direct(station, ANA, "has not been used since", spot)
    assert [one.split(" until")[0] for one in labels(told)] == ["Stop now", "Keep"]
    card = workspace.card(spot.channel, f"Done: stop of {spot.name}")
    assert "nobody used it" in str(card["blocks"])
    direct(station, ANA, "and is stopped since", spot)
    then = spent(station, spot)
    assert 20 < then < 600
    assert spent(station, spot) == then  # stopped, it costs nothing
    workspace.types(f"/env start {spot.name}", ANA, spot.channel)
    workspace.card(spot.channel, f"Done: start of {spot.name}")
    assert version_at(spot) == "1.0.0"
    assert spent(station, spot) > then


def test_the_buttons_keep_it_and_stop_it(station: Station) -> None:
    workspace, spot, other = station.workspace, station.spot("nap"), station.spot("nap")
    for one in (spot, other):
        goes_live(station, one, "1.0.0")
    for one, label in ((spot, "Keep until"), (other, "Stop now")):
        told = direct(station, ANA, "has not been used since", one)
        button = next(e for e in elements(told) if e.label.startswith(label))
        assert workspace.presses(button, told["ts"], ANA, f"D{ANA[1:]}")["ok"]
    direct(station, ANA, "whether anybody uses it or not", spot)
    workspace.card(other.channel, f"Done: stop of {other.name}")
    direct(station, ANA, "and is stopped since", other)
    assert version_at(spot) == "1.0.0"
    usage = workspace.types("/env usage", ANA, spot.channel)
    assert f"{spot.name}* runs, not used" not in usage
