"""An Engine that is away in the middle of a deployment, as while its daemon is started anew, is
waited for: the card says so, and the deployment goes on or is called off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docker.engine import Engine
from tests.docker.proxy import proxy
from tests.docker.shop import docked, on_docker, shop_images
from tests.journeys.test_deploying import goes_live, version_at
from tests.station import Spot, Station, make_spots, write_team

Cut = Callable[[], Callable[[], None]]


@pytest.fixture
def line(tmp_path: Path, engine: Engine) -> Iterator[Path]:
    """Another way to the Engine, which ends when its name is taken away: nobody keeps a connection
    through it."""
    with proxy(tmp_path, engine.socket) as between:
        way = tmp_path / "dock.sock"
        way.symlink_to(between.path)
        yield way


@pytest.fixture
def docks(engine: Engine, shop: Path, tmp_path: Path, line: Path) -> Iterator[Station]:
    spots = make_spots({"free": 1}).named("far")
    team = write_team(tmp_path / "team.yml", shop, spots)
    on_docker(team, engine, f"unix://{line}")
    shop_images(engine, shop, ("1.0.0", "1.1.0"))
    with docked(engine, tmp_path, team, spots) as station:
        yield station


@pytest.fixture
def cut(docks: Station, line: Path, monkeypatch: pytest.MonkeyPatch) -> Cut:
    """Take the Engine away when the next version is to be started; what brings it back."""

    def cut() -> Callable[[], None]:
        there, runtime = line.readlink(), docks.bot.bench.runtimes["docker"]
        start = runtime.start

        def is_away(plan: Any) -> None:
            line.unlink(missing_ok=True)
            monkeypatch.setattr(runtime, "start", start)
            start(plan)

        monkeypatch.setattr(runtime, "start", is_away)
        return lambda: line.symlink_to(there)

    return cut


def waits(docks: Station, spot: Spot) -> None:
    docks.workspace.types(f"/deploy shop-api 1.1.0 to {spot.name}", "U0ANA", spot.channel)
    docks.workspace.card(spot.channel, "does not answer")
    docks.workspace.card(spot.channel, "It is waited for.")


def test_it_goes_on_when_the_engine_is_back(docks: Station, cut: Cut) -> None:
    spot = docks.spot("free")
    goes_live(docks, spot, "1.0.0")
    back = cut()
    waits(docks, spot)
    back()
    docks.workspace.card(spot.channel, "Live: shop-api 1.1.0")
    assert version_at(spot) == "1.1.0"


def test_it_can_be_called_off_meanwhile(docks: Station, cut: Cut) -> None:
    spot = docks.spot("free")
    goes_live(docks, spot, "1.0.0")
    back = cut()
    waits(docks, spot)
    card = docks.workspace.card(spot.channel, "It is waited for.")
    docks.workspace.clicks("Cancel", card, "U0ANA", spot.channel)
    back()
    docks.workspace.card(spot.channel, "Cancelled: shop-api 1.1.0")
    assert version_at(spot) == "1.0.0"
