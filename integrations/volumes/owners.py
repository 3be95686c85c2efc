"""Whose files the data of a service has to be: the user that its containers run as."""

from __future__ import annotations

import io
import tarfile
from typing import Any

from handlers.ports import Volume
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.gone import take_away
from integrations.runtimes.docker.images import newest_of
from integrations.runtimes.docker.words import OURS, Place, limits
from integrations.volumes.packed import Owner

ROOT: Owner = (0, 0)


def reader_container(place: Place, image: str) -> dict[str, Any]:
    """Is never started: what its image says of users is read from it."""
    return {
        "Image": image,
        "Cmd": ["true"],
        "Labels": place.labels | {f"{OURS}.role": "keeper"},
        "HostConfig": limits("none"),
    }


def owner_of(engine: Engine, volume: Volume) -> Owner:
    """By what the setup says, or else by the image that was prepared last. What no image is there
    for yet is given to its owner when there is one."""
    image = newest_of(engine, volume.service)
    said = volume.user or (image["Config"].get("User") or "" if image else "")
    user, _, group = said.partition(":")
    if not user or user == "root":
        return ROOT
    if user.isdigit() and group.isdigit():
        return int(user), int(group)
    if image is None:
        return (int(user), 0) if user.isdigit() else ROOT
    return _looked_up(engine, Place(volume.environment, volume.service), image["Id"], user, group)


def _looked_up(engine: Engine, place: Place, image: str, user: str, group: str) -> Owner:
    """As an Engine does it when it starts a container: by the files of the image; a number that
    is not in them is taken as it is."""
    name = f"{place.volume}_reader"
    take_away(engine, name, name)
    engine.ask("POST", "/containers/create", reader_container(place, image), name=name)
    try:
        people = _rows(engine, name, "/etc/passwd", 4)
        groups = _rows(engine, name, "/etc/group", 3) if group and not group.isdigit() else []
    finally:
        take_away(engine, name, name)
    mine = next((row for row in people if user in (row[0], row[2])), None)
    number = int(mine[2]) if mine else int(user) if user.isdigit() else 0
    if group.isdigit():
        return number, int(group)
    if group:
        return number, next((int(row[2]) for row in groups if row[0] == group), 0)
    return number, int(mine[3]) if mine else 0


def _rows(engine: Engine, container: str, path: str, least: int) -> list[list[str]]:
    """The lines of such a file, in their parts, of which all from the third on up to ``least`` are
    numbers; none where there is no such file."""
    try:
        archive = engine.read("GET", f"/containers/{container}/archive", None, path=path)
    except Refused as no:
        if no.status == 404:
            return []
        raise
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        member = packed.next()
        file = packed.extractfile(member) if member and member.isfile() else None
        text = file.read().decode("utf-8", "replace") if file else ""
    rows = (line.split(":") for line in text.splitlines())
    return [row for row in rows if len(row) >= least and all(p.isdigit() for p in row[2:least])]
