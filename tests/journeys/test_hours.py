"""An environment with working hours, outside of them: it rests, and people wake it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.rules import rest
from handlers.rules.hours import DAYS
from tests.journeys.test_deploying import goes_live, version_at
from tests.station import RULES, Station, make_spots, open_station

ANA, OPAL = "U0ANA", "U0OPAL"


@pytest.fixture(scope="module")
def station(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """Its hours are those of the day before yesterday, every week, and it does not linger."""
    day = DAYS[(datetime.now(UTC) - timedelta(days=2)).weekday()]
    hours = {"days": day, "from": "00:00", "until": "24:00", "zone": "UTC"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, "shift", RULES["free"] | {"working_hours": hours})
        patch.setattr(rest, "LINGER", timedelta(0))
        spots = make_spots({"shift": 1})
        with open_station(tmp_path_factory.mktemp("hours"), shop, spots) as station:
            yield station
            assert station.workspace.violated() == []


def test_outside_its_hours_it_rests_and_a_booking_and_a_deployment_wake_it(
    station: Station,
) -> None:
    workspace, spot = station.workspace, station.spot("shift")
    workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    card = workspace.card(spot.channel, f"Done: stop of {spot.name}")
    assert "the clock asked" in str(card["blocks"])
    assert "working hours are over" in str(card["blocks"])
    said = workspace.types(f"/env show {spot.name}", ANA, spot.channel)
    assert "Stopped* by the clock since" in said
    assert ", starts " in said
    workspace.types(f"/env book {spot.name} for 1h", ANA, spot.channel)
    card = workspace.card(spot.channel, f"Done: start of {spot.name}")
    assert "a booking has begun" in str(card["blocks"])
    assert version_at(spot) == "1.0.0"
    workspace.types(f"/env keep {spot.name} for 2h", ANA, spot.channel)
    workspace.types(f"/env free {spot.name}", ANA, spot.channel)
    goes_live(station, spot, "1.1.0")
    assert version_at(spot) == "1.1.0"
    said = workspace.types(f"/env show {spot.name}", ANA, spot.channel)
    assert "Stopped" not in said
