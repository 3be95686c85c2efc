"""Every test of this folder gets a stage of its own and leaves no process behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtimes.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "home")
    yield stage
    stage.clear()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a router that the tests of a file may share: it takes half a second to start."""
    home = tmp_path_factory.mktemp("house")
    yield home
    Stage(home).clear()
