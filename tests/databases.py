"""Real databases for tests: a SQLite file, and a PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from handlers.store import migrate, open_store
from tests.workspace import eventually

USER = "STATION_TESTS_POSTGRES_USER"
"""The account to run the server as; PostgreSQL refuses to run as root."""


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's server programs, None when there is none to run."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgres_server(programs: Path) -> Iterator[str]:
    """A server on a socket in a folder of its own; yields the URL of its first database."""
    # Not under pytest's folders: they are closed to other accounts, and socket paths are short.
    folder = Path(tempfile.mkdtemp(prefix="station-pg-"))
    account = _account()
    options: dict[str, object] = {}
    if account:
        shutil.chown(folder, account)
        options["user"] = account
    data = str(folder / "data")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(
        [str(programs / "initdb"), "-D", data, "-U", "station", "--auth=trust", "-N"],
        check=True, **quiet, **options,  # type: ignore[call-overload]
    )  # fmt: skip
    server = subprocess.Popen(
        [str(programs / "postgres"), "-D", data, "-k", str(folder), "-c", "listen_addresses=",
         "-c", "max_connections=200", "-F"],
        **quiet, **options,  # type: ignore[call-overload]
    )  # fmt: skip
    url = f"postgresql+psycopg://station@/postgres?host={folder}"
    try:
        eventually(lambda: _answers(url), "PostgreSQL")
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nobody wants its data any more
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def migrated(url: str) -> str:
    """The same database, with the tables of the newest shape."""
    store = open_store(url)
    migrate(store)
    with store.engine.connect() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return url


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a database with tables and no rows, of the kind that ``request`` is for."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "station.db")
        return f"sqlite:///{folder / 'station.db'}"
    server: str = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    return new_database(server, f"t{uuid.uuid4().hex}", template)


def _account() -> str:
    """The account for the server where this process is root, else nothing."""
    if os.geteuid() != 0:
        return ""
    name = os.environ.get(USER, "postgres")
    pwd.getpwnam(name)
    return name


def _answers(url: str) -> bool:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception:
        return False
    finally:
        engine.dispose()
    return True


def new_database(url: str, name: str, template: str = "template1") -> str:
    """A database of its own on the server, empty or a copy."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")
