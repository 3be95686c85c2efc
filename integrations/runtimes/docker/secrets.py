"""The secrets of an operation: files in a volume of its own, which its containers can only read.

They come over the Engine's archives, so that it may be anywhere, and nothing that it tells of
containers has them in it. No archive reaches what a container has in memory alone, and that would
be empty when the Engine starts it again by itself: they are on its machine's disk, for root only.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handlers.ports import Plan, PortError
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.gone import gone_from, take_away
from integrations.runtimes.docker.words import (
    OURS,
    SECRETS,
    Place,
    chosen,
    container_of,
    labels_of_secrets,
    limits,
    mount_of_secrets,
    place_of,
)

LARGEST = 500_000
"""Bytes of one secret, as in a swarm."""
READABLE = 0o444
"""Whoever the service runs as may read them; nobody else is in there."""


def read_secrets(plan: Plan) -> dict[str, bytes]:
    """What each of them is now; a permanent PortError says which cannot be had."""
    found = {}
    for name, path in container_of(plan).secrets:
        where = f"The secret {name} of {plan.service} in {plan.environment}"
        try:
            with Path(path).open("rb") as file:
                found[name] = file.read(LARGEST + 1)
        except OSError as error:
            text = f"{where} cannot be read from {path}: {error.strerror}."
            raise PortError(text, permanent=True) from None
        if not found[name] or len(found[name]) > LARGEST:
            what = f"has more than {LARGEST} bytes" if found[name] else "is empty"
            raise PortError(f"{where} {what}: {path}.", permanent=True)
    return found


class Secrets:
    """The secrets on one Engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def at_hand(self, plan: Plan) -> Iterator[None]:
        """For who makes a container of the plan. All containers of an operation find the same: they
        are sent for the first one, and what was broken off before that is begun anew."""
        if not container_of(plan).secrets:
            yield
            return
        place, name = place_of(plan), place_of(plan).secrets(plan.operation)
        self._let_go(name)
        if not self._users(name):
            content = read_secrets(plan)
            self._renew(place, plan.operation)
            asked = carrier_container(plan)
            self._engine.ask("POST", "/containers/create", asked, name=_carrier(name))
            path = f"/containers/{_carrier(name)}/archive"
            self._engine.upload(path, packed(content), path=SECRETS)
        # Until the container has it, somebody has to: who tidies up takes what nobody has.
        yield
        self._let_go(name)

    def drop(self, place: Place, operation: str) -> None:
        """Have those of an operation gone, unless a container has them still."""
        name = place.secrets(operation)
        self._let_go(name)
        gone_from(self._engine, f"/volumes/{name}")

    def drop_all(self, place: Place, but: Collection[str] = ()) -> None:
        """Likewise those of every operation there, ``but`` of these."""
        wanted = chosen(environment=place.environment, service=place.service, role="secrets")
        for one in self._engine.ask("GET", "/volumes", filters=wanted)["Volumes"] or ():
            operation = one["Labels"].get(f"{OURS}.operation", "")
            if operation not in but:
                self.drop(place, operation)

    def _renew(self, place: Place, operation: str) -> None:
        """An empty one; of that name there may be one of somebody else's."""
        name, labels = place.secrets(operation), labels_of_secrets(place, operation)
        there = self._engine.find(f"/volumes/{name}")
        if there and not labels.items() <= (there.get("Labels") or {}).items():
            text = f"There is a volume {name} already, which is somebody else's."
            raise PortError(text, permanent=True)
        if not gone_from(self._engine, f"/volumes/{name}"):
            raise PortError(f"The volume {name} is in use by something else.")
        body = {"Name": name, "Driver": "local", "Labels": labels}
        self._engine.ask("POST", "/volumes/create", body)

    def _users(self, name: str) -> bool:
        found = self._engine.ask(
            "GET", "/containers/json", None, all="1", filters={"volume": [name]}
        )
        return any(one["State"] != "removing" for one in found)

    def _let_go(self, name: str) -> None:
        take_away(self._engine, _carrier(name), _carrier(name))


def carrier_container(plan: Plan) -> dict[str, Any]:
    """Is never started: what is sent into it arrives in the volume."""
    place = place_of(plan)
    return {
        "Image": container_of(plan).image,
        "Cmd": ["true"],
        "Labels": place.labels | {f"{OURS}.role": "carrier"},
        "HostConfig": limits("none")
        | {"Mounts": [mount_of_secrets(place, plan.operation) | {"ReadOnly": False}]},
    }


def packed(content: dict[str, bytes]) -> bytes:
    """An archive of these files, which nobody can write."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, text in content.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), READABLE
            archive.addfile(entry, io.BytesIO(text))
    return made.getvalue()


def _carrier(name: str) -> str:
    return f"{name}_carrier"
