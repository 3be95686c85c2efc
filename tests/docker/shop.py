"""The shop's versions as images, and a bot whose environments are on the Engine of the tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docker.engine import Engine
from tests.docker.images import ROUTER, SERVED, image_id, variant
from tests.station import Spots, Station, connected

WORDS = ["python3", "/srv/server.py"]


TAKES_ORDERS = """
        elif path == "/order":
            with open(os.environ["SHOP_DATA"] + "/orders", "a+") as orders:
                orders.write("1")
                orders.seek(0)
                self.answer(200, orders.read())
"""
"""What a service with data does with it: every order that it was given is written down."""


def shop_images(
    engine: Engine, shop: Path, versions: tuple[str, ...], repository: str = "shop/shop-api"
) -> dict[str, str]:
    """An image of the api for each version, out of its commit, which the Engine has as that
    version of ``local/{repository}``; any other than the usual one takes orders."""
    images = {}
    for version in versions:
        text = subprocess.run(
            ("git", "-C", str(shop / "shop-api"), "show", f"{version}:server.py"),
            check=True, capture_output=True, text=True,
        ).stdout.replace('"127.0.0.1"', '"0.0.0.0"')  # fmt: skip
        if repository != "shop/shop-api":
            at = text.index("        else:\n            self.answer(404")
            text = text[:at].rstrip() + TAKES_ORDERS + text[at:]
        files = {"server.py": text.encode()}
        image = variant(engine.socket, SERVED, WORDS, f"shop-{version}", files)
        engine.ask("POST", f"/images/{image}/tag?repo={repository}&tag={version}")
        images[version] = image
    return images


@contextmanager
def docked(engine: Engine, home: Path, team: Path, spots: Spots) -> Iterator[Station]:
    """A bot with that setup, of which nothing is left on the Engine."""
    with connected(home, team, spots) as station:
        yield station
    for name in station.bot.setup.environments:
        engine.purge(f"stationmaster.environment={name}")


def on_docker(team: Path, engine: Engine, url: str = "", keeps_data: bool = False) -> None:
    """Change a setup so that every environment runs on the Engine, reached at ``url``."""
    setup = json.loads(team.read_text("utf-8"))
    router = image_id(engine.socket, ROUTER)
    setup["engines"] = {"dock": {"address": url or engine.url, "router": router}}
    for environment in (*setup["environments"].values(), *setup["blueprints"].values()):
        environment |= {"runtime": "docker", "engine": "dock"}
        for place in environment["services"].values():
            if not keeps_data:
                place.pop("data", None)
    for name, service in setup["services"].items():
        service["image"] = f"local/shop/{name}"
        service["command"] = []
        service["container"] = {"memory": "64M"}
    team.write_text(json.dumps(setup), encoding="utf-8")
