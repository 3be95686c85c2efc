"""Images come from a registry to every node, before anything is switched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.ports import Plan, PortError
from tests.docker.images import BUSYBOX, push, variant
from tests.docker.registry import registry
from tests.docker.wire import Refused
from tests.swarm.stage import SwarmStage

pytestmark = pytest.mark.timeout(300)
"""Others may have the cluster for themselves meanwhile."""

ROBOT = ("robot", "let-me-in")


@pytest.fixture
def closed(stage: SwarmStage, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An image that only a closed registry has, and the file with the password."""
    manager = stage.cluster.manager
    image = variant(manager.socket, BUSYBOX, ["busybox", "sleep", "9"], stage.place[1])
    with registry(tmp_path / "registry", closed=True, host=stage.cluster.gateway) as address:
        pushed = push(manager.socket, image, f"{address}/shop/api", "1.1.0", ROBOT)
        manager.ask("DELETE", f"/images/{image}?force=1")
        password = tmp_path / "password"
        password.write_text("\n".join((*ROBOT, "")), "utf-8")
        yield pushed, str(password)


def nodes_with(stage: SwarmStage, image: str) -> list[str]:
    found = []
    for node in stage.cluster.nodes:
        try:
            node.ask("GET", f"/images/{image}/json")
        except Refused:
            continue
        found.append(node.folder.name)
    return found


def prepared(stage: SwarmStage, image: str, password: str = "") -> Plan:
    plan = stage.of(stage.plan("d1"), image=image)
    credentials = {image.partition("/")[0]: password} if password else {}
    stage.anew(**credentials).prepare(plan, said.append)
    return plan


said: list[str] = []


def test_every_node_fetches_an_image_with_the_credentials_of_its_registry(
    stage: SwarmStage, closed: tuple[str, str]
) -> None:
    image, password = closed
    plan = prepared(stage, image, password)
    assert nodes_with(stage, image) == ["n1", "n2", "n3"]
    roles = [one["Spec"]["Labels"]["stationmaster.role"] for one in stage.services()]
    assert roles == ["router"]
    assert said[-1].endswith("of 3 nodes have the image")
    assert stage.runtime.instances(*stage.place) == ()
    prepared(stage, image, password)
    assert plan.container


def test_what_the_registry_refuses_is_told_in_its_words(
    stage: SwarmStage, closed: tuple[str, str]
) -> None:
    image, password = closed
    with pytest.raises(PortError, match=r"does not get .*no basic auth credentials") as refused:
        prepared(stage, image)
    assert refused.value.permanent
    other = image.replace(image[-6:], "000000")
    with pytest.raises(PortError, match=r"does not get .*manifest unknown") as refused:
        prepared(stage, other, password)
    assert refused.value.permanent
    assert nodes_with(stage, image) == []
    assert len(stage.services()) == 1
