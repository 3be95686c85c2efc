"""Resets that somebody else has to say yes to, at the gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handlers.messages import (
    CLOCK,
    ApproveReset,
    ExpireApprovals,
    Outcome,
    PrepareEnvironment,
    RejectReset,
    ResetEnvironment,
    ShowBoard,
)
from handlers.reset_approvals import still_approved
from handlers.tables import Deployment, GroupMember, Preparation, Release
from tests.databases import migrated
from tests.desk import Desk, open_desk
from tests.station import RULES

ANA, BEN, CLEO, DEVI, OPAL = "U0ANA", "U0BEN", "U0CLEO", "U0DEVI", "U0OPAL"
HOME, WHY = "home-1", "the data is a mess"


@pytest.fixture
def needed() -> int:
    return 1


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needed: int) -> Iterator[Desk]:
    approvals = {"needed": needed, "by": ["approver"], "expire": "20m"}
    reset = {"by": ["operator", "approver"], "approvals": approvals}
    monkeypatch.setitem(RULES, "home", RULES["home"] | {"reset": reset})
    url = f"sqlite:///{tmp_path / 'station.db'}"
    migrated(url)
    with open_desk(url, tmp_path, {"home": 2}) as desk:
        yield desk


def asked(desk: Desk, by: str = OPAL) -> tuple[int, str]:
    said = desk.asks(ResetEnvironment(HOME, WHY), by)
    assert said.code == "reset_asked", said
    number = int(said.facts["preparation"])
    return number, seen(desk, number)


def seen(desk: Desk, number: int) -> str:
    return str(row(desk, number).fingerprint)


def row(desk: Desk, number: int) -> Preparation:
    with desk.store.read() as session:
        found = session.get_one(Preparation, number)
        session.expunge(found)
        return found


def approves(desk: Desk, number: int, by: str, fingerprint: str = "") -> Outcome:
    return desk.asks(ApproveReset(number, fingerprint or seen(desk, number)), by)


def goes_live(desk: Desk, version: str) -> None:
    with desk.store.write() as session:
        found = session.query(Release).filter_by(service="shop-api", version=version).one()
        session.add(
            Deployment(
                kind="deploy", service="shop-api", environment=HOME, version=version,
                commit=found.commit, state="live", team="", requester=ANA, requested_at=desk.at,
            )
        )  # fmt: skip


def test_nothing_is_started_before_somebody_else_has_said_yes(desk: Desk) -> None:
    number, _ = asked(desk)
    assert (row(desk, number).state, desk.started) == ("waiting", [])
    said = approves(desk, number, CLEO)
    assert said.code == "reset_approved"
    assert row(desk, number).state == "queued"
    assert [(w.workflow, w.number) for w in desk.started] == [("bring_up", number)]


@pytest.mark.parametrize(
    ("by", "code"), [(BEN, "reset_approved"), (ANA, "not_permitted"), (OPAL, "not_permitted")]
)
def test_only_who_has_the_role_says_yes(desk: Desk, by: str, code: str) -> None:
    number, _ = asked(desk, CLEO)
    assert approves(desk, number, by).code == code


def test_whoever_asked_never_does_whatever_their_role(desk: Desk) -> None:
    number, _ = asked(desk, CLEO)
    assert approves(desk, number, CLEO).code == "preparation_own_request"
    assert row(desk, number).state == "waiting"


@pytest.mark.parametrize("needed", [2])
def test_each_person_counts_once(desk: Desk) -> None:
    number, _ = asked(desk)
    assert approves(desk, number, CLEO).code == "reset_approval_counted"
    assert approves(desk, number, CLEO).code == "preparation_already_approved_by_you"
    assert desk.started == []
    assert approves(desk, number, DEVI).code == "reset_approved"


@pytest.mark.parametrize("needed", [2])
def test_who_may_not_approve_any_more_does_not_count(desk: Desk) -> None:
    number, _ = asked(desk)
    approves(desk, number, CLEO)
    with desk.store.write() as session:
        session.query(GroupMember).filter_by(user=CLEO).delete()
    assert approves(desk, number, DEVI).code == "reset_approval_counted"
    assert desk.started == []


def test_one_no_with_a_reason_ends_it_and_lets_go_of_the_place(desk: Desk) -> None:
    number, fingerprint = asked(desk)
    assert desk.asks(RejectReset(number, fingerprint, " "), CLEO).code == "reason_needed"
    assert desk.asks(RejectReset(number, fingerprint, "we need the data"), CLEO).code == (
        "reset_rejected"
    )
    assert (row(desk, number).state, row(desk, number).failure) == ("rejected", "we need the data")
    assert approves(desk, number, DEVI).code == "preparation_already_decided"
    asked(desk)


def test_whoever_asked_may_take_it_back(desk: Desk) -> None:
    number, fingerprint = asked(desk)
    said = desk.asks(RejectReset(number, fingerprint, "it was a mistake"), OPAL)
    assert (said.code, row(desk, number).state) == ("reset_rejected", "rejected")


def test_time_ends_it(desk: Desk) -> None:
    number, fingerprint = asked(desk)
    desk.later(minutes=21)
    desk.directory_read()
    assert approves(desk, number, CLEO, fingerprint).code == "preparation_approval_expired"
    said = desk.gate.submit(ExpireApprovals(), CLOCK, "clock:expire:1")
    assert (said.code, said.facts["resets"]) == ("expired", [number])
    assert row(desk, number).state == "expired"
    assert desk.gate.submit(ExpireApprovals(), CLOCK, "clock:expire:2").code == "nothing_due"


def test_another_version_that_went_live_makes_the_approvals_void(desk: Desk) -> None:
    number, fingerprint = asked(desk)
    goes_live(desk, "1.1.0")
    said = approves(desk, number, CLEO, fingerprint)
    assert (said.code, said.refused) == ("preparation_request_changed", True)
    assert seen(desk, number) != fingerprint
    assert desk.started == []
    assert approves(desk, number, CLEO).code == "reset_approved"


def test_right_before_it_begins_the_approvals_are_counted_again(desk: Desk) -> None:
    number, _ = asked(desk)
    approves(desk, number, CLEO)

    def holds() -> bool:
        with desk.store.read() as session:
            found = session.get_one(Preparation, number)
            return still_approved(session, desk.setup, desk.at, found)

    assert holds()
    goes_live(desk, "1.1.0")
    assert not holds()
    with desk.store.write() as session:
        session.query(Deployment).delete()
    assert holds()
    with desk.store.write() as session:
        session.query(GroupMember).filter_by(user=CLEO).delete()
    assert not holds()


def test_while_it_waits_nobody_is_kept_out_and_it_is_asked_for_once(desk: Desk) -> None:
    number, _ = asked(desk)
    again = desk.asks(ResetEnvironment(HOME, WHY), DEVI)
    assert (again.code, again.facts["preparation"]) == ("preparing_already", number)
    assert desk.asks(PrepareEnvironment(HOME), OPAL).code == "preparation_queued"
    assert approves(desk, number, CLEO).code == "preparing_already"


def test_a_baseline_version_that_is_not_there_is_said_before_anything_is_lost(desk: Desk) -> None:
    with desk.store.write() as session:
        session.query(Release).filter_by(service="shop-api", version="1.0.0").delete()
    said = desk.asks(ResetEnvironment(HOME, WHY), OPAL)
    assert (said.code, said.facts["version"]) == ("unknown_version", "1.0.0")
    assert desk.started == []


def test_a_baseline_version_that_went_away_meanwhile_blocks(desk: Desk) -> None:
    number, _ = asked(desk)
    with desk.store.write() as session:
        session.query(Release).filter_by(service="shop-api", version="1.0.0").delete()
    said = approves(desk, number, CLEO)
    assert said.code == "preparation_blocked"
    assert [b["code"] for b in said.facts["blockers"]] == ["baseline_unknown"]


def test_it_stands_on_the_board_of_who_may_approve_it(desk: Desk) -> None:
    number, _ = asked(desk)

    def waits(user: str) -> list[Any]:
        facts = desk.asks(ShowBoard(), user).facts
        return [one["preparation"] for one in facts["reset_requests"]]

    assert {user: waits(user) for user in (CLEO, OPAL, ANA)} == {CLEO: [number], OPAL: [], ANA: []}
