"""The swarm of the tests: that it is there, whole, and mended after somebody broke it."""

from __future__ import annotations

from tests.docker.cluster import Cluster, having
from tests.docker.images import ROUTER, SERVED, image_id
from tests.workspace import eventually


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
