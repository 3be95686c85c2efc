"""What others put into a swarm beside what is ours is seen, by its own name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from handlers.ports import Running
from integrations.runtimes.swarm.names import Place
from integrations.runtimes.swarm.strangers import is_ours, strangers
from tests.docker.cluster import Cluster
from tests.runtimes.stage import wait_for
from tests.swarm.stage import SwarmStage

NETWORK = "n3t"
API = Place("prod", "api")


def service(name: str, network: str = "", **labels: str) -> dict[str, Any]:
    """As a manager tells of it."""
    attached = [{"Target": network}] if network else None
    said = {f"stationmaster.{key}": value for key, value in labels.items()}
    return {"Spec": {"Name": name, "Labels": said, "TaskTemplate": {"Networks": attached}}}


def ours(name: str, role: str, environment: str = "prod", **more: str) -> dict[str, Any]:
    return service(name, NETWORK, environment=environment, service="api", role=role, **more)


OURS = [
    ours(API.stable, "service", operation="d2"),
    ours(API.trial("d3"), "trial", operation="d3"),
    ours(API.router, "router", operation="d2"),
    ours(API.fetch("d3"), "fetch", operation="d3"),
    ours(API.errand("d3", "migrate"), "errand", operation="d3", intent="migrate"),
]
ADDED = {
    "in its network": service("spy", NETWORK),
    "by its name": service("stationmaster_prod_spy"),
    "by its labels": service("spy", environment="prod", service="api"),
    "with the labels of the real one": ours("spy", "service", operation="d2"),
    "with the name of a trial that is none": ours(API.trial("d3"), "trial", operation="d4"),
    "with labels that no name has": service("spy", environment="prod", service="A B", role="trial"),
    "of another environment, in its network": ours("spy", "service", "elsewhere"),
}
ELSEWHERE = {
    "others' own": service("wiki"),
    "others' own, in their network": service("wiki", "0ther"),
    "by the name of another environment": service("stationmaster_prod-2_spy"),
    "of another environment by its labels": service("spy", environment="prod-2"),
    "of another environment whatever its name": service(
        "stationmaster_prod_spy", environment="prod-2"
    ),
}


@pytest.mark.parametrize("one", OURS, ids=lambda one: one["Spec"]["Name"])
def test_what_the_bot_made_is_no_stranger(one: dict[str, Any]) -> None:
    assert is_ours(one)
    assert strangers([one], "prod", NETWORK) == []


@pytest.mark.parametrize("one", ADDED.values(), ids=ADDED)
def test_what_was_added_is_one(one: dict[str, Any]) -> None:
    assert strangers([*OURS, one], "prod", NETWORK) == [one]


@pytest.mark.parametrize("one", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_has_nothing_to_do_with_it_is_none(one: dict[str, Any]) -> None:
    assert strangers([one], "prod", NETWORK) == []
    assert strangers([one], "prod", "") == [], "where there is no network yet, nothing is in it"


@contextmanager
def added(cluster: Cluster, name: str, **how: Any) -> Iterator[None]:
    """Somebody else's service of one task, for a while."""
    task: dict[str, Any] = {"ContainerSpec": {"Image": "", "Command": ["sleep", "600"]}}
    task["ContainerSpec"]["Image"] = how.pop("image")
    task["Networks"] = [{"Target": name} for name in how.pop("networks", ())]
    spec = {"Name": name, "TaskTemplate": task, "EndpointSpec": {"Mode": "dnsrr"}, **how}
    made = cluster.manager.ask("POST", "/services/create", spec)
    try:
        yield
    finally:
        cluster.manager.ask("DELETE", f"/services/{made['ID']}")


@pytest.mark.timeout(300)
def test_services_that_others_add_are_among_what_runs_there_by_their_own_names(
    stage: SwarmStage,
) -> None:
    environment, mine = stage.place
    stage.deploy(stage.plan("d1"))
    labels = stage.service()["Spec"]["Labels"]
    network = Place(environment, mine).network
    joins, copies, named = f"{mine}-joins", f"{mine}-copies", f"{network}_{mine}-named"
    spies = {joins, copies, named}

    def seen() -> dict[str, Running]:
        there = stage.runtime.inspect(environment)
        return {one.service: one for one in there if mine in one.service}

    def are_up() -> bool:
        return {name for name, one in seen().items() if one.state == "running"} >= spies

    assert set(seen()) == {mine}
    with (
        added(stage.cluster, joins, image=stage.image, networks=[network]),
        added(stage.cluster, copies, image=stage.image, Labels=labels),
        added(stage.cluster, named, image=stage.image),
        added(stage.cluster, f"wiki-{mine}", image=stage.image),
    ):
        wait_for(are_up)
        there = seen()
    assert set(there) == {mine, *spies}, "what has nothing to do with it is not among them"
    assert (there[mine].operation, there[mine].serves) == ("d1", True)
    for name in spies:
        one = there[name]
        assert (one.operation, one.version, one.commit, one.serves) == ("", "", "", False)
        assert one.image == stage.image
    wait_for(lambda: set(seen()) == {mine})
