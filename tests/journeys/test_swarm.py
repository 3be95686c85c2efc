"""The same journeys where services run on a swarm: go live, take over, fail and be taken back."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.tables import Deployment
from handlers.work import drift
from tests.docker.cluster import Cluster, having
from tests.docker.engine import held
from tests.docker.shop import on_docker, shop_images
from tests.docker.wire import Refused
from tests.journeys.test_deploying import version_at
from tests.journeys.test_drift import listed, plan
from tests.journeys.test_looking import direct
from tests.station import Spot, Station, connected, make_spots, write_team
from tests.workspace import JSON, eventually, words

pytestmark = pytest.mark.timeout(300)
"""Others may have the cluster for themselves meanwhile."""

VERSIONS = ("1.0.0", "1.1.0", "1.2.0")


@dataclass(frozen=True)
class Berth(Spot):
    """An environment whose addresses answer at the nodes of a swarm."""

    host: str = ""

    def url(self, service: str = "shop-api") -> str:
        return f"http://{self.host}:{self.ports[service]}"


@pytest.fixture(scope="module")
def fleet(
    cluster: Cluster, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Station]:
    with open_fleet(cluster, shop, tmp_path_factory.mktemp("fleet"), "fleet") as station:
        yield station


@contextmanager
def open_fleet(
    cluster: Cluster, shop: Path, home: Path, prefix: str, **service: Any
) -> Iterator[Station]:
    """A bot with three environments of that prefix on the swarm."""
    spots = make_spots({"prod": 3})
    host = cluster.workers[0].address
    spots.by_kind["prod"] = [
        Berth(f"{prefix}-{spot.name}", spot.channel, spot.ports, host)
        for spot in spots.by_kind["prod"]
    ]
    team = write_team(home / "team.yml", shop, spots, **service)
    on_docker(team, cluster.manager)
    on_swarm(team, host)

    with having(cluster, alone=False):
        fleet_images(cluster, shop)
        with connected(home, team, spots) as station:
            yield station
        clear(cluster, station.bot.setup.environments)


def fleet_images(cluster: Cluster, shop: Path) -> None:
    """Every node has the shop's versions, which one process of a run makes for all."""
    names = {version: f"station-tests/fleet-{version}" for version in VERSIONS}
    with open(f"{cluster.folder}.images", "w") as turn, held(turn):
        there = cluster.workers[-1].ask("GET", "/images/json")
        if any(f"{names['1.2.0']}:latest" in (one["RepoTags"] or ()) for one in there):
            return
        for version, image in shop_images(cluster.manager, shop, VERSIONS).items():
            tag = f"repo={names[version]}&tag=latest"
            cluster.manager.ask("POST", f"/images/{image}/tag?{tag}")
        cluster.share(*(f"{name}:latest" for name in names.values()))


def clear(cluster: Cluster, environments: Container[str]) -> None:
    """Leave no service of these."""
    for one in cluster.manager.ask("GET", "/services"):
        if one["Spec"]["Labels"].get("stationmaster.environment") in environments:
            with suppress(Refused):
                cluster.manager.ask("DELETE", f"/services/{one['ID']}")


def on_swarm(team: Path, host: str) -> None:
    """Change a setup of environments on an Engine so that they are on its swarm."""
    setup = json.loads(team.read_text("utf-8"))
    for environment in setup["environments"].values():
        environment |= {"runtime": "swarm", "swarm": {"monitor": "0.2s"}}
        for place in environment["services"].values():
            place["address"] = place["address"].replace("127.0.0.1", host)
    for service in setup["services"].values():
        service["health"] |= {"timeout": "20s", "every": "1s"}
        service["container"] |= {"replicas": 2}
    team.write_text(json.dumps(setup), encoding="utf-8")


def approved(fleet: Station, spot: Spot, version: str) -> None:
    """Ask for it as Ana, and have it approved."""
    fleet.workspace.types(f"/deploy shop-api {version} to {spot.name}", "U0ANA", spot.channel)
    card = fleet.workspace.card(spot.channel, f"Waiting for approval: shop-api {version}")
    fleet.workspace.clicks("Approve", card, "U0CLEO", spot.channel)


