"""The setup file changes under what is there: said once, with what to do; nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.reply import reply
from bot.views.notices import draw_notice
from handlers.drifts import made_as
from handlers.messages import (
    CLOCK,
    ApproveBooking,
    ApproveDeployment,
    ApproveReset,
    BookEnvironments,
    CancelDeployment,
    ClearLock,
    Command,
    CompareSetup,
    CreateEnvironment,
    ExpireApprovals,
    ExtendBooking,
    FreeEnvironment,
    JoinWaitList,
    KeepEnvironment,
    LeaveWaitList,
    ListBookings,
    ListEnvironments,
    PlanEnvironment,
    PrepareEnvironment,
    Question,
    RequestDeploy,
    ResetEnvironment,
    ShowBoard,
    ShowEnvironment,
    ShowHelp,
    ShowStatus,
    ShowUsage,
    SweepBookings,
    SweepEnvironments,
    TakeOver,
)
from handlers.ports import PortError
from handlers.setup import InForce, load
from handlers.snapshots import booking_view, deployment_view, preparation_view
from handlers.tables import Booking, Created, Deployment, Notice, Preparation
from handlers.work import deploy
from handlers.work.bench import open_bench
from tests.desk import Desk
from tests.test_gate import make_live
from tests.test_instances import Yard

ANA, BEN, OPAL, CLEO = "U0ANA", "U0BEN", "U0OPAL", "U0CLEO"
FREE, DUO = "free-1", "duo-1"


@pytest.fixture
def file(desk: Desk, tmp_path: Path) -> Callable[[Callable[[Any], Any]], None]:
    """Change the setup file and start anew with it."""
    path = tmp_path / "team.yml"

    def change(how: Callable[[Any], Any]) -> None:
        told = json.loads(path.read_text("utf-8"))
        how(told)
        path.write_text(json.dumps(told), encoding="utf-8")
        desk.setup = load(path)

    return change


File = Callable[[Callable[[Any], Any]], None]


def live(desk: Desk, environment: str = FREE) -> None:
    make_live(desk, "1.0.0", environment)
    with desk.store.write() as session:
        made = made_as(desk.setup, environment, "shop-api")
        session.execute(update(Deployment).where(Deployment.id == 900).values(made_as=made))


def compares(desk: Desk) -> str:
    """A tick of the clock; what it told whom."""
    desk.later(minutes=1)
    said = desk.gate.submit(CompareSetup(), CLOCK, f"clock:{desk.at}")
    return said.code


def told(desk: Desk, user: str) -> list[tuple[str, str]]:
    with desk.store.read() as session:
        rows = list(session.query(Notice).filter_by(user=user).order_by(Notice.id))
        drawn = [(one.code, draw_notice(one.code, one.facts)) for one in rows]
    return [(code, f"{said.text} {said.blocks}") for code, said in drawn]


def test_a_file_that_stays_tells_nobody_anything(desk: Desk) -> None:
    live(desk)
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    assert compares(desk) == "nothing_due"
    assert told(desk, OPAL) == told(desk, ANA) == []


def test_what_is_live_and_would_be_made_otherwise_is_said_once(desk: Desk, file: File) -> None:
    live(desk)
    before = list(desk.setup.services["shop-api"].command)
    file(lambda told: told["services"]["shop-api"].update(command=["one", "{port}"]))
    assert compares(desk) == "setup_compared"
    assert compares(desk) == "nothing_due"
    ((code, said),) = told(desk, OPAL)
    assert code == "setup_changed"
    assert "command of shop-api: was" in said
    assert "is `['one', '{port}']`" in said
    assert f"/deploy shop-api 1.0.0 to {FREE}" in said
    page = str(reply(desk.asks(ShowEnvironment(FREE), BEN)).blocks)
    assert "has changed since this was made" in page
    file(lambda told: told["services"]["shop-api"].update(command=["other", "{port}"]))
    assert compares(desk) == "setup_compared", "something else is news again"
    file(lambda told: told["services"]["shop-api"].update(command=before))
    assert compares(desk) == "nothing_due"
    file(lambda told: told["services"]["shop-api"].update(command=["other", "{port}"]))
    assert compares(desk) == "setup_compared"


def test_what_is_asked_anew_each_time_is_nothing_that_was_made(desk: Desk, file: File) -> None:
    live(desk)
    file(lambda told: told["services"]["shop-api"]["health"].update(timeout="9s"))
    file(lambda told: told["services"]["shop-api"].update(watch="9s", keep=9))
    assert compares(desk) == "nothing_due"


def test_the_same_version_may_then_be_deployed_anew(desk: Desk, file: File) -> None:
    live(desk)
    again = RequestDeploy("shop-api", "1.0.0", FREE)
    assert "already_live" in str(desk.asks(again, ANA).facts)
    file(lambda told: told["services"]["shop-api"].update(variables={"COLOUR": "red"}))
    assert desk.asks(again, ANA).code == "queued"
    said = str(reply(desk.asks(ShowEnvironment(FREE), BEN)).blocks)
    assert "variables of shop-api are others now" in said
    assert "red" not in said


def test_a_blueprint_that_changes_is_told_to_who_made_an_environment_from_it(
    desk: Desk, file: File
) -> None:
    desk.asks(CreateEnvironment("demo", "preview"), ANA)

    def other(told: Any) -> None:
        blueprint = told["blueprints"]["preview"]
        blueprint["tier"] = "development"
        del blueprint["services"]["shop-web"]

    file(other)
    assert compares(desk) == "setup_compared"
    ((code, said),) = told(desk, ANA)
    assert code == "setup_changed"
    assert "tier: was `test`, is `development`" in said
    assert "shop-web is not to be there any more" in said
    assert "/env create demo from preview" in said
    assert told(desk, OPAL) == []
    assert desk.asks(RequestDeploy("shop-web", "1.0.0", "demo"), ANA).code == "queued"


def test_what_an_older_bot_did_not_write_down_is_nobodys_change(desk: Desk) -> None:
    live(desk)
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    with desk.store.write() as session:
        row = session.query(Created).one()
        row.shape = {name: value for name, value in row.shape.items() if name != "stop"}
        made = session.get_one(Deployment, 900)
        made.made_as = {n: v for n, v in (made.made_as or {}).items() if n != "command"}
    assert compares(desk) == "nothing_due"


def test_a_blueprint_that_is_removed_leaves_what_was_made_from_it(desk: Desk, file: File) -> None:
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    file(lambda told: told.pop("blueprints"))
    assert compares(desk) == "setup_compared"
    ((_, said),) = told(desk, ANA)
    assert "the blueprint preview is not there any more" in said
    assert desk.asks(RequestDeploy("shop-api", "1.0.0", "demo"), ANA).code == "queued"
    assert desk.asks(KeepEnvironment("demo", "for 3d"), ANA).code == "blueprint_gone"


def test_a_service_that_is_taken_out_of_an_environment_is_said(desk: Desk, file: File) -> None:
    live(desk)

    def without(told: Any) -> None:
        del told["environments"][FREE]["services"]["shop-api"], told["environments"][FREE]["smoke"]

    file(without)
    assert compares(desk) == "setup_compared"
    ((_, said),) = told(desk, OPAL)
    assert "shop-api is not to be there any more" in said
    assert "/ops leftovers" in said


def busy(desk: Desk, file: File) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """An environment in which something lives, waits, is booked and is to be reset."""
    reset_by = {"by": ["operator"], "approvals": {"needed": 1, "by": ["approver"]}}
    file(lambda told: told["environments"][DUO].update(reset=reset_by))
    live(desk, DUO)
    train = desk.asks(RequestDeploy("shop-api", "1.1.0", DUO), ANA).facts
    reset = desk.asks(ResetEnvironment(DUO, "the data is a mess"), OPAL).facts
    booked = desk.asks(BookEnvironments((DUO,), "for 2h"), ANA).facts["bookings"][0]
    desk.asks(JoinWaitList(DUO, "for 1h"), BEN)
    return dict(train), dict(reset), dict(booked)


def test_an_environment_that_is_removed_is_said_once_to_all_whom_it_concerns(
    desk: Desk, file: File
) -> None:
    busy(desk, file)
    file(lambda told: told["environments"].pop(DUO))
    assert compares(desk) == "setup_compared"
    assert compares(desk) == "nothing_due"
    for user in (ANA, OPAL):
        ((code, said),) = (one for one in told(desk, user) if one[0] == "environment_removed")
        assert "shop-api 1.0.0 still run" in said, code
        assert "1 deployment to it cannot go on" in said
        assert "1 booking of it mean" in said
    for question in (ShowEnvironment(DUO), PlanEnvironment(DUO)):
        said = reply(desk.asks(question, BEN)).text
        assert "is not in `team.yml` any more" in said
        assert "put it back" in said


def test_nothing_breaks_over_an_environment_that_is_removed(desk: Desk, file: File) -> None:
    train, reset, booked = busy(desk, file)
    file(lambda told: told["environments"].pop(DUO))
    number, seen = int(train["deployment"]), desk.row(int(train["deployment"])).fingerprint
    with desk.store.read() as session:
        prepared = session.get_one(Preparation, int(reset["preparation"])).fingerprint
        held = session.get_one(Booking, int(booked["booking"])).fingerprint
    asked: list[Command | Question] = [
        ListEnvironments(), ShowEnvironment(DUO), ShowBoard(), ShowHelp("/env"), ShowStatus(),
        ListBookings(), ListBookings(DUO), ShowUsage(),
        ApproveDeployment(number, seen), ApproveReset(int(reset["preparation"]), prepared),
        ApproveBooking(int(booked["booking"]), held), ExtendBooking(DUO, "by 1h"),
        TakeOver(DUO, "it is needed"), LeaveWaitList(DUO), PrepareEnvironment(DUO),
        ClearLock(DUO, 0, "it is gone"), FreeEnvironment(DUO), CancelDeployment(number),
    ]  # fmt: skip
    for question in asked:
        for who in (CLEO, OPAL, BEN, ANA):
            said = desk.asks(question, who)
            assert said.code != "crashed", (question, who)
            assert len(reply(said).text) > 5
    for hours in (0, 1, 3):
        desk.later(hours=hours)
        for command in (ExpireApprovals(), SweepBookings(), SweepEnvironments()):
            said = desk.gate.submit(command, CLOCK, f"clock:{hours}:{command}")
            assert said.code != "crashed", command
    with desk.store.read() as session:
        deployment_view(session, desk.setup, desk.at, number)
        booking_view(session, desk.setup, desk.at, int(booked["booking"]))
        preparation_view(session, desk.setup, desk.at, int(reset["preparation"]))


def test_work_that_was_queued_there_ends_with_a_sentence_and_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    yard = Yard(desk, tmp_path / "team.yml")
    number = 950
    with desk.store.write() as session:
        row = Deployment(
            id=number, kind="deploy", service="shop-api", environment=FREE, version="1.1.0",
            commit="c" * 40, state="queued", team="T", requester=ANA, requested_at=desk.at,
        )  # fmt: skip
        session.add(row)
    kept = {n: e for n, e in yard.tools.declared.environments.items() if n != FREE}
    left = InForce(desk.setup.model_copy(update={"environments": kept}))
    tools = replace(yard.tools, in_force=left)
    open_bench(tools)
    with desk.store.write() as session:
        assert deploy._begin(session, session.get_one(Deployment, number), []) == deploy.STOP
    with desk.store.read() as session:
        card = deployment_view(session, tools.setup, desk.at, number)
    assert card.state == "blocked"
    assert "not_in_setup_any_more" in str(card.blockers)
    assert yard.runtime.calls == []
    with pytest.raises(PortError, match="not in the setup file any more"):
        tools.runtime(FREE)
