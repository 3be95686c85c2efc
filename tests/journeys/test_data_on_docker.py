"""Data of services in containers, as people see it: filled, written, kept, put back, and gone with
what it belonged to. The service runs as nobody, and the root of its container cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from handlers.tables import Deployment
from handlers.work import drift, tidy
from tests.docker.engine import Engine
from tests.docker.shop import docked, on_docker, shop_images
from tests.journeys.test_deploying import goes_live, version_at
from tests.journeys.test_looking import direct
from tests.station import Station, make_spots, write_team
from tests.workspace import eventually, labels, words

ANA, OPAL, CLEO = "U0ANA", "U0OPAL", "U0CLEO"
MADE = "stored-on-demand"


@pytest.fixture(scope="module")
def store(
    engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    with open_store(engine, shop, tmp_path_factory.mktemp("store")) as station:
        yield station
    engine.purge(f"stationmaster.environment={MADE}")


@contextmanager
def open_store(
    engine: Engine, shop: Path, home: Path, hooks: dict[str, Any] | None = None
) -> Iterator[Station]:
    """A bot with environments on the Engine whose api keeps data."""
    spots = make_spots({"free": 5, "home": 1}).named("store")
    team = write_team(home / "team.yml", shop, spots)
    on_docker(team, engine, keeps_data=True)
    setup = json.loads(team.read_text("utf-8"))
    setup["services"]["shop-api"] |= {
        "image": "local/store/shop-api",
        "container": {"memory": "64M", "user": "nobody", "read_only": True},
        "hooks": hooks or {},
    }
    for spot in (one for group in spots.by_kind.values() for one in group):
        place = setup["environments"][spot.name]["services"]["shop-api"]
        place["secrets"] = {"password": "password"}
    (home / "password").write_text("before", encoding="utf-8")
    team.write_text(json.dumps(setup), encoding="utf-8")
    shop_images(engine, shop, ("1.0.0", "1.1.0", "1.2.0"), "store/shop-api")
    with docked(engine, home, team, spots) as station:
        yield station


def order(url: str) -> str:
    """All orders so far, with this one."""
    answer = requests.get(f"{url}/order", timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.text


def copies(station: Station, environment: str) -> Path:
    place = station.bot.settings.data / "volumes" / environment / "shop-api" / "backups"
    assert isinstance(place, Path)
    return place


def held(engine: Engine, environment: str) -> dict[str, str]:
    """What the data of the api has in it, as the Engine's machine sees it."""
    data = engine.folder / f"data/volumes/stationmaster_{environment}_shop-api/_data/data"
    return {path.name: path.read_text("utf-8") for path in data.iterdir()}


def volumes(engine: Engine, environment: str) -> list[str]:
    label = f'{{"label":["stationmaster.environment={environment}"]}}'
    found = engine.ask("GET", f"/volumes?filters={label}")["Volumes"] or ()
    return [one["Name"] for one in found]


def shows(station: Station, channel: str, saying: str) -> None:
    def look() -> bool:
        return any(saying in words(card) for card in station.workspace.cards(channel))

    eventually(look, f"a card saying {saying!r}")


def test_data_is_filled_at_first_and_stays_from_version_to_version(
    store: Station, engine: Engine
) -> None:
    spot = store.spot("free")
    goes_live(store, spot, "1.0.0")
    assert held(engine, spot.name) == {"catalogue.json": "{}"}
    assert [order(spot.url()) for _ in range(2)] == ["1", "11"]
    goes_live(store, spot, "1.1.0")
    assert order(spot.url()) == "111"
    store.workspace.types(f"/env plan {spot.name}", OPAL, spot.channel)
    assert "data: 2 files" in words(direct(store, OPAL, f"*{spot.name}* as it is to be"))


