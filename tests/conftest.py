"""The real parts that tests share."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.transport.unixconn import UnixHTTPConnection
from hypothesis import settings

from bot import courier
from playground.shop import make_shop
from tests.databases import (
    empty_database,
    migrated,
    new_database,
    postgres_programs,
    postgres_server,
)
from tests.desk import Desk, open_desk
from tests.docker.cluster import Cluster, missing_for_cluster, shared_cluster
from tests.docker.engine import Engine, missing_programs, shared_engine
from tests.docker.registry import registry as docker_registry
from tests.docker.ways import REAL, SERVER, Gate, Way, over_ssh, over_tls
from tests.post import Post, opened
from tests.station import Station, make_spots, open_station

settings.register_profile("tests", deadline=None)  # how long one takes is the machine's affair
settings.load_profile("tests")

STRICT = "STATION_TESTS_NEED_EVERYTHING"
"""Set in CI: a real part that is missing is then a failure, not a skip."""


def missing(what: str) -> None:
    """Skip by name, or fail where everything has to be there."""
    if os.environ.get(STRICT):
        pytest.fail(f"{what} is missing, and {STRICT} is set")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop") / "shop"
    make_shop(folder)
    return folder


@pytest.fixture(scope="module")
def whole(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One workspace and one bot for the journeys of a file; each test takes environments of its
    own. It does not outlive the file: its threads use the random numbers that property tests own.
    """
    spots = make_spots({"free": 16, "prod": 24, "duo": 4, "home": 2, "shut": 1})
    with open_station(tmp_path_factory.mktemp("station"), shop, spots) as station:
        yield station


@pytest.fixture
def station(whole: Station) -> Iterator[Station]:
    """The station, which must have done nothing that Slack would refuse."""
    yield whole
    assert whole.workspace.violated() == []


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own."""
    programs = postgres_programs()
    if programs is None:
        missing("PostgreSQL's server")
    assert programs is not None
    with postgres_server(programs) as url:
        yield url


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A Docker Engine with the images of ``tests/docker/images.py``, shared by the whole run:
    what a test makes there has names of its own and is taken away again."""
    gone = missing_programs()
    if gone:
        missing(f"for a Docker Engine: {', '.join(gone)}")
    with shared_engine() as engine:
        yield engine


@pytest.fixture(scope="session")
def tls() -> Iterator[Way]:
    """An Engine of its own that is reached over TCP with TLS."""
    gone = [*missing_programs(), *(() if shutil.which("openssl") else ("openssl",))]
    if gone:
        missing(f"for a Docker Engine over TLS: {', '.join(gone)}")
    with over_tls() as way:
        yield way


@pytest.fixture(scope="session")
def gate(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """The shared Engine behind an SSH server of its own."""
    if not REAL or not Path(SERVER).is_file():
        missing("OpenSSH's server and client")
    with over_ssh(engine, tmp_path_factory.mktemp("ssh")) as gate:
        yield gate


@pytest.fixture(scope="session")
def ssh(gate: Gate) -> Way:
    """The shared Engine, reached over SSH."""
    return gate.way


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A swarm of three Engines with the same images, shared by the whole run in the same way."""
    gone = missing_for_cluster()
    if gone:
        missing(f"for a swarm: {', '.join(gone)}")
    with shared_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The ``host:port`` of a registry of our own."""
    if shutil.which("docker-registry") is None:
        missing("docker-registry")
    with docker_registry(tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "station.db"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    migrated(new_database(postgres, "station"))
    return "station"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with tables and no rows, of each kind in turn."""
    return empty_database(request, tmp_path)


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The gate on an empty database, with people and releases known and nothing acting."""
    with open_desk(database_url, tmp_path) as desk:
        yield desk


@pytest.fixture
def post(sqlite_template: Path, tmp_path: Path) -> Iterator[Post]:
    """A courier to start, and what it has to tell."""
    shutil.copy(sqlite_template, tmp_path / "station.db")
    with opened(f"sqlite:///{tmp_path / 'station.db'}", tmp_path) as post:
        yield post


@pytest.fixture(scope="session", autouse=True)
def tidy() -> Iterator[None]:
    """Where nobody listens, the SDK leaves its socket to the collector, which Python remarks on."""

    def connect(self: UnixHTTPConnection) -> None:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(self.timeout)
        try:
            line.connect(self.unix_socket)
        except OSError:
            line.close()
            raise
        self.sock = line

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UnixHTTPConnection, "connect", connect)
        yield


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are what other tests are about."""
    monkeypatch.setattr(courier, "PACE", 0.05)
    monkeypatch.setattr(courier, "BACK_OFF", 0.1)
    monkeypatch.setattr(courier, "LONG_BACK_OFF", 0.2)


LONGEST = (
    "tests/faults/test_killed_with_",
    "tests/faults/test_killed_deciding.py",
    "tests/faults/test_killed_building.py",
    "tests/faults/test_killed_stopping.py",
    "tests/faults/",
    "tests/journeys/test_hooks.py",
    "tests/docker/test_volumes.py",
    "tests/contracts/test_runtimes.py",
    "tests/swarm/test_killed_with_hooks.py",
    "tests/journeys/test_swarm.py",
    "tests/journeys/test_hooks_on_swarm.py",
    "tests/contracts/test_errands.py",
    "tests/test_bench.py",
    "tests/journeys/test_de",
    "tests/docker/",
    "tests/journeys/",
    "tests/test_cli.py",
    "tests/contracts/test_volumes.py",
    "tests/test_courier.py",
    "tests/playground/test_journeys.py",
    "tests/browser/",
)
"""What takes longest, in that order: begun last it would run alone at the end of a parallel run. Of
what shares a swarm, files that use it all along come before those with tests that want it alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the processes of a parallel run take the files in this order."""

    def place(item: pytest.Item) -> int:
        ranks = [rank for rank, path in enumerate(LONGEST) if item.nodeid.startswith(path)]
        return min(ranks, default=len(LONGEST))

    items.sort(key=place)
    for item in items:
        is_param = "[swarm]" in item.nodeid or "[swarm-" in item.nodeid
        if "cluster" in getattr(item, "fixturenames", ()) or is_param:
            item.add_marker(pytest.mark.swarm)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the rules of Slack were tried, say how many there are; with -v, each of them."""
    passed = terminalreporter.stats.get("passed", ())
    if any(report.nodeid.startswith("tests/playground/test_blockkit.py") for report in passed):
        from tests.playground.rules import counted

        for line in counted(each=terminalreporter.verbosity > 0):
            terminalreporter.write_line(line)
