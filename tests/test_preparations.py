"""Preparing and resetting an environment, at the gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.reply import reply
from bot.say import plain
from handlers.environments import holds, take_hold
from handlers.messages import (
    CLOCK,
    DecidePreparation,
    ListEnvironments,
    LockEnvironment,
    PrepareEnvironment,
    Question,
    ReconcilePreparation,
    RequestDeploy,
    ResetEnvironment,
    ShowBoard,
    ShowEnvironment,
    ShowStatus,
)
from handlers.subjects import preparation
from handlers.tables import Card, Preparation, Step
from handlers.work.lost import SETTLED, lost_preparations
from tests.databases import migrated
from tests.desk import Desk, open_desk

ANA, BEN, OPAL, DEVI = "U0ANA", "U0BEN", "U0OPAL", "U0DEVI"
WHY = "the data is a mess"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'station.db'}"
    migrated(url)
    with open_desk(url, tmp_path) as desk:
        yield desk


def stuck(desk: Desk) -> int:
    """A reset that stopped at its third step."""
    number = int(desk.asks(ResetEnvironment("free-1", WHY), OPAL).facts["preparation"])
    with desk.store.write() as session:
        row = session.get_one(Preparation, number)
        row.state, row.failure, row.started_at = "stuck", "The disk is full.", desk.at
        take_hold(session, desk.at, row, preparation(number))
        states = {"shut_down": "complete", "back_up": "error", "restore": "pending"}
        for position, (name, state) in enumerate(states.items()):
            session.add(
                Step(of=preparation(number), name=name, position=position, state=state, detail="")
            )
    return number


def read(desk: Desk, number: int) -> tuple[str, int, bool, list[str]]:
    with desk.store.read() as session:
        row = session.get_one(Preparation, number)
        steps = session.query(Step).filter_by(of=preparation(number)).order_by(Step.position)
        held = holds(session, row.environment, preparation(number))
        return row.state, row.attempt, held, [step.state for step in steps]


def test_it_gets_a_card_and_its_place_in_the_queue(desk: Desk) -> None:
    desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), ANA)
    said = desk.asks(PrepareEnvironment("free-1"), OPAL)
    assert (said.code, said.facts["behind"]) == ("preparation_queued", 1)
    work = desk.started[-1]
    assert (work.workflow, work.environment) == ("bring_up", "free-1")
    assert work.place > desk.started[-2].place
    with desk.store.read() as session:
        assert session.get(Card, ("preparation", said.facts["preparation"])) is not None


def test_what_comes_later_is_queued_behind_it_and_says_so(desk: Desk) -> None:
    desk.asks(PrepareEnvironment("free-1"), OPAL)
    said = desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), ANA)
    assert said.code == "queued"
    assert [(a["kind"], a["environment"]) for a in said.facts["ahead"]] == [("prepare", "free-1")]


def test_there_is_one_at_a_time_in_an_environment(desk: Desk) -> None:
    desk.asks(PrepareEnvironment("free-1"), OPAL)
    said = desk.asks(ResetEnvironment("free-1", WHY), OPAL)
    assert (said.code, said.facts["requester"]) == ("preparing_already", OPAL)
    assert desk.asks(PrepareEnvironment("free-2"), OPAL).code == "preparation_queued"


@pytest.mark.parametrize(
    ("who", "prepares", "resets"),
    [(ANA, "not_permitted", "not_permitted"), (DEVI, "not_permitted", "not_permitted"),
     (OPAL, "preparation_queued", "preparation_queued")],
)  # fmt: skip
def test_each_needs_its_own_power(desk: Desk, who: str, prepares: str, resets: str) -> None:
    assert desk.asks(PrepareEnvironment("free-1"), who).code == prepares
    assert desk.asks(ResetEnvironment("free-2", WHY), who).code == resets


def test_nobody_resets_where_the_blueprint_names_nobody(desk: Desk) -> None:
    assert desk.asks(ResetEnvironment("prod-1", WHY), OPAL).code == "not_permitted"


def test_bad_words_are_refused_and_change_nothing(desk: Desk) -> None:
    assert desk.asks(ResetEnvironment("free-1", " ? "), OPAL).code == "reason_needed"
    assert desk.asks(PrepareEnvironment("fre-1"), OPAL).code == "unknown_environment"
    assert desk.started == []


def test_a_lock_of_somebody_else_keeps_it_out(desk: Desk) -> None:
    desk.asks(LockEnvironment("free-1", "for 1h", "load test runs"), BEN)
    said = desk.asks(PrepareEnvironment("free-1"), OPAL)
    assert said.code == "preparation_blocked"
    assert [b["code"] for b in said.facts["blockers"]] == ["locked_by_person"]
    desk.later(hours=2)
    desk.directory_read()
    assert desk.asks(PrepareEnvironment("free-1"), OPAL).code == "preparation_queued"


def test_stuck_it_keeps_deployments_out_and_they_are_told_why(desk: Desk) -> None:
    number = stuck(desk)
    said = desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), ANA)
    assert said.code == "blocked"
    (blocker,) = said.facts["blockers"]
    assert (blocker["code"], blocker["facts"]["preparation"]) == ("held_up", number)
    assert blocker["facts"]["failure"] == "The disk is full."


@pytest.mark.parametrize(
    ("choice", "after"),
    [
        ("retry", ("queued", 2, True, ["complete", "error", "pending"])),
        ("skip", ("queued", 2, True, ["complete", "skipped", "pending"])),
        ("abort", ("aborted", 1, False, ["complete", "error", "pending"])),
    ],
)
def test_a_person_decides_what_becomes_of_a_step_that_failed(
    desk: Desk, choice: str, after: tuple[str, int, bool, list[str]]
) -> None:
    number = stuck(desk)
    begun = len(desk.started)
    assert not desk.asks(DecidePreparation(number, 1, choice), OPAL).refused  # type: ignore[arg-type]
    assert read(desk, number) == after
    assert len(desk.started) - begun == (choice != "abort")
    again = desk.asks(DecidePreparation(number, 1, choice), OPAL)  # type: ignore[arg-type]
    assert again.code == "preparation_moved_on"
    assert read(desk, number) == after


def test_only_who_may_reset_there_decides_about_a_reset(desk: Desk) -> None:
    number = stuck(desk)
    before = read(desk, number)
    assert desk.asks(DecidePreparation(number, 1, "abort"), ANA).code == "not_permitted"
    assert desk.asks(DecidePreparation(99, 1, "abort"), OPAL).code == "preparation_moved_on"
    assert read(desk, number) == before


def test_work_that_was_lost_is_found_and_started_again(desk: Desk) -> None:
    number = int(desk.asks(PrepareEnvironment("free-1"), OPAL).facts["preparation"])
    states: dict[str, str] = {}
    engine: Any = SimpleNamespace(states=lambda names: dict(states))
    assert lost_preparations(desk.store, engine, desk.at) == []
    desk.at += 2 * SETTLED
    assert lost_preparations(desk.store, engine, desk.at) == [(number, "")]
    desk.gate.submit(ReconcilePreparation(number, ""), CLOCK, "tick:1")
    assert desk.started[0] == desk.started[1]
    states[desk.started[0].name] = "PENDING"
    assert lost_preparations(desk.store, engine, desk.at) == []


def test_work_that_the_engine_gave_up_on_is_handed_to_a_person(desk: Desk) -> None:
    number = stuck(desk)
    with desk.store.write() as session:
        session.get_one(Preparation, number).state = "running"
        session.get_one(Step, ("preparation", number, "back_up")).state = "in_progress"
    assert not desk.gate.submit(ReconcilePreparation(number, "ERROR"), CLOCK, "tick:1").refused
    assert read(desk, number) == ("stuck", 1, True, ["complete", "error", "pending"])


@pytest.mark.parametrize(
    "question", [ShowBoard(), ListEnvironments(), ShowEnvironment("free-1"), ShowStatus()]
)
def test_one_that_is_stuck_is_shown_wherever_environments_are(
    desk: Desk, question: Question
) -> None:
    number = stuck(desk)
    said = plain(reply(desk.asks(question, ANA)))
    assert f"#{number} reset of *free-1* needs a person since" in said
    assert "step 2 of 3: Keep a copy of the data" in said
    assert "The disk is full." in said
