"""The same journeys where services run on a swarm: go live, take over, fail and be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import wiring
from playground.server import Playground
from tests.docker.cluster import Cluster, having
from tests.docker.shop import on_docker, shop_images
from tests.docker.wire import Refused
from tests.journeys.test_deploying import version_at
from tests.station import MANIFEST, Spot, Station, make_spots, seed, settings, write_team
from tests.workspace import JSON, Workspace, eventually, words

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
    home = tmp_path_factory.mktemp("fleet")
    spots = make_spots({"prod": 2})
    host = cluster.workers[0].address
    spots.by_kind["prod"] = [
        Berth(f"fleet-{spot.name}", spot.channel, spot.ports, host)
        for spot in spots.by_kind["prod"]
    ]
    team = write_team(home / "team.yml", shop, spots)
    on_docker(team, cluster.manager)
    _on_swarm(team, host)
    images = shop_images(cluster.manager, shop, VERSIONS)

    with having(cluster, alone=False), Playground(MANIFEST, seed(spots)) as playground:
        for version, image in images.items():
            name = f"station-tests/fleet-{version}"
            cluster.manager.ask("POST", f"/images/{image}/tag?repo={name}&tag=latest")
            cluster.share(f"{name}:latest")
        bot = wiring.build(settings(playground.base_url, home, team))
        bot.start()
        workspace = Workspace(playground.base_url)
        eventually(lambda: workspace.get("boot", as_="U0ANA")["app"]["connected"], "connection")
        yield Station(workspace, spots, bot)
        bot.stop()
        assert workspace.violated() == []
        for one in cluster.manager.ask("GET", "/services"):
            labels = one["Spec"]["Labels"]
            if labels.get("stationmaster.environment") in bot.setup.environments:
                with suppress(Refused):
                    cluster.manager.ask("DELETE", f"/services/{one['ID']}")


def _on_swarm(team: Path, host: str) -> None:
    setup = json.loads(team.read_text("utf-8"))
    for environment in setup["environments"].values():
        environment |= {"runtime": "swarm", "swarm": {"monitor": "1s"}}
        for place in environment["services"].values():
            place["address"] = place["address"].replace("127.0.0.1", host)
    for service in setup["services"].values():
        service["health"] |= {"timeout": "20s", "every": "1s"}
        service["container"] |= {"replicas": 2}
    team.write_text(json.dumps(setup), encoding="utf-8")


def ask(fleet: Station, spot: Spot, version: str, then: str) -> JSON:
    """Ask for it as Ana, have it approved, and wait for what the card says then."""
    fleet.workspace.types(f"/deploy shop-api {version} to {spot.name}", "U0ANA", spot.channel)
    card = fleet.workspace.card(spot.channel, f"Waiting for approval: shop-api {version}")
    fleet.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    return fleet.workspace.card(spot.channel, then, within=60)


def test_versions_take_over_task_by_task_and_a_bad_one_is_said_with_its_reason(
    fleet: Station,
) -> None:
    spot = fleet.spot("prod")
    for version in ("1.0.0", "1.1.0"):
        ask(fleet, spot, version, f"Live: shop-api {version}")
        assert version_at(spot) == version
    assert fleet.bot.bench.runtimes["swarm"].instances(spot.name, "shop-api") == ("d2",)
    card = ask(fleet, spot, "1.2.0", "rolled back")
    assert "schema" in words(card)
    assert version_at(spot) == "1.1.0"


def test_stopped_started_and_restarted_it_is_the_same_image_in_as_many_tasks(
    fleet: Station,
) -> None:
    spot, opal, workspace = fleet.spot("prod"), "U0OPAL", fleet.workspace
    runtime = fleet.bot.bench.runtimes["swarm"]
    ask(fleet, spot, "1.0.0", "Live: shop-api 1.0.0")
    before = runtime.inspect(spot.name)

    def confirms(verb: str) -> None:
        workspace.types(f"/env {verb} {spot.name}", opal, spot.channel)
        asked = workspace.privates(spot.channel, opal)[-1]
        workspace.clicks(verb.capitalize(), asked, opal, spot.channel)
        workspace.card(spot.channel, f"Done: {verb} of {spot.name}", within=90)

    confirms("stop")
    assert runtime.instances(spot.name, "shop-api") == ()
    workspace.types(f"/env start {spot.name}", opal, spot.channel)
    workspace.card(spot.channel, f"Done: start of {spot.name}", within=60)
    started = runtime.inspect(spot.name)
    confirms("restart")
    assert version_at(spot) == "1.0.0"
    after = runtime.inspect(spot.name)
    same = [(one.operation, one.image, one.number) for one in before]
    assert [(one.operation, one.image, one.number) for one in after] == same
    assert not {one.since for one in after} & {one.since for one in started}
