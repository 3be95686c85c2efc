"""What every keeper of data promises: the docstrings of ``Volumes``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from handlers.ports import PortError, Volume, Volumes
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.docker.words import Place
from integrations.volumes.anywhere import VolumesAnywhere
from integrations.volumes.engines import EngineVolumes
from integrations.volumes.folders import FolderVolumes
from tests.docker.engine import Engine
from tests.docker.images import ROUTER, image_id
from tests.docker.ways import FAR, Way
from tests.docker.wire import Refused

PLACES = ("staging", "test", "demo")


class Seen(EngineVolumes):
    """Volumes of an Engine of this machine, whose data is told by where it is here."""

    def __init__(self, home: Path, host: Host, engine: Engine) -> None:
        super().__init__(home, dict.fromkeys(PLACES, host))
        self._below = engine.folder / "data" / "volumes"

    def where(self, volume: Volume) -> str:
        name, inside = Place(volume.environment, volume.service).volume, super().where(volume)
        return str(self._below / name / "_data" / Path(inside).name)


@contextmanager
def seen(way: Way, home: Path) -> Iterator[Volumes]:
    there = engine_at("local", way.address, way.tls)
    cleared(way.engine)
    yield Seen(home, Host(there, image_id(way.engine.socket, ROUTER)), way.engine)
    there.close()
    assert not cleared(way.engine), "what carried it has gone"


def cleared(engine: Engine) -> list[str]:
    """Leave no volume of these places; the containers that were there for one."""
    found = []
    for place, service in itertools.product(PLACES, ("api", "web")):
        name = Place(place, service).volume
        for path in (f"/containers/{name}_keeper?force=1", f"/containers/{name}_reader?force=1"):
            with suppress(Refused):
                engine.ask("DELETE", path)
                found.append(path)
        with suppress(Refused):
            engine.ask("DELETE", f"/volumes/{name}?force=1")
    return found


@pytest.fixture(params=["folders", "docker", "anywhere", *FAR])
def volumes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Volumes]:
    home = tmp_path / "volumes"
    if request.param == "folders":
        yield FolderVolumes(home)
        return
    if request.param in ("tls", "ssh"):
        way: Way = request.getfixturevalue(request.param)
    else:
        engine = request.getfixturevalue("engine")
        way = Way(engine, engine.url, "")
    with seen(way, home) as far:
        near = VolumesAnywhere(FolderVolumes(home), far, ("staging", "demo"))
        yield near if request.param == "anywhere" else far


def written(folder: Path, **files: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def held(volumes: Volumes, volume: Volume) -> dict[str, str]:
    """Every file in it and beside it, so that nothing is left over anywhere."""
    data = Path(volumes.where(volume))
    return {
        str(path.relative_to(data.parent)): path.read_text(encoding="utf-8")
        for path in data.parent.rglob("*")
        if path.is_file()
    }


def test_each_place_has_data_of_its_own_which_stays(volumes: Volumes) -> None:
    one, other = Volume("staging", "api"), Volume("staging", "web")
    assert volumes.provision(one) is False
    assert volumes.provision(one) is False
    written(Path(volumes.where(one)), orders="7")
    assert volumes.provision(one) is True
    assert volumes.provision(other) is False
    assert held(volumes, one) == {"data/orders": "7"}
    assert held(volumes, other) == {}


def test_what_exists_of_environments_that_are_gone_is_known_without_making_it(
    volumes: Volumes,
) -> None:
    one, other = Volume("staging", "api"), Volume("test", "api")
    assert volumes.left(("staging",)) == ()
    for volume in (one, other):
        volumes.provision(volume)
    assert volumes.left(()) == ()
    assert volumes.left(("staging", "nowhere")) == (one,)
    volumes.back_up(one, "d1")
    volumes.remove(one)
    assert volumes.left(("staging",)) == (), "a backup alone is nothing that is left over"


def test_how_much_is_in_it_is_told_without_making_it(volumes: Volumes) -> None:
    volume = Volume("staging", "api")
    assert volumes.files(volume) is None
    assert not Path(volumes.where(volume)).exists()
    volumes.provision(volume)
    assert volumes.files(volume) == 0
    written(Path(volumes.where(volume)) / "deep", orders="7")
    assert volumes.files(volume) == 1


def test_the_baseline_is_laid_down_and_the_seeds_over_it_in_their_order(
    volumes: Volumes, tmp_path: Path
) -> None:
    baseline = written(tmp_path / "baseline", a="base", b="base", c="base")
    written(tmp_path / "baseline" / "deep", inside="base")
    first, second = written(tmp_path / "1", b="1", c="1"), written(tmp_path / "2", c="2")
    volume = Volume("staging", "api", baseline, (first, second))
    written(Path(volumes.where(volume)), old="gone afterwards")
    for operation in ("d1", "d1", "d2"):
        assert volumes.restore(volume, operation) == 4
        assert held(volumes, volume) == {
            "data/a": "base", "data/b": "1", "data/c": "2", "data/deep/inside": "base",
        }  # fmt: skip


def test_what_a_killed_restore_left_is_swept_away_by_the_next(
    volumes: Volumes, tmp_path: Path
) -> None:
    volume = Volume("staging", "api", written(tmp_path / "baseline", a="base"))
    data = Path(volumes.where(volume))
    for leftover in (".new-d1", ".old-d1"):
        written(data.with_name(leftover), half="half")
    assert volumes.provision(volume) is False
    assert volumes.restore(volume, "d1") == 1
    assert held(volumes, volume) == {"data/a": "base"}


def test_without_its_baseline_nothing_is_taken_away(volumes: Volumes, tmp_path: Path) -> None:
    volume = Volume("staging", "api", str(tmp_path / "nowhere"))
    written(Path(volumes.where(volume)), orders="7")
    with pytest.raises(PortError, match="nowhere") as caught:
        volumes.restore(volume, "d1")
    assert caught.value.permanent
    assert held(volumes, volume) == {"data/orders": "7"}


def test_a_link_of_the_baseline_is_replaced_by_a_seed_and_never_written_through(
    volumes: Volumes, tmp_path: Path
) -> None:
    outside = Path(written(tmp_path / "outside", file="mine"))
    baseline = Path(written(tmp_path / "baseline"))
    (baseline / "file").symlink_to(outside / "file")
    (baseline / "folder").symlink_to(outside)
    seed = written(tmp_path / "seed", file="seed")
    written(tmp_path / "seed" / "folder", file="seed")
    volume = Volume("staging", "api", str(baseline), (seed,))
    assert volumes.restore(volume, "d1") == 2
    assert (outside / "file").read_text(encoding="utf-8") == "mine"
    assert held(volumes, volume) == {"data/file": "seed", "data/folder/file": "seed"}


@pytest.mark.parametrize("name", ["", "..", ".locks", "a/b", "/etc", "a\n"])
def test_a_name_that_leads_elsewhere_is_no_place(volumes: Volumes, name: str) -> None:
    for volume in (Volume(name, "api"), Volume("staging", name)):
        with pytest.raises(PortError):
            volumes.provision(volume)


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert "GB free" in FolderVolumes(tmp_path / "volumes").check()
    with pytest.raises(PortError, match="cannot be used"):
        FolderVolumes(tmp_path / "file").check()


def test_a_backup_is_whole_is_made_once_and_outlives_a_restore(
    volumes: Volumes, tmp_path: Path
) -> None:
    volume = Volume("staging", "api", written(tmp_path / "baseline", a="base"))
    written(Path(volumes.where(volume)), orders="7", users="123")
    first = volumes.back_up(volume, "p1")
    assert (first.files, first.size) == (2, 4)
    volumes.restore(volume, "p1")
    assert volumes.back_up(volume, "p1") == first
    assert Path(first.place, "data", "orders").read_text(encoding="utf-8") == "7"
    second = volumes.back_up(volume, "p2")
    assert (second.files, second.digest == first.digest) == (1, False)


def test_a_copy_is_put_back_whole_as_often_as_it_is_asked_for(volumes: Volumes) -> None:
    volume = Volume("staging", "api")
    data = Path(volumes.where(volume))
    written(data, orders="7")
    written(data / "deep", inside="1")
    kept = volumes.back_up(volume, "d1")
    for _ in range(2):
        written(data, orders="spoilt", more="since")
        assert volumes.put_back(volume, "d1") == kept
        there = {name: text for name, text in held(volumes, volume).items() if name[:4] == "data"}
        assert there == {"data/orders": "7", "data/deep/inside": "1"}


def test_without_a_whole_copy_what_is_there_stays(volumes: Volumes) -> None:
    volume = Volume("staging", "api")
    written(Path(volumes.where(volume)), orders="7")
    with pytest.raises(PortError, match="d1") as refused:
        volumes.put_back(volume, "d1")
    assert refused.value.permanent
    (Path(volumes.back_up(volume, "d2").place) / "about.json").unlink()
    with pytest.raises(PortError):
        volumes.put_back(volume, "d2")
    assert (Path(volumes.where(volume)) / "orders").read_text(encoding="utf-8") == "7"


def test_half_a_backup_is_none(volumes: Volumes) -> None:
    volume = Volume("staging", "api")
    written(Path(volumes.where(volume)), orders="7")
    place = Path(volumes.back_up(volume, "p1").place)
    (place / "about.json").unlink()
    (place / "data" / "orders").unlink()
    written(place.with_name("p1.partial"), half="half")
    assert volumes.back_up(volume, "p1").files == 1
    assert (place / "data" / "orders").read_text(encoding="utf-8") == "7"


def test_what_is_removed_leaves_only_its_backups(volumes: Volumes, tmp_path: Path) -> None:
    volume = Volume("demo", "api", written(tmp_path / "base", orders="7"))
    volumes.restore(volume, "p1")
    kept = volumes.back_up(volume, "p1")
    for _ in range(2):
        volumes.remove(volume)
    assert not Path(volumes.where(volume)).exists()
    assert volumes.back_up(volume, "p1") == kept
    assert volumes.provision(volume) is False
