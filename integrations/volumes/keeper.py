"""One volume of an Engine, worked on from within a container of the router's image that has it.

What is sent and fetched goes through the Engine's archives, so that it may be anywhere. A program
runs there only where archives can do nothing: to rename, to remove, to count, and to say whose
something is. Each is named by its words; nothing of the data is ever run.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from handlers.ports import PortError
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.gone import take_away
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.docker.words import (
    OURS,
    VOLUME,
    Place,
    labels_of_data,
    limits,
    mount,
)
from integrations.runtimes.docker.written import unframed_pieces
from integrations.volumes.packed import Owner

LIVES = 7200
"""Seconds after which the container ends by itself, whoever was killed."""
CARRY = 3600.0
"""Seconds that sending, fetching or one program may take."""
PAUSE = 0.05


def volume(place: Place) -> dict[str, Any]:
    return {"Name": place.volume, "Driver": "local", "Labels": labels_of_data(place)}


def keeper_container(place: Place, image: str) -> dict[str, Any]:
    """What is in the volume may be anybody's, so root may do with it what its owner may."""
    return {
        "Image": image,
        "Cmd": ["sleep", str(LIVES)],
        "User": "0:0",
        "Labels": place.labels | {f"{OURS}.role": "keeper"},
        "StopSignal": "SIGKILL",
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": limits("none")
        | {
            "CapAdd": ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
            "Memory": 64 * 2**20,
            "ReadonlyRootfs": True,
            "Mounts": [mount(place)],
            "AutoRemove": True,
        },
    }


class Keeper:
    """What works on the volume of a place."""

    def __init__(self, host: Host, place: Place) -> None:
        self._engine: Engine = host.engine
        self._image = host.router
        self._place = place
        self._name = f"{place.volume}_keeper"

    @contextmanager
    def at_hand(self) -> Iterator[Keeper]:
        """One that was left behind may be about to end: this one is new."""
        take_away(self._engine, self._name, self._name)
        asked = keeper_container(self._place, self._image)
        try:
            self._engine.ask("POST", "/containers/create", asked, name=self._name)
        except Refused as no:
            if no.status == 404 and "image" in no.said.lower():
                text = f"The image of the router, {self._image}, is not on {self._engine.name}."
                raise PortError(text, permanent=True) from None
            raise
        self._engine.make_sure("POST", f"/containers/{self._name}/start", 304)
        try:
            yield self
        finally:
            with suppress(PortError):
                take_away(self._engine, self._name, self._name)

    def names(self) -> set[str]:
        """What lies in the volume itself."""
        said = b"".join(self._said("find", VOLUME, "-mindepth", "1", "-maxdepth", "1", "-print0"))
        found = (path.decode("utf-8", "surrogateescape") for path in said.split(b"\0"))
        return {path.rpartition("/")[2] for path in found if path}

    def count(self, name: str) -> int:
        """How many files and links there are in it, however many that is."""
        kinds = ("(", "-type", "f", "-o", "-type", "l", ")")
        return sum(piece.count(b"\0") for piece in self._said("find", at(name), *kinds, "-print0"))

    def is_empty(self, name: str) -> bool:
        words = ("find", at(name), "-mindepth", "1", "-maxdepth", "1", "-print0")
        return not b"".join(self._said(*words))

    def make(self, name: str) -> None:
        self._run("mkdir", "-p", "-m", "755", at(name))

    def rename(self, name: str, to: str) -> None:
        """Within the volume, at once; what it becomes must not be there."""
        self._run("mv", "-T", at(name), at(to))

    def remove(self, *names: str) -> None:
        if names:
            self._run("rm", "-rf", *map(at, names))

    def sync(self) -> None:
        """Have it on the disk."""
        self._run("sync", "-f", VOLUME)

    def belongs_to(self, name: str, owner: Owner) -> bool:
        user, group = map(str, owner)
        words = ("find", at(name), "-maxdepth", "0", "-user", user, "-group", group, "-print0")
        return bool(b"".join(self._said(*words)))

    def give_to(self, name: str, owner: Owner) -> None:
        """All of it; itself last, for that is what is looked at."""
        whose = f"{owner[0]}:{owner[1]}"
        each = ("-exec", "chown", "-h", whose, "{}", "+")
        self._run("find", at(name), "-mindepth", "1", *each)
        self._run("chown", "-h", whose, at(name))

    def put(self, archive: Iterable[bytes]) -> None:
        path = f"/containers/{self._name}/archive"
        self._engine.upload(path, archive, limit=CARRY, path=VOLUME, noOverwriteDirNonDir="1")

    def get(self, name: str) -> Generator[bytes, None, None]:
        """It as an archive, piece by piece."""
        path = f"/containers/{self._name}/archive"
        return self._engine.stream(path, limit=CARRY, path=at(name))

    def _said(self, *words: str) -> Iterator[bytes]:
        """What a program answers, piece by piece; PortError where it fails."""
        wanted = {"AttachStdout": True, "Cmd": words}
        made = self._engine.ask("POST", f"/containers/{self._name}/exec", wanted)
        path = f"/exec/{made['Id']}/start"
        yield from unframed_pieces(self._engine.stream(path, {}, limit=CARRY))
        self._check(made["Id"], words)

    def _run(self, *words: str) -> None:
        """Nobody holds a connection while it works."""
        made = self._engine.ask("POST", f"/containers/{self._name}/exec", {"Cmd": words})
        self._engine.read("POST", f"/exec/{made['Id']}/start", {"Detach": True})
        self._check(made["Id"], words)

    def _check(self, number: str, words: tuple[str, ...]) -> None:
        deadline = time.monotonic() + CARRY
        while (code := self._engine.ask("GET", f"/exec/{number}/json")["ExitCode"]) is None:
            if time.monotonic() > deadline:
                raise PortError(f"{words[0]} does not come to an end in {self._place.volume}.")
            time.sleep(PAUSE)
        if code:
            text = f"{words[0]} failed in the volume {self._place.volume} with exit code {code}."
            raise PortError(text)


def at(name: str) -> str:
    """Where something of that name in the volume is."""
    return f"{VOLUME}/{name}"
