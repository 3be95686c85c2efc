"""The same journeys where services run in containers: go live, fail and be rolled back, go back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.docker.engine import Engine
from tests.docker.shop import docked, on_docker, shop_images
from tests.journeys.test_deploying import goes_live, version_at
from tests.station import Station, make_spots, write_team
from tests.workspace import words

VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0")


@pytest.fixture(scope="module")
def docks(
    engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    with open_docks(engine, shop, tmp_path_factory.mktemp("docks"), "dock") as station:
        yield station


@contextmanager
def open_docks(engine: Engine, shop: Path, home: Path, prefix: str) -> Iterator[Station]:
    """A bot with two environments of that prefix on the Engine."""
    spots = make_spots({"prod": 3}).named(prefix)
    team = write_team(home / "team.yml", shop, spots)
    on_docker(team, engine)
    shop_images(engine, shop, VERSIONS)
    with docked(engine, home, team, spots) as station:
        yield station


def test_a_version_goes_live_in_a_container_and_the_next_takes_over(docks: Station) -> None:
    spot = docks.spot("prod")
    goes_live(docks, spot, "1.0.0", "U0CLEO")
    assert version_at(spot) == "1.0.0"
    goes_live(docks, spot, "1.1.0", "U0CLEO")
    assert version_at(spot) == "1.1.0"
    assert docks.bot.bench.runtimes["docker"].instances(spot.name, "shop-api") == ("d2",)


def test_stopped_nothing_runs_and_started_and_restarted_it_is_the_same_image(
    docks: Station,
) -> None:
    spot, opal = docks.spot("prod"), "U0OPAL"
    workspace, runtime = docks.workspace, docks.bot.bench.runtimes["docker"]
    goes_live(docks, spot, "1.0.0", "U0CLEO")
    before = runtime.inspect(spot.name)

    def confirms(verb: str, done: str) -> None:
        said = workspace.types(f"/env {verb} {spot.name}", opal, spot.channel)
        assert "It is *production*." in said
        asked = workspace.privates(spot.channel, opal)[-1]
        workspace.clicks(verb.capitalize(), asked, opal, spot.channel)
        workspace.card(spot.channel, f"Done: {done} of {spot.name}")

    confirms("stop", "stop")
    assert runtime.instances(spot.name, "shop-api") == ()
    workspace.types(f"/env start {spot.name}", opal, spot.channel)
    workspace.card(spot.channel, f"Done: start of {spot.name}")
    assert version_at(spot) == "1.0.0"
    confirms("restart", "restart")
    assert version_at(spot) == "1.0.0"
    after = runtime.inspect(spot.name)
    same = [(one.operation, one.image, one.number) for one in before]
    assert [(one.operation, one.image, one.number) for one in after] == same
    assert all(new.since > old.since for old, new in zip(before, after, strict=True))


def test_a_bad_version_is_rolled_back_and_said_with_its_reason(docks: Station) -> None:
    spot = docks.spot("prod")
    goes_live(docks, spot, "1.1.0", "U0CLEO")
    docks.workspace.types(f"/deploy shop-api 1.2.0 to {spot.name}", "U0ANA", spot.channel)
    card = docks.workspace.card(spot.channel, "Waiting for approval: shop-api 1.2.0")
    docks.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    card = docks.workspace.card(spot.channel, "rolled back")
    assert "schema" in words(card)
    assert version_at(spot) == "1.1.0"
    assert requests.get(f"{spot.url()}/healthz", timeout=5).status_code == 200
