"""A version that nobody has built: it is built step by step on the request's card, and what is then
decided about, and runs, is exactly that image."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.tables import AuditEntry, Build, Deployment, Release
from tests.docker.building import building, building_shop
from tests.docker.engine import Engine
from tests.docker.shop import docked
from tests.journeys.test_deploying import version_at
from tests.journeys.test_looking import direct
from tests.station import Spot, Station, make_spots, write_team
from tests.workspace import JSON, eventually, words

NAME = f"shop/api-{os.getpid()}"


@pytest.fixture(scope="module")
def works(
    engine: Engine, registry: str, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    home = tmp_path_factory.mktemp("works")
    spots = make_spots({"prod": 6}).named(f"works-{os.getpid()}")
    team = write_team(home / "team.yml", shop, spots)
    building(team, engine, registry, building_shop(shop, home / "api"), NAME)
    with docked(engine, home, team, spots) as station:
        yield station


def asks(works: Station, spot: Spot, version: str) -> str:
    return works.workspace.types(
        f"/deploy shop-api {version} to {spot.name}", "U0ANA", spot.channel
    )


def rows(works: Station, kind: type[Any], **which: Any) -> list[Any]:
    with works.bot.bench.store.read() as session:
        found = list(session.scalars(select(kind).filter_by(**which).order_by(kind.id)))
        session.expunge_all()
    return found


def files(works: Station, spot: Spot, card: JSON) -> list[str]:
    """What hangs in the thread of a card."""
    there = works.workspace.messages(spot.channel, "U0ANA", thread=card["ts"])
    return [one["name"] for said in there for one in said.get("files") or ()]


def test_a_version_that_nobody_has_built_is_built_approved_and_live(works: Station) -> None:
    spot, workspace = works.spot("prod"), works.workspace
    said = asks(works, spot, "1.0.0")
    assert "its image is built first, then it waits for 1 approval" in said
    card = workspace.card(spot.channel, "Waiting for approval: shop-api 1.0.0")
    (built,) = rows(works, Build)
    assert (built.state, built.requester) == ("built", "U0ANA")
    host, digest = works.bot.setup.services["shop-api"].image, built.artefact.partition("@")[2]
    assert works.bot.bench.images.resolve(host, built.commit) == built.artefact == built.pushed
    assert digest[7:19] in words(card)
    assert "it is green" in built.said
    (row,) = rows(works, Deployment, environment=spot.name)
    assert (row.artefact, row.build) == (built.artefact, built.id)
    assert rows(works, Release, service="shop-api", version="1.0.0")[0].artefact == built.artefact
    workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    workspace.card(spot.channel, "Live: shop-api 1.0.0")
    assert version_at(spot) == "1.0.0"
    told = [(entry.action, entry.code) for entry in rows(works, AuditEntry, actor="work")]
    assert told[:2] == [("build", "started"), ("build", "built")]


def test_asked_again_it_is_there_and_nothing_is_built(works: Station) -> None:
    spot, before = works.spot("prod"), len(rows(works, Build))
    asks(works, spot, "1.0.0")
    works.workspace.card(spot.channel, "Waiting for approval: shop-api 1.0.0")
    assert len(rows(works, Build)) == before


def test_a_dockerfile_that_fails_is_said_with_its_last_lines_and_what_to_do(
    works: Station,
) -> None:
    spot, workspace = works.spot("prod"), works.workspace
    asks(works, spot, "1.3.0")
    card = workspace.card(spot.channel, "Not built: shop-api 1.3.0")
    said = words(card)
    assert "step 3 of" in said
    assert "cat: can't open '/nothing'" in said
    assert "Nothing was changed." in said
    assert f"/deploy shop-api 1.3.0 to {spot.name}" in said
    written = eventually(lambda: files(works, spot, card), "the file in the thread")
    build = rows(works, Build)[-1]
    assert written == [f"shop-api-{build.commit[:8]}-build-{build.id}.log"]
    workspace.types("/release log shop-api 1.3.0", "U0ANA", spot.channel)
    told = direct(works, "U0ANA", "The build of shop-api 1.3.0 failed")
    assert "compiling" in words(told)


def test_a_build_that_nobody_waits_for_any_more_is_ended(works: Station) -> None:
    spot, workspace = works.spot("prod"), works.workspace
    asks(works, spot, "1.4.0")
    card = workspace.card(spot.channel, "Step 3 of 5: Build the image of 1.4.0")
    workspace.clicks("Cancel", card, "U0ANA", spot.channel)
    workspace.card(spot.channel, "Cancelled: shop-api 1.4.0")

    def ended() -> bool:
        return bool(rows(works, Build)[-1].state == "cancelled")

    eventually(ended, "the end of the build")
    engine = works.bot.bench.builder._engine("dock")
    listed = engine.ask("GET", "/containers/json", None, all="1")
    assert not [one for one in listed if "sleep 300" in one["Command"]]
