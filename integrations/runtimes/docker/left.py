"""What deployments left on an Engine: images under a name of ours and volumes with our label, that
nothing runs from and nobody needs. Nothing of anybody else's is even looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from handlers.ports import Leftover
from integrations.runtimes.docker.client import Engine
from integrations.runtimes.docker.gone import gone_from
from integrations.runtimes.docker.words import OURS

TASK = "com.docker.swarm.task.id"
"""The label of what a swarm runs and looks after itself."""


def find_leftovers(
    engine: Engine, needed: Collection[str], gone: Collection[str] = ()
) -> list[Leftover]:
    lost = [*_containers(engine, gone), *_networks(engine, gone)] if gone else []
    return [*lost, *_images(engine, set(needed)), *_volumes(engine, gone)]


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
    has given a name besides ours. All are listed: asked for those with a name of ours, an Engine
    leaves out the others that they have, and which registry has them."""
    used = {one["ImageID"] for one in engine.ask("GET", "/containers/json", all="1")}
    for one in engine.ask("GET", "/images/json"):
        names = [name for name in one.get("RepoTags") or () if name != "<none>:<none>"]
        digests = one.get("RepoDigests") or ()
        is_ours = bool(names) and all(name.startswith(f"{OURS}/") for name in names)
        is_kept = one["Id"] in used | needed or bool(needed & set(digests))
        if is_ours and digests and not is_kept and not _is_of_us(one):
            service = names[0].removeprefix(f"{OURS}/").partition(":")[0]
            name = f"image {one['Id'][7:19]} of {service}"
            yield Leftover(engine.name, "image", one["Id"], name, int(one["Size"]))


def _is_of_us(image: Mapping[str, Any]) -> bool:
    """The router's own image is needed for the next service."""
    return any(name.startswith(f"{OURS}/router") for name in image.get("RepoTags") or ())


def _volumes(engine: Engine, gone: Collection[str]) -> Iterator[Leftover]:
    """Not those that hold data: it is looked after where data is kept. Secrets of what is gone go
    with the containers that have them."""
    labelled = {"label": [f"{OURS}.environment"]}
    free = {one["Name"] for one in _listed(engine, labelled | {"dangling": ["true"]})}
    for one in _listed(engine, labelled):
        labels = one.get("Labels") or {}
        place, role = labels.get(f"{OURS}.environment", "?"), labels.get(f"{OURS}.role")
        lost = place if place in gone else ""
        if role == "data" or not (one["Name"] in free or lost):
            continue
        size = int((one.get("UsageData") or {}).get("Size", 0))
        what = "secrets" if role == "secrets" else "volume"
        name = f"{what} {one['Name']} of {place}"
        yield Leftover(engine.name, "volume", one["Name"], name, max(0, size), lost)


def _listed(engine: Engine, wanted: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (engine.ask("GET", "/volumes", filters=wanted) or {}).get("Volumes") or []
