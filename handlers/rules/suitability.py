"""Does a release fit an environment? Needs and facts in; everything that is missing out. A fact
that nobody knows, or that was read too long ago, is missing too: unknown is never a yes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from handlers.rules.versions import both, first_within, within

STALE_AFTER = 180.0
"""Seconds after which a reading says nothing about now: six rounds of the clock."""

ROOM = ("cpu", "memory", "disk")
"""What there has to be enough of: cores, and bytes of memory and disk."""

FITS, AFTER_PREPARATION, DOES_NOT_FIT = "fits", "after_preparation", "does_not_fit"
LACKS, UNKNOWN, STALE, INCOMPARABLE = "lacks", "unknown", "stale", "incomparable"


@dataclass(frozen=True)
class Needs:
    """What has to be there: ``room`` by name, a range of versions for each of ``services``, the
    names of networks and features, and the one data set."""

    room: Mapping[str, float] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    data: str = ""
    features: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Needs()

    def also(self, other: Needs) -> Needs:
        """Both at once: the larger room, the versions in both ranges, all the names. Of two data
        sets only one can be there: ``other`` is the nearer word on it."""
        ranges = dict(self.services)
        for name, wanted in other.services.items():
            ranges[name] = both(ranges[name], wanted) if name in ranges else wanted
        most = {k: max(self.room.get(k, 0), other.room.get(k, 0)) for k in ROOM}
        return Needs(
            room={name: amount for name, amount in most.items() if amount},
            services=ranges,
            networks=_all_of(self.networks, other.networks),
            data=other.data or self.data,
            features=_all_of(self.features, other.features),
        )


def _all_of(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


@dataclass(frozen=True)
class Fact:
    """One thing known of an environment. ``value`` is None where there is none of it; ``at`` is
    when it was read, and ``error`` why it could not be read since. What is ``declared`` in the
    setup file needs no reading."""

    value: str | float | None = None
    at: datetime | None = None
    error: str = ""
    declared: bool = False


@dataclass(frozen=True)
class Conditions:
    """What is known of an environment, and what can be brought there: the data sets and features
    of ``preparable`` by preparing it, the ``releases`` (newest first) of our services by deploying
    them."""

    room: Mapping[str, Fact] = field(default_factory=dict)
    services: Mapping[str, Fact] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()
    data: str = ""
    features: frozenset[str] = frozenset()
    preparable: frozenset[str] = frozenset()
    releases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Miss:
    """One need that is not known to be met. ``read`` is when that was seen, None where the setup
    file says so; ``deploy`` is the release of ours and ``prepare`` the preparation that brings
    it."""

    kind: str
    what: str
    needs: str | float
    has: str | float | None = None
    why: str = LACKS
    read: datetime | None = None
    error: str = ""
    deploy: str = ""
    prepare: bool = False

    @property
    def is_sure(self) -> bool:
        """It is known to be missing, and no moment of calm will bring it."""
        return self.why == LACKS and self.kind not in ROOM

    @property
    def can_be_brought(self) -> bool:
        return bool(self.deploy or self.prepare)

    def told(self) -> dict[str, Any]:
        """As outcomes and blockers carry it."""
        return asdict(self) | {"read": self.read and int(self.read.timestamp())}


@dataclass(frozen=True)
class Suited:
    """How a release and an environment go together: the ``misses``, or the reason code of why
    nobody knows what it needs; ``told`` is who and where, for the sentence."""

    problem: str = ""
    misses: tuple[Miss, ...] = ()
    told: Mapping[str, Any] = field(default_factory=dict)


def misses(needs: Needs, there: Conditions, now: datetime) -> tuple[Miss, ...]:
    """Every need that is not known to be met there now."""
    return (
        *_room(needs, there, now),
        *_services(needs, there, now),
        *_networks(needs, there),
        *_data(needs, there),
        *_features(needs, there),
    )


def fit(missing: tuple[Miss, ...]) -> str:
    """What the misses come to."""
    if not missing:
        return FITS
    return AFTER_PREPARATION if all(m.can_be_brought for m in missing) else DOES_NOT_FIT


def standing_in_the_way(missing: tuple[Miss, ...], kind: str) -> tuple[Miss, ...]:
    """The misses that keep a deployment of that kind from going ahead. A rollback goes to what was
    well there, mostly because something is wrong: only what it surely lacks may keep it."""
    return tuple(m for m in missing if kind != "rollback" or m.is_sure)


def standing_in_the_way_then(
    missing: tuple[Miss, ...], now: datetime, then: datetime
) -> tuple[Miss, ...]:
    """The misses that count at a time to come. What was measured says nothing of it once it would
    be stale, and what preparing or a deployment brings can be there by then."""
    if (then - now).total_seconds() <= STALE_AFTER:
        return missing
    return tuple(m for m in missing if m.is_sure and not m.can_be_brought)


def doubt(fact: Fact, now: datetime) -> str:
    """Why a fact cannot be relied on now, or nothing."""
    if fact.declared:
        return ""
    if fact.at is None or fact.error:
        return UNKNOWN
    # Both ways: a clock that was set back must not keep a reading fresh for ever.
    return STALE if abs((now - fact.at).total_seconds()) > STALE_AFTER else ""


def _room(needs: Needs, there: Conditions, now: datetime) -> Iterator[Miss]:
    for name, amount in needs.room.items():
        fact = there.room.get(name, Fact())
        why = doubt(fact, now)
        if not why and isinstance(fact.value, int | float) and fact.value >= amount:
            continue
        yield Miss(name, name, amount, fact.value, why or LACKS, fact.at, fact.error)


def _services(needs: Needs, there: Conditions, now: datetime) -> Iterator[Miss]:
    for name, wanted in needs.services.items():
        fact = there.services.get(name, Fact(declared=True))
        why = doubt(fact, now)
        has = None if fact.value is None else str(fact.value)
        if not why and has is not None:
            is_in = within(has, wanted)
            if is_in:
                continue
            why = INCOMPARABLE if is_in is None else LACKS
        ours = first_within(there.releases.get(name, ()), wanted)
        brings = "" if why in (UNKNOWN, STALE) else ours
        yield Miss("service", name, wanted, has, why or LACKS, fact.at, fact.error, deploy=brings)


def _networks(needs: Needs, there: Conditions) -> Iterator[Miss]:
    has = ", ".join(sorted(there.networks)) or None
    for name in needs.networks:
        if name not in there.networks:
            yield Miss("network", name, name, has)


def _data(needs: Needs, there: Conditions) -> Iterator[Miss]:
    if needs.data and needs.data != there.data:
        prepare = needs.data in there.preparable
        yield Miss("data", needs.data, needs.data, there.data or None, prepare=prepare)


def _features(needs: Needs, there: Conditions) -> Iterator[Miss]:
    has = ", ".join(sorted(there.features)) or None
    for name in needs.features:
        if name not in there.features:
            yield Miss("feature", name, name, has, prepare=name in there.preparable)
