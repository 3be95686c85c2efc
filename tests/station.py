"""A whole Stationmaster for tests: the local workspace, the real bot, real services in git."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from bot.demo import APP_TOKEN, BOT_TOKEN
from bot.settings import Settings
from bot.wiring import Bot, build
from integrations.runtimes.process.runtime import ProcessRuntime
from playground.server import Playground
from tests.workspace import Workspace, eventually

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / "app_manifest.yml"
SEED = ROOT / "playground" / "workspace.yml"
TEAM = "T0STATION"

RULES: dict[str, dict[str, Any]] = {
    "free": {
        "tier": "test",
        "deploy": ["developer", "operator"],
        "reset": {"by": ["operator"]},
        "smoke": [{"service": "shop-api", "path": "/version", "contains": "version"}],
    },
    "home": {
        "tier": "test",
        "reset": {"by": ["operator"], "approvals": {"needed": 1, "by": ["approver"]}},
        "baseline": "1.0.0",
    },
    "shut": {"tier": "test"},
    "prod": {"tier": "production", "approvals": {"needed": 1, "by": ["approver"]}},
    "duo": {
        "tier": "production",
        "approvals": {"needed": 2, "by": ["approver"]},
        "bookings": {"approvals": {"needed": 2, "by": ["approver"]}},
    },
}
"""Kinds of environment: nobody is asked; one approver is for a reset, which brings a version back;
nothing may change; one approver is; two are, for bookings as well."""


def _ports() -> Iterator[int]:
    """Ports that nobody listens on, each again after all others only, and others in each worker
    of a parallel run; below those that the system gives to outgoing connections. Two runs on one
    machine begin at different places."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first, begin = 10000 + worker * 2500, os.getpid() * 97 % 2500
    for port in cycle([*range(first + begin, first + 2500), *range(first, first + begin)]):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                yield port


class _InTurn(Iterator[int]):
    """The same for several threads: a generator lets only one in."""

    def __init__(self, ports: Iterator[int]) -> None:
        self._ports, self._turn = ports, threading.Lock()

    def __next__(self) -> int:
        with self._turn:
            return next(self._ports)


PORTS = _InTurn(_ports())


@dataclass(frozen=True)
class Spot:
    """One environment of its own for one test, with its own channel."""

    name: str
    channel: str
    ports: dict[str, int]

    def url(self, service: str = "shop-api") -> str:
        return f"http://127.0.0.1:{self.ports[service]}"


@dataclass
class Spots:
    """Hands out environments of each kind, each once."""

    by_kind: dict[str, list[Spot]] = field(default_factory=dict)

    def take(self, kind: str) -> Spot:
        return self.by_kind[kind].pop(0)

    def named(self, prefix: str) -> Spots:
        """The same under other names: one Engine has the environments of all tests of a run."""
        others = {
            kind: [replace(spot, name=f"{prefix}-{spot.name}") for spot in group]
            for kind, group in self.by_kind.items()
        }
        return Spots(others)


def room_for_created() -> str:
    """Ports for three environments that are made on demand, two services each."""
    while True:
        ports = [next(PORTS) for _ in range(6)]
        if ports[-1] - ports[0] == 5:
            return f"{ports[0]}-{ports[-1]}"


def make_spots(counts: dict[str, int]) -> Spots:
    ports = [next(PORTS) for _ in range(2 * sum(counts.values()))]
    spots = Spots()
    for kind, count in counts.items():
        spots.by_kind[kind] = [
            Spot(
                f"{kind}-{i}",
                f"C0{kind.upper()}{i:03}",
                {"shop-api": ports.pop(), "shop-web": ports.pop()},
            )
            for i in range(1, count + 1)
        ]
    return spots


def seed(spots: Spots) -> dict[str, Any]:
    """The demo's workspace with a channel for each environment, and a crowd of approvers."""
    world: dict[str, Any] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    for group in spots.by_kind.values():
        for spot in group:
            world["channels"].append({"id": spot.channel, "name": spot.name, "topic": ""})
    crowd = [f"U0CROWD{i:02}" for i in range(16)]
    for user in crowd:
        world["people"].append(
            {"id": user, "name": user.lower(), "real_name": user, "title": "", "color": "999999",
             "tz": "UTC"}
        )  # fmt: skip
    world["usergroups"][0]["users"] += crowd
    return world


