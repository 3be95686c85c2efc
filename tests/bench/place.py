"""Where a bench happens: services in git, a workspace in its own process, and one app at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from bot.demo import APP_TOKEN, BOT_TOKEN, free_ports
from integrations.git_source import GitSource
from integrations.runtimes.process.runtime import ProcessRuntime
from playground.shop import make_shop
from tests.station import MANIFEST, ROOT, Spots, make_spots, seed, write_team
from tests.workspace import Workspace

BOT, BARE = ("bot", "run", "--while-stdin"), ("tests.bench.bare",)
STEP = 0.01
"""Seconds between looks at something awaited: the error of what is measured with them."""


@dataclass(frozen=True)
class Place:
    """One workspace with its services; ``home`` keeps everything, also between two apps."""

    home: Path
    spots: Spots
    address: str

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.address)

    @property
    def runtime(self) -> ProcessRuntime:
        data = self.home / "data"
        return ProcessRuntime(data / "process", GitSource(data / "repositories"))

    @property
    def environ(self) -> dict[str, str]:
        return _environ() | {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": f"{self.address}/api/",
            "STATION_DATA": str(self.home / "data"),
            "STATION_TEAM": str(self.home / "team.yml"),
            "DATABASE_URL": "",
        }


@dataclass(frozen=True)
class Running:
    """An app that is ready, and the seconds it took from the start of its process."""

    process: psutil.Process
    started_in: float

    @property
    def megabytes(self) -> float:
        """Resident memory of the process itself."""
        return float(self.process.memory_info().rss) / 2**20


@contextmanager
def open_place(home: Path, counts: dict[str, int], tags: int, **service: Any) -> Iterator[Place]:
    """A workspace whose services have ``tags`` versions beside the shop's own."""
    make_shop(home / "shop")
    for name in ("shop-api", "shop-web"):
        _tag(home / "shop" / name, tags)
    spots = make_spots(counts)
    write_team(home / "team.yml", home / "shop", spots, **service)
    (home / "seed.yml").write_text(json.dumps(seed(spots)), "utf-8")  # JSON is YAML
    port = free_ports(1, 0)[0]
    place = Place(home, spots, f"http://127.0.0.1:{port}")
    words = ["--manifest", str(MANIFEST), "--seed", str(home / "seed.yml"), "--port", str(port)]
    with child(place, "playground", *words, "--while-stdin"):
        _until(lambda: _answers(place))
        try:
            yield place
        finally:
            place.runtime.stop_everything()


def versions(tags: int) -> list[str]:
    """The versions that ``open_place`` added."""
    return [f"9.0.{n}" for n in range(tags)]


@contextmanager
def running(place: Place, app: tuple[str, ...]) -> Iterator[Running]:
    """Start an app, and wait until it has answered somebody."""
    began = time.monotonic()
    with child(place, *app) as process:
        _until(lambda: place.workspace.get("boot", as_="U0ANA")["app"]["connected"])
        _until(lambda: _helps(place))
        yield Running(psutil.Process(process.pid), time.monotonic() - began)
    _until(lambda: not place.workspace.get("boot", as_="U0ANA")["app"]["connected"])


def _helps(place: Place) -> bool:
    answer = place.workspace.post("command", as_="U0ANA", channel="C0OPS", text="/ops help")
    return bool(answer["ok"])


def _answers(place: Place) -> bool:
    try:
        return requests.get(f"{place.address}/_play/boot?as=U0ANA", timeout=2).ok
    except requests.ConnectionError:
        return False


def _until(look: Any, within: float = 30.0) -> None:
    until = time.monotonic() + within
    while not look():
        if time.monotonic() > until:
            raise TimeoutError("an app of the bench does not answer; see the logs in its folder")
        time.sleep(STEP)


def _tag(repository: Path, tags: int) -> None:
    """Every version is of its own commit, as releases are."""
    for version in versions(tags):
        who = ["-c", "user.name=Ana", "-c", "user.email=ana@station.example"]
        message = ["--quiet", "--allow-empty", "-m", f"Release {version}"]
        _git(repository, *who, "commit", *message)
        _git(repository, "tag", f"v{version}")


def _git(repository: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=repository, env=_environ(), check=True)


def _environ() -> dict[str, str]:
    """A proxy would keep the apps from this machine's own addresses."""
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


@contextmanager
def child(place: Place, module: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when its standard input does, so that none can outlive the bench."""
    with (place.home / f"{module}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env=place.environ,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=20)
