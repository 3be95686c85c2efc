"""What happens to a version that dies under traffic, while it is watched; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from handlers import audit
from handlers.tables import Deployment
from tests.databases import empty_database
from tests.station import Spot, Station, make_spots, open_station
from tests.workspace import eventually, labels, words


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def whole(
    request: pytest.FixtureRequest, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    home = tmp_path_factory.mktemp("watching")
    url = empty_database(request, home)
    spots = make_spots({"free": 3})
    with open_station(home, shop, spots, url, health=HEALTH) as station:
        yield station


HEALTH = {"path": "/healthz", "timeout": "10s"}


@pytest.fixture
def watched(station: Station, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on a version is watched for longer than any test takes: however slow the
    machine is, what is done to it next is done while it is watched."""

    def lengthen() -> None:
        services = station.bot.setup.services
        longer = services["shop-api"].model_copy(update={"watch": 120.0})
        monkeypatch.setitem(services, "shop-api", longer)

    return lengthen


def ask(station: Station, spot: Spot, text: str, by: str = "U0ANA") -> None:
    station.workspace.types(text.format(env=spot.name), by, spot.channel)


def goes_live(station: Station, spot: Spot, version: str) -> None:
    ask(station, spot, f"/deploy shop-api {version} to {{env}}")
    station.workspace.card(spot.channel, f"Live: shop-api {version}")


def dies_while_watched(station: Station, spot: Spot, version: str) -> None:
    """Kill the new version once it serves."""
    eventually(lambda: serves(spot, version), f"{version} serving")
    for process in psutil.process_iter():
        try:
            told = process.environ() if "server.py" in process.cmdline() else {}
        except psutil.Error:
            continue
        seen = told.get("STATION_ENVIRONMENT"), told.get("STATION_VERSION")
        if seen == (spot.name, version):
            process.kill()


def serves(spot: Spot, version: str) -> bool:
    try:
        return bool(requests.get(f"{spot.url()}/version", timeout=5).json()["version"] == version)
    except (requests.RequestException, ValueError):
        return False


def test_what_dies_while_watched_is_led_back_to_what_was_there(
    station: Station, watched: Callable[[], None]
) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    watched()
    ask(station, spot, "/deploy shop-api 1.1.0 to {env}")
    dies_while_watched(station, spot, "1.1.0")
    card = station.workspace.card(spot.channel, "Failed and rolled back")
    assert "After the switch" in words(card)
    assert "1.0.0 was left serving" in words(card)
    assert serves(spot, "1.0.0")


def test_a_rollback_that_dies_while_watched_stays_and_calls_for_a_person(
    station: Station, watched: Callable[[], None]
) -> None:
    spot = station.spot("free")
    for version in ("1.0.0", "1.1.0", "1.3.0"):
        goes_live(station, spot, version)
    watched()
    ask(station, spot, "/rollback shop-api in {env} to 1.1.0", "U0OPAL")
    dies_while_watched(station, spot, "1.1.0")
    card = station.workspace.card(spot.channel, "Live, but not healthy: rollback of shop-api")
    said = words(card)
    assert "After the switch" in said
    assert "1.1.0 stays" in said
    assert "is locked" in said
    assert set(labels(card)) >= {"Open shop-api", "Clear lock"}
    # It is what is live on record, so it is also what is kept alive.
    eventually(lambda: serves(spot, "1.1.0"), "1.1.0 again")
    # What it left is not what the next rollback proposes, and neither is what was not well.
    ask(station, spot, "/rollback shop-api in {env}", "U0OPAL")
    proposal = station.workspace.privates(spot.channel, "U0OPAL")[-1]
    assert "to 1.0.0" in words(proposal)
    with station.bot.bench.store.read() as session:
        rows = session.query(Deployment).filter_by(environment=spot.name).order_by("id").all()
        assert [row.state for row in rows] == ["replaced", "replaced", "replaced", "live"]
        assert audit.verify(session)[1] == ""


def test_a_rollback_that_is_called_off_while_watched_is_taken_back(
    station: Station, watched: Callable[[], None]
) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    goes_live(station, spot, "1.1.0")
    watched()
    ask(station, spot, "/rollback shop-api in {env} to 1.0.0", "U0OPAL")
    card = station.workspace.card(spot.channel, "Running: rollback")
    eventually(lambda: serves(spot, "1.0.0"), "1.0.0 serving")
    station.workspace.clicks("Cancel", card, "U0OPAL", spot.channel)
    station.workspace.card(spot.channel, "Cancelled")
    assert serves(spot, "1.1.0")
