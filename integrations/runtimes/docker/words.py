"""Plans in the words of the Engine: pure, and all that is ever created is built here, from a list
of what is allowed. Nothing that a person types reaches mounts, devices, capabilities, privileges or
entrypoints."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.ports import Container, Errand, Plan, PortError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
IMAGE = re.compile(
    rf"(?:(?:{PART}(?::\d{{1,5}})?/)?{PART}(?:/{PART})*@)?sha256:[0-9a-f]{{64}}", re.ASCII
)
OURS = "stationmaster"
ENTRY = 8080
"""The port that routers listen on inside."""
CONFIG = "/stationmaster/router.cfg"
SPARE = "/stationmaster/router.next"
"""The same once more, written first: whatever breaks off a change, one of the two is whole."""
VOLUME = "/stationmaster/volume"
"""Where a service's own volume is mounted."""
DATA = f"{VOLUME}/data"
"""Its data there: what is on its way in or out is beside it."""
SECRETS = "/run/secrets"
"""Where the secrets of an operation are mounted, as a swarm does it: files that nobody writes."""
GRACE = 5
"""Seconds between asking a container to end and ending it."""


@dataclass(frozen=True)
class Place:
    """A service in an environment, and the names that everything of it has on an Engine."""

    environment: str
    service: str

    def __post_init__(self) -> None:
        named(self.environment)
        named(self.service)

    @property
    def network(self) -> str:
        return f"{OURS}-{self.environment}"

    @property
    def router(self) -> str:
        return f"{OURS}-{self.environment}-{self.service}-router"

    def container(self, operation: str, number: int) -> str:
        return f"{OURS}-{self.environment}-{self.service}-{named(operation)}-{number}"

    def errand(self, operation: str, name: str) -> str:
        return f"{OURS}-{self.environment}-{self.service}-{named(operation)}-{named(name)}"

    @property
    def volume(self) -> str:
        """The parts stand between underscores, which neither may have: no other place's volume has
        this name, whatever it is called."""
        if "_" in self.environment + self.service:
            text = f"{self.environment}/{self.service}: an underscore cannot be in a volume's name."
            raise PortError(text, permanent=True)
        return f"{OURS}_{self.environment}_{self.service}"

    def secrets(self, operation: str) -> str:
        """The volume of those of one operation; likewise nobody else's."""
        return f"{self.volume}_{named(operation)}"

    @property
    def labels(self) -> dict[str, str]:
        return {
            f"{OURS}.environment": self.environment,
            f"{OURS}.service": self.service,
        }


def place_of(plan: Plan) -> Place:
    return Place(plan.environment, plan.service)


def named(name: str) -> str:
    if not NAME.fullmatch(name):
        raise PortError(f"{name[:80]!r} cannot be a name here.", permanent=True)
    return name


def container_of(plan: Plan) -> Container:
    """How the plan's service runs; its image names exact bytes, or nothing runs."""
    how = plan.container
    if how is None or not how.image:
        text = f"{plan.service} {plan.version} has no image to run in a container."
        raise PortError(text, permanent=True)
    image_named(how.image)
    return how


def image_named(image: str) -> str:
    """The image, when it names exact bytes; a permanent PortError otherwise."""
    if not IMAGE.fullmatch(image):
        raise PortError(f"{image[:120]!r} does not name exact bytes.", permanent=True)
    return image


def alias(operation: str, number: int) -> str:
    """The name of one container, in the network and in the router."""
    return f"{operation}-{number}"


def labels(plan: Plan, number: int) -> dict[str, str]:
    return place_of(plan).labels | {
        f"{OURS}.role": "service",
        f"{OURS}.operation": plan.operation,
        f"{OURS}.number": str(number),
        f"{OURS}.port": str(container_of(plan).port),
        f"{OURS}.fence": str(plan.fence),
        f"{OURS}.version": plan.version,
        f"{OURS}.commit": plan.commit,
    }


def variables(plan: Plan, how: Container) -> list[str]:
    given = dict(plan.variables) | {
        "PORT": str(how.port),
        "STATION_VERSION": plan.version,
        "STATION_COMMIT": plan.commit,
        "STATION_ENVIRONMENT": plan.environment,
    }
    return [f"{name}={value}" for name, value in given.items()]


def service_container(plan: Plan, number: int) -> dict[str, Any]:
    """What the Engine is asked to create for one of the plan's containers.

    It is not started again by the Engine while it is on trial: that comes with the switch.
    """
    how, place = container_of(plan), place_of(plan)
    asked: dict[str, Any] = {
        "Image": how.image,
        "Env": variables(plan, how),
        "Labels": labels(plan, number),
        "ExposedPorts": {f"{how.port}/tcp": {}},
        "StopTimeout": GRACE,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _confined(place)
        | {
            "Memory": how.memory,
            "MemorySwap": how.memory,
            "NanoCpus": int(how.cpu * 1e9),
            "ReadonlyRootfs": how.read_only,
            "RestartPolicy": {"Name": "no"},
        },
        "NetworkingConfig": _network(place, alias(plan.operation, number)),
    }
    if how.user:
        asked["User"] = how.user
    if plan.command:
        asked["Cmd"] = [word.replace("{port}", str(how.port)) for word in plan.command]
    if mounts := _mounts(plan, how):
        asked["HostConfig"]["Mounts"] = mounts
    if how.read_only:
        asked["HostConfig"]["Tmpfs"] = {"/tmp": "rw,noexec,nosuid,size=64m"}  # noqa: S108
    return asked


