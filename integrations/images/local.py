"""Images that no registry has: those that Engines have themselves, by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from handlers.ports import Images, PortError
from integrations.runtimes.docker.client import Engine

LOCAL = "local"


class EngineImages:
    """Implements ``Images`` with what the Engines have; they all have to say the same."""

    def __init__(self, engines: Iterable[Engine]) -> None:
        self._engines = engines

    def resolve(self, image: str, tag: str) -> str:
        name = f"{image.removeprefix(f'{LOCAL}/')}:{tag}"
        found = {engine.name: self._id(engine, name) for engine in self._engines}
        ids = {one for one in found.values() if one}
        if not ids:
            where = ", ".join(found) or "there is no Engine"
            raise PortError(f"No Engine has an image {name} ({where}).", permanent=True)
        if len(ids) > 1:
            told = ", ".join(f"{engine} has {one[7:19]}" for engine, one in found.items() if one)
            raise PortError(f"{name} is not the same everywhere: {told}.", permanent=True)
        return ids.pop()

    def _id(self, engine: Engine, name: str) -> str:
        there: dict[str, Any] | None = engine.find(f"/images/{quote(name, safe='/:')}/json")
        return str(there["Id"]) if there else ""


class AnyImages:
    """Implements ``Images`` by the first part of an image's name."""

    def __init__(self, registries: Images, local: Images) -> None:
        self._registries, self._local = registries, local

    def resolve(self, image: str, tag: str) -> str:
        images = self._local if image.startswith(f"{LOCAL}/") else self._registries
        return images.resolve(image, tag)
