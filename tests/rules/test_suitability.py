"""Does it fit? Every need against every kind of fact, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.suitability import (
    AFTER_PREPARATION,
    DOES_NOT_FIT,
    FITS,
    STALE_AFTER,
    Conditions,
    Fact,
    Miss,
    Needs,
    fit,
    misses,
    standing_in_the_way,
)

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
READ = NOW - timedelta(seconds=20)
OLD = NOW - timedelta(seconds=STALE_AFTER + 1)
G = 2**30


def read(value: Any, at: datetime | None = READ, error: str = "") -> Fact:
    return Fact(value, at, error)


def declared(value: Any) -> Fact:
    return Fact(value, declared=True)


THERE = Conditions(
    room={"cpu": read(2.0), "memory": read(2 * G), "disk": read(10 * G)},
    services={
        "postgres": read("14.8"),
        "redis": declared("7.2"),
        "api": read("1.0.0"),
        "web": read(None),
        "odd": read("1.3.0-hotfix"),
    },
    networks=frozenset({"internal", "dmz"}),
    data="demo",
    features=frozenset({"payments"}),
    preparable=frozenset({"load-test", "vouchers"}),
    releases={"api": ("1.3.0", "1.2.0", "1.0.0"), "web": ("0.9.0",)},
)

TABLE: list[tuple[str, Needs, Conditions, str, list[Miss]]] = [
    ("nothing", Needs(), Conditions(), FITS, []),
    ("all there is", Needs(
        {"cpu": 2, "memory": 2 * G, "disk": 10 * G}, {"postgres": ">=14,<15", "redis": "any"},
        ("internal",), "demo", ("payments",),
    ), THERE, FITS, []),
    ("more room", Needs({"memory": 2 * G + 1}), THERE, DOES_NOT_FIT,
     [Miss("memory", "memory", 2 * G + 1, 2 * G, read=READ)]),
    ("another version", Needs(services={"postgres": ">=15"}), THERE, DOES_NOT_FIT,
     [Miss("service", "postgres", ">=15", "14.8", read=READ)]),
    ("another than is declared", Needs(services={"redis": "<7"}), THERE, DOES_NOT_FIT,
     [Miss("service", "redis", "<7", "7.2")]),
    ("what nobody has heard of", Needs(services={"kafka": "any"}), THERE, DOES_NOT_FIT,
     [Miss("service", "kafka", "any")]),
    ("a newer one of ours", Needs(services={"api": ">=1.2"}), THERE, AFTER_PREPARATION,
     [Miss("service", "api", ">=1.2", "1.0.0", read=READ, deploy="1.3.0")]),
    ("one of ours that does not run", Needs(services={"web": "any"}), THERE, AFTER_PREPARATION,
     [Miss("service", "web", "any", read=READ, deploy="0.9.0")]),
    ("one of ours there is no release of", Needs(services={"api": ">=2"}), THERE, DOES_NOT_FIT,
     [Miss("service", "api", ">=2", "1.0.0", read=READ)]),
    ("what cannot be compared", Needs(services={"odd": ">=1"}), THERE, DOES_NOT_FIT,
     [Miss("service", "odd", ">=1", "1.3.0-hotfix", "incomparable", READ)]),
    ("another network", Needs(networks=("internal", "bank")), THERE, DOES_NOT_FIT,
     [Miss("network", "bank", "bank", "dmz, internal")]),
    ("another data set", Needs(data="secret"), THERE, DOES_NOT_FIT,
     [Miss("data", "secret", "secret", "demo")]),
    ("a data set that can be brought", Needs(data="load-test"), THERE, AFTER_PREPARATION,
     [Miss("data", "load-test", "load-test", "demo", prepare=True)]),
    ("a feature that can be brought", Needs(features=("vouchers",)), THERE, AFTER_PREPARATION,
     [Miss("feature", "vouchers", "vouchers", "payments", prepare=True)]),
    ("one that can and one that cannot", Needs(data="load-test", networks=("bank",)), THERE,
     DOES_NOT_FIT, [Miss("network", "bank", "bank", "dmz, internal"),
                    Miss("data", "load-test", "load-test", "demo", prepare=True)]),
    ("never read", Needs({"cpu": 1}, {"x": "any"}), Conditions(services={"x": Fact()}),
     DOES_NOT_FIT, [Miss("cpu", "cpu", 1, why="unknown"),
                    Miss("service", "x", "any", why="unknown")]),
    ("read too long ago", Needs({"cpu": 1}, {"api": ">=1"}),
     Conditions({"cpu": read(8, OLD)}, {"api": read("1.0.0", OLD)}, releases=THERE.releases),
     DOES_NOT_FIT, [Miss("cpu", "cpu", 1, 8, "stale", OLD),
                    Miss("service", "api", ">=1", "1.0.0", "stale", OLD)]),
    ("failed to be read since", Needs(services={"x": ">=1"}),
     Conditions(services={"x": read("1.0", READ, "It is gone.")}), DOES_NOT_FIT,
     [Miss("service", "x", ">=1", "1.0", "unknown", READ, "It is gone.")]),
]  # fmt: skip


@pytest.mark.parametrize(("needs", "there", "verdict", "missing"), [t[1:] for t in TABLE],
                         ids=[t[0] for t in TABLE])  # fmt: skip
def test_needs_meet_facts(
    needs: Needs, there: Conditions, verdict: str, missing: list[Miss]
) -> None:
    found = misses(needs, there, NOW)
    assert list(found) == missing
    assert fit(found) == verdict


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [(0, True), (STALE_AFTER, True), (STALE_AFTER + 0.001, False), (-STALE_AFTER - 1, False)],
)
def test_a_reading_is_good_for_three_minutes_and_never_from_the_future(
    age: float, is_fresh: bool
) -> None:
    there = Conditions({"cpu": read(8, NOW - timedelta(seconds=age))})
    assert (misses(Needs({"cpu": 1}), there, NOW) == ()) is is_fresh


def test_a_rollback_is_kept_only_by_what_is_surely_missing() -> None:
    needs = Needs({"memory": 9 * G}, {"postgres": ">=15", "web": "any", "gone": "any"}, ("bank",))
    there = replace(THERE, services=dict(THERE.services) | {"web": Fact(), "gone": read("1", OLD)})
    found = misses(needs, there, NOW)
    assert standing_in_the_way(found, "deploy") == found
    assert [m.what for m in found] == ["memory", "postgres", "web", "gone", "bank"]
    assert [m.what for m in standing_in_the_way(found, "rollback")] == ["postgres", "bank"]


NAMES = st.sampled_from(["api", "postgres", "redis", "web"])
AMOUNTS = st.dictionaries(st.sampled_from(["cpu", "memory", "disk"]), st.integers(1, 9))
VERSIONS = st.sampled_from(["1", "1.5", "2", "2.1", "odd"])
RANGES = st.sampled_from(["any", ">=1.5", "<2", "==2.*", ">=1,<9"])
WORDS = st.sampled_from(["a", "b", "c"])
NEEDS = st.builds(
    Needs,
    room=AMOUNTS,
    services=st.dictionaries(NAMES, RANGES),
    networks=st.lists(WORDS, unique=True).map(tuple),
    data=st.just("") | WORDS,
    features=st.lists(WORDS, unique=True).map(tuple),
)
MOMENTS = st.sampled_from([READ, OLD, None])
ERRORS = st.sampled_from(["", "", "No answer."])


def facts(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Fact]:
    return st.builds(Fact, values | st.none(), MOMENTS, ERRORS, st.booleans())


CONDITIONS = st.builds(
    Conditions,
    room=st.dictionaries(st.sampled_from(["cpu", "memory", "disk"]), facts(st.integers(1, 9))),
    services=st.dictionaries(NAMES, facts(VERSIONS)),
    networks=st.frozensets(WORDS),
    data=st.just("") | WORDS,
    features=st.frozensets(WORDS),
    preparable=st.frozensets(WORDS),
    releases=st.dictionaries(NAMES, st.lists(VERSIONS).map(tuple)),
)


def missed(needs: Needs, there: Conditions) -> set[tuple[str, str]]:
    return {(m.kind, m.what) for m in misses(needs, there, NOW)}


@given(one=NEEDS, other=NEEDS, there=CONDITIONS)
def test_who_needs_more_misses_more(one: Needs, other: Needs, there: Conditions) -> None:
    named = {(k, w) for k, w in missed(one, there) if k != "data" or not other.data}
    assert named | missed(other, there) <= missed(one.also(other), there)


@given(needs=NEEDS, there=CONDITIONS)
def test_what_both_need_is_needed_once(needs: Needs, there: Conditions) -> None:
    assert needs.also(needs) == needs
    assert Needs().also(needs) == needs.also(Needs()) == needs


@given(needs=NEEDS, there=CONDITIONS)
def test_what_is_not_known_never_fits(needs: Needs, there: Conditions) -> None:
    unknown = replace(
        there,
        room={name: replace(f, at=None, declared=False) for name, f in there.room.items()},
        services={name: replace(f, at=None, declared=False) for name, f in there.services.items()},
    )
    measured = {(name, name) for name in needs.room} | {("service", n) for n in needs.services}
    assert measured <= missed(needs, unknown)
    stale = replace(
        there,
        room={name: Fact(9, OLD) for name in there.room},
        services={name: Fact("2", OLD) for name in there.services},
    )
    assert measured <= missed(needs, stale)
    if measured:
        assert fit(misses(needs, unknown, NOW)) != FITS


@given(needs=NEEDS, there=CONDITIONS)
def test_every_miss_is_a_need_and_an_environment_that_has_it_all_fits(
    needs: Needs, there: Conditions
) -> None:
    asked = {("service", n) for n in needs.services} | {(n, n) for n in needs.room}
    asked |= {("network", n) for n in needs.networks} | {("feature", n) for n in needs.features}
    assert missed(needs, there) <= asked | {("data", needs.data)}
    whole = Conditions(
        room={name: read(amount) for name, amount in needs.room.items()},
        services={name: declared({"<2": "1"}.get(r, "2")) for name, r in needs.services.items()},
        networks=frozenset(needs.networks),
        data=needs.data,
        features=frozenset(needs.features),
    )
    assert misses(needs, whole, NOW) == ()


@given(needs=NEEDS, there=CONDITIONS, kind=st.sampled_from(["deploy", "rollback"]))
def test_a_rollback_is_never_kept_by_more_than_a_deployment(
    needs: Needs, there: Conditions, kind: str
) -> None:
    found = misses(needs, there, NOW)
    kept = set(standing_in_the_way(found, kind))
    assert kept <= set(found)
    assert all(m.is_sure for m in kept) or kind == "deploy"
