"""Environments that are stopped, started and restarted: at the gate, and what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.parse import Misunderstood, parse
from bot.reply import reply
from bot.say import plain
from handlers.messages import (
    CLOCK,
    BookEnvironments,
    Command,
    CreateEnvironment,
    ListEnvironments,
    LockEnvironment,
    Outcome,
    PrepareEnvironment,
    Question,
    RequestDeploy,
    RestartEnvironment,
    ReviveService,
    ScaleService,
    ShowBoard,
    ShowEnvironment,
    ShowStatus,
    StartEnvironment,
    StopEnvironment,
)
from handlers.scaling import hindrance
from handlers.stop_rows import begin_stop, end_stop, stopped
from handlers.tables import Deployment, Measurement, Preparation, Release
from handlers.work.drift import is_busy
from tests.databases import empty_database
from tests.desk import Desk, open_desk

ANA, BEN, OPAL, CLEO = "U0ANA", "U0BEN", "U0OPAL", "U0CLEO"


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(empty_database(request, tmp_path), tmp_path) as desk:
        yield desk


def goes_live(desk: Desk, environment: str = "free-1", service: str = "shop-api") -> int:
    with desk.store.write() as session:
        row = Deployment(
            kind="deploy", service=service, environment=environment, version="1.0.0",
            commit="a" * 40, state="live", team="T0STATION", requester=BEN,
            requested_at=desk.at, live_at=desk.at, failure="It answers 500.",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def comes_to_rest(desk: Desk, environment: str = "free-1", by: str = ANA) -> None:
    """As the work does it when nothing runs there any more."""
    with desk.store.write() as session:
        row = Preparation(environment=environment, requester=by, reason="")
        begin_stop(session, desk.at, row)


def twice(desk: Desk, command: Command, by: str) -> Outcome:
    """Ask, and say it once more as it was told."""
    asked = desk.asks(command, by)
    assert asked.refused
    seen = str(asked.facts["seen"])
    return desk.asks(type(command)(**vars(command) | {"seen": seen}), by)


def test_what_a_stop_hits_is_told_first_and_has_to_be_said_again(desk: Desk) -> None:
    goes_live(desk)
    said = desk.asks(StopEnvironment("free-1"), ANA)
    assert (said.code, said.refused) == ("sure_to_stop", True)
    drawn = reply(said)
    assert "shop-api 1.0.0, 1 instance, deployed by @U0BEN" in plain(drawn)
    assert "environment.stop" in json.dumps(drawn.blocks)
    assert desk.started == []
    assert twice(desk, StopEnvironment("free-1"), ANA).code == "preparation_queued"
    assert (desk.started[-1].workflow, desk.started[-1].environment) == ("bring_up", "free-1")


def test_a_second_word_counts_for_what_was_seen_and_nothing_else(desk: Desk) -> None:
    goes_live(desk)
    seen = str(desk.asks(StopEnvironment("free-1"), ANA).facts["seen"])
    goes_live(desk, service="shop-web")
    again = desk.asks(StopEnvironment("free-1", "", seen), ANA)
    assert (again.code, again.facts["again"]) == ("sure_to_stop", True)
    assert "has changed since" in plain(reply(again))
    assert desk.asks(RestartEnvironment("free-1", "", "", seen), ANA).code == "sure_to_restart"


def test_who_made_an_environment_stops_it_at_once_whatever_others_may(desk: Desk) -> None:
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    goes_live(desk, "demo")
    assert desk.asks(StopEnvironment("demo"), CLEO).code == "not_permitted"
    assert desk.asks(StopEnvironment("demo"), ANA).code == "preparation_queued"


@pytest.mark.parametrize("kind", [StopEnvironment, StartEnvironment, RestartEnvironment])
def test_production_is_for_who_may_unlock_there(desk: Desk, kind: Any) -> None:
    goes_live(desk, "prod-1")
    assert desk.asks(kind("prod-1"), ANA).code == "not_permitted"
    assert desk.asks(kind("prod-1"), OPAL).code != "not_permitted"
    assert "It is *production*." in plain(reply(desk.asks(StopEnvironment("prod-1"), OPAL)))


def test_what_somebody_else_has_booked_or_locked_is_left_alone(desk: Desk) -> None:
    goes_live(desk)
    desk.asks(BookEnvironments(("free-1",), "for 1h"), BEN)
    said = twice(desk, StopEnvironment("free-1"), ANA)
    assert said.code == "preparation_blocked"
    assert [b["code"] for b in said.facts["blockers"]] == ["booked"]
    assert "@U0BEN" in plain(reply(said))
    goes_live(desk, "free-2")
    desk.asks(LockEnvironment("free-2", "for 1h", "load test"), OPAL)
    locked = twice(desk, RestartEnvironment("free-2"), ANA)
    assert [b["code"] for b in locked.facts["blockers"]] == ["locked_by_person"]


def test_where_a_deployment_runs_it_comes_first(desk: Desk) -> None:
    goes_live(desk)
    desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), BEN)
    for command in (StopEnvironment("free-1"), RestartEnvironment("free-1")):
        said = desk.asks(command, ANA)
        assert said.code == "deploying_there"
        assert "*shop-api 1.1.0 → free-1*" in plain(reply(said))


@pytest.mark.parametrize(
    ("command", "code"),
    [(StopEnvironment("free-1"), "nothing_to_stop"), (StopEnvironment("fre-1"),
     "unknown_environment"), (StartEnvironment("free-1"), "not_stopped"),
     (StartEnvironment("nope"), "unknown_environment"),
     (RestartEnvironment("free-1"), "nothing_to_stop"),
     (RestartEnvironment("free-1", "shop-apy"), "unknown_service"),
     (RestartEnvironment("nope", "shop-api"), "unknown_environment")],
)  # fmt: skip
def test_bad_words_are_refused_and_start_nothing(desk: Desk, command: Command, code: str) -> None:
    said = desk.asks(command, ANA)
    assert said.code == code
    assert desk.started == []
    assert plain(reply(said))


def test_stopped_it_is_neither_stopped_again_nor_restarted_nor_scaled(desk: Desk) -> None:
    goes_live(desk)
    comes_to_rest(desk)
    assert desk.asks(StopEnvironment("free-1"), BEN).code == "stopped_already"
    assert desk.asks(RestartEnvironment("free-1"), BEN).code == "restart_stopped"
    assert desk.asks(StartEnvironment("free-1"), BEN).code == "preparation_queued"
    assert desk.asks(StartEnvironment("free-1"), BEN).code == "preparing_already"


def test_stopped_it_is_not_started_again_as_if_it_had_died(desk: Desk) -> None:
    number = goes_live(desk)
    comes_to_rest(desk)
    assert desk.gate.submit(ReviveService(number), CLOCK, "t1").code == "nothing_due"
    with desk.store.write() as session:
        assert is_busy(session, "free-1", desk.at)
        assert end_stop(session, desk.at, "free-1", BEN)
        assert not end_stop(session, desk.at, "free-1", BEN)
        assert stopped(session, "free-1") is None
    assert desk.gate.submit(ReviveService(number), CLOCK, "t2").code == "revival_started"


@pytest.mark.parametrize(("at_rest", "code"), [(True, "queued"), (False, "blocked")])
def test_what_needs_a_service_that_is_stopped_counts_on_it(
    desk: Desk, at_rest: bool, code: str
) -> None:
    """It comes back before anything is deployed, so nobody is refused because it does not run."""
    goes_live(desk, service="shop-web")
    with desk.store.write() as session:
        release = session.query(Release).filter_by(service="shop-api", version="1.1.0").one()
        release.needs = {"services": {"shop-web": "==1.0.0"}}
        session.add(
            Measurement(environment="free-1", name="service:shop-web", value=None, at=desk.at)
        )
    if at_rest:
        comes_to_rest(desk)
    assert desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), BEN).code == code
    assert desk.asks(RequestDeploy("shop-api", "1.2.0", "free-1"), BEN).code == "queued"


def test_stopped_it_can_be_prepared_and_is_not_scaled(desk: Desk) -> None:
    goes_live(desk)
    comes_to_rest(desk)
    assert desk.asks(PrepareEnvironment("free-1"), OPAL).code == "preparation_queued"
    assert desk.asks(ScaleService("free-1", "shop-api", 2), OPAL).code == "not_scalable"
    with desk.store.read() as session:
        found = hindrance(session, desk.setup, desk.at, ("free-1", OPAL))
    assert found is not None
    assert found.code == "scaling_stopped"


@pytest.mark.parametrize(
    "question", [ShowBoard(), ListEnvironments(), ShowEnvironment("free-1"), ShowStatus()]
)
def test_wherever_environments_are_it_is_said_who_stopped_it_and_nobody_calls_it_ill(
    desk: Desk, question: Question
) -> None:
    goes_live(desk)
    ill = plain(reply(desk.asks(question, ANA)))
    comes_to_rest(desk)
    said = plain(reply(desk.asks(question, ANA)))
    assert "Stopped* by @U0ANA since" in said
    assert "wakes when deployed to" in said
    assert "\N{POLICE CARS REVOLVING LIGHT}" not in said
    assert isinstance(question, ShowStatus) or "\N{POLICE CARS REVOLVING LIGHT}" in ill


@pytest.mark.parametrize(
    ("text", "code"),
    [("stop", "missing_words"), ("stop free-1 now", "too_many_words"), ("start", "missing_words"),
     ("start free-1 free-2", "too_many_words"), ("restart", "missing_words"),
     ("restart free-1 shop-api twice", "too_many_words"), ("stop frée-1", "bad_name"),
     ("restart free-1 shop_api", "bad_name"), ("start <!channel>", "bad_name"),
     ("stp free-1", "unknown_word"), ("stop " + "x" * 41, "bad_name"),
     ("keep free-1", "missing_words"),
     ("stop " + "x" * 3000, "too_long")],
)  # fmt: skip
def test_words_that_are_none_are_refused_with_the_piece_that_is_wrong(text: str, code: str) -> None:
    said = parse("/env", text)
    assert isinstance(said, Misunderstood)
    assert said.code == code


@pytest.mark.parametrize(
    ("text", "command"),
    [("stop free-1 because it is night", StopEnvironment("free-1", "it is night")),
     ("START free-1", StartEnvironment("free-1")),
     ("restart free-1", RestartEnvironment("free-1")),
     ("restart free-1 shop-api because it leaks",
      RestartEnvironment("free-1", "shop-api", "it leaks"))],
)  # fmt: skip
def test_words_are_read_as_they_are_meant(text: str, command: Command) -> None:
    assert parse("/env", text) == command
