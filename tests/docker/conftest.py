"""Every test of this folder gets a service of its own on the shared Engine, and leaves none."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.docker.engine import Engine
from tests.docker.stage import DockerStage

NUMBERS = itertools.count(1)


@pytest.fixture
def stage(engine: Engine) -> Iterator[DockerStage]:
    # Runs side by side share the Engine too.
    mine = os.getpid()
    stage = DockerStage(engine, f"api-{mine}-{next(NUMBERS)}", environment=f"docks-{mine}")
    yield stage
    stage.clear()
