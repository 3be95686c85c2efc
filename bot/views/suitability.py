"""What is needed, what is there, and each miss in one line."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from bot.views import words
from bot.views.told import Told

SIZES = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
ROOM = {"cpu": "", "memory": " of memory", "disk": " of disk"}
NAMED = {"network": "the network ", "data": "the data set ", "feature": "the feature "}
DECLARED = "`team.yml`"


def needs(told: Told) -> str:
    """All that a release needs, or nothing."""
    room, services = told.part("room"), told.part("services")
    said = [_needed(name, name, room.get(name)) for name in ROOM if room.has(name)]
    said += [_needed("service", name, wanted) for name, wanted in services.facts.items()]
    said += [_needed("network", name, name) for name in told.items("networks")]
    said += [_needed("data", "", told.get("data"))] if told.has("data") else []
    said += [_needed("feature", name, name) for name in told.items("features")]
    return words.one_of(said, "and", most=20)


def _needed(kind: str, what: object, wanted: object) -> str:
    if kind in ROOM:
        return f"{amount(kind, wanted)}{ROOM[kind]}"
    if kind == "place":
        return f"a place for {words.escape(what, 60)}"
    if kind == "service":
        return f"{words.escape(what, 60)} {words.escape(wanted, 100)}"
    return f"{NAMED.get(kind, '')}{words.escape(wanted, 60)}"


def amount(kind: str, value: object) -> str:
    """So many cores, or so many bytes, as people say it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return "an unknown amount"
    if kind == "cpu":
        return f"{value:g} core{'' if value == 1 else 's'}"
    for size, unit in SIZES:
        if value >= size:
            return f"{value / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{value:.0f} bytes"


def miss_lines(misses: Iterable[Told], environment: str) -> list[str]:
    return [f"• {_miss(one)}{_remedy(one, environment)}" for one in misses]


def _miss(told: Told) -> str:
    """Such as: needs postgres >=15, has 14.8 (read 09:12)."""
    kind = str(told.get("kind"))
    asked = f"needs {_needed(kind, told.get('what'), told.get('needs'))}"
    match told.get("why"):
        case "unknown" if not told.has("read") and not told.has("error"):
            return f"{asked}; what is there was not read yet"
        case "unknown":
            last = f" (last read {told.when('read')}: {_has(told)})" if told.has("read") else ""
            return f"{asked}; what is there cannot be read: {told.long('error')}{last}"
        case "stale":
            return f"{asked}, had {_has(told)} (read {told.when('read')}, too long ago to rely on)"
        case "incomparable":
            return f"{asked}, has {_has(told)} ({_source(told)}), which has no place in that order"
    return f"{asked}, has {_has(told)} ({_source(told)})"


def _has(told: Told) -> str:
    value, kind = told.get("has"), str(told.get("kind"))
    if value is None:
        return "none running" if kind == "service" and told.has("read") else "none"
    return amount(kind, value) if kind in ROOM else words.escape(value, 200)


def _source(told: Told) -> str:
    if not told.has("read"):
        return DECLARED
    return f"read {words.when(told.get('read'), '{time}')}"


def _remedy(told: Told, environment: str) -> str:
    if told.has("deploy"):
        return f" → first `/deploy {told['what']} {told['deploy']} to {environment}`"
    return f" → preparing *{environment}* brings it" if told.get("prepare") is True else ""


def is_being_read(misses: Iterable[Told]) -> bool:
    """Might another reading, a moment later, say something else?"""
    return any(one.get("why") in ("unknown", "stale") for one in misses)


def keepers(told: Told) -> str:
    """Who can change what an environment has."""
    if not told.items("clearers"):
        return ""
    return f"What *{told['environment']}* has is looked after by {told.people('clearers')}."


def conditions(told: Told) -> list[str]:
    """What an environment has, and how that is known."""
    room = [f"{amount(one['name'], one.get('value'))}{ROOM.get(one['name'], '')}{_read(one)}"
            for one in told.each("room") if one.has("read")]  # fmt: skip
    services = [
        f"{one['name']} {one['value'] or 'none running'}{_read(one)}"
        for one in told.each("services")
        if one.has("read") or one.get("declared") is True
    ]
    names = [f"network {words.escape(name, 60)}" for name in told.items("networks")]
    names += [f"data set {told['data']}"] if told.has("data") else []
    names += [f"feature {words.escape(name, 60)}" for name in told.items("features")]
    wrong = list(dict.fromkeys(
        f"⚠️ not read now: {one.long('error')}"
        for one in (*told.each("room"), *told.each("services"))
        if one.has("error")
    ))  # fmt: skip
    return [", ".join(part) for part in (room, services, names) if part] + wrong


def _read(told: Told) -> str:
    return f" (read {words.when(told.get('read'), '{time}')})" if told.has("read") else ""
