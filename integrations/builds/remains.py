"""What a build has on an Engine: containers while it runs, images when it is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from handlers.ports import BuildOrder
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.gone import take_away
from integrations.runtimes.docker.images import prepared_at
from integrations.runtimes.docker.words import OURS

BY_ITSELF, CALM = 5.0, 2.0
"""Seconds that an Engine has to end what nobody listens to any more, and after which nothing more
begins: until it notices that nobody does, it goes on with the next step."""


def marked(order: BuildOrder) -> str:
    """A name in the hosts of what runs for a build: the only mark that such a container can have
    and that does not make another image of it."""
    return f"{OURS}-build-{order.name}.invalid"


def end_broken_off(engine: Engine, order: BuildOrder) -> None:
    """Have nothing run for a build that was broken off just now, nor begin to."""
    until = time.monotonic() + BY_ITSELF
    calm_since = time.monotonic()
    while (now := time.monotonic()) - calm_since < CALM:
        if list(_containers(engine, order)):
            calm_since = now
            if now >= until:
                end_remains(engine, order)
        time.sleep(0.1)


def end_remains(engine: Engine, order: BuildOrder) -> None:
    """Have nothing run for a build, after whoever listened is gone."""
    for one in _containers(engine, order):
        take_away(engine, one["Id"], "what a build has begun")


def let_go(engine: Engine, order: BuildOrder) -> None:
    """Of the images built for a service only the newest stay; what else has a name stays too."""
    label = f"{OURS}.built-for={order.service}"
    wanted = {"label": [label], "reference": [order.image]}
    listed = engine.ask("GET", "/images/json", filters=wanted) or []
    there = [engine.find(f"/images/{one['Id']}/json") for one in listed]
    newest = sorted((one for one in there if one), key=prepared_at, reverse=True)
    for one in newest[order.keep :]:
        tags = [name for name in one.get("RepoTags") or () if name != "<none>:<none>"]
        mine = [name for name in tags if name.startswith(f"{order.image}:")]
        is_mine_alone = len(mine) == len(tags)
        for name in [*mine, *(one.get("RepoDigests") or () if is_mine_alone else ())]:
            engine.make_sure("DELETE", f"/images/{name}", 404, 409)


def _containers(engine: Engine, order: BuildOrder) -> Iterator[dict[str, Any]]:
    """They are recognised one by one; those of deployments have labels and are none of these."""
    for listed in engine.ask("GET", "/containers/json", None, all="1"):
        if f"{OURS}.environment" in (listed.get("Labels") or {}):
            continue
        there = engine.find(f"/containers/{listed['Id']}/json")
        hosts = ((there or {}).get("HostConfig") or {}).get("ExtraHosts") or ()
        if there and any(host.startswith(f"{marked(order)}:") for host in hosts):
            yield there
