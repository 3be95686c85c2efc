"""``kill -9`` around what a bot asks of a swarm for hooks of a deployment that is taken back: each
runs in one task, is looked for by whoever comes after, and nothing of them is left."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from handlers.tables import Deployment
from tests.docker.cluster import Cluster, having
from tests.docker.shop import on_docker
from tests.faults.lane import Lane, first_versions, run
from tests.faults.sweep import chosen
from tests.faults.test_killed_with_hooks import declare
from tests.journeys.test_swarm import Berth, clear, fleet_images, on_swarm

pytestmark = pytest.mark.timeout(600)
"""Others may have the cluster for themselves meanwhile."""


class Fleet(Lane):
    """A lane whose environment is on a swarm."""

    def __init__(self, cluster: Cluster, folder: Path, shop: Path) -> None:
        self.cluster, self.host = cluster, cluster.workers[0].address
        fleet_images(cluster, shop)
        super().__init__(folder, shop, 0)
        spot = self.line.spot
        self.line.spot = Berth(spot.name, spot.channel, spot.ports, self.host)
        self.line.instances = self._services  # type: ignore[method-assign]

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        on_docker(self.team, self.cluster.manager)
        on_swarm(self.team, self.host)
        declare(self.team, "python3", "-c", "import time; time.sleep(0.2)")
        setup = json.loads(self.team.read_text("utf-8"))
        setup["services"]["shop-api"]["health"]["timeout"] = timeout
        self.team.write_text(json.dumps(setup), "utf-8")

    def started(self, since: int) -> list[str]:
        """What was made of hooks, by its name; the manager tells itself."""
        wanted = quote(json.dumps({"type": ["service"], "event": ["create"]}))
        asked = f"/events?since={since}&until={int(time.time()) + 1}&filters={wanted}"
        said = self.cluster.manager.ask("GET", asked)
        told = [json.loads(line) for line in said.splitlines()]
        names = [one["Actor"]["Attributes"]["name"] for one in told]
        return [name.rpartition("_")[2] for name in names if "_errand_" in name]

    def _services(self, row: Deployment) -> int:
        wanted = f'{{"label":["stationmaster.environment={row.environment}"]}}'
        listed = self.cluster.manager.ask("GET", f"/services?filters={wanted}")
        roles = [one["Spec"]["Labels"]["stationmaster.role"] for one in listed]
        assert sorted(set(roles)) == ["router", "service"], "nothing of hooks and trials"
        return roles.count("service")

    def close(self) -> None:
        self.line.stop()
        self.line.store.close()
        self.playground.stop()
        with suppress(OSError):
            clear(self.cluster, {self.line.spot.name})


@pytest.fixture(scope="module")
def fleet(
    cluster: Cluster, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    with having(cluster, alone=False):
        lane = Fleet(cluster, tmp_path_factory.mktemp("hooked-fleet"), shop)
        try:
            first_versions(lane)
            yield lane
        finally:
            lane.close()


@pytest.mark.parametrize(
    "point",
    chosen("after runtime.send#1", "before runtime.recall#1", "after runtime.send#3",
           "after runtime.recall#2"),
)  # fmt: skip
def test_on_a_swarm_each_is_looked_for_and_never_started_again(fleet: Fleet, point: str) -> None:
    since = int(time.time())
    fleet.wait_for_health("8s")
    assert run(fleet, point, lambda: fleet.deploy("1.2.0"), "rolled_back", fleet.serves)
    newest = fleet.line.newest()
    assert newest is not None
    names = [name.removesuffix(f"-{newest.id}") for name in fleet.started(since)]
    assert names == ["hook-first", "hook-second", "undo-second", "undo-first"]
