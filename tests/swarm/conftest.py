"""Every test of this folder has a service of its own on the one cluster, and takes it away."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.docker.cluster import Cluster, having
from tests.swarm.stage import ONE_WAY_IN, SwarmStage

NUMBERS = itertools.count()


@pytest.fixture
def stage(cluster: Cluster) -> Iterator[SwarmStage]:
    """A service beside those of others, with one way in."""
    yield from _staged(cluster, alone=False)


@pytest.fixture
def alone(cluster: Cluster) -> Iterator[SwarmStage]:
    """A service on a cluster that this test may break, or that nothing else may keep busy; its
    address answers on every node."""
    yield from _staged(cluster, alone=True)


def _staged(cluster: Cluster, alone: bool) -> Iterator[SwarmStage]:
    with having(cluster, alone):
        environment, service = f"swarm-{os.getpid()}", f"s{os.getpid()}-{next(NUMBERS)}"
        stage = SwarmStage(cluster, service, environment, () if alone else ONE_WAY_IN)
        yield stage
        cluster.mend()
        stage.clear()
