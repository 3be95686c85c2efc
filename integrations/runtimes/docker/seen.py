"""What an Engine says of one container, in the words of the port. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from handlers.ports import Running
from integrations.runtimes.docker.containers import Found
from integrations.runtimes.docker.usage import Used
from integrations.runtimes.docker.words import OURS

NEVER = "0001-"


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
    )


def _state(state: Mapping[str, Any]) -> Literal["running", "starting", "unhealthy", "ended"]:
    if state["Status"] in ("created", "restarting"):
        return "starting"
    if state["Status"] == "paused":
        return "unhealthy"
    return "running" if state["Running"] else "ended"


def moment(text: str) -> datetime | None:
    """Engines write nanoseconds; six places are enough."""
    if not text or text.startswith(NEVER):
        return None
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text).replace("Z", "+00:00"))
