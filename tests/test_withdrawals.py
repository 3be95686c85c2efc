"""Taking back a preparation or a reset that waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.reply import reply
from bot.views.preparations import draw_preparation
from handlers.messages import (
    Outcome,
    PrepareEnvironment,
    ResetEnvironment,
    WithdrawPreparation,
)
from handlers.snapshots import preparation_view
from handlers.tables import Preparation
from handlers.work import bring_up
from handlers.work.bench import open_bench
from tests.databases import empty_database
from tests.desk import Desk, open_desk
from tests.test_instances import Yard
from tests.workspace import labels

OPAL, ANA, DEVI = "U0OPAL", "U0ANA", "U0DEVI"
FREE, HOME = "free-1", "home-1"
SPOTS = {"free": 2, "prod": 2, "duo": 1, "home": 1}


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(empty_database(request, tmp_path), tmp_path, SPOTS) as desk:
        yield desk


def prepares(desk: Desk, environment: str = FREE) -> int:
    return int(desk.asks(PrepareEnvironment(environment), OPAL).facts["preparation"])


def withdraws(desk: Desk, by: str = OPAL, environment: str = FREE, number: int = 0) -> Outcome:
    outcome = desk.asks(WithdrawPreparation(environment, number), by)
    assert outcome.code != "crashed"
    assert len(reply(outcome).text) > 20
    return outcome


def state(desk: Desk, number: int, **values: object) -> Preparation:
    with desk.store.write() as session:
        row = session.get_one(Preparation, number)
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        session.expunge(row)
        return row


def buttons(desk: Desk, number: int) -> list[str]:
    with desk.store.read() as session:
        card = preparation_view(session, desk.setup, desk.at, number)
    return labels({"blocks": draw_preparation(card).blocks})


def test_what_is_queued_is_taken_back_and_its_work_does_nothing(desk: Desk, tmp_path: Path) -> None:
    number = prepares(desk)
    assert buttons(desk, number) == ["Withdraw"]
    assert withdraws(desk).code == "preparation_withdrawn"
    row = state(desk, number)
    assert (row.state, row.ended_by, row.ended_at) == ("withdrawn", OPAL, desk.at)
    assert buttons(desk, number) == []
    open_bench(Yard(desk, tmp_path / "team.yml").tools)
    with desk.store.write() as session:
        assert bring_up._begin(session, number) == []
    assert state(desk, number).state == "withdrawn"
    assert prepares(desk) != number, "another may be asked for at once"


def test_a_reset_that_waits_for_approval_is_taken_back_too(desk: Desk) -> None:
    said = desk.asks(ResetEnvironment(HOME, "the data is a mess"), OPAL)
    number = int(said.facts["preparation"])
    assert buttons(desk, number) == ["Approve", "Reject", "Withdraw"]
    assert withdraws(desk, environment=HOME, number=number).code == "preparation_withdrawn"
    assert withdraws(desk, environment=HOME, number=number).code == "not_withdrawable"


def test_others_need_the_role_for_it(desk: Desk) -> None:
    number = prepares(desk)
    assert withdraws(desk, ANA).code == "not_permitted"
    assert state(desk, number).state == "queued"
    state(desk, number, requester=ANA)
    assert withdraws(desk, OPAL).code == "preparation_withdrawn"


def test_what_has_begun_is_not_withdrawn(desk: Desk) -> None:
    number = prepares(desk)
    state(desk, number, state="running", started_at=desk.at)
    said = withdraws(desk)
    assert said.code == "not_withdrawable"
    assert "Abort" in reply(said).text
    state(desk, number, state="queued")  # tried again after a step failed: it holds what it has
    assert withdraws(desk, number=number).code == "not_withdrawable"
    assert buttons(desk, number) == []


def test_nothing_there_is_said(desk: Desk) -> None:
    assert withdraws(desk).code == "nothing_to_withdraw"
    assert withdraws(desk, environment="nowhere").code == "unknown_environment"
    assert withdraws(desk, number=77).code == "preparation_moved_on"
    number = prepares(desk)
    withdraws(desk)
    assert withdraws(desk, number=number).code == "not_withdrawable"
