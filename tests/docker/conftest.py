"""Every test of this folder gets a service of its own on the shared Engine, and leaves none."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator

import pytest
from docker.transport.unixconn import UnixHTTPConnection

from tests.docker.engine import Engine
from tests.docker.stage import DockerStage

NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def tidy(monkeypatch: pytest.MonkeyPatch) -> None:
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

    monkeypatch.setattr(UnixHTTPConnection, "connect", connect)


@pytest.fixture
def stage(engine: Engine) -> Iterator[DockerStage]:
    # Runs side by side share the Engine too.
    mine = os.getpid()
    stage = DockerStage(engine, f"api-{mine}-{next(NUMBERS)}", environment=f"docks-{mine}")
    yield stage
    stage.clear()
