"""The way in: HAProxy as a service with one task on every node, which publishes the stable address
there and leads it to the tasks that are fit to serve. Pure.

The swarm's own mesh is not used: it knows connections, not requests, and cannot give a request
that met a task on its way out to another one. The router asks the swarm's own names four times a
second who is there: a task has a name once it is healthy, and none from two seconds before it is
asked to end.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from handlers.ports import HealthCheck, Plan, PortError
from integrations.runtimes.docker.words import CONFIG, ENTRY, OURS
from integrations.runtimes.swarm.names import Place, place_of

NOTHING = "Nothing serves"
TASKS = 128
"""As many tasks as one router can lead to; places that are not taken cost nothing."""

TEXT = """global
    maxconn 8000
    hard-stop-after 5m
defaults
    mode http
    timeout connect 1s
    timeout client 5m
    timeout server 5m
    timeout tunnel 1h
    timeout queue 5s
    timeout check {limit:g}s
    timeout http-request 30s
    timeout http-keep-alive 75s
    # A connection to a task carries one request: none is sent on one that was just closed.
    option http-server-close
    option forwardfor
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
resolvers swarm
    nameserver dns 127.0.0.11:53
    accepted_payload_size 8192
    resolve_retries 3
    timeout resolve 250ms
    timeout retry 500ms
    hold valid 250ms
    # A name that is gone is a task on its way out; no answer at all is the swarm being busy.
    hold obsolete 0s
    hold nx 1s
    hold other 30s
    hold refused 30s
    hold timeout 30s
frontend address
    bind :{entry}
    default_backend tasks
backend tasks
    balance leastconn
    # What may have been done already is not asked twice; HEAD counts as GET here.
    http-request disable-l7-retry unless METH_GET or METH_OPTIONS
    http-request return status 503 content-type text/plain string "{nothing}" if {{ nbsrv eq 0 }}
    option httpchk GET {path}
    default-server check inter 1s fastinter 250ms fall 2 rise 1 resolvers swarm init-addr none
    server-template task 1-{tasks} tasks.{stable}:{port}
"""


@dataclass(frozen=True)
class Way:
    """What a router is made of: everything that asks for another one when it changes."""

    place: Place
    address: str
    port: int
    health: HealthCheck
    image: str
    constraints: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return TEXT.format(
            limit=self.health.request_timeout,
            entry=ENTRY,
            nothing=f"{NOTHING} {self.place.service} here at the moment.\\n",
            path=_quoted(self.health.path),
            tasks=TASKS,
            stable=self.place.stable,
            port=self.port,
        )

    @property
    def config(self) -> str:
        """The name of the config that holds the text, and no other text ever."""
        mark = hashlib.sha256(self.text.encode()).hexdigest()[:12]
        return Place(self.place.environment, self.place.service).release(f"router-{mark}")

    @property
    def shape(self) -> str:
        """Tells one way from another, in a label."""
        facts = (self.address, self.image, self.config, *self.constraints)
        return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]


def _quoted(path: str) -> str:
    """A path as one word of the configuration, whatever it has in it."""
    return re.sub(r"""([\\"'#])""", r"\\\1", path)


def way_of(plan: Plan, port: int, image: str, constraints: tuple[str, ...] = ()) -> Way:
    return Way(place_of(plan), plan.address, port, plan.health, image, constraints)


def published(address: str) -> int:
    """The port of the nodes that an address stands for."""
    try:
        return int(address.rpartition(":")[2])
    except ValueError:
        raise PortError(f"{address!r} has no port.", permanent=True) from None


def router_service(way: Way, config: str, orders: dict[str, str]) -> dict[str, Any]:
    """``config`` is the id of the config of that text, ``orders`` what labels say of switches."""
    port = {
        "Protocol": "tcp",
        "TargetPort": ENTRY,
        "PublishedPort": published(way.address),
        "PublishMode": "host",
    }
    shape = {
        f"{OURS}.role": "router",
        f"{OURS}.address": way.address,
        f"{OURS}.shape": way.shape,
    }
    return {
        "Name": way.place.router,
        "Labels": orders | way.place.labels | shape,
        "TaskTemplate": _task(way, config),
        "Mode": {"Global": {}},
        "EndpointSpec": {"Mode": "dnsrr", "Ports": [port]},
        # Two cannot have the same port of a node: one goes before the next comes, node by node.
        "UpdateConfig": {
            "Parallelism": 1,
            "Delay": 0,
            "FailureAction": "pause",
            "Monitor": 5 * 10**9,
            "MaxFailureRatio": 0,
            "Order": "stop-first",
        },
    }


def _task(way: Way, config: str) -> dict[str, Any]:
    file = {"Name": CONFIG, "UID": "0", "GID": "0", "Mode": 0o444}
    return {
        "ContainerSpec": {
            "Image": way.image,
            "Args": ["haproxy", "-db", "-f", CONFIG],
            "Labels": way.place.labels | {f"{OURS}.role": "router"},
            "User": "65534:65534",
            "Init": True,
            "ReadOnly": True,
            "CapabilityDrop": ["ALL"],
            "Privileges": {"NoNewPrivileges": True},
            # HAProxy ends at once by TERM, and finishes requests first by USR1.
            "StopSignal": "SIGUSR1",
            "StopGracePeriod": 10 * 10**9,
            "Healthcheck": {"Test": ["NONE"]},
            "Configs": [{"ConfigID": config, "ConfigName": way.config, "File": file}],
        },
        "Resources": {
            "Limits": {"MemoryBytes": 256 * 2**20, "Pids": 64},
            "Reservations": {"MemoryBytes": 16 * 2**20},
        },
        "RestartPolicy": {"Condition": "any", "Delay": 10**9},
        "Placement": {"Constraints": list(way.constraints)},
        "Networks": [{"Target": way.place.network, "Aliases": [f"{way.place.service}-router"]}],
        "LogDriver": {"Name": "json-file", "Options": {"max-size": "10m", "max-file": "3"}},
    }
