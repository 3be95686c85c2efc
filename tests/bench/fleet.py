"""50 environments with 500 containers, on an Engine that speaks from a script and on a real one:
how long it takes until all that runs is on record, and how many questions the first is asked at
once."""

from __future__ import annotations

import json
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from handlers.setup import InForce, load
from handlers.store import migrate, open_store
from handlers.tables import Measurement
from handlers.work.bench import Bench
from handlers.work.look_around import INSTANCES, look_everywhere
from integrations.http_visitor import HttpVisitor
from integrations.runtimes.docker.client import engine_at
from integrations.runtimes.docker.runtime import DockerRuntime, Host
from integrations.volumes.folders import FolderVolumes
from tests.docker.engine import own_engine
from tests.docker.fleet import SERVICES, fill
from tests.docker.images import ROUTER, image_id
from tests.fakes import FakeBuilder, FakeDirectory, FakeImages, FakeProbe, FakeSource
from tests.station import TEAM

PLACES, EACH = 50, 10
IMAGE = "sha256:" + "1" * 64
STARTED = "2027-03-01T09:00:00.123456789Z"


@dataclass(frozen=True)
class Looked:
    """Seconds of each look at everything, how many containers it found, and how many questions
    the Engine was asked at the same time at most; a real one is not counted at, which is 0."""

    took: tuple[float, ...]
    found: int
    at_once: int


class _Engine(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128
    open = most = 0
    turn = threading.Lock()

    def begin(self) -> None:
        with self.turn:
            self.open += 1
            self.most = max(self.most, self.open)

    def end(self) -> None:
        with self.turn:
            self.open -= 1


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "a socket"

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_HEAD(self) -> None:
        """Its routers have no files."""
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        assert isinstance(self.server, _Engine)
        self.server.begin()
        asked = urlsplit(self.path)
        status, body = _answer(re.sub(r"^/v[\d.]+", "", asked.path), parse_qs(asked.query))
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.server.end()
        self.wfile.write(text)


def _answer(path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
    if path == "/containers/json":
        place = _place(json.loads(query["filters"][0]))
        return 200, [_listed(place, number) for number in range(1, EACH + 1)]
    if path.endswith("/stats"):
        cpu = {"cpu_usage": {"total_usage": time.monotonic_ns() // 10}}
        return 200, {"cpu_stats": cpu, "memory_stats": {"usage": 2**26, "stats": {}}}
    if re.fullmatch(r"/containers/c-[^/]+/json", path):
        return 200, {
            "State": {"Status": "running", "Running": True, "StartedAt": STARTED},
            "RestartCount": 0,
            "Config": {"Image": IMAGE},
            "HostConfig": {"NanoCpus": 10**9, "Memory": 2**28},
        }
    return (200, "OK") if path == "/_ping" else (404, {"message": "not there"})


def _place(filters: dict[str, list[str]]) -> str:
    """Whose containers are asked for: those of an environment, or those in its network."""
    if "network" in filters:
        return filters["network"][0].removeprefix("stationmaster-")
    return next(one for one in filters["label"] if ".environment=" in one).partition("=")[2]


def _listed(place: str, number: int) -> dict[str, Any]:
    names = {"environment": place, "service": "api", "operation": "d1", "number": str(number)}
    names |= {"role": "service", "version": "1.1.0", "commit": "a" * 40}
    return {
        "Id": f"c-{place}-{number}",
        "Names": [f"/c-{place}-{number}"],
        "State": "running",
        "ImageID": IMAGE,
        "Labels": {f"stationmaster.{name}": value for name, value in names.items()},
        "NetworkSettings": {"Networks": {}},
    }


@contextmanager
def _engine(path: Path) -> Iterator[_Engine]:
    with _Engine(str(path), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def measure(home: Path, times: int) -> Looked:
    """An Engine that answers at once: what is measured is the bot alone."""
    url = f"unix://{home / 'docker.sock'}"
    with _engine(home / "docker.sock") as server:
        took, found = _looks(home, _team(home, url, IMAGE, PLACES, ("api",)), times)
        return Looked(took, found, server.most)


def measure_for_real(home: Path, times: int, places: int = PLACES) -> Looked:
    """A real Engine, with a router before each service."""
    with own_engine() as engine:
        names = fill(engine, places)
        router = image_id(engine.socket, ROUTER)
        took, found = _looks(home, _team(home, engine.url, router, len(names), SERVICES), times)
        return Looked(took, found, 0)


def _looks(home: Path, team: Path, times: int) -> tuple[tuple[float, ...], int]:
    """Seconds of each look at everything, and how many instances are on record in the end."""
    setup = load(team)
    store = open_store(f"sqlite:///{home / 'station.db'}")
    migrate(store)
    at = setup.engines["big"]
    host = Host(engine_at("big", at.address), at.router)
    tools = Bench(
        store, InForce(setup), lambda: datetime.now(UTC),
        {"docker": DockerRuntime(dict.fromkeys(setup.environments, host))}, FakeSource(),
        FakeDirectory([], {}), FolderVolumes(home / "volumes"), FakeProbe(), HttpVisitor(),
        FakeImages(), FakeBuilder(),
    )  # fmt: skip
    took = []
    for _ in range(times):
        began = time.perf_counter()
        look_everywhere(tools)
        took.append(time.perf_counter() - began)
    with store.read() as session:
        rows = session.query(Measurement).filter_by(name=INSTANCES).all()
        found = sum(len(row.value or ()) for row in rows)
    store.close()
    return tuple(took), found


def _team(home: Path, url: str, router: str, places: int, services: tuple[str, ...]) -> Path:
    setup = {
        "team": TEAM,
        "roles": {"developer": {"people": ["U0ANA"]}, "operator": {"people": ["U0OPAL"]}},
        "services": {s: {"repository": str(home), "image": f"local/{s}"} for s in services},
        "engines": {"big": {"address": url, "router": router}},
        "environments": {
            f"place-{n}": {
                "tier": "test", "channel": f"C0PLACE{n:03}", "runtime": "docker", "engine": "big",
                "deploy": ["developer"], "rollback": ["operator"], "unlock": ["operator"],
                "services": {
                    service: {"address": f"127.0.0.1:{10000 + 10 * n + k}"}
                    for k, service in enumerate(services)
                },
            }
            for n in range(places)
        },
    }  # fmt: skip
    path = home / "team.yml"
    path.write_text(json.dumps(setup), encoding="utf-8")
    return path
