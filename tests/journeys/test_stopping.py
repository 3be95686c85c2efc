"""An environment that stops and starts, as people see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from handlers.tables import Deployment, Step, Stop
from handlers.work.readings import not_running
from tests.journeys.test_deploying import goes_live, version_at
from tests.station import Spot, Station, make_spots, open_station
from tests.workspace import labels

ANA, OPAL = "U0ANA", "U0OPAL"


@pytest.fixture(scope="module")
def station(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    spots = make_spots({"free": 5})
    with open_station(tmp_path_factory.mktemp("stopping"), shop, spots) as station:
        yield station
        assert station.workspace.violated() == []


def says(station: Station, spot: Spot, text: str, by: str = ANA) -> str:
    return station.workspace.types(text, by, spot.channel)


def confirms(station: Station, spot: Spot, label: str, by: str = ANA) -> str:
    """Click the second word on what was answered last."""
    asked = station.workspace.privates(spot.channel, by)[-1]
    assert labels(asked) == [label]
    return station.workspace.reads_after(
        lambda: station.workspace.clicks(label, asked, by, spot.channel), by, spot.channel
    )


def is_stopped(station: Station, spot: Spot) -> Spot:
    """A version is live there, with data of its own, and stopped."""
    goes_live(station, spot, "1.0.0")
    assert f"Stop {spot.name}?" in says(station, spot, f"/env stop {spot.name} because it is night")
    assert "Asked for: the stop of" in confirms(station, spot, "Stop")
    station.workspace.card(spot.channel, f"Done: stop of {spot.name}")
    return spot


def running(station: Station, spot: Spot) -> tuple[str, ...]:
    there: tuple[str, ...] = station.bot.bench.runtimes["process"].instances(spot.name, "shop-api")
    return there


def status(spot: Spot) -> int:
    return requests.get(f"{spot.url()}/version", timeout=5).status_code


def live(station: Station, spot: Spot) -> list[tuple[int, str, str]]:
    with station.bot.bench.store.read() as session:
        rows = session.query(Deployment).filter_by(
            environment=spot.name, state="live", service="shop-api"
        )
        return [(row.id, row.commit, row.artefact) for row in rows]


def test_stopped_nothing_runs_and_that_is_said_and_started_it_is_what_it_was(
    station: Station,
) -> None:
    spot = is_stopped(station, station.spot("free"))
    before = live(station, spot)
    orders = station.bot.settings.data / "volumes" / spot.name / "shop-api" / "data" / "orders"
    orders.write_text("7", encoding="utf-8")
    assert running(station, spot) == ()
    assert status(spot) >= 500
    assert not_running(station.bot.bench) == []
    for text in ("/env list", f"/env show {spot.name}", "/env board", "/ops status"):
        said = says(station, spot, text)
        assert "Stopped* by" in said
        assert "it is night" in said
    assert running(station, spot) == ()
    says(station, spot, f"/env start {spot.name}")
    card = station.workspace.card(spot.channel, f"Done: start of {spot.name}")
    assert "1 of 1 checks asked" in str(card["blocks"])
    assert version_at(spot) == "1.0.0"
    assert live(station, spot) == before
    assert running(station, spot) == (f"d{before[0][0]}",)
    assert orders.read_text(encoding="utf-8") == "7"
    assert "Stopped" not in says(station, spot, f"/env show {spot.name}")


def test_a_deployment_wakes_all_that_ran_before_as_its_first_step(station: Station) -> None:
    spot = station.spot("free")
    says(station, spot, f"/deploy shop-web 1.0.0 to {spot.name}")
    station.workspace.card(spot.channel, "Live: shop-web 1.0.0")
    is_stopped(station, spot)
    goes_live(station, spot, "1.1.0")
    ((number, _, _),) = live(station, spot)
    assert (version_at(spot), version_at(spot, "shop-web")) == ("1.1.0", "1.0.0")
    with station.bot.bench.store.read() as session:
        first = session.get_one(Step, ("deployment", number, "wake"))
        assert (first.position, first.state) == (0, "complete")
        (row,) = session.query(Stop).filter_by(environment=spot.name)
        assert (row.by, row.ended_by) == (ANA, ANA)
        assert row.ended_at is not None
        assert row.ended_at > row.since


def test_preparing_wakes_it_as_its_first_step(station: Station) -> None:
    spot = is_stopped(station, station.spot("free"))
    says(station, spot, f"/env prepare {spot.name}", OPAL)
    card = station.workspace.card(spot.channel, f"Done: preparation of {spot.name}")
    assert "Start again what ran before" in str(card["blocks"])
    assert version_at(spot) == "1.0.0"


def test_restarted_it_is_the_same_release_in_another_process(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    runtime = station.bot.bench.runtimes["process"]
    (before,) = runtime.inspect(spot.name)
    said = says(station, spot, f"/env restart {spot.name} shop-api")
    assert "nothing answers for a moment" in said
    confirms(station, spot, "Restart")
    card = station.workspace.card(spot.channel, f"Done: restart of {spot.name}")
    assert "1 instance of shop-api" in str(card["blocks"])
    (after,) = runtime.inspect(spot.name)
    assert (after.operation, after.commit) == (before.operation, before.commit)
    assert after.since > before.since
    assert version_at(spot) == "1.0.0"
