"""What somebody changes on the Engine behind the bot's back: noticed, told, compared, put right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.work import drift
from tests.docker.engine import Engine
from tests.journeys.test_deploying import goes_live, version_at
from tests.journeys.test_docker import open_docks
from tests.journeys.test_looking import direct
from tests.station import Spot, Station
from tests.workspace import eventually

ANA, OPAL, CLEO = "U0ANA", "U0OPAL", "U0CLEO"


@pytest.fixture(scope="module")
def docks(
    engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    with open_docks(engine, shop, tmp_path_factory.mktemp("docks"), "drift") as station:
        yield station


@pytest.fixture(autouse=True)
def settled_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "SETTLE", timedelta(seconds=1))


def container(spot: Spot, operation: str) -> str:
    return f"/containers/stationmaster-{spot.name}-shop-api-{operation}-1"


def listed(station: Station, spot: Spot, saying: str) -> None:
    """Wait until the list of environments says so; it is looked around meanwhile."""

    def look() -> bool:
        station.bot.clock.now("look_around")
        return saying in station.workspace.types(f"/env show {spot.name}", ANA, spot.channel)

    eventually(look, f"{spot.name} saying {saying!r}")


def plan(station: Station, spot: Spot, saying: str) -> str:
    """Ask for the comparison until it says so."""
    said = station.workspace.types(f"/env plan {spot.name}", ANA, spot.channel)
    assert "is being read" in said
    return str(direct(station, ANA, saying)["blocks"])


def test_changed_limits_are_noticed_shown_on_the_card_and_put_right_by_deploying_anew(
    docks: Station, engine: Engine
) -> None:
    spot = docks.spot("prod")
    goes_live(docks, spot, "1.0.0", CLEO)
    first = docks.bot.bench.runtimes["docker"].instances(spot.name, "shop-api")[0]
    assert "as declared" in plan(docks, spot, f"*{spot.name}* as it is to be")
    limits = {"Memory": 96 * 2**20, "MemorySwap": 96 * 2**20}
    engine.ask("POST", f"{container(spot, first)}/update", limits)
    listed(docks, spot, "Changed outside the bot")
    told = direct(docks, OPAL, f"*{spot.name}* was changed outside the bot")
    assert "shop-api may use 96 MiB instead of 64 MiB" in str(told["blocks"])
    fitting = docks.workspace.types("/release plan shop-api 1.1.0", ANA, spot.channel)
    assert "Changed outside the bot" in fitting and f"/env plan {spot.name}" in fitting
    said = plan(docks, spot, "memory: differs (declared 64 MiB, runs 96 MiB)")
    assert f"/deploy shop-api 1.0.0 to {spot.name}" in said
    docks.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    card = docks.workspace.card(spot.channel, "Waiting for approval: shop-api 1.0.0")
    assert "This deployment makes it anew" in str(card["blocks"])
    docks.workspace.clicks("Approve", card, CLEO, spot.channel)
    docks.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    assert version_at(spot) == "1.0.0"
    docks.bot.clock.now("look_around")

    def over() -> bool:
        docks.bot.clock.now("look_around")
        found = docks.workspace.messages(f"D{OPAL[1:]}", OPAL)
        return any("is as declared again" in str(m) for m in found)

    eventually(over, "that it is over")


def test_what_others_put_into_its_network_is_not_declared(docks: Station, engine: Engine) -> None:
    spot = docks.spot("prod")
    goes_live(docks, spot, "1.0.0", CLEO)
    first = docks.bot.bench.runtimes["docker"].instances(spot.name, "shop-api")[0]
    image = engine.ask("GET", f"{container(spot, first)}/json")["Image"]
    network = f"stationmaster-{spot.name}"
    asked = {
        "Image": image, "Cmd": ["sleep", "600"], "Labels": {"spy": "1"},
        "HostConfig": {"NetworkMode": network},
    }  # fmt: skip
    made = engine.ask("POST", f"/containers/create?name=spy-{spot.name}", asked)
    try:
        engine.ask("POST", f"/containers/{made['Id']}/start")
        listed(docks, spot, "runs there and was not declared")
        said = plan(docks, spot, "not declared")
        assert f"spy-{spot.name}" in said
        assert "is left alone" in said
    finally:
        engine.purge("spy=1")
