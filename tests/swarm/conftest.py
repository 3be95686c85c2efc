"""Every test of this folder has a service of its own on the one cluster, and takes it away."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.docker.cluster import Cluster, having
from tests.swarm.stage import SwarmStage

NUMBERS = itertools.count()


@pytest.fixture
def stage(cluster: Cluster) -> Iterator[SwarmStage]:
    """A service beside those of others."""
    yield from _staged(cluster, alone=False)


@pytest.fixture
def alone(cluster: Cluster) -> Iterator[SwarmStage]:
    """A service on a cluster that this test may break."""
    yield from _staged(cluster, alone=True)


def _staged(cluster: Cluster, alone: bool) -> Iterator[SwarmStage]:
    with having(cluster, alone):
        stage = SwarmStage(cluster, f"s{os.getpid()}-{next(NUMBERS)}")
        yield stage
        cluster.mend()
        stage.clear()
