"""What an Engine says of one container, in the words of the port. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from handlers.ports import ITS_DATA, ITS_SECRETS, Running
from integrations.runtimes.docker.containers import Found
from integrations.runtimes.docker.times import moment
from integrations.runtimes.docker.usage import Used
from integrations.runtimes.docker.words import OURS, SECRETS, VOLUME


def running_of(one: Found, there: Mapping[str, Any], used: Used | None, *, serves: bool) -> Running:
    """``there`` is the container; one that has ended uses nothing."""
    if not there["State"]["Running"]:
        used = Used(0.0, 0)
    bounds = there["HostConfig"]
    cores = bounds.get("NanoCpus", 0) / 1e9
    return Running(
        service=one.service,
        operation=one.operation,
        version=one.labels.get(f"{OURS}.version", ""),
        commit=one.labels.get(f"{OURS}.commit", ""),
        image=there["Config"].get("Image") or one.image,
        number=one.number,
        state=_state(there["State"]),
        since=moment(there["State"]["StartedAt"]),
        restarts=int(there.get("RestartCount", 0)),
        cpu=used.cpu if used else None,
        cores=cores,
        memory=used.memory if used else None,
        limit=int(bounds.get("Memory", 0)),
        serves=serves,
        host=one.labels.get(f"{OURS}.host", ""),
        mounts=mounts_of(one, there) if one.operation else (),
    )


def mounts_of(one: Found, there: Mapping[str, Any]) -> tuple[str, ...]:
    """What its image itself has a volume for is a part of the image."""
    given = [m for m in there.get("Mounts") or () if not _is_of_image(m, there)]
    return tuple(sorted(_mounted(one, mount) for mount in given))


def _mounted(one: Found, mount: Mapping[str, Any]) -> str:
    place = f"{one.labels.get(f'{OURS}.environment', '')}_{one.service}"
    told = (mount["Type"], mount.get("Name", ""), mount["Destination"], mount["RW"])
    if told == ("volume", f"{OURS}_{place}", VOLUME, True):
        return ITS_DATA
    if told == ("volume", f"{OURS}_{place}_{one.operation}", SECRETS, False):
        return ITS_SECRETS
    kind, name, target, may_write = told
    source = name or mount.get("Source") or "nothing"
    return f"{kind} {source} at {target}{'' if may_write else ', to be read only'}"


def _is_of_image(mount: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """One without a name that nobody asked for: whoever asks for some is told of in HostConfig."""
    how = there["HostConfig"]
    asked = [bind.split(":")[1] for bind in how.get("Binds") or () if ":" in bind]
    asked += [one["Target"] for one in how.get("Mounts") or ()]
    is_declared = mount["Destination"] in (there["Config"].get("Volumes") or {})
    is_asked = mount["Destination"] in asked or bool(how.get("VolumesFrom"))
    return mount["Type"] == "volume" and is_declared and not is_asked


def _state(state: Mapping[str, Any]) -> Literal["running", "starting", "unhealthy", "ended"]:
    if state["Status"] in ("created", "restarting"):
        return "starting"
    if state["Status"] == "paused":
        return "unhealthy"
    return "running" if state["Running"] else "ended"