def ask(fleet: Station, spot: Spot, version: str, then: str) -> JSON:
    """Have it approved, and wait for what the card says then."""
    approved(fleet, spot, version)
    return fleet.workspace.card(spot.channel, then)


def all_live(fleet: Station, count: int) -> list[Spot]:
    """Environments with a first version each, brought there at the same time."""
    spots = [fleet.spot("prod") for _ in range(count)]
    for spot in spots:
        approved(fleet, spot, "1.0.0")
    for spot in spots:
        fleet.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    return spots


def newest(fleet: Station, spot: Spot) -> int:
    """The number of the last deployment there."""
    with fleet.bot.bench.store.read() as session:
        there = select(func.max(Deployment.id)).where(Deployment.environment == spot.name)
        number: int = session.execute(there).scalar_one()
        return number


@pytest.fixture(scope="module")
def spots(fleet: Station) -> list[Spot]:
    """For each test one with a first version."""
    return all_live(fleet, 3)


def test_versions_take_over_task_by_task_and_a_bad_one_is_said_with_its_reason(
    fleet: Station, spots: list[Spot]
) -> None:
    spot = spots.pop()
    assert version_at(spot) == "1.0.0"
    ask(fleet, spot, "1.1.0", "Live: shop-api 1.1.0")
    assert version_at(spot) == "1.1.0"
    there = fleet.bot.bench.runtimes["swarm"].instances(spot.name, "shop-api")
    assert there == (f"d{newest(fleet, spot)}",)
    card = ask(fleet, spot, "1.2.0", "rolled back")
    assert "schema" in words(card)
    assert version_at(spot) == "1.1.0"


def test_what_others_put_into_its_network_is_not_declared(
    fleet: Station, cluster: Cluster, spots: list[Spot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "SETTLE", timedelta(seconds=1))
    spot = spots.pop()
    (first, _) = fleet.bot.bench.runtimes["swarm"].inspect(spot.name)
    task = {
        "ContainerSpec": {"Image": first.image, "Command": ["sleep", "600"]},
        "Networks": [{"Target": f"stationmaster_{spot.name}"}],
    }
    spec = {"Name": f"spy-{spot.name}", "TaskTemplate": task, "EndpointSpec": {"Mode": "dnsrr"}}
    made = cluster.manager.ask("POST", "/services/create", spec)
    listed(fleet, spot, "runs there and was not declared")
    told = direct(fleet, "U0OPAL", f"*{spot.name}* was changed outside the bot")
    assert f"spy-{spot.name}" in str(told["blocks"])
    said = plan(fleet, spot, "not declared")
    assert f"*spy-{spot.name}*" in said and "is left alone" in said
    cluster.manager.ask("DELETE", f"/services/{made['ID']}")

    def is_over() -> bool:
        fleet.bot.clock.now("look_around")
        found = fleet.workspace.messages("D0OPAL", "U0OPAL")
        return any("is as declared again" in str(m) for m in found)

    eventually(is_over, "that it is over")


def test_stopped_started_and_restarted_it_is_the_same_image_in_as_many_tasks(
    fleet: Station, spots: list[Spot]
) -> None:
    spot, opal, workspace = spots.pop(), "U0OPAL", fleet.workspace
    runtime = fleet.bot.bench.runtimes["swarm"]
    before = runtime.inspect(spot.name)

    def confirms(verb: str) -> None:
        workspace.types(f"/env {verb} {spot.name}", opal, spot.channel)
        asked = workspace.privates(spot.channel, opal)[-1]
        workspace.clicks(verb.capitalize(), asked, opal, spot.channel)
        workspace.card(spot.channel, f"Done: {verb} of {spot.name}", within=90)

    confirms("stop")
    assert runtime.instances(spot.name, "shop-api") == ()
    workspace.types(f"/env start {spot.name}", opal, spot.channel)
    workspace.card(spot.channel, f"Done: start of {spot.name}")
    started = runtime.inspect(spot.name)
    confirms("restart")
    assert version_at(spot) == "1.0.0"
    after = runtime.inspect(spot.name)
    same = [(one.operation, one.image, one.number) for one in before]
    assert [(one.operation, one.image, one.number) for one in after] == same
    assert not {one.since for one in after} & {one.since for one in started}
