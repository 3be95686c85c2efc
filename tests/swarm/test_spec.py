"""What a swarm is asked for, word for word: nothing else is ever created there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports import Container, HealthCheck, Plan, PortError, Rollout
from integrations.runtimes.swarm.entry import Way, router_service, way_of
from integrations.runtimes.swarm.names import LONGEST, Place, called
from integrations.runtimes.swarm.spec import Kept, stable_service, trial_service

IMAGE = f"registry:5000/shop/api@sha256:{'a' * 64}"
SECOND = 10**9
KEPT = Kept({"shop-db": "s1"}, {"shop-cfg": "c1"})
PLAN = Plan(
    operation="d7",
    fence=7,
    environment="prod",
    service="api",
    version="1.2.0",
    commit="c1",
    repository="shop",
    command=("serve", "--port", "{port}"),
    address="10.0.0.5:8101",
    variables=(("COLOUR", "green"),),
    health=HealthCheck(path="/up", timeout=30, request_timeout=2),
    drain=6.0,
    container=Container(
        IMAGE,
        port=9000,
        replicas=4,
        cpu=0.5,
        memory=2**28,
        surge=2,
        rollout=Rollout(monitor=5, every=2, constraints=("node.labels.disk == ssd",)),
    ),
)
LABELS = {
    "stationmaster.environment": "prod",
    "stationmaster.service": "api",
    "stationmaster.operation": "d7",
    "stationmaster.fence": "7",
    "stationmaster.version": "1.2.0",
    "stationmaster.commit": "c1",
    "stationmaster.address": "10.0.0.5:8101",
}
TASK = {
    "ContainerSpec": {
        "Image": IMAGE,
        "Args": ["serve", "--port", "9000"],
        "Env": [
            "COLOUR=green", "PORT=9000", "STATION_VERSION=1.2.0", "STATION_COMMIT=c1",
            "STATION_ENVIRONMENT=prod",
        ],
        "Labels": LABELS | {"stationmaster.role": "task"},
        "Init": True,
        "ReadOnly": False,
        "CapabilityDrop": ["ALL"],
        "Privileges": {"NoNewPrivileges": True},
        "StopGracePeriod": 11 * SECOND,
        "Healthcheck": {
            "Test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9000/up"],
            "Interval": 2 * SECOND,
            "StartInterval": SECOND,
            "StartPeriod": 30 * SECOND,
            "Timeout": 2 * SECOND,
            "Retries": 3,
        },
        "Secrets": [
            {
                "SecretID": "s1", "SecretName": "shop-db",
                "File": {"Name": "shop-db", "UID": "0", "GID": "0", "Mode": 0o444},
            }
        ],
        "Configs": [
            {
                "ConfigID": "c1", "ConfigName": "shop-cfg",
                "File": {"Name": "/run/configs/shop-cfg", "UID": "0", "GID": "0", "Mode": 0o444},
            },
        ],
    },
    "Resources": {
        "Limits": {"NanoCPUs": SECOND // 2, "MemoryBytes": 2**28, "Pids": 512},
        "Reservations": {"MemoryBytes": 2**28},
    },
    "Placement": {"Constraints": ["node.labels.disk == ssd"]},
    "Networks": [{"Target": "stationmaster_prod"}],
    "LogDriver": {"Name": "json-file", "Options": {"max-size": "10m", "max-file": "3"}},
    "ForceUpdate": 0,
}  # fmt: skip
PACE = {
    "Parallelism": 2,
    "Delay": 0,
    "Monitor": 5 * SECOND,
    "MaxFailureRatio": 0,
    "Order": "start-first",
}


def made(**how: Any) -> dict[str, Any]:
    """The service of the plan, with another way of running it."""
    assert PLAN.container
    rollout = {name: how.pop(name) for name in list(how) if hasattr(PLAN.container.rollout, name)}
    container = replace(PLAN.container, **how)
    container = replace(container, rollout=replace(container.rollout, **rollout))
    return stable_service(replace(PLAN, container=container), KEPT)


def test_the_service_that_the_address_leads_to() -> None:
    assert stable_service(PLAN, KEPT) == {
        "Name": "stationmaster_prod_api",
        "Labels": LABELS | {"stationmaster.role": "service"},
        "TaskTemplate": TASK | {"RestartPolicy": {"Condition": "any", "Delay": 2 * SECOND}},
        "Mode": {"Replicated": {"Replicas": 4}},
        "EndpointSpec": {"Mode": "dnsrr"},
        "UpdateConfig": PACE | {"FailureAction": "rollback", "Delay": 5 * SECOND},
        "RollbackConfig": PACE | {"FailureAction": "pause"},
    }


def test_a_trial_is_one_task_of_the_same_that_is_never_started_again() -> None:
    assert trial_service(PLAN, KEPT) == {
        "Name": "stationmaster_prod_api_trial_d7",
        "Labels": LABELS | {"stationmaster.role": "trial"},
        "TaskTemplate": TASK | {"RestartPolicy": {"Condition": "none"}},
        "Mode": {"Replicated": {"Replicas": 1}},
        "EndpointSpec": {"Mode": "dnsrr"},
    }


@pytest.mark.parametrize(
    ("how", "parallel", "order"),
    [
        ({}, 2, "start-first"),
        ({"surge": 9}, 4, "start-first"),
        ({"surge": 0}, 1, "stop-first"),
        ({"surge": 0, "unavailable": 3}, 3, "stop-first"),
        ({"order": "stop-first"}, 1, "stop-first"),
        ({"order": "stop-first", "unavailable": 2}, 2, "stop-first"),
        ({"replicas": 1, "surge": 0, "unavailable": 9}, 1, "stop-first"),
    ],
)
def test_how_many_are_replaced_at_once(how: dict[str, Any], parallel: int, order: str) -> None:
    asked = made(**how)
    for config in ("UpdateConfig", "RollbackConfig"):
        assert (asked[config]["Parallelism"], asked[config]["Order"]) == (parallel, order)


@pytest.mark.parametrize("action", ["rollback", "pause", "continue"])
def test_what_the_swarm_does_when_a_task_fails(action: str) -> None:
    asked = made(on_failure=action)
    assert asked["UpdateConfig"]["FailureAction"] == action
    assert asked["RollbackConfig"]["FailureAction"] == "pause"


def test_a_read_only_container_can_still_write_to_tmp() -> None:
    container = made(read_only=True)["TaskTemplate"]["ContainerSpec"]
    assert container["ReadOnly"]
    assert container["Mounts"] == [
        {
            "Type": "tmpfs",
            "Target": "/tmp",
            "TmpfsOptions": {"SizeBytes": 64 * 2**20, "Mode": 0o1777},
        }
    ]


def test_without_a_command_the_image_has_its_own() -> None:
    container = stable_service(replace(PLAN, command=()), KEPT)["TaskTemplate"]["ContainerSpec"]
    assert "Args" not in container
    assert "Command" not in container


@pytest.mark.parametrize(
    "how",
    [
        {"image": "registry:5000/shop/api:1.2.0"},
        {"image": ""},
        {"image": "evil/x"},
        {"constraints": ("node.role == manager\nnode.id != x",)},
        {"constraints": ("--privileged",)},
    ],
)
def test_what_is_not_exact_is_refused(how: dict[str, Any]) -> None:
    with pytest.raises(PortError) as refused:
        made(**how)
    assert refused.value.permanent


def test_no_two_places_share_a_name_whatever_they_are_called() -> None:
    pairs = [("a-b", "c"), ("a", "b-c"), ("a", "b"), ("a.b", "c"), ("a_b", "c"), ("a", "b_c")]
    pairs += [("a", "router"), ("x" * 40, "y" * 40), ("x" * 40, "y" * 39 + "z")]
    places = [Place(*pair) for pair in pairs]
    names = [n for p in places for n in (p.stable, p.router, p.trial("d1"), p.trial("router"))]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= LONGEST


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a\nb", "ä", "-rf", "x" * 101])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(PortError):
        called("prod", name)


WAY = way_of(PLAN, 9000, f"sha256:{'b' * 64}", ("node.role == manager",))


def test_the_way_in_publishes_the_address_on_every_node_and_says_who_was_led_there() -> None:
    orders = {"stationmaster.order": "d6", "stationmaster.fence": "6"}
    asked = router_service(WAY, "cfg1", orders)
    assert asked["Mode"] == {"Global": {}}
    assert asked["EndpointSpec"] == {
        "Mode": "dnsrr",
        "Ports": [
            {"Protocol": "tcp", "TargetPort": 8080, "PublishedPort": 8101, "PublishMode": "host"}
        ],
    }
    assert asked["Labels"] == orders | {
        "stationmaster.environment": "prod",
        "stationmaster.service": "api",
        "stationmaster.role": "router",
        "stationmaster.address": "10.0.0.5:8101",
        "stationmaster.shape": WAY.shape,
    }
    container = asked["TaskTemplate"]["ContainerSpec"]
    assert container["User"] == "65534:65534"
    assert container["CapabilityDrop"] == ["ALL"]
    assert container["ReadOnly"]
    assert asked["TaskTemplate"]["Placement"] == {"Constraints": ["node.role == manager"]}


def test_a_router_leads_to_tasks_by_the_names_that_the_swarm_gives_them() -> None:
    assert "server-template task 1-128 tasks.stationmaster_prod_api:9000\n" in WAY.text
    assert "option httpchk GET /up\n" in WAY.text


def test_a_health_path_is_one_word_of_the_configuration() -> None:
    health = HealthCheck(path="/up#'\"\\x")
    way = Way(Place("prod", "api"), "h:1", 80, health, IMAGE)
    assert "option httpchk GET /up\\#\\'\\\"\\\\x\n" in way.text


@pytest.mark.parametrize(
    "change",
    [
        {"address": "10.0.0.5:8102"},
        {"image": f"sha256:{'c' * 64}"},
        {"health": HealthCheck(path="/other")},
        {"port": 9001},
        {"constraints": ()},
    ],
)
def test_whatever_a_router_is_made_of_makes_it_another_one(change: dict[str, Any]) -> None:
    assert replace(WAY, **change).shape != WAY.shape
