"""Builds on Docker Engines, by the build that every Engine has itself: an archive goes there, words
come back. What is built is known by its labels, what a build has under way by a name in its hosts.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from handlers.ports import BuildOrder, Built, PortError, Say, Source, silent
from integrations.builds.context import dockerfile, pack
from integrations.builds.dockerfile import HUB, images_of, registry_of
from integrations.builds.pushing import push_words, unpushed
from integrations.builds.remains import end_remains, let_go, marked
from integrations.builds.running import Running
from integrations.runtimes.docker.client import Engine, Question, Refused
from integrations.runtimes.docker.images import auth_for, pull
from integrations.runtimes.docker.words import OURS

PERIOD = 100_000
"""Microseconds in which a build gets its part of the processors."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class Yard:
    """What builds have in common: Engines by their names, and for each registry that is allowed the
    file with the name and the password to use, or nothing."""

    engines: Mapping[str, Engine]
    registries: Mapping[str, str]


class DockerBuilder:
    """Implements ``Builder``. ``home`` is where commits are made ready for their way."""

    def __init__(self, home: Path, source: Source, yard: Yard) -> None:
        self._home, self._source, self._yard = home.absolute(), source, yard

    def check(self, engine: str) -> str:
        facts = self._engine(engine).ask("GET", "/info")
        if facts.get("OSType") != "linux":
            text = f"{engine} builds for {facts.get('OSType')}; an Engine for linux is needed."
            raise PortError(text, permanent=True)
        return f"{engine} builds (Docker {facts['ServerVersion']}, {facts['NCPU']} processors)"

    def fetch(self, order: BuildOrder) -> str:
        self._engine(order.engine)
        folder = self._folder(order)
        archive = folder / "context.tar"
        if archive.exists():
            return "the commit is ready to be built"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with TemporaryDirectory(prefix=".tree-", dir=folder) as name:
                tree = Path(name) / "tree"
                self._source.export(order.repository, order.commit, str(tree))
                found = images_of(
                    dockerfile(tree, order), dict(order.arguments), order.network != "none"
                )
                for image in found:
                    self._must_be_allowed(image, order)
                count, size = pack(tree, order, archive)
            (folder / "images").write_text("\n".join(found), "utf-8")
        except BaseException:
            archive.unlink(missing_ok=True)
            raise
        return f"{count} file{'' if count == 1 else 's'} of {size / 2**20:.1f} MiB"

    def build(self, order: BuildOrder, write: Say = silent, say: Say = silent) -> Built:
        engine = self._engine(order.engine)
        if self._built(engine, order):
            return Built(detail="it was built already")
        archive, images = (self._folder(order) / name for name in ("context.tar", "images"))
        if not archive.exists():
            raise PortError(f"The commit {order.commit[:12]} is not fetched.", permanent=True)
        end_remains(engine, order)
        for image in filter(None, images.read_text("utf-8").split("\n")):
            self._provide(engine, image, say)
        with open(archive, "rb") as context:
            question = Question(
                "POST", "/build", context, _options(order), {"Content-Type": "application/x-tar"}
            )
            done = Running(engine, order, write, say).through(question)
        if not done.problem and not self._built(engine, order):
            raise PortError(f"{engine.name} has built {order.image} and does not have it.")
        return done

    def push(self, order: BuildOrder, say: Say = silent) -> str:
        engine = self._engine(order.engine)
        if not self._built(engine, order):
            text = f"{engine.name} does not have what was built of {order.commit[:12]} any more."
            raise PortError(text, permanent=True)
        host = order.image.partition("/")[0]
        question = Question(
            "POST", f"/images/{order.image}/push", b"", {"tag": order.commit},
            {"X-Registry-Auth": auth_for(host, self._keys())},
        )  # fmt: skip
        try:
            digest = push_words(engine, order, question, say)
        except Refused as no:
            raise unpushed(engine.name, order.image, no.said) from None
        return f"{order.image}@{digest}"

    def discard(self, order: BuildOrder) -> None:
        shutil.rmtree(self._folder(order), ignore_errors=True)
        engine = self._engine(order.engine)
        end_remains(engine, order)
        let_go(engine, order)

    def _engine(self, name: str) -> Engine:
        if name not in self._yard.engines:
            raise PortError(f"There is no Engine {name} to build on.", permanent=True)
        return self._yard.engines[name]

    def _folder(self, order: BuildOrder) -> Path:
        if not NAME.fullmatch(order.name):
            raise PortError(f"{order.name[:80]!r} cannot be the name of a build.", permanent=True)
        return self._home / order.name

    def _keys(self) -> dict[str, str]:
        return {name: path for name, path in self._yard.registries.items() if path}

    def _built(self, engine: Engine, order: BuildOrder) -> bool:
        """Whether it is there, and is what we would build: a tag alone says little."""
        there = engine.find(f"/images/{order.image}:{order.commit}/json")
        found = ((there or {}).get("Config") or {}).get("Labels") or {}
        return all(found.get(name) == value for name, value in _labels(order).items())

    def _must_be_allowed(self, image: str, order: BuildOrder) -> None:
        """One without a registry in its name has to be on the Engine, which is seen there."""
        registry = registry_of(image)
        if registry and registry not in self._yard.registries:
            known = ", ".join(sorted(self._yard.registries)) or "none is there"
            raise PortError(
                f"The Dockerfile uses {image}, and {registry} is not under registries ({known});"
                " images come from those only.",
                permanent=True,
            )

    def _provide(self, engine: Engine, image: str, say: Say) -> None:
        """Have an image there that the build begins with, so that the Engine asks nobody itself."""
        if engine.find(f"/images/{image}/json") is not None:
            return
        registry = registry_of(image)
        if not registry and HUB not in self._yard.registries:
            raise PortError(
                f"{engine.name} has no image {image}, which the Dockerfile uses. Put it there, or"
                " name one with its registry.",
                permanent=True,
            )
        pull(engine, image, auth_for(registry or HUB, self._keys()), say)


def _labels(order: BuildOrder) -> dict[str, str]:
    return {f"{OURS}.built-for": order.service, f"{OURS}.built-from": order.commit}


def _options(order: BuildOrder) -> dict[str, Any]:
    """All that the Engine is told: nothing of it is typed by anybody when they ask."""
    return {
        "version": "1",
        "t": f"{order.image}:{order.commit}",
        "dockerfile": order.file,
        "buildargs": dict(order.arguments),
        "labels": _labels(order),
        "rm": "1",
        "forcerm": "1",
        "memory": str(order.memory),
        "memswap": str(order.memory),
        "cpuperiod": str(PERIOD),
        "cpuquota": str(int(order.cpu * PERIOD)),
        "networkmode": order.network,
        "extrahosts": f"{marked(order)}:127.0.0.1",
    }
