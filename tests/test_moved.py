"""Another runtime for an environment in which something is: refused, with what to do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.doctor import _moved
from bot.settings import Settings
from bot.wiring import build
from handlers import orphans
from handlers.drifts import made_as
from handlers.ports import PortError
from handlers.setup import SetupError, load
from handlers.store import migrate, open_store
from handlers.subjects import deployment
from handlers.tables import Deployment, Lock
from handlers.work.bench import volume_of
from handlers.work.read_setup import read_setup
from integrations.volumes.folders import FolderVolumes
from tests.desk import Desk, open_desk
from tests.test_gate import make_live
from tests.test_read_setup import FREE, OPAL, Office

ROUTER = f"sha256:{'0' * 64}"
Moves = Callable[[Any], None]


def to_docker(told: Any) -> None:
    """From processes to containers; nothing else changes."""
    told["engines"] = {"lab": {"address": "unix:///nowhere.sock", "router": ROUTER}}
    told["services"]["shop-api"]["image"] = "local/shop/shop-api"
    told["services"]["shop-web"]["image"] = "local/shop/shop-web"
    told["environments"][FREE] |= {"runtime": "docker", "engine": "lab"}


def to_another_engine(told: Any) -> None:
    told["engines"]["barn"] = {"address": "unix:///elsewhere.sock", "router": ROUTER}
    told["environments"][FREE]["engine"] = "barn"


def to_process(told: Any) -> None:
    told["environments"][FREE] |= {"runtime": "process", "engine": None}


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path / "team.yml")


def is_live(desk: Desk, path: Path, without: str = "") -> None:
    make_live(desk, "1.0.0", FREE)
    made = made_as(load(path), FREE, "shop-api") or {}
    made.pop(without, None)
    with desk.store.write() as session:
        session.execute(update(Deployment).values(made_as=made))


def runtime(office: Office) -> str:
    return office.in_force.setup.environments[FREE].runtime


def refused(office: Office) -> str:
    """What people are told of the file as it is now, which does not count."""
    before = runtime(office)
    assert not read_setup(office.tools, at_once=True)
    assert runtime(office) == before
    code, said = office.told()[-1]
    assert code == "setup_refused"
    return said


def test_where_nothing_is_any_runtime_may_come(office: Office) -> None:
    office.change(to_docker)
    assert read_setup(office.tools, at_once=True)
    assert runtime(office) == "docker"


@pytest.mark.parametrize(("moves", "was", "how"), [
    (to_docker, "process", "as processes, with data in folders here"),
    (to_process, "docker", "in containers, with data on their Engine"),
])  # fmt: skip
def test_what_is_live_keeps_its_runtime_and_what_to_do_is_said_with_the_line(
    office: Office, moves: Moves, was: str, how: str
) -> None:
    if was == "docker":
        office.change(to_docker)
        assert read_setup(office.tools, at_once=True)
    is_live(office.desk, office.path)
    office.change(moves)
    line = office.path.read_text("utf-8").split(f'"{FREE}"')[0].count("\n")
    said = refused(office)
    assert f"environments.{FREE}.runtime: is " in said
    assert int(said.split("team.yml:")[1].split(":")[0]) > line
    assert f"but shop-api 1.0.0 is live in {FREE} {how}. Nothing moves by itself" in said
    assert f"put {was} back and declare the other under another name" in said
    assert "/ops leftovers" in said
    assert said.rstrip().count("…") == 0, "all of it can be read"


def test_what_is_live_on_an_engine_stays_there_wherever_that_is_reached(office: Office) -> None:
    office.change(to_docker)
    assert read_setup(office.tools, at_once=True)
    is_live(office.desk, office.path)
    office.change(lambda told: told["engines"]["lab"].update(address="unix:///other.sock"))
    assert read_setup(office.tools, at_once=True)
    office.change(to_another_engine)
    said = refused(office)
    assert (
        f"environments.{FREE}.engine: is barn, but shop-api 1.0.0 is live in {FREE} on lab" in said
    )
    assert "put lab back and declare the other under another name" in said


def test_what_an_older_bot_made_is_where_the_file_says(office: Office) -> None:
    office.change(to_docker)
    assert read_setup(office.tools, at_once=True)
    is_live(office.desk, office.path, without="engine")
    office.change(to_another_engine)
    assert read_setup(office.tools, at_once=True)


def test_of_a_swarm_any_manager_may_be_asked(office: Office) -> None:
    def to_swarm(told: Any) -> None:
        to_docker(told)
        told["environments"][FREE]["runtime"] = "swarm"
        for service in told["environments"][FREE]["services"].values():
            service["data"] = None

    office.change(to_swarm)
    assert read_setup(office.tools, at_once=True), office.told()
    is_live(office.desk, office.path)
    office.change(to_another_engine)
    assert read_setup(office.tools, at_once=True), office.told()


def test_data_alone_stays_on_its_engine_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.change(to_docker)
    assert read_setup(office.tools, at_once=True)
    office.change(to_another_engine)
    monkeypatch.setattr(FolderVolumes, "files", lambda *_: 3)
    assert (
        f"environments.{FREE}.engine: is barn, but shop-api has data in {FREE} on lab"
        in refused(office)
    )
    monkeypatch.setattr(FolderVolumes, "files", lambda *_: 0)
    assert read_setup(office.tools, at_once=True)


def test_one_that_is_called_like_a_key_of_the_file_is_looked_at_as_any_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both_to_docker(told: Any) -> None:
        to_docker(told)
        other = told["environments"].pop("free-2")
        told["environments"]["engine"] = other | {"runtime": "docker", "engine": "lab"}

    def both_to_another_engine(told: Any) -> None:
        to_another_engine(told)
        told["environments"]["engine"]["engine"] = "barn"

    office.change(both_to_docker)
    assert read_setup(office.tools, at_once=True), office.told()
    is_live(office.desk, office.path)
    monkeypatch.setattr(FolderVolumes, "files", lambda *_: 3)
    office.change(both_to_another_engine)
    said = refused(office)
    assert f"environments.{FREE}.engine: is barn" in said
    assert "environments.engine.engine: is barn, but shop-api has data in engine on lab" in said


def test_once_what_was_there_is_removed_it_may_come_again(office: Office) -> None:
    is_live(office.desk, office.path)
    whole = office.path.read_text("utf-8")
    office.change(lambda told: told["environments"].pop(FREE))
    assert read_setup(office.tools, at_once=True)
    office.path.write_text(whole, "utf-8")
    office.change(to_docker)
    assert not read_setup(office.tools, at_once=True), "it was taken out and is there all the same"
    with office.desk.store.write() as session:
        orphans.end_all(session, [FREE], office.desk.at)
    assert read_setup(office.tools, at_once=True)
    assert runtime(office) == "docker"


def test_data_alone_keeps_it_too_and_so_does_data_that_nobody_can_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(office.tools.volumes.where(volume(office)))
    folder.mkdir(parents=True)
    (folder / "orders").write_text("7", "utf-8")
    office.change(to_docker)
    assert f"shop-api has data in {FREE} as processes" in refused(office)

    def away(*_: Any) -> None:
        raise PortError("The disk does not answer.")

    assert not read_setup(office.tools, at_once=True)
    assert len(office.told()) == 1, "what was told is no news"
    monkeypatch.setattr(FolderVolumes, "files", away)
    assert "shop-api may have data (it cannot be read now)" in refused(office)
    monkeypatch.undo()
    (folder / "orders").unlink()
    assert read_setup(office.tools, at_once=True)


def volume(office: Office) -> Any:
    return volume_of(office.in_force.setup, FREE, "shop-api")


def test_work_that_is_under_way_ends_before_and_then_it_is_taken_when_asked_for(
    office: Office,
) -> None:
    held = Lock(
        environment=FREE, kind="operation", cause=deployment(1), owner=OPAL, reason="",
        since=office.desk.at, until=None, released_at=None,
    )  # fmt: skip
    with office.desk.store.write() as session:
        session.add(held)
    office.change(to_docker)
    assert f"work is under way in {FREE} as processes" in refused(office)
    with office.desk.store.write() as session:
        session.execute(update(Lock).values(released_at=office.desk.at))
    assert not read_setup(office.tools), "by itself nothing is tried over and over"
    assert read_setup(office.tools, at_once=True)


def test_a_bot_does_not_start_with_what_it_would_not_have_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/station.db"
    with closing(open_store(url)) as store:
        migrate(store)
    with open_desk(url, tmp_path) as desk:
        is_live(desk, tmp_path / "team.yml")
        Office(desk, tmp_path / "team.yml").change(to_docker)
    settings = Settings(
        bot_token="xoxb-1", app_token="xapp-1", slack_api_url="", log_level="INFO",
        team_file=tmp_path / "team.yml", data=tmp_path / "data", database_url=url,
    )  # fmt: skip
    (tmp_path / "data").mkdir()
    with pytest.raises(SetupError) as caught:
        build(settings)
    (problem,) = caught.value.problems
    (found,) = _moved(settings, load(settings.team_file))
    assert (found.well, found.said) == (False, problem)
    assert problem.startswith(f"{tmp_path}/team.yml:")
    assert f"but shop-api 1.0.0 is live in {FREE} as processes" in problem
