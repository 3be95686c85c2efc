"""What deployments left on an Engine: images under a name of ours and volumes with our label, that
nothing runs from and nobody needs. Nothing of anybody else's is even looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from handlers.ports import Leftover
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.words import OURS

TASK = "com.docker.swarm.task.id"
"""The label of what a swarm runs and looks after itself."""


def find_leftovers(
    engine: Engine, needed: Collection[str], gone: Collection[str] = ()
) -> list[Leftover]:
    lost = [*_containers(engine, gone), *_networks(engine, gone)] if gone else []
    return [*lost, *_images(engine, set(needed)), *_volumes(engine)]


def remove(engine: Engine, one: Leftover) -> bool:
    """Whether it has gone; the Engine itself keeps what has come into use meanwhile."""
    if one.kind == "volume":
        return gone_from(engine, f"/volumes/{one.id}")
    if one.kind == "container":
        return gone_from(engine, f"/containers/{one.id}", force="1", v="1")
    if one.kind == "network":
        return gone_from(engine, f"/networks/{one.id}")
    there = engine.find(f"/images/{one.id}/json")
    if there is None:
        return False
    ours = [name for name in there["RepoTags"] if name.startswith(f"{OURS}/")]
    done = [gone_from(engine, f"/images/{name}") for name in [*ours, *there["RepoDigests"]]]
    return all(done)


def gone_from(engine: Engine, path: str, **query: str) -> bool:
    """Have it removed; False while it is in use."""
    try:
        engine.read("DELETE", path, None, **query)
    except Refused as no:
        if no.status == 404:
            return True
        if no.status in (403, 409):
            return False
        raise
    return True


def _containers(engine: Engine, gone: Collection[str]) -> Iterator[Leftover]:
    """Routers and services, running or not."""
    labelled = {"label": [f"{OURS}.environment"]}
    for one in engine.ask("GET", "/containers/json", None, all="1", filters=labelled):
        labels = one["Labels"]
        place = labels[f"{OURS}.environment"]
        if place in gone and TASK not in labels:
            name = one["Names"][0].lstrip("/")
            yield Leftover(engine.name, "container", one["Id"], f"container {name}", 0, place)


def _networks(engine: Engine, gone: Collection[str]) -> Iterator[Leftover]:
    labelled = {"label": [f"{OURS}.environment"], "driver": ["bridge"]}
    for one in engine.ask("GET", "/networks", None, filters=labelled):
        place = one["Labels"][f"{OURS}.environment"]
        if place in gone:
            yield Leftover(engine.name, "network", one["Id"], f"network {one['Name']}", 0, place)


def _images(engine: Engine, needed: set[str]) -> Iterator[Leftover]:
    """What no registry has is kept, because nobody could bring it back; and so is what somebody
    has given a name besides ours."""
    used = {one["ImageID"] for one in engine.ask("GET", "/containers/json", all="1")}
    listed = engine.ask("GET", "/images/json", filters={"reference": [f"{OURS}/*"]})
    for one in listed:
        names = [name for name in one.get("RepoTags") or () if name != "<none>:<none>"]
        digests = one.get("RepoDigests") or ()
        is_ours = all(name.startswith(f"{OURS}/") for name in names)
        is_kept = one["Id"] in used | needed or bool(needed & set(digests))
        if is_ours and digests and not is_kept and not _is_of_us(one):
            service = names[0].removeprefix(f"{OURS}/").partition(":")[0] if names else "?"
            name = f"image {one['Id'][7:19]} of {service}"
            yield Leftover(engine.name, "image", one["Id"], name, int(one["Size"]))


def _is_of_us(image: Mapping[str, Any]) -> bool:
    """The router's own image is needed for the next service."""
    return any(name.startswith(f"{OURS}/router") for name in image.get("RepoTags") or ())


def _volumes(engine: Engine) -> Iterator[Leftover]:
    """Not those that hold data: it is looked after where data is kept."""
    wanted = {"dangling": ["true"], "label": [f"{OURS}.environment"]}
    listed = engine.ask("GET", "/volumes", filters=wanted) or {}
    for one in listed.get("Volumes") or ():
        labels = one.get("Labels") or {}
        if labels.get(f"{OURS}.role") == "data":
            continue
        place = labels.get(f"{OURS}.environment", "?")
        size = int((one.get("UsageData") or {}).get("Size", 0))
        yield Leftover(
            engine.name, "volume", one["Name"], f"volume {one['Name']} of {place}", max(0, size)
        )
