"""An environment that is made from a blueprint, used and destroyed, as people see it."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.journeys.test_calendar import direct, pictures
from tests.station import Station
from tests.workspace import eventually, words


def test_made_used_and_destroyed_it_leaves_its_copy_and_nothing_else(station: Station) -> None:
    spot, workspace = station.spot("free"), station.workspace
    said = workspace.types("/env create demo from preview for 1d", "U0ANA", spot.channel)
    assert "*demo* is there" in said
    channel = station.bot.setup.blueprints["preview"].channel
    workspace.card(channel, "Made: demo from preview")
    workspace.types("/deploy shop-api 1.0.0 to demo", "U0ANA", spot.channel)
    workspace.card(channel, "Live: shop-api 1.0.0 → demo")
    url = f"http://{station.bot.bench.setup.environments['demo'].services['shop-api'].address}"
    assert requests.get(f"{url}/version", timeout=5).json()["version"] == "1.0.0"
    data = Path(station.bot.settings.data / "volumes" / "demo" / "shop-api" / "data")
    assert data.is_dir()
    workspace.types("/env calendar demo", "U0ANA", spot.channel)
    (picture,) = eventually(lambda: pictures(station, direct(station, "U0ANA"), "U0ANA"))
    assert "ends " in picture["files"][0]["alt_txt"]
    assert "(made by Ana from preview)" in picture["files"][0]["alt_txt"]
    workspace.types("/env destroy demo because we have seen it", "U0ANA", spot.channel)
    card = eventually(
        lambda: next(
            (c for c in workspace.cards(channel) if "Destroyed: demo from preview" in words(c)),
            None,
        ),
        "the card that says that it is destroyed",
    )
    assert "4 of 4 steps done" in str((card or {})["blocks"])
    assert not data.exists()
    assert [one.name for one in (data.parent / "backups").iterdir()] == ["e1"]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/version", timeout=5)
    assert "demo" not in workspace.types("/env list", "U0ANA", spot.channel)
    again = workspace.types("/env create demo from preview", "U0BEN", spot.channel)
    assert "*demo* is there" in again