def test_a_reset_puts_the_baseline_back_and_keeps_what_was_there(
    store: Station, engine: Engine
) -> None:
    spot, workspace = store.spot("free"), store.workspace
    goes_live(store, spot, "1.0.0")
    order(spot.url())
    workspace.types(f"/env reset {spot.name} because the orders are wrong", OPAL, spot.channel)
    card = workspace.card(spot.channel, f"Done: reset of {spot.name}")
    assert "2 files kept as p" in str(card["blocks"])
    (copy,) = copies(store, spot.name).iterdir()
    kept = {path.name: path.read_text("utf-8") for path in (copy / "data").iterdir()}
    assert kept == {"catalogue.json": "{}", "orders": "1"}
    assert held(engine, spot.name) == {"catalogue.json": "{}"}
    assert version_at(spot) == "1.0.0"
    assert order(spot.url()) == "1", "it may write again"


def test_a_preparation_fills_in_what_is_missing_before_anything_was_deployed(
    store: Station, engine: Engine
) -> None:
    spot, workspace = store.spot("free"), store.workspace
    workspace.types(f"/env prepare {spot.name}", OPAL, spot.channel)
    card = workspace.card(spot.channel, f"Done: preparation of {spot.name}")
    assert "1 file put there" in str(card["blocks"])
    left = [one.id for one in tidy.find(store.bot.bench)]
    assert volumes(engine, spot.name)[0] not in left, "what nothing runs from yet is not left over"
    goes_live(store, spot, "1.0.0")
    assert order(spot.url()) == "1"


def test_what_others_mount_is_noticed_and_made_anew_it_has_its_data_and_newest_secret(
    store: Station, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "SETTLE", timedelta(seconds=1))
    spot, workspace = store.spot("free"), store.workspace
    goes_live(store, spot, "1.0.0")
    assert (order(spot.url()), given(engine, spot.name)) == ("1", "before")
    recreated_by_others(engine, spot.name)

    def noticed() -> bool:
        store.bot.clock.now("look_around")
        shown = workspace.types(f"/env show {spot.name}", ANA, spot.channel)
        return "Changed outside the bot" in shown

    eventually(noticed, "that it was mounted otherwise")
    told = words(direct(store, OPAL, f"*{spot.name}* was changed outside the bot"))
    assert "shop-api has bind /etc at /host mounted instead of its data, its secrets" in told
    workspace.types(f"/env plan {spot.name}", OPAL, spot.channel)
    said = words(direct(store, OPAL, "mounted: differs"))
    assert f"/deploy shop-api 1.0.0 to {spot.name}" in said
    assert "What was written elsewhere meanwhile is lost with what runs now" in said
    (store.bot.settings.team_file.parent / "password").write_text("after", encoding="utf-8")
    workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    eventually(lambda: given(engine, spot.name) == "after", "its new secret")
    shows(store, spot.channel, "Live: shop-api 1.0.0")
    eventually(lambda: order(spot.url()) == "11", "the data that it has had")


def containers(engine: Engine, environment: str) -> list[str]:
    labels = [f"stationmaster.environment={environment}", "stationmaster.role=service"]
    wanted = json.dumps({"label": labels})
    return [one["Id"] for one in engine.ask("GET", f"/containers/json?filters={wanted}")]


def given(engine: Engine, environment: str) -> str:
    """The secret of what runs there alone; empty while two do."""
    there = containers(engine, environment)
    if len(there) != 1:
        return ""
    mounts = engine.ask("GET", f"/containers/{there[0]}/json")["Mounts"]
    sources = [one["Source"] for one in mounts if one["Destination"] == "/run/secrets"]
    return Path(sources[0], "password").read_text("utf-8") if sources else ""


def recreated_by_others(engine: Engine, environment: str) -> None:
    """By its name and labels, without its volumes, and with a folder of the machine."""
    (one,) = containers(engine, environment)
    there = engine.ask("GET", f"/containers/{one}/json")
    asked = there["Config"] | {"HostConfig": there["HostConfig"]}
    asked["HostConfig"] |= {"Mounts": [], "Binds": ["/etc:/host"]}
    engine.ask("DELETE", f"/containers/{one}?force=1")
    made = engine.ask("POST", f"/containers/create?name={there['Name'][1:]}", asked)
    engine.ask("POST", f"/containers/{made['Id']}/start")


