"""Which bytes a version is: recorded once, bound to the request, never followed, never guessed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers.gating import current_fingerprint
from handlers.messages import (
    PlanRelease,
    RequestDeploy,
    RequestRollback,
    ResetEnvironment,
    ShowRelease,
)
from handlers.ports import PortError
from handlers.subjects import preparation
from handlers.tables import Deployment, Preparation, Release
from handlers.work import bring_back, images
from handlers.work.bench import Bench, open_bench, plan_for
from handlers.work.steps import lay_out
from integrations.http_visitor import HttpVisitor
from integrations.volumes.folders import FolderVolumes
from tests.desk import Desk
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeRuntime, FakeSource
from tests.test_gate import make_live
from tests.test_suitability import FREE, PROD, Yard, blockers

IMAGE = "registry.example.com/shop/api"
ONE, TWO = (f"{IMAGE}@sha256:{letter * 64}" for letter in "ab")


class Quay(Yard):
    """A yard whose api runs in containers."""

    def __init__(self, desk: Desk, team: Path) -> None:
        super().__init__(desk, team)
        self.images = FakeImages()
        self.builder = FakeBuilder(self.images)
        self.says(self._in_containers)

    @staticmethod
    def _in_containers(told: dict[str, Any]) -> None:
        told["registries"] = {"registry.example.com": {}}
        router = f"sha256:{'0' * 64}"
        told["engines"] = {"lab": {"address": "unix:///var/run/docker.sock", "router": router}}
        for name, service in told["services"].items():
            service["image"] = IMAGE if name == "shop-api" else "registry.example.com/shop/web"
        for environment in told["environments"].values():
            environment.update(runtime="docker", engine="lab")
            for place in environment["services"].values():
                place.pop("data", None)

    @property
    def bench(self) -> Bench:
        desk = self.desk
        return Bench(
            desk.store, desk.in_force, lambda: desk.at, {"docker": FakeRuntime()}, FakeSource(),
            FakeDirectory([], {}), FolderVolumes(Path("never-used")), FakeProbe(), HttpVisitor(),
            self.images, self.builder,
        )  # fmt: skip

    def there(self, version: str, exact: str | PortError) -> None:
        """What the registry says from now on, and a round of the clock."""
        self.images.there[f"{IMAGE}:{version}"] = exact
        images.read_images(self.bench, "shop-api")

    def row(self, number: int) -> Deployment:
        with self.desk.store.read() as session:
            row = session.get_one(Deployment, number)
            session.expunge(row)
            return row

    def recorded(self, version: str = "1.1.0") -> tuple[str, str, str]:
        with self.desk.store.read() as session:
            row = session.scalar(
                select(Release).where(Release.service == "shop-api", Release.version == version)
            )
            assert row
            return row.artefact, row.artefact_problem, row.artefact_moved


@pytest.fixture
def quay(desk: Desk, tmp_path: Path) -> Quay:
    return Quay(desk, tmp_path / "team.yml")


def test_a_version_whose_bytes_nobody_knows_goes_nowhere(quay: Quay) -> None:
    told = blockers(quay.asks(FREE))
    assert told["no_artefact"]["problem"] == ""
    images.read_images(quay.bench, "shop-api")
    told = blockers(quay.asks(FREE))
    assert told["no_artefact"]["problem"] == f"The registry has no {IMAGE}:1.1.0."
    quay.there("1.1.0", ONE)
    assert quay.asks(FREE).code == "queued"


def test_the_request_carries_the_bytes_to_the_runtime(quay: Quay) -> None:
    quay.there("1.1.0", ONE)
    row = quay.row(quay.asks(PROD).facts["deployment"])
    assert row.artefact == ONE
    plan = plan_for(quay.desk.setup, quay.bench.volumes, row, row.id)
    assert plan.container is not None
    assert plan.container.image == ONE


def test_an_approval_is_bound_to_the_bytes(quay: Quay) -> None:
    quay.there("1.1.0", ONE)
    number = quay.asks(PROD).facts["deployment"]
    with quay.desk.store.write() as session:
        row = session.get_one(Deployment, number)
        assert current_fingerprint(session, quay.desk.setup, row) == row.fingerprint
        row.artefact = TWO
        assert current_fingerprint(session, quay.desk.setup, row) != row.fingerprint


def test_a_tag_that_is_pushed_again_is_said_and_not_followed(quay: Quay) -> None:
    quay.there("1.1.0", ONE)
    quay.there("1.1.0", TWO)
    assert quay.recorded() == (ONE, "", TWO)
    assert quay.row(quay.asks(PROD).facts["deployment"]).artefact == ONE
    shown = quay.desk.asks(ShowRelease("shop-api", "1.1.0"), "U0ANA").facts
    assert (shown["artefact"], shown["artefact_moved"]) == (ONE, TWO)
    quay.there("1.1.0", ONE)
    assert quay.recorded() == (ONE, "", "")


def test_a_registry_that_is_away_changes_nothing_that_is_known(quay: Quay) -> None:
    quay.there("1.1.0", ONE)
    quay.there("1.1.0", PortError("The registry does not answer."))
    assert quay.recorded() == (ONE, "", "")


def test_a_rollback_brings_back_the_bytes_that_ran(quay: Quay) -> None:
    quay.there("1.1.0", ONE)
    make_live(quay.desk, "1.1.0", FREE, 900, artefact=ONE)
    make_live(quay.desk, "1.2.0", FREE, 901, artefact=f"{IMAGE}@sha256:{'c' * 64}")
    with quay.desk.store.write() as session:
        release = session.scalar(select(Release).where(Release.version == "1.1.0"))
        assert release
        release.artefact = TWO
    back = quay.desk.asks(RequestRollback("shop-api", FREE, "1.1.0", "it is slow"), "U0OPAL")
    assert back.code == "queued", back
    assert quay.row(back.facts["deployment"]).artefact == ONE


def test_bytes_of_another_image_are_not_those_of_the_service(quay: Quay) -> None:
    quay.there("1.1.0", ONE)
    other = "registry.example.com/shop/api2"
    quay.says(lambda told: told["services"]["shop-api"].update(image=other))
    assert "no_artefact" in blockers(quay.asks(FREE))
    quay.images.there[f"{other}:1.1.0"] = f"{other}@sha256:{'d' * 64}"
    images.read_images(quay.bench, "shop-api")
    assert quay.asks(FREE).code == "queued"


def test_a_plan_says_of_the_bytes_what_a_request_would_be_told(quay: Quay) -> None:
    def codes() -> list[str]:
        plan = quay.desk.asks(PlanRelease("shop-api", "1.1.0"), "U0ANA").facts
        (place,) = (one for one in plan["places"] if one["environment"] == FREE)
        return [blocker["code"] for blocker in place["blockers"]]

    assert codes() == ["no_artefact"]
    quay.there("1.1.0", ONE)
    assert codes() == []


def test_a_reset_brings_back_exact_bytes_or_says_that_nobody_knows_them(quay: Quay) -> None:
    def baseline(told: dict[str, Any]) -> None:
        told["environments"][FREE]["services"]["shop-api"]["baseline"] = "1.1.0"
        told["environments"][FREE]["reset"] = {"by": ["operator"]}

    quay.says(baseline)
    command = ResetEnvironment(FREE, "the data is spoilt")
    assert list(blockers(quay.desk.asks(command, "U0OPAL"))) == ["no_artefact"]
    quay.there("1.1.0", ONE)
    assert quay.desk.asks(command, "U0OPAL").code == "preparation_queued"
    open_bench(quay.bench)
    with quay.desk.store.write() as session:
        row = session.get_one(Preparation, 1)
        lay_out(session, preparation(row.id), (bring_back.STEP + "shop-api",))
        session.flush()
        part = bring_back._begin(session, row, "shop-api")
    assert quay.row(part).artefact == ONE


def test_processes_need_no_image_and_nobody_is_asked(desk: Desk, tmp_path: Path) -> None:
    yard = Yard(desk, tmp_path / "team.yml")
    yard.says(lambda told: told.update(registries={"registry.example.com": {}}))
    yard.says(lambda told: told["services"]["shop-api"].update(image=IMAGE))
    asked = list[str]()

    class Never(FakeImages):
        def resolve(self, image: str, tag: str) -> str:
            asked.append(tag)
            return super().resolve(image, tag)

    images.read_images(replace(yard.bench, images=Never()), "shop-api")
    assert asked == []
    number = desk.asks(RequestDeploy("shop-api", "1.1.0", FREE), "U0ANA").facts["deployment"]
    with desk.store.read() as session:
        assert session.get_one(Deployment, number).artefact == ""
