"""What an Engine is asked to create, word for word: without an Engine, and nothing else ever."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from typing import Any

import pytest

from handlers.ports import Container, Errand, HealthCheck, Plan, PortError
from integrations.runtimes.docker import config
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.words import (
    Place,
    bound,
    errand_container,
    mount,
    router_container,
    service_container,
)
from integrations.volumes.keeper import keeper_container

IMAGE = "registry.example:5000/shop/api@sha256:" + "a" * 64
PLAN = Plan(
    operation="d7",
    fence=7,
    environment="staging",
    service="api",
    version="1.2.0",
    commit="c" * 40,
    repository="shop",
    command=("python3", "server.py", "--port", "{port}"),
    address="127.0.0.1:8101",
    variables=(("COLOUR", "green; rm -rf /"),),
    health=HealthCheck(),
    container=Container(IMAGE, port=9000, cpu=0.5, memory=128 * 2**20),
)
CONFINED: dict[str, Any] = {
    "NetworkMode": "stationmaster-staging",
    "CapDrop": ["ALL"],
    "SecurityOpt": ["no-new-privileges"],
    "PidsLimit": 512,
    "Init": True,
    "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
}


def test_a_container_of_a_service_is_exactly_this() -> None:
    assert service_container(PLAN, 2) == {
        "Image": IMAGE,
        "Cmd": ["python3", "server.py", "--port", "9000"],
        "Env": [
            "COLOUR=green; rm -rf /",
            "PORT=9000",
            "STATION_VERSION=1.2.0",
            f"STATION_COMMIT={'c' * 40}",
            "STATION_ENVIRONMENT=staging",
        ],
        "Labels": {
            "stationmaster.environment": "staging",
            "stationmaster.service": "api",
            "stationmaster.role": "service",
            "stationmaster.operation": "d7",
            "stationmaster.number": "2",
            "stationmaster.port": "9000",
            "stationmaster.fence": "7",
            "stationmaster.version": "1.2.0",
            "stationmaster.commit": "c" * 40,
        },
        "ExposedPorts": {"9000/tcp": {}},
        "StopTimeout": 5,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": CONFINED
        | {
            "Memory": 128 * 2**20,
            "MemorySwap": 128 * 2**20,
            "NanoCpus": 500_000_000,
            "ReadonlyRootfs": False,
            "RestartPolicy": {"Name": "no"},
        },
        "NetworkingConfig": {
            "EndpointsConfig": {"stationmaster-staging": {"Aliases": ["d7-2"]}},
        },
    }


def test_only_what_is_declared_is_added() -> None:
    plan = replace(PLAN, command=(), container=Container(IMAGE, read_only=True, user="1000:1000"))
    asked = service_container(plan, 1)
    assert "Cmd" not in asked
    assert asked["User"] == "1000:1000"
    assert asked["HostConfig"]["ReadonlyRootfs"] is True
    assert asked["HostConfig"]["Tmpfs"] == {"/tmp": "rw,noexec,nosuid,size=64m"}


def test_a_service_with_data_has_its_own_volume_and_no_other_mount() -> None:
    plan = replace(PLAN, container=Container(IMAGE, keeps_data=True))
    own = {
        "Type": "volume",
        "Source": "stationmaster_staging_api",
        "Target": "/stationmaster/volume",
        "VolumeOptions": {
            "NoCopy": True,
            "Labels": {
                "stationmaster.environment": "staging",
                "stationmaster.service": "api",
                "stationmaster.role": "data",
            },
        },
    }
    errand = Errand(plan, "migrate", ("true",), "sha256:" + "d" * 64)
    for asked in (service_container(plan, 1), errand_container(errand)):
        mounts = asked["HostConfig"].pop("Mounts")
        assert mounts == [own]
        assert asked["HostConfig"] == service_container(PLAN, 1)["HostConfig"] | {
            "Memory": 256 * 2**20, "MemorySwap": 256 * 2**20, "NanoCpus": 10**9,
        }  # fmt: skip
    assert "Mounts" not in service_container(PLAN, 1)["HostConfig"]


def test_no_two_places_share_a_volume() -> None:
    assert Place("a-b", "c").volume != Place("a", "b-c").volume
    for odd in (Place("a_b", "c"), Place("a", "b_c")):
        with pytest.raises(PortError, match="underscore"):
            _ = odd.volume


def test_what_carries_data_has_the_volume_no_network_and_ends_by_itself() -> None:
    asked = keeper_container(Place("staging", "api"), "sha256:" + "b" * 64)
    confined = CONFINED | {"NetworkMode": "none"}
    assert asked["HostConfig"] == confined | {
        "CapAdd": ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
        "Memory": 64 * 2**20,
        "ReadonlyRootfs": True,
        "Mounts": [mount(Place("staging", "api"))],
        "AutoRemove": True,
    }
    assert (asked["Cmd"], asked["User"]) == (["sleep", "7200"], "0:0")


def test_a_router_publishes_its_one_address_and_nothing_else() -> None:
    asked = router_container(Place("staging", "api"), "sha256:" + "b" * 64, "127.0.0.1:8101")
    assert asked["HostConfig"]["PortBindings"] == {
        "8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8101"}]
    }
    assert asked["User"] == "65534:65534"
    assert asked["Cmd"] == ["haproxy", "-db", "-f", "/stationmaster/router.cfg"]
    assert not {"Binds", "Mounts", "Privileged", "CapAdd", "Devices"} & asked["HostConfig"].keys()


@pytest.mark.parametrize(
    ("host", "listens_on"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("10.0.0.5", "10.0.0.5"),
        ("docks.example.com", "0.0.0.0"),
    ],
)
def test_an_address_is_of_the_engine_s_machine(host: str, listens_on: str) -> None:
    assert bound(host) == listens_on


@pytest.mark.parametrize(
    "image",
    [
        "",
        "shop/api",
        "shop/api:1.2.0",
        "shop/api@sha256:" + "a" * 63,
        "shop/api@sha256:" + "A" * 64,
        "shop/api@sha256:" + "a" * 64 + ":tag",
        "../api@sha256:" + "a" * 64,
        "shop/api/../../x@sha256:" + "a" * 64,
        "a b@sha256:" + "a" * 64,
        "shop/api@sha256:" + "a" * 64 + "\n",
    ],
)
def test_what_does_not_name_exact_bytes_never_runs(image: str) -> None:
    with pytest.raises(PortError) as refused:
        service_container(replace(PLAN, container=Container(image)), 1)
    assert refused.value.permanent


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "-x", "a\nb", "x" * 101, "é"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    for plan in (
        replace(PLAN, environment=name),
        replace(PLAN, service=name),
    ):
        with pytest.raises(PortError) as refused:
            service_container(plan, 1)
        assert refused.value.permanent


def test_a_router_s_file_says_what_it_stands_for_and_is_read_back_the_same() -> None:
    servers = (("d7-1", "172.18.0.3"), ("d7-2", "172.18.0.4"))
    lead = Lead("d7", 7, "1.2.0", "c" * 40, "127.0.0.1:8101", 9000, servers)
    for one in (lead, None):
        assert config.lead_of(config.text_of(one)) == one
        assert config.lead_in(given_back(one)) == one
    lines = [line.split() for line in config.text_of(lead).splitlines()]
    assert [line[1:3] for line in lines if line[:1] == ["server"]] == [
        ["d7-1", "d7-1:9000"],
        ["d7-2", "d7-2:9000"],
    ]


def given_back(lead: Lead | None) -> bytes:
    """The archive as an Engine gives it back: the file alone."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(config.archive_of(lead))) as there:
        member = there.getmember("stationmaster/router.cfg")
        content = there.extractfile(member)
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.addfile(member, content)
    return packed.getvalue()


@pytest.mark.parametrize("text", ["", "global\n", *(f"# stationmaster {x}\n" for x in "{7")])
def test_a_file_that_is_not_ours_is_no_answer(text: str) -> None:
    with pytest.raises(ValueError):
        config.lead_of(text)
