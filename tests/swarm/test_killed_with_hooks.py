"""``kill -9`` around what a bot asks of a swarm for hooks of a deployment that is taken back: each
runs in one task, is looked for by whoever comes after, and nothing of them is left."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from handlers.tables import Deployment
from tests.docker.cluster import Cluster, having
from tests.docker.shop import on_docker
from tests.faults.lane import Lane, first_version, run
from tests.faults.line import Ends
from tests.faults.sweep import together
from tests.faults.test_killed_with_hooks import declare
from tests.journeys.test_swarm import Berth, clear, fleet_images, on_swarm
from tests.workspace import JSON

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

    @contextmanager
    def hearing(self) -> Iterator[dict[int, str]]:
        """What is made of hooks meanwhile, by its name; the manager tells itself, but remembers no
        more than the last 256 events."""
        heard, over = dict[int, str](), threading.Event()
        listening = threading.Thread(target=self._listen, args=(heard, over))
        listening.start()
        try:
            yield heard
        finally:
            over.set()
            listening.join()

    def _listen(self, heard: dict[int, str], over: threading.Event) -> None:
        mine = f"stationmaster_{self.line.spot.name}_shop-api_errand_"
        since, is_last = int(time.time()), False
        while not is_last:
            is_last, now = over.wait(0.5), int(time.time())
            told = [(one["timeNano"], one["Actor"]) for one in self._made(since, now + is_last)]
            names = {at: actor["Attributes"]["name"] for at, actor in told}
            heard |= {at: name for at, name in names.items() if name.startswith(mine)}
            since = now - 1

    def _made(self, since: int, until: int) -> list[JSON]:
        wanted = quote(json.dumps({"type": ["service"], "event": ["create"]}))
        asked = f"/events?since={since}&until={until}&filters={wanted}"
        said = self.cluster.manager.ask("GET", asked) or b""
        return [json.loads(one) for one in said.splitlines()] if isinstance(said, bytes) else [said]

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
            first_version(lane)
            yield lane
        finally:
            lane.close()


@pytest.mark.parametrize(
    "ends",
    together("after runtime.send#1", "before runtime.recall#1", "after runtime.recall#2",
             "after runtime.send#1", alone=("after runtime.send#3",)),
)  # fmt: skip
def test_on_a_swarm_each_is_looked_for_and_never_started_again(fleet: Fleet, ends: Ends) -> None:
    fleet.wait_for_health("8s")
    with fleet.hearing() as heard:
        run(fleet, ends, lambda: fleet.deploy("1.2.0"), "rolled_back", fleet.serves)
    assert fleet.line.deaths == len(ends)
    newest = fleet.line.newest()
    assert newest is not None
    made = [heard[at].rpartition("_")[2] for at in sorted(heard)]
    names = [name.removesuffix(f"-{newest.id}") for name in made]
    assert names == ["hook-first", "hook-second", "undo-second", "undo-first"]
