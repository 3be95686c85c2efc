"""Data in volumes of an Engine: whose it is, what it refuses, and that whatever call to the Engine
meets a fault, the old data is there or the new, whole, and nothing beside it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from handlers.ports import Container, Plan, PortError, Volume
from integrations.runtimes.docker import client
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.docker.words import Place, service_container
from integrations.volumes.engines import EngineVolumes
from integrations.volumes.keeper import Keeper
from tests.docker.carry import Task
from tests.docker.engine import Engine
from tests.docker.images import BUSYBOX, ROUTER, image_id, variant
from tests.docker.proxy import FAULTS, Proxy, proxy
from tests.station import ROOT

NUMBERS = itertools.count(1)
OLD, NEW = {"orders": "7", "deep/inside": "1"}, {"catalogue.json": "{}", "deep/more": "2"}
NOBODY = (65534, 65534)


@dataclass
class Bay:
    """One volume, and what this machine sees of it."""

    engine: Engine
    home: Path
    volume: Volume
    volumes: EngineVolumes

    @property
    def name(self) -> str:
        return Place(self.volume.environment, self.volume.service).volume

    @property
    def root(self) -> Path:
        return self.engine.folder / "data" / "volumes" / self.name / "_data"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def held(self) -> dict[str, str]:
        found = (path for path in self.data.rglob("*") if path.is_file())
        return {str(path.relative_to(self.data)): path.read_text("utf-8") for path in found}

    def owners(self) -> set[tuple[int, int]]:
        every = (self.data, *self.data.rglob("*"))
        return {(about.st_uid, about.st_gid) for about in (path.lstat() for path in every)}

    def serves(self, image: str, *words: str, user: str = "", read_only: bool = False) -> int:
        """The exit code of a program that runs as the service does, with its volume."""
        container = Container(image, user=user, read_only=read_only, keeps_data=True)
        place = (self.volume.environment, self.volume.service)
        plan = Plan("d1", 1, *place, "1", "c" * 40, "", words, "127.0.0.1:1", container=container)
        asked = service_container(plan, 1)
        asked["HostConfig"]["NetworkMode"] = "none"
        del asked["NetworkingConfig"]
        made = self.engine.ask("POST", "/containers/create", asked)["Id"]
        self.engine.ask("POST", f"/containers/{made}/start")
        code: int = self.engine.ask("POST", f"/containers/{made}/wait")["StatusCode"]
        self.engine.ask("DELETE", f"/containers/{made}?force=1")
        return code


def written(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return str(folder)


@pytest.fixture
def bay(engine: Engine, tmp_path: Path) -> Iterator[Bay]:
    place = f"bay-{os.getpid()}-{next(NUMBERS)}"
    baseline = written(tmp_path / "baseline", NEW)
    host = Host(engine_at("local", engine.url), image_id(engine.socket, ROUTER))
    volumes = EngineVolumes(tmp_path / "volumes", {place: host})
    yield Bay(engine, tmp_path, Volume(place, "api", baseline), volumes)
    host.engine.close()
    engine.purge(f"stationmaster.environment={place}")


def prepared(bay: Bay, image: str) -> None:
    """The Engine has an image of the service."""
    path = f"/images/{image}/tag?repo=stationmaster/{bay.volume.service}&tag={os.getpid()}"
    bay.engine.ask("POST", path)


WRITES = ("sh", "-c", "echo 8 >> $0/orders && rm $0/catalogue.json", "/stationmaster/volume/data")


@pytest.mark.parametrize("user", ["65534", "65534:65534", "nobody"])
def test_whoever_the_service_runs_as_may_write_there_and_nowhere_else(bay: Bay, user: str) -> None:
    image = variant(bay.engine.socket, BUSYBOX, ["true"], label=user)
    volume = replace(bay.volume, service=f"api-{os.getpid()}", user=user)
    bay.volume = volume
    prepared(bay, image)
    bay.volumes.provision(volume)
    bay.volumes.restore(volume, "p1")
    assert bay.serves(image, *WRITES, user=user, read_only=True) == 0
    assert bay.held() == {"orders": "8\n", "deep/more": "2"}
    assert bay.serves(image, "touch", "/stationmaster/volume/beside", user=user) == 1
    assert bay.serves(image, "touch", "/elsewhere", user=user, read_only=True) == 1


def test_the_user_that_the_image_names_is_asked_of_the_image(bay: Bay) -> None:
    made = bay.engine.ask("POST", "/containers/create", {"Image": f"{BUSYBOX}:latest", "Cmd": [""]})
    path = f"/commit?container={made['Id']}&changes=USER%20nobody&pause=0"
    image = bay.engine.ask("POST", path)["Id"]
    bay.engine.ask("DELETE", f"/containers/{made['Id']}")
    bay.volume = replace(bay.volume, service=f"own-{os.getpid()}")
    bay.volumes.restore(bay.volume, "p1")
    assert bay.owners() == {(0, 0)}, "nobody knows its image yet"
    prepared(bay, image)
    assert bay.volumes.provision(bay.volume) is True
    assert bay.owners() == {(65534, 65534)}
    assert bay.serves(image, *WRITES) == 0


def test_who_gets_another_user_gets_the_data_too(bay: Bay) -> None:
    bay.volumes.restore(replace(bay.volume, user="1000:1001"), "p1")
    (bay.data / "link").symlink_to("/etc/passwd")
    assert bay.owners() >= {(1000, 1001)}
    bay.volumes.provision(replace(bay.volume, user="65534"))
    assert bay.owners() == {(65534, 0)}
    assert Path("/etc/passwd").stat().st_uid == 0


def test_what_nobody_may_read_is_read_for_the_copy_and_comes_back(bay: Bay) -> None:
    volume = replace(bay.volume, user="65534:65534")
    bay.volumes.restore(volume, "p1")
    (bay.data / "orders").write_text("7", "utf-8")
    (bay.data / "orders").chmod(0)
    (bay.data / "link").symlink_to("orders")
    os.link(bay.data / "orders", bay.data / "again")
    kept = bay.volumes.back_up(volume, "p2")
    copy = Path(kept.place) / "data"
    assert (copy / "again").read_text("utf-8") == (copy / "orders").read_text("utf-8") == "7"
    assert os.readlink(copy / "link") == "orders"
    assert kept.files == 4
    bay.volumes.restore(volume, "p3")
    bay.volumes.put_back(volume, "p2")
    assert bay.held() == NEW | {"orders": "7", "again": "7", "link": "7"}
    assert bay.owners() == {(65534, 65534)}


def test_a_pipe_in_the_data_is_said_and_nothing_is_kept_of_it(bay: Bay) -> None:
    bay.volumes.restore(bay.volume, "p1")
    os.mkfifo(bay.data / "pipe")
    with pytest.raises(PortError, match="'data/pipe' in the data is neither a file") as refused:
        bay.volumes.back_up(bay.volume, "p2")
    assert refused.value.permanent
    assert list((bay.home / "volumes" / bay.volume.environment / "api" / "backups").iterdir()) == []


def test_a_link_in_place_of_the_data_leads_nowhere(bay: Bay) -> None:
    """A service that is root may do that in its own volume."""
    bay.volumes.restore(bay.volume, "p1")
    bay.data.rename(bay.root / "away")
    bay.data.symlink_to("/etc")
    with pytest.raises(PortError):
        bay.volumes.back_up(bay.volume, "p2")
    assert bay.volumes.restore(bay.volume, "p3") == 2
    assert bay.held() == NEW
    assert not bay.data.is_symlink()
    assert Path("/etc/passwd").is_file()


def test_a_volume_of_somebody_else_is_left_alone(bay: Bay) -> None:
    bay.engine.ask("POST", "/volumes/create", {"Name": bay.name})
    written(bay.data, OLD)
    for ask in (bay.volumes.provision, bay.volumes.remove, bay.volumes.files):
        with pytest.raises(PortError, match="somebody else's") as refused:
            ask(bay.volume)
        assert refused.value.permanent
    assert bay.held() == OLD
    assert bay.volumes.left((bay.volume.environment,)) == ()
    bay.engine.ask("DELETE", f"/volumes/{bay.name}")


def test_a_disk_that_is_full_is_said_and_what_was_there_stays(bay: Bay) -> None:
    labels = {
        f"stationmaster.{key}": value
        for key, value in (
            ("environment", bay.volume.environment), ("service", "api"), ("role", "data"),
        )
    }  # fmt: skip
    small = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    asked = {"Name": bay.name, "Driver": "local", "DriverOpts": small, "Labels": labels}
    bay.engine.ask("POST", "/volumes/create", asked)
    holds: dict[str, Any] = {
        "Image": f"{BUSYBOX}:latest",
        "Cmd": ["sleep", "600"],
        "Labels": labels,
    }
    holds |= {"HostConfig": {"Binds": [f"{bay.name}:/v"]}, "NetworkDisabled": True}
    made = bay.engine.ask("POST", "/containers/create", holds)["Id"]
    bay.engine.ask("POST", f"/containers/{made}/start")
    bay.volumes.restore(bay.volume, "p1")
    Path(bay.volume.baseline, "large").write_bytes(os.urandom(2**21))
    with pytest.raises(PortError, match="disk of the Docker Engine local is full"):
        bay.volumes.restore(bay.volume, "p2")
    assert bay.volumes.files(bay.volume) == 2
    assert bay.volumes.provision(bay.volume) is True
    assert bay.held() == NEW


def test_what_runs_there_keeps_its_data_and_what_has_ended_lets_go(bay: Bay) -> None:
    bay.volumes.restore(bay.volume, "p1")
    labels = {"stationmaster.environment": bay.volume.environment}
    asked: dict[str, Any] = {
        "Image": f"{BUSYBOX}:latest",
        "Cmd": ["sleep", "600"],
        "Labels": labels,
    }
    asked |= {"HostConfig": {"Binds": [f"{bay.name}:/v"]}, "NetworkDisabled": True}
    made = bay.engine.ask("POST", "/containers/create", asked)["Id"]
    bay.engine.ask("POST", f"/containers/{made}/start")
    with pytest.raises(PortError, match="is in use"):
        bay.volumes.remove(bay.volume)
    bay.engine.ask("POST", f"/containers/{made}/kill")
    bay.engine.ask("POST", f"/containers/{made}/wait")
    bay.volumes.remove(bay.volume)
    assert bay.volumes.files(bay.volume) is None
    assert not bay.root.exists()


def test_what_was_broken_off_between_two_names_is_put_right_before_anything_else(bay: Bay) -> None:
    bay.volumes.restore(bay.volume, "p1")
    bay.data.rename(bay.root / ".before")
    written(bay.root / ".coming", OLD)
    kept = bay.volumes.back_up(bay.volume, "p2")
    assert kept.files == len(NEW), "no copy is of nothing, or of what was on its way"
    assert bay.held() == NEW
    assert [path.name for path in bay.root.iterdir()] == ["data"]


@pytest.mark.parametrize("ask", ["restore", "back_up"])
def test_what_does_not_arrive_as_a_whole_is_not_taken_for_it(
    bay: Bay, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    bay.volumes.restore(bay.volume, "p1")
    written(Path(bay.volume.baseline), OLD)
    monkeypatch.setattr(Keeper, "count", lambda self, name: 7)
    with pytest.raises(PortError, match="Not all data of api") as failed:
        getattr(bay.volumes, ask)(bay.volume, "p2")
    assert not failed.value.permanent
    assert bay.held() == NEW
    kept = bay.home / "volumes" / bay.volume.environment / "api" / "backups"
    assert not kept.exists() or list(kept.iterdir()) == []


def test_an_engine_without_the_router_says_what_is_missing(bay: Bay) -> None:
    gone = Host(engine_at("local", bay.engine.url), "sha256:" + "0" * 64)
    volumes = EngineVolumes(bay.home / "volumes", {bay.volume.environment: gone})
    with pytest.raises(PortError, match=r"The image of the router, sha256:0+, is not on local"):
        volumes.provision(bay.volume)


def test_on_no_engine_there_is_nothing(bay: Bay) -> None:
    with pytest.raises(PortError, match="nowhere is on no Docker Engine"):
        bay.volumes.provision(Volume("nowhere", "api"))


SAMPLE, EVERY_POINT = 7, "STATION_TESTS_EVERY_POINT"
"""Every seventh call with each fault, others for each; with this set, all calls with all."""


@dataclass
class Carried:
    """One volume that is filled over and over, by way of the proxy."""

    bay: Bay
    proxy: Proxy
    asks: str

    def begin(self) -> None:
        """The old data is there, and so is a copy of the new."""
        volume = replace(self.bay.volume, user="65534:65534")
        old = written(self.bay.home / "old", OLD)
        if self.asks == "put_back":
            self.bay.volumes.restore(volume, "p0")
            self.bay.volumes.back_up(volume, "kept")
        self.bay.volumes.restore(replace(volume, baseline=old), "p1")
        self.proxy.aim()

    def task(self, url: str) -> Task:
        router = image_id(self.bay.engine.socket, ROUTER)
        home, volume = str(self.bay.home / "volumes"), self.bay.volume
        return Task(self.asks, home, url, router, volume.environment, "api", volume.baseline)

    def meets(self, fault: str, number: int) -> None:
        """Do it with one fault, and see what is there."""
        self.begin()
        self.proxy.aim(fault, number)
        words = (sys.executable, "-m", "tests.docker.carry", self.task(self.proxy.url).written())
        if fault.startswith("kill"):
            with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE) as bot:
                self.proxy.kill = bot.kill
                _, wrong = bot.communicate(timeout=60)
            assert bot.returncode in (0, -9), wrong.decode()
        else:
            with suppress(PortError):
                self.task(self.proxy.url).carry_out()
        self.proxy.rest()
        self.bay.volumes.provision(replace(self.bay.volume, user="65534:65534"))
        self.check(OLD, NEW)
        self.task(self.bay.engine.url).carry_out()
        self.check(NEW)

    def check(self, *fine: dict[str, str]) -> None:
        """The oracles."""
        assert self.bay.held() in fine
        assert self.bay.owners() == {NOBODY}
        assert [path.name for path in self.bay.root.iterdir()] == ["data"]
        wanted = f'{{"label":["stationmaster.environment={self.bay.volume.environment}"]}}'
        assert self.bay.engine.ask("GET", f"/containers/json?all=1&filters={wanted}") == []


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("asks", ["restore", "put_back"])
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_call_meets_a_fault_the_old_data_is_there_or_the_new(
    bay: Bay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, asks: str
) -> None:
    monkeypatch.setattr(client, "LIMIT", 3.0)
    monkeypatch.setattr(client, "STALL", 3.0)
    with proxy(tmp_path, bay.engine.socket) as between:
        carried = Carried(bay, between, asks)
        carried.begin()
        carried.task(between.url).carry_out()
        count = len(between.calls)
        assert count > 15
        print(f"{count} calls")  # for whoever runs this with -s
        every = 1 if os.environ.get(EVERY_POINT) else SAMPLE
        first = 1 if every == 1 else (FAULTS.index(fault) + len(asks)) % SAMPLE + 1
        for number in range(first, count + 1, every):
            try:
                carried.meets(fault, number)
                assert between.hit is not None or number > count - 5
            except AssertionError as error:
                said = json.dumps([vars(call) for call in between.calls], indent=1)
                raise AssertionError(f"{fault} at {number}: {between.hit}\n{said}") from error
