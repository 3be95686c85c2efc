"""What deployments left on an Engine: images under a name of ours and volumes with our label, that
nothing runs from and nobody needs. Nothing of anybody else's is even looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from handlers.ports import Leftover
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.words import OURS


def find_leftovers(engine: Engine, needed: Collection[str]) -> list[Leftover]:
    return [*_images(engine, set(needed)), *_volumes(engine)]


def remove(engine: Engine, one: Leftover) -> bool:
    """Whether it has gone; the Engine itself keeps what has come into use meanwhile."""
    if one.kind == "volume":
        return _gone(engine, f"/volumes/{one.id}")
    there = engine.find(f"/images/{one.id}/json")
    if there is None:
        return False
    ours = [name for name in there["RepoTags"] if name.startswith(f"{OURS}/")]
    done = [_gone(engine, f"/images/{name}") for name in [*ours, *there["RepoDigests"]]]
    return all(done)


def _gone(engine: Engine, path: str) -> bool:
    try:
        engine.read("DELETE", path)
    except Refused as no:
        if no.status == 404:
            return True
        if no.status == 409:
            return False
        raise
    return True


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
    wanted = {"dangling": ["true"], "label": [f"{OURS}.environment"]}
    listed = engine.ask("GET", "/volumes", filters=wanted) or {}
    for one in listed.get("Volumes") or ():
        place = (one.get("Labels") or {}).get(f"{OURS}.environment", "?")
        size = int((one.get("UsageData") or {}).get("Size", 0))
        yield Leftover(
            engine.name, "volume", one["Name"], f"volume {one['Name']} of {place}", max(0, size)
        )
