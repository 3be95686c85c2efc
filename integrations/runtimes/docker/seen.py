"""What an Engine says of one container, in the words of the port. Pure but for the pace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from handlers.ports import Running
from integrations.runtimes.docker.containers import Found
from integrations.runtimes.docker.words import OURS
from integrations.runtimes.pace import Pace

NEVER = "0001-"


def running_of(
    one: Found, there: Mapping[str, Any], stats: Mapping[str, Any], *, serves: bool, pace: Pace
) -> Running:
    """``there`` is the container, ``stats`` what it costs; empty for one that has ended."""
    since = moment(there["State"]["StartedAt"])
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
        since=since,
        restarts=int(there.get("RestartCount", 0)),
        cpu=_cpu(one, since, stats, pace),
        cores=cores,
        memory=_memory(stats),
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


def _cpu(one: Found, since: datetime | None, stats: Mapping[str, Any], pace: Pace) -> float:
    if not stats or since is None:
        return 0.0
    used = stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage", 0) / 1e9
    age = (datetime.now(UTC) - since).total_seconds()
    return pace.rate(f"{one.id}@{since.isoformat()}", used, age)


def _memory(stats: Mapping[str, Any]) -> int:
    """Without what the system keeps in memory only because there is room."""
    memory = stats.get("memory_stats", {})
    detail = memory.get("stats", {})
    spare = detail.get("inactive_file", detail.get("total_inactive_file", 0))
    return max(0, int(memory.get("usage", 0)) - int(spare))


def moment(text: str) -> datetime | None:
    """Engines write nanoseconds; six places are enough."""
    if not text or text.startswith(NEVER):
        return None
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text).replace("Z", "+00:00"))
