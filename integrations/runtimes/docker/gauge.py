"""How much room there is on an Engine's machine, asked where it is: the Engine itself does not
tell what is free."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from handlers.ports import PortError
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.talk import Task
from integrations.runtimes.docker.words import OURS, gauge_container

NAME = f"{OURS}-gauge"
FRESH = 1.0  # seconds for which all environments of one Engine share a reading


@dataclass(frozen=True)
class Room:
    cores: float
    memory: int
    disk: int
    all_disk: int
    load: float


@dataclass(frozen=True)
class Kept:
    """What an Engine keeps: bytes of images, volumes, and networks besides those it comes with,
    of which there can be ``most_networks`` (0: it does not say)."""

    images: int
    volumes: int
    networks: int
    most_networks: int


def kept(engine: Engine, info: Mapping[str, Any]) -> Kept:
    """``info`` is what it said of itself."""
    images = engine.ask("GET", "/system/df", type="image")["LayersSize"]
    volumes = engine.ask("GET", "/volumes")["Volumes"] or ()
    networks = engine.ask("GET", "/networks", filters={"type": ["custom"]})
    pools = info.get("DefaultAddressPools") or ()
    most = sum(2 ** (pool["Size"] - ip_network(pool["Base"]).prefixlen) for pool in pools)
    return Kept(int(images), len(volumes), len(networks), most)


class Gauge:
    """Reads the room of one Engine, in a container that sleeps there."""

    def __init__(self, engine: Engine, image: str) -> None:
        self._engine = engine
        self._image = image
        self._turn = threading.Lock()
        self._last: tuple[float, Room] | None = None

    def read(self) -> Room:
        with self._turn:
            if self._last and time.monotonic() - self._last[0] < FRESH:
                return self._last[1]
            room = self._read()
            self._last = time.monotonic(), room
            return room

    def _read(self) -> Room:
        self._make_sure()
        cores = float(self._engine.ask("GET", "/info")["NCPU"])
        said = self._said("cat", "/proc/loadavg", "/proc/meminfo")
        load = self._found(r"^([\d.]+) ", said)
        memory = self._found(r"MemAvailable:\s+(\d+) kB", said)
        # Its root is on the disk that holds images and containers.
        df = self._said("df", "-P", "-k", "/")
        disk = self._found(r"\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s", df)
        return Room(
            cores, int(memory[1]) * 1024, int(disk[2]) * 1024, int(disk[1]) * 1024, float(load[1])
        )

    def _said(self, *words: str) -> str:
        return self._engine.talk(NAME, Task(words)).decode("utf-8", "replace")

    def _found(self, pattern: str, said: str) -> re.Match[str]:
        found = re.search(pattern, said)
        if found is None:
            raise PortError(f"The room on {self._engine.name} cannot be read.")
        return found

    def _make_sure(self) -> None:
        there = self._engine.find(f"/containers/{NAME}/json")
        if there is not None and there["State"]["Running"]:
            return
        if there is None:
            self._create()
        self._engine.make_sure("POST", f"/containers/{NAME}/start", 304)

    def _create(self) -> None:
        asked = gauge_container(self._image)
        try:
            self._engine.make_sure("POST", "/containers/create", 409, body=asked, name=NAME)
        except Refused as no:
            if no.status == 404:
                text = f"The image of the router, {self._image}, is not on {self._engine.name}."
                raise PortError(text, permanent=True) from None
            raise
