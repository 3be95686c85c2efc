"""Whatever the input, Slack takes what is drawn, and nothing in it speaks for us."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.reply import SENTENCES, known_codes, reply
from bot.views import forms
from bot.views.blockers import BLOCKERS
from bot.views.cards import STATES, draw_deployment
from bot.views.history import NOTES, draw_note
from bot.views.message import message
from bot.views.told import Told
from handlers.messages import Outcome
from handlers.snapshots import DeploymentView, HookView, StepView
from tests.views.hostile import ANYTHING, NASTY, NUMBER, TEXT, problems, view_problems
from tests.views.samples import AT, CARDS, LOCK, WAITING

QUICK = settings(max_examples=20, suppress_health_check=list(HealthCheck))

NAMES = """
    service version environment requester reason name nearest known read error holders roles
    permission blockers ahead live live_since was_live others commit able by because id age
    what word why usage words missing command length limit sentence serving stuck locked
    replaced deployment kind state expires ended ended_by needed link count claim owner since
    clearers services environments releases deployments locks open readings audit undelivered
    may topic subject tagged moved_to more tier channel lock address approvals url at runtime
    last versions requests booking_requests offers mine waits held bookings next waiting place
    days most booked used idle theirs may_book bookable user booking fingerprint start end
    misses fits fit places needs has room networks data features problem doubt
    read declared value prepare deploy hook way_back brought beyond
    artefact took found file lines began builds failure
