"""The swarm of the tests: that it is there, whole, and mended after somebody broke it."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.docker.cluster import Cluster, having
from tests.docker.engine import is_alone
from tests.docker.images import ROUTER, SERVED, image_id
from tests.workspace import eventually

pytestmark = pytest.mark.timeout(300)
"""Others may have the cluster for themselves meanwhile."""


def test_three_nodes_have_the_same_images(cluster: Cluster) -> None:
    with having(cluster, alone=False):
        assert cluster.ready() == 3
        for image in (SERVED, ROUTER):
            assert len({image_id(node.socket, image) for node in cluster.nodes}) == 1


def test_a_lost_node_is_seen_and_comes_back(cluster: Cluster) -> None:
    with having(cluster, alone=True):
        lost = cluster.workers[0].id
        cluster.workers[0].kill()
        eventually(lambda: cluster.ready() == 2, "the loss", 30)
        assert cluster.host_of(lost) is cluster.workers[0]
    with having(cluster, alone=False):
        assert cluster.ready() == 3


def test_who_waits_to_be_alone_is_not_overtaken(tmp_path: Path) -> None:
    place: Any = SimpleNamespace(folder=tmp_path / "swarm", mend=lambda: came.append("mended"))
    came: list[str] = []

    def enter(name: str, alone: bool) -> None:
        with having(place, alone):
            came.append(name)

    def is_shut() -> bool:
        with open(f"{place.folder}.door", "w") as door:
            return not is_alone(door)

    breaks, other = (
        threading.Thread(target=enter, args=facts) for facts in (("alone", True), ("other", False))
    )
    with having(place, alone=False):
        breaks.start()
        eventually(is_shut, "the wait at the door")
        other.start()
        came.append("first")
    for thread in (breaks, other):
        thread.join(10)
    assert came == ["first", "alone", "mended", "other"]
