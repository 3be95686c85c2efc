"""A place to build on: the Engine and a registry of the tests, and a repository of Dockerfiles."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from handlers.ports import BuildOrder
from integrations.builds.docker import DockerBuilder, Yard
from integrations.git_source import GitSource
from integrations.images.registry import Registry, RegistryImages
from integrations.runtimes.docker.client import engine_at
from tests.docker.engine import Engine
from tests.docker.images import BUSYBOX
from tests.docker.wire import Refused
from tests.runtimes.repository import Repository

NUMBERS = itertools.count(1)
GOOD = f"FROM {BUSYBOX}\nCOPY greeting /greeting\nRUN cat /greeting\n"
BROKEN = f"FROM {BUSYBOX}\nRUN echo about to fail; cat /nothing\n"
ENDLESS = f"FROM {BUSYBOX}\nRUN echo it begins; sleep 600\n"


def hosts_of(engine: Engine) -> dict[str, str]:
    """The names that each container of an Engine knows besides its network's; others come and go
    meanwhile."""
    found = {}
    for one in engine.ask("GET", "/containers/json?all=1"):
        with suppress(Refused):
            there = engine.ask("GET", f"/containers/{one['Id']}/json")
            found[one["Id"]] = str(there["HostConfig"]["ExtraHosts"])
    return found


@dataclass
class Ground:
    """``url`` and ``tls`` are how the builder reaches the Engine, if not by its socket."""

    engine: Engine
    registry: str
    folder: Path
    keys: str = ""
    url: str = ""
    tls: str = ""
    service: str = field(default_factory=lambda: f"built-{os.getpid()}-{next(NUMBERS)}")

    def __post_init__(self) -> None:
        self.repository = Repository(self.folder / "repository")
        self.source = GitSource(self.folder / "mirrors")
        self.builder = self.anew()
        self.images = RegistryImages({self.registry: Registry(self.keys)})

    def anew(self) -> DockerBuilder:
        """The builder of another bot, which finds what the one before has left."""
        there = engine_at("lab", self.url or self.engine.url, self.tls)
        yard = Yard({"lab": there}, {self.registry: self.keys})
        return DockerBuilder(self.folder / "builds", self.source, yard)

    @property
    def image(self) -> str:
        return f"{self.registry}/shop/{self.service}"

    def order(
        self, dockerfile: str = GOOD, files: Mapping[str, str] = {}, **how: Any
    ) -> BuildOrder:
        """A new commit, and an order to build it."""
        files = {"Dockerfile": dockerfile, "greeting": f"hello {next(NUMBERS)}", **files}
        for name in files:
            (self.repository.folder / name).parent.mkdir(parents=True, exist_ok=True)
        return self.of(self.repository.commit("Say hello", files), **how)

    def of(self, commit: str, **how: Any) -> BuildOrder:
        order = BuildOrder(
            name=f"b{os.getpid()}-{next(NUMBERS)}", engine="lab", service=self.service,
            repository=str(self.repository.folder), commit=commit, image=self.image, timeout=60.0,
        )  # fmt: skip
        return replace(order, **how)

    def there(self) -> list[dict[str, Any]]:
        """The images of the service that the Engine has."""
        wanted = f'{{"label":["stationmaster.built-for={self.service}"]}}'
        found: list[dict[str, Any]] = self.engine.ask("GET", f"/images/json?filters={wanted}")
        return found

    def running(self, order: BuildOrder) -> list[str]:
        """What of a build there is on the Engine, running or not."""
        mark = f"-{order.name}.invalid"
        return [one for one, hosts in hosts_of(self.engine).items() if mark in hosts]

    def close(self) -> None:
        for one in self.there():
            self.engine.ask("DELETE", f"/images/{one['Id']}?force=1")
