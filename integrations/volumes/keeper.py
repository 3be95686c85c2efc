"""One volume of an Engine, worked on from within a container of the router's image that has it.

What is sent and fetched goes through the Engine's archives, so that it may be anywhere. Programs
run there only where archives can do nothing: to rename, to remove, to count, and to say whose
something is. What belongs together is one script, since to start a program in a container takes
longer than most of them do. Their words are written here; nothing of the data is ever run.
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
    DATA,
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

HELD = DATA.rpartition("/")[2]
"""The folder of the volume that is its data. Beside it lie, for a while:"""
COMING, BEFORE, GONE = ".coming", ".before", ".gone"
NO = 77
"""What a script ends with whose answer is no."""
HOLDS = f"cd {VOLUME}; if ! [ -e {HELD} ] && ! [ -L {HELD} ]; then exit {NO}; fi"
SETTLE = f"""
cd {VOLUME}
if ! [ -e {HELD} ] && ! [ -L {HELD} ] && [ -e {BEFORE} ]; then mv -T {BEFORE} {HELD}; fi
find . -mindepth 1 -maxdepth 1 -name '.*' -exec rm -rf {{}} +
{HOLDS}
"""
# Itself last, for that is what is looked at.
OWN = f"""
cd {VOLUME}
if ! [ -e {HELD} ] && ! [ -L {HELD} ]; then mkdir -m 755 {HELD}; fi
if [ -z "$(find {HELD} -maxdepth 0 -user "$1" -group "$2")" ]; then
    find {HELD} -mindepth 1 -exec chown -h "$1:$2" {{}} +
    chown -h "$1:$2" {HELD}
fi
find {HELD} -mindepth 1 -maxdepth 1 | read -r _ || exit {NO}
"""
SWAP = f"""
cd {VOLUME}
sync -f .
if [ -e {HELD} ] || [ -L {HELD} ]; then mv -T {HELD} {BEFORE}; fi
mv -T {COMING} {HELD}
sync -f .
rm -rf {BEFORE}
"""
AWAY = f"cd {VOLUME}; mv -T {HELD} {GONE}; sync -f ."


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

    def holds(self) -> bool:
        """Whether the data is there."""
        return self._does("Looking for the data", HOLDS)

    def settle(self) -> bool:
        """Have the data as it was before what was broken off, and nothing beside it; whether it is
        there."""
        return self._does("Putting right what was broken off", SETTLE)

    def own(self, owner: Owner) -> bool:
        """Have the data there, and all of it belong to ``owner``; whether anything is in it."""
        return self._does("Giving the data to its owner", OWN, *map(str, owner))

    def swap(self) -> None:
        """What is coming becomes the data. Whoever is killed when, ``settle`` finds one of them."""
        self._does("Putting the data in place", SWAP)

    def away(self) -> None:
        """The data is called otherwise: half of it must not look like the whole."""
        self._does("Taking the data out of its place", AWAY)

    def count(self, name: str) -> int:
        """How many files and links there are in it, however many that is."""
        kinds = ("(", "-type", "f", "-o", "-type", "l", ")")
        return sum(piece.count(b"\0") for piece in self._said("find", at(name), *kinds, "-print0"))

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
        self._check(made["Id"], words[0])

    def _does(self, what: str, script: str, *words: str) -> bool:
        """Run a script; False where its answer is no. Nobody holds a connection while it works."""
        asked = {"Cmd": ["sh", "-euc", script, "sh", *words]}
        made = self._engine.ask("POST", f"/containers/{self._name}/exec", asked)
        self._engine.read("POST", f"/exec/{made['Id']}/start", {"Detach": True})
        return self._check(made["Id"], what, NO) == 0

    def _check(self, number: str, what: str, fine: int = 0) -> int:
        """The exit code, once there is one; PortError where it is neither 0 nor ``fine``."""
        deadline = time.monotonic() + CARRY
        while (code := self._engine.ask("GET", f"/exec/{number}/json")["ExitCode"]) is None:
            if time.monotonic() > deadline:
                raise PortError(f"{what} does not come to an end in {self._place.volume}.")
            time.sleep(PAUSE)
        if code not in (0, fine):
            text = f"{what} failed in the volume {self._place.volume} with exit code {code}."
            raise PortError(text)
        return int(code)


def at(name: str) -> str:
    """Where something of that name in the volume is."""
    return f"{VOLUME}/{name}"