"""
FACTS = NAMES.split()
EARLY = datetime(1971, 1, 1)  # noqa: DTZ001  what hypothesis wants beside its timezones
MOMENT = st.none() | st.just(AT) | st.datetimes(timezones=st.just(UTC), min_value=EARLY)
BLOCKER = st.fixed_dictionaries(
    {
        "code": st.sampled_from([*BLOCKERS, "new_gate"]),
        "facts": st.dictionaries(st.sampled_from(FACTS), ANYTHING, max_size=5),
    }
)
CHANGES = st.fixed_dictionaries(
    {
        "since": TEXT,
        "ahead": st.integers(0, 10**6),
        "behind": st.integers(0, 10**6),
        "commits": st.lists(
            st.fixed_dictionaries({"commit": TEXT, "subject": TEXT, "author": TEXT}), max_size=10
        ),
    }
)
STEP = st.builds(
    StepView,
    name=st.sampled_from(["prepare", "start", "health", "switch", "watch", "retire", "go_back"])
    | TEXT,
    state=st.sampled_from(["pending", "in_progress", "complete", "error", "odd"]),
    started_at=MOMENT,
    ended_at=MOMENT,
    detail=TEXT,
    usual=st.none() | st.floats(0, 10**7),
)
HOOK = st.builds(
    HookView,
    name=TEXT,
    phase=st.sampled_from(["before", "after"]),
    way_back=st.sampled_from(["reversible", "needs_backup", "irreversible"]),
    has_undo=st.booleans(),
)
PEOPLE = st.lists(TEXT | st.just("U0ANA"), max_size=30).map(tuple)
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "int": NUMBER,
    "str": TEXT,
    "datetime": st.just(AT),
    "datetime | None": MOMENT,
    "float | None": st.none() | st.floats(0, 10**7),
    "tuple[str, ...]": PEOPLE,
    "tuple[StepView, ...]": st.lists(STEP, max_size=8).map(tuple),
    "tuple[HookView, ...]": st.lists(HOOK, max_size=30).map(tuple),
    "Mapping[str, Any] | None": st.none()
    | CHANGES
    | st.just(LOCK)
    | st.just({"error": "x" * 9999}),
    "tuple[Mapping[str, Any], ...]": st.lists(BLOCKER, max_size=5).map(tuple),
}
CARD = st.builds(
    DeploymentView,
    **{
        field.name: BY_TYPE[str(field.type)]
        for field in fields(DeploymentView)
        if field.name != "state"
    },
    state=st.sampled_from([*STATES, "odd"]),
)


@QUICK
@given(CARD)
def test_slack_takes_every_card(card: DeploymentView) -> None:
    assert problems(draw_deployment(card)) == []


@pytest.mark.parametrize("nasty", NASTY)
def test_every_card_stays_harmless_with_every_text_hostile(nasty: str) -> None:
    assert [
        p for card in CARDS.values() for p in problems(draw_deployment(spoilt(card, nasty)))
    ] == []


def spoilt(card: DeploymentView, nasty: str) -> DeploymentView:
    texts: dict[str, Any] = {
        f.name: nasty for f in fields(card) if f.type == "str" and f.name not in ("state", "kind")
    }
    commits = [{"commit": nasty, "subject": nasty, "author": nasty}] * 10
    changes = {"since": nasty, "ahead": 99, "behind": 9, "commits": commits}
    return replace(card, **texts, log=(nasty,) * 99, changes=changes)


@QUICK
@given(st.sampled_from(sorted(SENTENCES)), st.dictionaries(st.sampled_from(FACTS), ANYTHING))
def test_slack_takes_every_answer(code: str, facts: dict[str, Any]) -> None:
    assert problems(reply(Outcome(code, facts))) == []


@pytest.mark.parametrize("nasty", NASTY)
def test_every_answer_stays_harmless_with_every_fact_hostile(nasty: str) -> None:
    inner = dict.fromkeys(FACTS, nasty)
    lists: dict[str, Any] = dict.fromkeys(
        ("services", "environments", "releases", "deployments", "locks", "open", "readings"),
        [inner | {"claim": 1, "lock": inner}] * 9,
    )
    # What is missing and what is there, as a plan and an environment's page tell of it.
    lists["misses"] = [
        inner | {"kind": kind, "why": why, "prepare": True, "read": 1}
        for kind in ("cpu", "service", "network", "data", "feature", "place", nasty)
        for why in ("lacks", "unknown", "stale", "incomparable", nasty)
    ]
    has = {"services": {nasty: nasty}, "room": {"cpu": nasty}, "networks": [nasty] * 30}
    lists |= {"needs": inner | has, "has": inner | {"room": [inner] * 3, "features": [nasty] * 30}}
    lists |= {"fits": [nasty] * 30, "clearers": [nasty] * 30}
    places = [inner | lists | {"lock": inner | {"claim": 5}, "live": [nasty] * 9}] * 12
    found = [{"code": code, "facts": inner | lists} for code in (*BLOCKERS, nasty)]
    facts = inner | lists | {"environments": places, "services": places, "places": places}
    facts |= {"blockers": found}
    assert [p for code in known_codes() for p in problems(reply(Outcome(code, facts)))] == []


@QUICK
@example("blocked", {"blockers": [None]})
@given(st.sampled_from(sorted(NOTES)), st.dictionaries(st.sampled_from(FACTS), ANYTHING))
def test_slack_takes_every_note(code: str, facts: dict[str, Any]) -> None:
    drawn = draw_note(code, facts)
    assert drawn is not None
    assert problems(drawn) == []


@pytest.mark.parametrize("nasty", NASTY)
def test_slack_takes_every_form(nasty: str) -> None:
    facts = {
        "services": ["api", nasty, *(f"s{n}" for n in range(200))],
        "service": nasty or "s199",
        "versions": [{"version": v, "subject": nasty} for v in ("1.0.0", "1.0.0", nasty, "v" * 90)],
        "version": "1.0.0",
        "environments": [nasty, "production"],
        "environment": nasty,
        "reason": nasty,
    }
    views = [
        forms.deploy_form(facts, error=nasty),
        forms.rollback_form(facts, error=nasty),
        forms.reject_form(12, nasty),
        forms.unlock_form({"environment": nasty, "claim": 5, "reason": nasty, "since": 1}),
        forms.answer_view(draw_deployment(replace(WAITING, reason=nasty))),
        forms.answer_view(message(nasty or "x")),
        forms.deploy_form({"services": ["api"], "service": "api"}),
    ]
    assert [p for view in views for p in view_problems(view)] == []


@QUICK
@given(ANYTHING, st.sampled_from(FACTS))
def test_a_fact_of_any_shape_is_told_without_an_exception(value: object, name: str) -> None:
    told = Told({name: value})
    assert isinstance(told[name] + told.when(name) + told.who(name) + told.people(name), str)
    assert isinstance(told.number(name), int)


def test_a_message_with_too_many_blocks_says_so() -> None:
    drawn = message("x", [{"type": "divider"}] * 80)
    assert len(drawn.blocks) == 50
    assert "more than one message" in str(drawn.blocks[-1])
