"""The shop's versions as images, and a bot whose environments are on the Engine of the tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot import wiring
from bot.settings import Settings
from handlers.ports import Plan
from handlers.setup import Setup
from tests.docker.engine import Engine
from tests.docker.images import ROUTER, SERVED, image_id, variant

WORDS = ["python3", "/srv/server.py"]


def shop_images(engine: Engine, shop: Path, versions: tuple[str, ...]) -> dict[str, str]:
    """An image of the api for each version, out of its commit."""
    images = {}
    for version in versions:
        text = subprocess.run(
            ("git", "-C", str(shop / "shop-api"), "show", f"{version}:server.py"),
            check=True, capture_output=True, text=True,
        ).stdout.replace('"127.0.0.1"', '"0.0.0.0"')  # fmt: skip
        files = {"server.py": text.encode()}
        images[version] = variant(engine.socket, SERVED, WORDS, f"shop-{version}", files)
    return images


def on_docker(team: Path, engine: Engine, url: str = "") -> None:
    """Change a setup so that every environment runs on the Engine, reached at ``url``."""
    setup = json.loads(team.read_text("utf-8"))
    router = image_id(engine.socket, ROUTER)
    setup["engines"] = {"dock": {"address": url or engine.url, "router": router}}
    for environment in setup["environments"].values():
        environment |= {"runtime": "docker", "engine": "dock"}
        for place in environment["services"].values():
            place.pop("data", None)
    for service in setup["services"].values():
        service["command"] = []
        service["container"] = {"memory": "64M"}
    team.write_text(json.dumps(setup), encoding="utf-8")


class ByVersion:
    """A runtime whose plans have the image of their version, as it was resolved at request."""

    def __init__(self, runtime: Any, images: Mapping[str, str]) -> None:
        self._runtime, self._images = runtime, images

    def __getattr__(self, call: str) -> Any:
        def asked(*given: Any, **named: Any) -> Any:
            return getattr(self._runtime, call)(*map(self._resolved, given), **named)

        return asked

    def _resolved(self, given: Any) -> Any:
        if not isinstance(given, Plan) or given.container is None:
            return given
        image = self._images[given.version]
        return replace(given, container=replace(given.container, image=image))


def with_images(images: Mapping[str, str]) -> wiring.PortsOf:
    def ports(settings: Settings, client: WebClient, setup: Setup) -> wiring.Ports:
        real = wiring.real_ports(settings, client, setup)
        runtime: Any = ByVersion(real.runtimes["docker"], images)
        return replace(real, runtimes={**real.runtimes, "docker": runtime})

    return ports
