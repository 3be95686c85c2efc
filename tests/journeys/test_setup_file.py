"""The setup file is changed while the bot runs: what is added is there, mistakes are told with
their lines, what has begun ends as it began, and approvals of before are void."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.tables import Deployment, Step
from tests.docker.engine import Engine
from tests.docker.images import ROUTER, image_id
from tests.docker.shop import shop_images
from tests.journeys.test_deploying import version_at
from tests.journeys.test_looking import direct
from tests.station import PORTS, Spot, Station, make_spots, open_station
from tests.workspace import JSON, elements, eventually, words

ANA, BEN, OPAL, CLEO = "U0ANA", "U0BEN", "U0OPAL", "U0CLEO"


@pytest.fixture(scope="module")
def whole(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A bot whose file tests may change, and which watches new versions long enough for that."""
    spots = make_spots({"free": 5, "prod": 2})
    home = tmp_path_factory.mktemp("file")
    with open_station(home, shop, spots, watch="3s") as station:
        yield station


def change(station: Station, how: Callable[[Any], Any]) -> str:
    """Write the file anew; what stood in it before."""
    path = station.bot.settings.team_file
    before = path.read_text("utf-8")
    told = json.loads(before)
    how(told)
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return str(before)


def watched(station: Station, spot: Spot) -> str | None:
    """What the watch of the newest deployment there came to; empty while it lasts."""
    with station.bot.bench.store.read() as session:
        of = select(Deployment.id).where(Deployment.environment == spot.name)
        number = session.scalar(of.order_by(Deployment.id.desc()).limit(1))
        step = session.get(Step, ("deployment", number, "watch"))
        return step.detail if step and step.state != "pending" else None


def test_an_environment_that_is_added_can_be_used_without_a_restart(station: Station) -> None:
    spot, work = station.spot("free"), station.workspace
    ports = {"shop-api": next(PORTS), "shop-web": next(PORTS)}

    def adds(told: Any) -> None:
        told["environments"]["lab"] = new = copy.deepcopy(told["environments"][spot.name])
        for name, place in new["services"].items():
            place["address"] = f"127.0.0.1:{ports[name]}"

    assert "did you mean" not in work.types("/env show lab", ANA, spot.channel)
    change(station, adds)
    eventually(lambda: "*lab*" in work.types("/env list", ANA, spot.channel), "lab")
    told = direct(station, OPAL, "was read again")
    assert "environments: lab added" in words(told)
    assert "shop-api" in work.types("/release plan shop-api 1.0.0", ANA, spot.channel)
    work.types("/deploy shop-api 1.0.0 to lab", ANA, spot.channel)
    work.card(spot.channel, "Live: shop-api 1.0.0 → lab")
    assert version_at(Spot("lab", spot.channel, ports)) == "1.0.0"


def test_an_engine_that_is_added_is_used_without_a_restart(
    station: Station, engine: Engine, shop: Path
) -> None:
    spot, work, name = station.spot("free"), station.workspace, "file-dock"
    shop_images(engine, shop, ("1.0.0",))
    port = next(PORTS)

    def adds(told: Any) -> None:
        router = image_id(engine.socket, ROUTER)
        told["engines"] = {"added": {"address": engine.url, "router": router}}
        told["services"]["shop-box"] = {
            **told["services"]["shop-api"], "command": [], "image": "local/shop/shop-api",
            "container": {"memory": "64M"},
        }  # fmt: skip
        told["environments"][name] = {
            "tier": "test", "channel": spot.channel, "runtime": "docker", "engine": "added",
            "services": {"shop-box": {"address": f"127.0.0.1:{port}"}},
        }  # fmt: skip

    before = change(station, adds)
    station.bot.read_setup()
    try:
        assert "engines: added added" in words(direct(station, OPAL, "engines:"))
        work.types(f"/deploy shop-box 1.0.0 to {name}", ANA, spot.channel)
        work.card(spot.channel, f"Live: shop-box 1.0.0 → {name}")
        assert version_at(Spot(name, spot.channel, {"shop-api": port})) == "1.0.0"
        assert station.bot.bench.runtimes["docker"].instances(name, "shop-box")
    finally:
        engine.purge(f"stationmaster.environment={name}")
        station.bot.settings.team_file.write_text(before, "utf-8")
        station.bot.read_setup()


def test_a_mistake_is_told_with_its_line_and_everything_goes_on_as_before(
    station: Station,
) -> None:
    spot, work = station.spot("free"), station.workspace

    def spoils(told: Any) -> None:
        told["environments"][spot.name]["tier"] = "playground"

    before = change(station, spoils)
    told = words(direct(station, OPAL, "cannot be used"))
    lines = station.bot.settings.team_file.read_text("utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if '"playground"' in text)
    assert f"team.yml:{line}: environments.{spot.name}.tier: expected" in told
    assert f"*{spot.name}*" in work.types("/env list", ANA, spot.channel)
    work.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    work.card(spot.channel, f"Live: shop-api 1.0.0 → {spot.name}")
    station.bot.settings.team_file.write_text(before, "utf-8")


def test_what_has_begun_ends_as_it_began(station: Station) -> None:
    spot, work = station.spot("free"), station.workspace

    def others(told: Any) -> None:
        told["services"]["shop-api"] |= {"watch": "0.5s", "variables": {"COLOUR": "red"}}

    work.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)

    eventually(lambda: watched(station, spot) == "", "the watch", every=0.05)
    before = change(station, others)
    station.bot.read_setup()
    assert station.bot.setup.services["shop-api"].watch == 0.5
    work.card(spot.channel, f"Live: shop-api 1.0.0 → {spot.name}")
    assert watched(station, spot) == "healthy for 3 s under traffic"
    station.bot.clock.now("compare_setup")
    told = direct(station, OPAL, f"*{spot.name}*")
    assert "has changed since this was made" in str(told["blocks"])
    assert "variables of shop-api are others now" in str(told["blocks"])
    station.bot.settings.team_file.write_text(before, "utf-8")
    station.bot.read_setup()


def test_an_approval_after_the_change_is_asked_for_anew(station: Station) -> None:
    spot, work = station.spot("prod"), station.workspace
    work.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    card = work.card(spot.channel, "Waiting for approval: shop-api 1.0.0")
    before = change(station, lambda told: told["services"]["shop-api"].update(watch="1s"))
    station.bot.read_setup()
    work.clicks("Approve", card, CLEO, spot.channel)
    said = eventually(lambda: work.privates(spot.channel, CLEO), "the answer") or []
    assert "has changed since that card was drawn" in said[-1]["text"]
    clicks = [one.raw.get("value") for one in elements(card)]

    def anew() -> JSON | None:
        (now,) = work.cards(spot.channel)
        return now if [one.raw.get("value") for one in elements(now)] != clicks else None

    again = eventually(anew, "the request as it stands now") or {}
    work.clicks("Approve", again, CLEO, spot.channel)
    work.card(spot.channel, "Live: shop-api 1.0.0")
    assert watched(station, spot) == "healthy for 1 s under traffic"
    station.bot.settings.team_file.write_text(before, "utf-8")
    station.bot.read_setup()
