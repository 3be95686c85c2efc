"""The lines that flows are swept on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeVar

import pytest

from tests.faults.ground import Ground
from tests.faults.lane import Lane, first_version
from tests.faults.sweep import LANES

L = TypeVar("L", bound=Lane)


def opened(open_lane: Callable[[int], L], begin: Callable[[L], None]) -> Iterator[list[L]]:
    """Lines that have begun; whatever happens no bot of them lives on."""
    with ExitStack() as stack:
        lanes = [stack.enter_context(closing(open_lane(number))) for number in range(LANES)]
        with ThreadPoolExecutor(LANES) as pool:
            list(pool.map(begin, lanes))
        yield lanes


@pytest.fixture(scope="module")
def lanes(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Lane]]:
    """Lines where a good version is live."""
    folder = tmp_path_factory.mktemp("faults")
    yield from opened(lambda number: Lane(folder, shop, number), first_version)


@pytest.fixture(scope="module")
def grounds(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Ground]]:
    """Lines whose environment may be reset, with a version that is live there."""
    folder = tmp_path_factory.mktemp("preparing")
    yield from opened(lambda number: Ground(folder, shop, number), Ground.begin)