def test_a_baseline_version_comes_back_with_its_data(store: Station, engine: Engine) -> None:
    spot, workspace = store.spot("home"), store.workspace
    goes_live(store, spot, "1.1.0")
    order(spot.url())
    workspace.types(f"/env reset {spot.name} because it is wrong", OPAL, spot.channel)
    card = workspace.card(spot.channel, f"Waits for approval: reset of {spot.name}")
    assert "Approve" in labels(card)
    workspace.clicks("Approve", card, CLEO, spot.channel)
    workspace.card(spot.channel, f"Done: reset of {spot.name}")
    assert version_at(spot) == "1.0.0"
    assert order(spot.url()) == "1"


def test_made_from_a_blueprint_and_destroyed_only_a_copy_of_its_data_is_left(
    store: Station, engine: Engine
) -> None:
    spot, workspace = store.spot("free"), store.workspace
    workspace.types(f"/env create {MADE} from preview for 1d", ANA, spot.channel)
    channel = store.bot.setup.blueprints["preview"].channel
    workspace.types(f"/deploy shop-api 1.0.0 to {MADE}", ANA, spot.channel)
    shows(store, channel, f"Live: shop-api 1.0.0 → {MADE}")
    url = f"http://{store.bot.bench.setup.environments[MADE].services['shop-api'].address}"
    assert order(url) == "1"
    assert volumes(engine, MADE) == [f"stationmaster_{MADE}_shop-api"]
    workspace.types(f"/env destroy {MADE} because we have seen it", ANA, spot.channel)
    shows(store, channel, f"Destroyed: {MADE} from preview")
    assert volumes(engine, MADE) == []
    assert (copies(store, MADE) / "e1" / "data" / "orders").read_text("utf-8") == "1"

    # What somebody brings back of it goes by itself, and a copy is kept.
    there = {"environment": MADE, "service": "shop-api", "role": "data"}
    asked = {
        "Name": f"stationmaster_{MADE}_shop-api",
        "Labels": {f"stationmaster.{key}": value for key, value in there.items()},
    }
    engine.ask("POST", "/volumes/create", asked)
    tidy.finish_destroyed(store.bot.bench)
    assert volumes(engine, MADE) == []
    assert len(list(copies(store, MADE).iterdir())) == 2


def test_data_that_an_environment_left_which_is_gone_is_removed_after_a_list_and_kept(
    store: Station, engine: Engine
) -> None:
    gone, workspace = "store-long-gone", store.workspace
    with store.bot.bench.store.write() as session:
        newest = session.query(Deployment).order_by(Deployment.id.desc()).first()
        assert newest is not None
        facts = {
            column.name: getattr(newest, column.name)
            for column in Deployment.__table__.columns
            if column.name not in ("id", "environment", "state")
        }
        session.add(Deployment(environment=gone, state="replaced", **facts))
    there = {"environment": gone, "service": "shop-api", "role": "data"}
    asked = {
        "Name": f"stationmaster_{gone}_shop-api",
        "Labels": {f"stationmaster.{key}": value for key, value in there.items()},
    }
    engine.ask("POST", "/volumes/create", asked)
    data = engine.folder / f"data/volumes/{asked['Name']}/_data/data"
    data.mkdir()
    (data / "orders").write_text("7", encoding="utf-8")
    channel = next(iter(store.bot.setup.environments.values())).channel
    workspace.types("/ops leftovers", OPAL, channel)
    listed = direct(store, OPAL, f"data of shop-api in {gone}")
    assert "dock" in words(listed), "on which Engine it is"
    workspace.clicks("Remove them", listed, OPAL, f"D{OPAL[1:]}")
    eventually(lambda: volumes(engine, gone) == [], "the data gone")
    (copy,) = copies(store, gone).iterdir()
    assert (copy / "data" / "orders").read_text("utf-8") == "7"
