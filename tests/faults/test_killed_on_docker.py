"""``kill -9`` in the middle of deployments in containers: the same flows and the same oracles, and
the Engine has exactly the containers of the version that serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handlers.tables import Deployment
from tests.docker.engine import Engine
from tests.docker.shop import on_docker, shop_images
from tests.faults.lane import Lane, both_versions
from tests.faults.line import Ends
from tests.faults.sweep import EVERY_POINT, go_through
from tests.faults.test_killed_failing import fails
from tests.faults.test_killed_going_live import goes_live
from tests.faults.test_killed_rolling_back import rolls_back

Flow = Callable[[Lane, Ends], None]
POINTS: dict[Flow, Ends] = {
    goes_live: ("after runtime.start", "before runtime.switch", "after runtime.retire"),
    fails: ("before runtime.retire",),
}
"""Where it dies in `make test`; in `make sweep` it dies everywhere."""


class Dock(Lane):
    """A lane whose environment is on an Engine."""

    KEEPS_DATA = False
    IS_BESIDE_OTHERS = True

    def __init__(self, engine: Engine, folder: Path, shop: Path) -> None:
        self.engine = engine
        shop_images(engine, shop, ("1.0.0", "1.1.0", "1.2.0"))
        super().__init__(folder, shop, 0)
        self.line.instances = self._containers  # type: ignore[method-assign]

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        on_docker(self.team, self.engine, keeps_data=self.KEEPS_DATA)

    def close(self) -> None:
        self.line.stop()
        self.line.store.close()
        self.playground.stop()
        self.engine.purge(f"stationmaster.environment={self.line.spot.name}")

    def _containers(self, row: Deployment) -> int:
        label = f"stationmaster.environment={row.environment}"
        listed = self.engine.ask("GET", f'/containers/json?all=1&filters={{"label":["{label}"]}}')
        roles = [one["Labels"]["stationmaster.role"] for one in listed]
        assert roles.count("router") == 1
        return roles.count("service")


@pytest.fixture(scope="module")
def lane(engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dock]:
    lane = Dock(engine, tmp_path_factory.mktemp("docks"), shop)
    both_versions(lane)
    yield lane
    lane.close()


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("flow", [goes_live, fails, rolls_back] if EVERY_POINT else POINTS)
def test_whenever_it_is_killed_the_containers_are_those_of_what_serves(
    lane: Dock, flow: Flow
) -> None:
    go_through(lane, flow, POINTS.get(flow, ()))