def write_team(path: Path, shop: Path, spots: Spots, **service: Any) -> Path:
    """A setup with every environment that the tests take."""
    quick = {"health": {"path": "/healthz", "timeout": "2s"}, "watch": "0.3s", "drain": "2s"}
    services = {
        name: {
            "repository": str(shop / name),
            "command": [sys.executable, "server.py", "--port", "{port}"],
            **quick,
            **service,
        }
        for name in ("shop-api", "shop-web")
    }
    baseline = path.parent / "baseline"
    baseline.mkdir(exist_ok=True)
    (baseline / "catalogue.json").write_text("{}", encoding="utf-8")
    data = {"variable": "SHOP_DATA", "baseline": str(baseline)}
    environments = {
        spot.name: {
            **{name: rule for name, rule in RULES[kind].items() if name != "baseline"},
            "channel": spot.channel,
            "services": {
                n: {"address": f"127.0.0.1:{p}"} for n, p in spot.ports.items() if n != "shop-api"
            }
            | {"shop-api": _shop_api(spot, data, RULES[kind])},
        }
        for kind, group in spots.by_kind.items()
        for spot in group
    }
    span = room_for_created()
    blueprints = {
        "preview": {
            "tier": "test", "channel": next(iter(environments.values()))["channel"],
            "addresses": f"127.0.0.1:{span}", "backup": True, "most": 3, "per_person": 2,
            "ttl": "2d", "longest": "5d",
            "services": {"shop-api": {"data": data}, "shop-web": {}},
        }
    }  # fmt: skip
    roles = {
        "developer": {"people": ["U0ANA", "U0BEN"]},
        "approver": {"groups": ["S0APPROVERS"], "people": ["U0BEN"]},
        "operator": {"people": ["U0OPAL"]},
    }
    always = {"begins": "2020-01-01 00:00", "ends": "2099-01-01 00:00", "because": "It moves."}
    shut = [spot.name for spot in spots.by_kind.get("shut", [])]
    setup = {
        "team": TEAM,
        "freezes": {"for-ever": {**always, "environments": shut}} if shut else {},
        "roles": roles,
        "services": services,
        "environments": environments,
        "blueprints": blueprints,
    }
    path.write_text(json.dumps(setup), encoding="utf-8")  # JSON is YAML
    return path


def _shop_api(spot: Spot, data: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    place = {"address": f"127.0.0.1:{spot.ports['shop-api']}", "data": data}
    return place | ({"baseline": rules["baseline"]} if "baseline" in rules else {})


def settings(base_url: str, home: Path, team_file: Path, database_url: str = "") -> Settings:
    return Settings(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        slack_api_url=f"{base_url}/api/",
        data=home,
        team_file=team_file,
        database_url=database_url or f"sqlite:///{home / 'stationmaster.db'}",
        log_level="INFO",
    )


@dataclass
class Station:
    """The running whole, as a journey test uses it."""

    workspace: Workspace
    spots: Spots
    bot: Any

    def spot(self, kind: str) -> Spot:
        return self.spots.take(kind)


@contextmanager
def open_station(
    home: Path, shop: Path, spots: Spots, database_url: str = "", **service: Any
) -> Iterator[Station]:
    """A workspace and a bot whose services are processes, for the time of the block."""
    team_file = write_team(home / "team.yml", shop, spots, **service)
    with connected(home, team_file, spots, database_url) as station:
        yield station
    end_processes(station.bot)


@contextmanager
def connected(home: Path, team: Path, spots: Spots, database_url: str = "") -> Iterator[Station]:
    """A workspace and a bot with that setup, connected to it, for the time of the block, in which
    nothing may be done that Slack would refuse. One at a time: the engine of durable work is one
    for each process."""
    with Playground(MANIFEST, seed(spots)) as playground:
        bot = build(settings(playground.base_url, home, team, database_url))
        bot.start()
        workspace = Workspace(playground.base_url)
        eventually(lambda: workspace.get("boot", as_="U0ANA")["app"]["connected"], "connection")
        yield Station(workspace, spots, bot)
        bot.stop()
        assert workspace.violated() == []


def end_processes(bot: Bot) -> None:
    """Nothing runs on that was deployed as processes."""
    runtime = bot.bench.runtimes["process"]
    assert isinstance(runtime, ProcessRuntime)
    runtime.stop_everything()
