"""``kill -9`` while data in containers is filled, copied, reset and put back: it is that from
before or that from after, nothing of what carried it is left, and what stood still serves again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.engine import Engine
from tests.faults import ground
from tests.faults.ground import Ground
from tests.faults.lane import first_version
from tests.faults.line import Ends
from tests.faults.sweep import together
from tests.faults.test_killed_on_docker import Dock
from tests.faults.test_killed_with_hooks import SPOILS


class Store(Dock):
    """A lane on an Engine whose service keeps data."""

    KEEPS_DATA = True

    @property
    def data(self) -> Path:
        """Where it is on the Engine's machine, which is this one."""
        name = f"stationmaster_{self.line.spot.name}_shop-api"
        return self.engine.folder / "data" / "volumes" / name / "_data" / "data"

    def _carriers(self) -> list[str]:
        wanted = f'{{"label":["stationmaster.environment={self.line.spot.name}"]}}'
        listed = self.engine.ask("GET", f"/containers/json?all=1&filters={wanted}")
        return [o["Id"] for o in listed if o["Labels"]["stationmaster.role"] == "keeper"]

    def check(self) -> None:
        """The oracles."""
        assert [path.name for path in self.data.parent.iterdir()] == ["data"]
        assert self._carriers() == []


class Copied(Store):
    """Its hook spoils the data."""

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        hook = {"name": "rewrite", "way_back": "needs_backup", "command": ["python3", "-c", SPOILS]}
        setup = json.loads(self.team.read_text("utf-8"))
        setup["services"]["shop-api"]["hooks"] = {"before": [hook]}
        self.team.write_text(json.dumps(setup), "utf-8")


@pytest.fixture(scope="module")
def copied(
    engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copied]:
    lane = Copied(engine, tmp_path_factory.mktemp("copied-docks"), shop)
    first_version(lane)
    yield lane
    lane.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "ends",
    together("before volumes.back_up#1", "after volumes.back_up#1", "before volumes.put_back#1",
             "after volumes.put_back#1", "before runtime.revive#1",
             alone=("after volumes.provision#1", "before runtime.revive#2")),
)  # fmt: skip
def test_whenever_it_is_killed_the_data_is_that_from_before_the_hook(
    copied: Copied, ends: Ends
) -> None:
    """It stands still for its copy, so nobody asks meanwhile."""
    copied.wait_for_health("0.8s")
    line, catalogue = copied.line, copied.data / "catalogue.json"
    assert catalogue.read_text("utf-8") == copied.serves
    line.begin(ends)
    copied.deploy("1.2.0")
    row = line.settle()
    assert line.deaths == len(ends)
    line.check(row, "rolled_back", copied.serves)
    assert catalogue.read_text("utf-8") == copied.serves
    copied.check()


class Field(Store, Ground):
    """An environment on an Engine that may be reset, with a version that is live there."""


@pytest.fixture(scope="module")
def field(engine: Engine, shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    lane = Field(engine, tmp_path_factory.mktemp("field"), shop)
    lane.begin()
    yield lane
    lane.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "ends",
    together("after runtime.halt#1", "after volumes.back_up#1", "before volumes.restore#1",
             "after volumes.restore#1", "before runtime.revive#1"),
)  # fmt: skip
def test_whenever_it_is_killed_a_reset_ends_with_the_baseline_and_a_copy(
    field: Field, ends: Ends
) -> None:
    orders = " ".join(ends)
    (field.data / "orders").write_text(orders, encoding="utf-8")
    said = f"/env reset {field.line.spot.name} because it is wrong"
    row = ground.run(field, ends, said, "U0OPAL")
    assert field.line.deaths == len(ends)
    assert field.files == ["catalogue.json"]
    copies = field.line.settings.data / "volumes" / field.line.spot.name / "shop-api" / "backups"
    assert (copies / f"p{row.id}" / "data" / "orders").read_text("utf-8") == orders
    field.check()
