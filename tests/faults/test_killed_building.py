"""``kill -9`` in the middle of builds: each commit ends as one image that its registry has, bound
and live, or is told as what cannot be built; nothing of a build is left on the Engine."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handlers.tables import AuditEntry, Build, Deployment, Step
from integrations.images.registry import Registry, RegistryImages
from tests.docker.building import BROKEN, GOOD, building, code_of
from tests.docker.engine import Engine
from tests.docker.yard import hosts_of
from tests.faults.lane import first_version, run
from tests.faults.line import Ends
from tests.faults.sweep import go_through
from tests.faults.test_killed_on_docker import Dock
from tests.runtimes.repository import Repository

NAME = f"shop/killed-{os.getpid()}"
NUMBERS = itertools.count(1)


class Works(Dock):
    """A lane whose api is built, each time from a commit of its own."""

    def __init__(self, engine: Engine, registry: str, folder: Path, shop: Path) -> None:
        self.registry, self.code = registry, code_of(shop, "1.1.0")
        self.repository = Repository(folder / "api")
        self.commit(GOOD, "1.0.0")
        super().__init__(engine, folder, shop)

    def wait_for_health(self, timeout: str) -> None:
        super().wait_for_health(timeout)
        building(self.team, self.engine, self.registry, self.repository.folder, NAME)

    def commit(self, dockerfile: str, version: str = "") -> str:
        """A version that nobody has built yet."""
        version = version or f"1.1.{next(NUMBERS)}"
        files = {
            "Dockerfile": dockerfile,
            "server.py": f"{self.code}\n# {version} of {os.getpid()}\n",
        }
        self.repository.commit(f"Release {version}", files, version)
        return version

    def check_build(self, row: Deployment, state: str) -> None:
        """The oracles."""
        line = self.line
        with line.store.read() as session:
            (build,) = session.query(Build).filter_by(commit=row.commit)
            told = [
                entry.code
                for entry in session.query(AuditEntry).filter_by(action="build")
                if entry.facts["build"] == build.id
            ]
            steps = session.query(Step).filter_by(subject="build", number=build.id)
            assert not [one.name for one in steps if one.state in ("pending", "in_progress")]
        assert (build.state, told) == (state, ["started", state])
        assert build.said
        assert list((line.settings.data / "builds").iterdir()) == []
        assert self._under_way() == []
        if state == "built":
            images = RegistryImages({self.registry: Registry()})
            there = images.resolve(f"{self.registry}/{NAME}", row.commit)
            assert there == build.artefact == row.artefact

    def _under_way(self) -> list[str]:
        """What builds have on the Engine, running or not."""
        there = hosts_of(self.engine).values()
        return [hosts for hosts in there if "stationmaster-build-b" in hosts]


def builds(lane: Works, ends: Ends) -> None:
    version = lane.commit(GOOD)
    run(lane, ends, lambda: lane.deploy(version), "live", version)
    row = lane.line.newest()
    assert row is not None
    lane.check_build(row, "built")


def cannot_build(lane: Works, ends: Ends) -> None:
    version, serves = lane.commit(BROKEN), lane.serves
    run(lane, ends, lambda: lane.deploy(version), "not_built", serves)
    row = lane.line.newest()
    assert row is not None
    assert row.version == version
    lane.check_build(row, "failed")


Flow = Callable[[Works, Ends], None]
POINTS: dict[Flow, Ends] = {
    builds: (
        "after builder.fetch",
        "within builder.build#6",
        "after builder.build",
        "after builder.push",
        "inside transaction finish_build",
    ),
    cannot_build: ("within builder.build#6", "after step build.build"),
}
"""Where it dies in `make test`; in `make sweep` it dies everywhere."""


@pytest.fixture(scope="module")
def lane(
    engine: Engine, registry: str, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Works]:
    lane = Works(engine, registry, tmp_path_factory.mktemp("works"), shop)
    first_version(lane)
    yield lane
    lane.close()


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("flow", POINTS)
def test_whenever_it_is_killed_one_image_is_built_and_nothing_is_left_of_it(
    lane: Works, flow: Flow
) -> None:
    go_through(lane, flow, POINTS[flow])