def _mounts(plan: Plan, how: Container) -> list[dict[str, Any]]:
    """All that is ever mounted: the place's data, and the operation's secrets."""
    place = place_of(plan)
    data = [mount(place)] if how.keeps_data else []
    return [*data, mount_of_secrets(place, plan.operation)] if how.secrets else data


def errand_container(errand: Errand) -> dict[str, Any]:
    """A container that runs once, as confined as those of the service and in the same network."""
    plan = errand.plan
    own = container_of(plan)
    if errand.image:
        own = replace(own, image=image_named(errand.image))
    asked = service_container(replace(plan, container=own), 0)
    del asked["ExposedPorts"]
    about = {f"{OURS}.role": "errand", f"{OURS}.intent": errand.name}
    network = _network(place_of(plan), f"{plan.operation}-{named(errand.name)}")
    return asked | {
        "Cmd": list(errand.words),
        "Labels": asked["Labels"] | about,
        "NetworkingConfig": network,
    }


def router_container(place: Place, image: str, address: str) -> dict[str, Any]:
    host, _, port = address.rpartition(":")
    return {
        "Image": image,
        "Cmd": ["haproxy", "-db", "-f", CONFIG],
        "User": "65534:65534",
        "Labels": place.labels | {f"{OURS}.role": "router", f"{OURS}.address": address},
        "ExposedPorts": {f"{ENTRY}/tcp": {}},
        # HAProxy ends at once when it is asked by this, and finishes requests first by USR1.
        "StopSignal": "SIGUSR1",
        "StopTimeout": GRACE,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _confined(place)
        | {
            "Memory": 256 * 2**20,
            "MemorySwap": 256 * 2**20,
            "PortBindings": {f"{ENTRY}/tcp": [{"HostIp": bound(host), "HostPort": port}]},
            "RestartPolicy": {"Name": "unless-stopped"},
        },
        "NetworkingConfig": _network(place, f"{place.service}-router"),
    }


def mount(place: Place) -> dict[str, Any]:
    """The place's own volume, with nothing in it that an image has at that path."""
    how = {"NoCopy": True, "Labels": labels_of_data(place)}
    return {"Type": "volume", "Source": place.volume, "Target": VOLUME, "VolumeOptions": how}


def labels_of_data(place: Place) -> dict[str, str]:
    return place.labels | {f"{OURS}.role": "data"}


def mount_of_secrets(place: Place, operation: str) -> dict[str, Any]:
    how = {"NoCopy": True, "Labels": labels_of_secrets(place, operation)}
    name = place.secrets(operation)
    return {
        "Type": "volume", "Source": name, "Target": SECRETS, "ReadOnly": True, "VolumeOptions": how,
    }  # fmt: skip


def labels_of_secrets(place: Place, operation: str) -> dict[str, str]:
    return place.labels | {f"{OURS}.role": "secrets", f"{OURS}.operation": operation}


def gauge_container(image: str) -> dict[str, Any]:
    """Sleeps; asked now and then how much room there is where it is."""
    return {
        "Image": image,
        "Cmd": ["sleep", "2147483647"],
        "User": "65534:65534",
        "Labels": {f"{OURS}.role": "gauge"},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": limits("none")
        | {"Memory": 32 * 2**20, "ReadonlyRootfs": True, "RestartPolicy": {"Name": "always"}},
    }


def bound(host: str) -> str:
    """The address of the Engine's machine to listen on; a name is for all that it has."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 # what people reach it by is a name of that machine


def network(place: Place) -> dict[str, Any]:
    return {
        "Name": place.network,
        "CheckDuplicate": True,
        "Driver": "bridge",
        "Labels": {f"{OURS}.environment": place.environment},
    }


def _confined(place: Place) -> dict[str, Any]:
    return limits(place.network)


def limits(network: str) -> dict[str, Any]:
    return {
        "NetworkMode": network,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "PidsLimit": 512,
        "Init": True,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
    }


def _network(place: Place, name: str) -> dict[str, Any]:
    return {"EndpointsConfig": {place.network: {"Aliases": [name]}}}


def chosen(**wanted: str) -> Mapping[str, list[str]]:
    """A filter for what has all these labels."""
    return {"label": [f"{OURS}.{name}={value}" for name, value in wanted.items()]}
