"""An environment from a blueprint on an Engine: made, used, seen, destroyed without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from handlers.work import tidy
from tests.docker.engine import Engine
from tests.journeys.test_docker import open_docks
from tests.journeys.test_looking import direct
from tests.station import Station
from tests.workspace import eventually, words

ANA = "U0ANA"
NAME = "made-on-demand"


@pytest.fixture(scope="module")
def docks(
    engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    with open_docks(engine, shop, tmp_path_factory.mktemp("docks"), "made") as station:
        yield station
    engine.purge(f"stationmaster.environment={NAME}")


def there(engine: Engine) -> list[str]:
    """Everything on the Engine that carries the label of the environment, and its image names."""
    label = f'{{"label":["stationmaster.environment={NAME}"]}}'
    containers = engine.ask("GET", f"/containers/json?all=1&filters={label}")
    networks = engine.ask("GET", f"/networks?filters={label}")
    volumes = engine.ask("GET", f"/volumes?filters={label}")["Volumes"] or ()
    found = [one["Names"][0] for one in containers]
    return [*found, *(one["Name"] for one in (*networks, *volumes))]


def shows(station: Station, channel: str, saying: str) -> None:
    def look() -> bool:
        return any(saying in words(card) for card in station.workspace.cards(channel))

    eventually(look, f"a card saying {saying!r}")


def test_made_used_seen_and_destroyed_it_leaves_nothing_on_the_engine(
    docks: Station, engine: Engine
) -> None:
    spot, workspace = docks.spot("prod"), docks.workspace
    said = workspace.types(f"/env create {NAME} from preview for 1d", ANA, spot.channel)
    assert f"*{NAME}* is there" in said
    channel = docks.bot.setup.blueprints["preview"].channel
    workspace.types(f"/deploy shop-api 1.0.0 to {NAME}", ANA, spot.channel)
    shows(docks, channel, f"Live: shop-api 1.0.0 → {NAME}")
    place = docks.bot.bench.setup.environments[NAME].services["shop-api"]
    url = f"http://{place.address}"
    assert requests.get(f"{url}/version", timeout=5).json()["version"] == "1.0.0"
    assert f"/stationmaster-{NAME}-shop-api-router" in there(engine)
    assert f"stationmaster-{NAME}" in there(engine), "it has a network of its own"

    def seen() -> bool:
        docks.bot.clock.now("look_around")
        return "shop-api 1.0.0 #1" in workspace.types(f"/env show {NAME}", ANA, spot.channel)

    eventually(seen, "what runs there")
    assert "made it from preview" in workspace.types("/env list", ANA, spot.channel)
    workspace.types(f"/env plan {NAME}", ANA, spot.channel)
    assert "instances: 1, as declared" in words(direct(docks, ANA, f"*{NAME}* as it is to be"))
    workspace.types(f"/env destroy {NAME} because we have seen it", ANA, spot.channel)
    shows(docks, channel, f"Destroyed: {NAME} from preview")
    assert there(engine) == []
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/version", timeout=5)
    assert NAME not in workspace.types("/env list", ANA, spot.channel)

    # What somebody brings back of it goes by itself.
    labels = {"stationmaster.environment": NAME}
    engine.ask("POST", "/networks/create", {"Name": f"stationmaster-{NAME}", "Labels": labels})
    assert there(engine) == [f"stationmaster-{NAME}"]
    tidy.finish_destroyed(docks.bot.bench)
    assert there(engine) == []
