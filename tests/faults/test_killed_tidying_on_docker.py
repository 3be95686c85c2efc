"""``kill -9`` while what a lost environment left on an Engine is removed after a list: containers,
network, images and data. All that was listed goes, its data is kept once, nothing of anybody else
is touched, and it is told once and truly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from handlers import audit
from handlers.tables import Inquiry, Notice
from tests.conftest import missing
from tests.docker.engine import Engine, missing_programs, own_engine
from tests.docker.images import BUSYBOX, image_id, push, variant
from tests.faults.ground import VERSION
from tests.faults.line import Ends, Line
from tests.faults.sweep import go_through
from tests.faults.test_killed_tidying import is_lost, removes
from tests.faults.test_killed_with_data_on_docker import Field

POINTS = ("after engine.remove#1", "after volumes.back_up#1", "after volumes.remove#1")
"""Where it dies in `make test`; in `make sweep` it dies everywhere."""


class Yard(Field):
    """An environment on an Engine of its own, beside what others have there."""

    def __init__(self, engine: Engine, registry: str, folder: Path, shop: Path) -> None:
        super().__init__(engine, folder, shop)
        self.registry, self.count = registry, 0

    def old_image(self) -> str:
        """One of the service that nobody needs any more, and that its registry still has."""
        self.count += 1
        engine = self.engine
        image = variant(engine.socket, BUSYBOX, ["true"], f"old-{self.count}")
        exact = push(engine.socket, image, f"{self.registry}/shop/old", str(self.count))
        engine.ask("DELETE", f"/images/{image}?force=1")
        name, _, digest = exact.partition("@")
        engine.ask("POST", f"/images/create?fromImage={name}&tag={digest}")
        tag = f"repo=stationmaster/shop-api&tag=old{self.count}"
        engine.ask("POST", f"/images/{image}/tag?{tag}")
        return image

    def there(self, environment: str) -> list[str]:
        """All that has the label of an environment."""
        wanted = f'{{"label":["stationmaster.environment={environment}"]}}'
        ask = self.engine.ask
        containers = ask("GET", f"/containers/json?all=1&filters={wanted}")
        networks = ask("GET", f"/networks?filters={wanted}")
        volumes = ask("GET", f"/volumes?filters={wanted}")["Volumes"] or ()
        return [one["Id"] for one in (*containers, *networks)] + [one["Name"] for one in volumes]

    def has_image(self, image: str) -> bool:
        return any(one["Id"] == image for one in self.engine.ask("GET", "/images/json?all=1"))


@pytest.fixture(scope="module")
def yard(registry: str, shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """Whose list is of all that is left over on an Engine: with others it would be of theirs."""
    gone = missing_programs()
    if gone:
        missing(f"for a Docker Engine: {', '.join(gone)}")
    with own_engine() as engine:
        lane = Yard(engine, registry, tmp_path_factory.mktemp("yard"), shop)
        lane.begin()
        others(engine)
        yield lane
        lane.close()


def others(engine: Engine) -> None:
    """What another bot has there, and somebody who has none."""
    label = {"stationmaster.environment": "of-others"}
    engine.ask("POST", "/networks/create", {"Name": "of-others", "Labels": label})
    engine.ask("POST", "/volumes/create", {"Name": "of-nobody"})
    body = {"Image": image_id(engine.socket, BUSYBOX), "Cmd": ["sleep", "9999"], "Labels": label}
    made = engine.ask("POST", "/containers/create?name=of-others", body)
    engine.ask("POST", f"/containers/{made['Id']}/start")


def newest_notice(line: Line) -> Notice:
    with line.store.read() as session:
        row = session.query(Notice).order_by(Notice.id.desc()).first()
        session.expunge_all()
    assert row is not None
    return row


def tidies(yard: Yard, ends: Ends) -> None:
    line, data = yard.line, yard.line.settings.data
    name, image = is_lost(yard), yard.old_image()
    assert len(yard.there(name)) == 4, "a router, a service, their network and the data"
    line.begin(ends)
    removes(line, name)
    told = newest_notice(line)
    assert told.code == "leftovers_removed", told.facts
    assert (told.facts["count"], told.facts["stayed"]) == (5, 0)
    assert yard.there(name) == []
    assert not yard.has_image(image)
    copies = data / "volumes" / name / "shop-api" / "backups"
    assert len([p for p in copies.iterdir() if p.name.startswith("tidied-")]) == 1
    answer = requests.get(f"{line.spot.url()}/version", timeout=5)
    assert answer.json()["version"] == VERSION
    assert len(yard.there("of-others")) == 2
    assert yard.engine.ask("GET", "/volumes/of-nobody")
    assert yard.engine.ask("GET", "/containers/of-others/json")["State"]["Running"]
    with line.store.read() as session:
        times = session.query(Notice).filter_by(code="leftovers_removed").count()
        assert times == session.query(Inquiry).filter_by(kind="clean_up").count()
        assert audit.verify(session)[1] == ""


@pytest.mark.timeout(3000)
def test_whenever_it_is_killed_all_that_was_listed_goes_from_the_engine_and_is_told_once(
    yard: Yard,
) -> None:
    go_through(yard, tidies, POINTS)
