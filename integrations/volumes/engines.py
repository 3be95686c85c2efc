"""Volumes of Docker Engines, wherever these are."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from handlers.ports import Backup, PortError, Volume
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.gone import gone_from, take_away
from integrations.runtimes.docker.runtime import Host
from integrations.runtimes.docker.words import DATA, OURS, Place, chosen, labels_of_data
from integrations.volumes import keeper
from integrations.volumes.copies import Copies, named, sources_of
from integrations.volumes.keeper import COMING, HELD, Keeper
from integrations.volumes.owners import owner_of
from integrations.volumes.packed import laid_over, pack, unpack

log = logging.getLogger(__name__)


class EngineVolumes:
    """Implements ``Volumes`` with a volume of its own for each service in each environment, on the
    Engine that the environment is on; copies are kept below ``home``. The ``others`` are looked at
    only for what was left behind there.

    What is replaced is first sent whole, then renamed: whoever is killed when, the old data is
    there or the new, and what is called again first puts that right.
    """

    def __init__(self, home: Path, hosts: Mapping[str, Host], others: Iterable[Host] = ()) -> None:
        self._copies = Copies(home)
        self._hosts = hosts
        self._others = others

    def check(self) -> str:
        names = set()
        for host in self._hosts.values():
            host.engine.ask("GET", "/volumes", filters={"label": [f"{OURS}.environment"]})
            names.add(host.engine.name)
        return f"Data is kept in volumes of {', '.join(sorted(names))}." if names else ""

    def where(self, volume: Volume) -> str:
        _ = _place(volume).volume
        return DATA

    def files(self, volume: Volume) -> int | None:
        with self._copies.turn(volume):
            if self._find(volume) is None:
                return None
            with self._keeper(volume) as there:
                return there.count(HELD) if there.holds() else None

    def left(self, gone: Collection[str]) -> tuple[Volume, ...]:
        used = {host.engine.name for host in self._hosts.values()}
        found: list[Volume] = []
        for name, host in self._engines().items():
            try:
                found += _all(host.engine)
            except PortError as error:
                if name in used:
                    raise
                log.warning("nothing is known of the data that was left there: %s", error.message)
        return tuple(volume for volume in found if volume.environment in gone)

    def provision(self, volume: Volume) -> bool:
        with self._whole(volume) as there:
            return there.own(owner_of(self._host(volume).engine, volume))

    def restore(self, volume: Volume, operation: str) -> int:
        named(operation)
        sources = sources_of(volume)
        with self._whole(volume) as there:
            return self._replace(there, volume, sources)

    def back_up(self, volume: Volume, operation: str) -> Backup:
        def fill(folder: Path) -> None:
            with self._keeper(volume) as there:
                if not there.settle():
                    folder.mkdir(mode=0o700)
                    return
                with closing(there.get(HELD)) as pieces:
                    count = unpack(pieces, HELD, folder)
                # What an Engine cannot read it leaves out of the archive, and says so nowhere.
                if count != there.count(HELD):
                    text = f"Not all data of {volume.service} could be read."
                    raise PortError(text)

        with self._copies.turn(volume):
            self._make_sure(volume)
            return self._copies.keep(volume, operation, fill)

    def put_back(self, volume: Volume, operation: str) -> Backup:
        kept, backup = self._copies.find(volume, operation)
        with self._whole(volume) as there:
            self._replace(there, volume, [kept])
            return backup

    def remove(self, volume: Volume) -> None:
        """What has ended and refers to it still goes with it."""
        with self._copies.turn(volume):
            if self._find(volume) is None:
                return
            with self._keeper(volume) as there:
                if there.settle():
                    there.away()
            self._let_go(volume)

    def _let_go(self, volume: Volume) -> None:
        engine, name = self._host(volume).engine, _place(volume).volume
        wanted = {"volume": [name]}
        for one in engine.ask("GET", "/containers/json", None, all="1", filters=wanted):
            if one["State"] not in ("running", "restarting", "paused"):
                take_away(engine, one["Id"], one["Names"][0].lstrip("/"))
        if not gone_from(engine, f"/volumes/{name}"):
            text = f"The data of {volume.service} in {volume.environment} is in use."
            raise PortError(text)

    def _replace(self, there: Keeper, volume: Volume, sources: list[Path]) -> int:
        """What the sources hold, one laid over the other, in place of what is there."""
        files = laid_over(sources)
        there.put(pack(files, COMING, owner_of(self._host(volume).engine, volume)))
        count = sum(path.is_symlink() or not path.is_dir() for path in files.values())
        if there.count(COMING) != count:
            text = f"Not all data of {volume.service} in {volume.environment} has arrived."
            raise PortError(text)
        there.swap()
        return count

    @contextmanager
    def _whole(self, volume: Volume) -> Iterator[Keeper]:
        """The volume, made where it is not there, with what was broken off put right."""
        with self._copies.turn(volume):
            self._make_sure(volume)
            with self._keeper(volume) as there:
                there.settle()
                yield there

    @contextmanager
    def _keeper(self, volume: Volume) -> Iterator[Keeper]:
        with Keeper(self._host(volume), _place(volume)).at_hand() as there:
            yield there

    def _make_sure(self, volume: Volume) -> None:
        if self._find(volume) is None:
            asked = keeper.volume(_place(volume))
            self._host(volume).engine.ask("POST", "/volumes/create", asked)

    def _find(self, volume: Volume) -> Any:
        """What the Engine says of it; None where it is not there. One of that name that is not
        ours is a permanent PortError."""
        place = _place(volume)
        there = self._host(volume).engine.find(f"/volumes/{place.volume}")
        if there and not labels_of_data(place).items() <= (there.get("Labels") or {}).items():
            text = f"There is a volume {place.volume} already, which is somebody else's."
            raise PortError(text, permanent=True)
        return there

    def _host(self, volume: Volume) -> Host:
        host = self._hosts.get(volume.environment) or self._engines().get(volume.host)
        if host is None:
            raise PortError(f"{volume.environment} is on no Docker Engine.", permanent=True)
        return host

    def _engines(self) -> dict[str, Host]:
        """Those that environments are on, and those that they may have been on."""
        return {host.engine.name: host for host in (*self._others, *self._hosts.values())}


def _place(volume: Volume) -> Place:
    return Place(volume.environment, volume.service)


def _all(engine: Engine) -> Iterator[Volume]:
    listed = engine.ask("GET", "/volumes", filters=chosen(role="data"))["Volumes"] or ()
    for one in sorted(listed, key=lambda one: str(one["Name"])):
        labels = one["Labels"]
        environment, service = (labels.get(f"{OURS}.{n}", "") for n in ("environment", "service"))
        with suppress(PortError):  # made by somebody else, with our label
            if Place(environment, service).volume == one["Name"]:
                yield Volume(environment, service, host=engine.name)
