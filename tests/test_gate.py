"""The gate: who may, what is refused and why, and that nothing happens twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from handlers import audit
from handlers.gate import TABLE
from handlers.messages import (
    CLOCK,
    Actor,
    ApproveDeployment,
    CancelDeployment,
    ClearLock,
    Command,
    ExpireApprovals,
    ListEnvironments,
    Outcome,
    ProposeRollback,
    RejectDeployment,
    RequestDeploy,
    RequestRollback,
)
from handlers.store import SQLITE_PRAGMAS
from handlers.tables import Approval, AuditEntry, Deployment, GroupMember, Lock
from tests.desk import CROWD, VERSIONS, Desk
from tests.station import TEAM

TO_FREE = RequestDeploy("shop-api", "1.1.0", "free-1")
TO_PROD = RequestDeploy("shop-api", "1.1.0", "prod-1")
TO_DUO = RequestDeploy("shop-api", "1.1.0", "duo-1")


def at_once(count: int, act: Callable[[int], Outcome]) -> list[Outcome]:
    """Do it ``count`` times in the same instant; every answer counts, the losers' too."""
    gate, answers = threading.Barrier(count), [Outcome("unanswered")] * count

    def run(number: int) -> None:
        gate.wait()
        answers[number] = act(number)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def asked(desk: Desk, command: RequestDeploy = TO_PROD, by: str = "U0ANA") -> dict[str, Any]:
    outcome = desk.asks(command, by)
    assert not outcome.refused, outcome
    return dict(outcome.facts)


def approval(facts: dict[str, Any]) -> ApproveDeployment:
    return ApproveDeployment(facts["deployment"], facts["fingerprint"])


def make_live(desk: Desk, version: str, environment: str, number: int = 900, **more: Any) -> None:
    """Put a finished deployment into the rows, as work would leave it."""
    with desk.store.write() as session:
        session.execute(
            update(Deployment)
            .where(Deployment.environment == environment, Deployment.state == "live")
            .values(state="replaced")
        )
        session.add(
            Deployment(
                id=number, service="shop-api", environment=environment,
                version=version, commit=VERSIONS[version], state="live", team=TEAM,
                requester="U0BEN", requested_at=desk.at, started_at=desk.at,
                live_at=desk.at + timedelta(seconds=number), **{"kind": "deploy", **more},
            )
        )  # fmt: skip


def test_where_nobody_has_to_approve_it_is_queued_at_once(desk: Desk) -> None:
    assert desk.asks(TO_FREE, "U0ANA").code == "queued"
    assert [w.workflow for w in desk.started] == ["examine", "deploy"]


def test_where_approval_is_needed_nothing_starts_before_it(desk: Desk) -> None:
    facts = asked(desk)
    assert [w.workflow for w in desk.started] == ["examine"]
    assert desk.asks(approval(facts), "U0CLEO").code == "approved"
    assert [w.workflow for w in desk.started] == ["examine", "deploy"]


def test_a_twin_of_a_delivery_gets_the_first_answer_and_changes_nothing(desk: Desk) -> None:
    first = desk.asks(TO_FREE, "U0ANA", key="slash:1")
    assert desk.asks(TO_FREE, "U0ANA", key="slash:1") == first
    assert len(desk.started) == 2


REFUSALS = [
    (RequestDeploy("shop-apy", "1.1.0", "free-1"), "U0ANA", "unknown_service", "shop-api"),
    (RequestDeploy("shop-api", "1.1", "free-1"), "U0ANA", "unknown_version", "1.1.0"),
    (RequestDeploy("shop-api", "1.1.0", "fre-1"), "U0ANA", "unknown_environment", "free-1"),
    (RequestDeploy("shop-api", "1.1.0", "prod-1"), "U0OPAL", None, None),
    (RequestDeploy("shop-api", "1.1.0", "prod-1"), "U0CLEO", "not_permitted", None),
    (RequestDeploy("shop-api", "1.1.0", "prod-1"), "U0NOBODY", "unknown_person", None),
    (RequestRollback("shop-api", "prod-1", "1.0.0"), "U0ANA", "not_permitted", None),
    (RequestRollback("shop-api", "prod-1", "1.0.0"), "U0OPAL", "never_live_here", None),
    (ProposeRollback("shop-api", "prod-1"), "U0OPAL", "nothing_to_roll_back_to", None),
    (ClearLock("prod-1", 0, "it is mended"), "U0OPAL", "not_locked", None),
    (CancelDeployment(77), "U0ANA", "unknown_deployment", None),
    (ApproveDeployment(77, "x"), "U0CLEO", "unknown_deployment", None),
    (ExpireApprovals(), "U0ANA", "clock_only", None),
]


@pytest.mark.parametrize(("command", "by", "code", "nearest"), REFUSALS)
def test_what_cannot_be_done_is_refused_with_its_own_code(
    desk: Desk, command: Any, by: str, code: str | None, nearest: str | None
) -> None:
    outcome = desk.asks(command, by)
    assert (outcome.code if outcome.refused else None) == code
    if nearest:
        assert outcome.facts["nearest"] == nearest


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_bot": True}, "bot_account"),
        ({"is_guest": True}, "guest"),
        ({"is_deactivated": True}, "deactivated"),
        ({"is_stranger": True}, "stranger"),
    ],
)
def test_some_accounts_have_no_power_whatever_their_role(
    desk: Desk, change: dict[str, bool], code: str
) -> None:
    desk.knows("U0ANA", **change)
    assert desk.asks(TO_FREE, "U0ANA").code == code
    assert desk.asks(ListEnvironments(), "U0ANA").code == code


def test_the_same_user_id_of_another_workspace_is_a_stranger(desk: Desk) -> None:
    assert desk.asks(TO_FREE, "U0ANA", team="T0OTHER").code == "stranger"


def test_when_people_were_read_too_long_ago_nobody_is_let_in(desk: Desk) -> None:
    desk.later(minutes=11)
    assert desk.asks(TO_FREE, "U0ANA").code == "directory_stale"


def test_the_requester_cannot_approve_even_with_the_role(desk: Desk) -> None:
    facts = asked(desk, by="U0BEN")
    assert desk.asks(approval(facts), "U0BEN").code == "own_request"
    assert desk.asks(approval(asked(desk, TO_DUO)), "U0ANA").code == "own_request"


def test_two_approvals_are_two_people(desk: Desk) -> None:
    facts = asked(desk, TO_DUO)
    assert desk.asks(approval(facts), "U0CLEO").code == "approval_counted"
    assert desk.asks(approval(facts), "U0CLEO").code == "already_approved_by_you"
    assert desk.asks(approval(facts), "U0DEVI").code == "approved"


def test_one_no_with_a_reason_ends_it(desk: Desk) -> None:
    facts = asked(desk)
    no = RejectDeployment(facts["deployment"], facts["fingerprint"], "the sale is on")
    assert desk.asks(RejectDeployment(no.deployment, no.fingerprint, " "), "U0CLEO").refused
    assert desk.asks(no, "U0CLEO").code == "rejected"
    assert desk.asks(approval(facts), "U0DEVI").code == "already_decided"


def test_an_approval_that_comes_too_late_changes_nothing(desk: Desk) -> None:
    facts = asked(desk)
    desk.later(minutes=30)
    desk.directory_read()
    assert desk.asks(approval(facts), "U0CLEO").code == "approval_expired"
    assert desk.gate.submit(ExpireApprovals(), CLOCK, "clock:1").code == "expired"
    assert desk.row(facts["deployment"]).state == "expired"
    desk.later(minutes=-20)
    assert desk.asks(approval(facts), "U0CLEO").code == "already_decided"


def test_an_approval_is_for_exactly_what_was_seen(desk: Desk) -> None:
    facts = asked(desk)
    make_live(desk, "1.0.0", "prod-1")
    assert desk.asks(approval(facts), "U0CLEO").code == "request_changed"
    assert desk.asks(approval(facts), "U0DEVI").code == "request_changed"
    fresh = {**facts, "fingerprint": desk.row(facts["deployment"]).fingerprint}
    assert desk.asks(approval(fresh), "U0CLEO").code == "approved"


def test_an_approval_of_another_request_does_not_count(desk: Desk) -> None:
    one, two = asked(desk), asked(desk, RequestDeploy("shop-web", "1.1.0", "prod-1"))
    forged = ApproveDeployment(one["deployment"], two["fingerprint"])
    assert desk.asks(forged, "U0CLEO").code == "request_changed"
    assert desk.row(one["deployment"]).state == "waiting"


def test_where_nobody_could_approve_it_is_said_at_once(desk: Desk) -> None:
    with desk.store.write() as session:
        session.query(GroupMember).delete()
    outcome = desk.asks(TO_PROD, "U0BEN")
    assert [b["code"] for b in outcome.facts["blockers"]] == ["nobody_can_approve"]


def test_what_is_live_already_is_not_deployed_again(desk: Desk) -> None:
    make_live(desk, "1.1.0", "free-1")
    outcome = desk.asks(TO_FREE, "U0ANA")
    assert [b["code"] for b in outcome.facts["blockers"]] == ["already_live"]


def lock(desk: Desk, environment: str) -> int:
    with desk.store.write() as session:
        row = Lock(
            environment=environment, kind="failure", owner="U0ANA", reason="it burned",
            since=desk.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_a_locked_environment_takes_no_deployment_but_a_rollback(desk: Desk) -> None:
    make_live(desk, "1.0.0", "prod-1", 900)
    make_live(desk, "1.1.0", "prod-1", 901)
    lock(desk, "prod-1")
    outcome = desk.asks(RequestDeploy("shop-api", "1.2.0", "prod-1"), "U0ANA")
    assert [b["code"] for b in outcome.facts["blockers"]] == ["locked"]
    assert desk.asks(ProposeRollback("shop-api", "prod-1"), "U0ANA").code == "not_permitted"
    assert desk.asks(ProposeRollback("shop-api", "prod-1"), "U0OPAL").facts["version"] == "1.0.0"
    assert desk.asks(RequestRollback("shop-api", "prod-1", "1.0.0"), "U0OPAL").code == "queued"


def proposed(desk: Desk) -> tuple[str, list[str]]:
    facts = desk.asks(ProposeRollback("shop-api", "prod-1"), "U0OPAL").facts
    return facts["version"], facts["others"]


def test_a_rollback_proposes_what_was_well_and_what_nobody_has_left(desk: Desk) -> None:
    make_live(desk, "1.0.0", "prod-1", 900)
    make_live(desk, "1.1.0", "prod-1", 901)
    make_live(desk, "1.2.0", "prod-1", 902)
    assert proposed(desk) == ("1.1.0", ["1.0.0"])
    make_live(desk, "1.1.0", "prod-1", 903, kind="rollback", replaces=902)
    assert proposed(desk) == ("1.0.0", ["1.2.0"]), "1.2.0 was left by a rollback"
    make_live(desk, "1.2.0", "prod-1", 904, replaces=903)
    assert proposed(desk) == ("1.1.0", ["1.0.0"]), "and deployed again since"
    make_live(desk, "1.0.0", "prod-1", 905, kind="rollback", replaces=904)
    assert proposed(desk) == ("1.1.0", ["1.2.0"])


def test_what_was_never_well_is_no_way_back(desk: Desk) -> None:
    make_live(desk, "1.0.0", "prod-1", 900, failure="After the switch: it exited.")
    make_live(desk, "1.1.0", "prod-1", 901)
    assert desk.asks(ProposeRollback("shop-api", "prod-1"), "U0OPAL").code == (
        "nothing_to_roll_back_to"
    )
    back = desk.asks(RequestRollback("shop-api", "prod-1", "1.0.0"), "U0OPAL")
    assert back.code == "never_live_here"


def test_only_the_lock_that_was_seen_is_cleared(desk: Desk) -> None:
    old = lock(desk, "prod-1")
    assert desk.asks(ClearLock("prod-1", old, "mended"), "U0ANA").code == "not_permitted"
    assert desk.asks(ClearLock("prod-1", old, "mended"), "U0OPAL").code == "lock_cleared"
    lock(desk, "prod-1")
    assert desk.asks(ClearLock("prod-1", old, "mended"), "U0OPAL").code == "lock_changed"


def test_sixteen_approvals_at_once_deploy_once_and_all_are_answered(desk: Desk) -> None:
    facts = asked(desk)
    answers = at_once(16, lambda n: desk.asks(approval(facts), CROWD[n]))
    assert Counter(a.code for a in answers) == {"approved": 1, "already_decided": 15}
    assert len([w for w in desk.started if w.workflow == "deploy"]) == 1


def test_sixteen_clicks_of_one_person_count_once(desk: Desk) -> None:
    facts = asked(desk, TO_DUO)
    answers = at_once(16, lambda _: desk.asks(approval(facts), "U0CLEO"))
    assert Counter(a.code for a in answers) == {
        "approval_counted": 1,
        "already_approved_by_you": 15,
    }
    with desk.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Approval)) == 1


def test_sixteen_deliveries_of_one_click_are_one_click(desk: Desk) -> None:
    facts = asked(desk, TO_DUO)
    answers = at_once(16, lambda _: desk.asks(approval(facts), "U0CLEO", key="click:1"))
    assert {a.code for a in answers} == {"approval_counted"}


def test_sixteen_identical_requests_at_once_are_one(desk: Desk) -> None:
    answers = at_once(16, lambda _: desk.asks(TO_FREE, "U0ANA"))
    assert Counter(a.code for a in answers) == {"queued": 1, "already_asked": 15}


def test_the_audit_log_holds_every_answer_and_names_the_first_break(desk: Desk) -> None:
    at_once(8, lambda _: desk.asks(TO_FREE, "U0ANA"))
    with desk.store.read() as session:
        assert audit.verify(session) == (8, "")
    with desk.store.write() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == 5).values(actor="U0EVIL"))
    with desk.store.read() as session:
        assert audit.verify(session) == (4, "Entry 5 was changed after it was written.")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM audit WHERE id = 3", "Entry 3 is missing: the next one is 4."),
        ("DELETE FROM audit WHERE id > 3", "The log ends at entry 3, but entry 4 was written"),
        ("DELETE FROM audit", "The log ends at entry 0, but entry 4 was written"),
        ("UPDATE audit SET previous = hash WHERE id = 2", "Entry 2 does not follow entry 1"),
    ],
)
def test_a_cut_or_mended_audit_log_is_noticed(desk: Desk, statement: str, problem: str) -> None:
    for _ in range(4):
        desk.asks(TO_FREE, "U0ANA")
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with desk.store.read() as session:
        assert audit.verify(session)[1].startswith(problem)


def test_a_bug_is_audited_and_gives_the_person_an_id_to_quote(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Outcome:
        raise ZeroDivisionError

    monkeypatch.setitem(TABLE, RequestDeploy, ("deploy", broken))
    outcome = desk.asks(TO_FREE, "U0ANA")
    assert outcome.code == "crashed"
    assert outcome.facts["id"]
    with desk.store.read() as session:
        assert session.scalars(select(AuditEntry.code)).all() == ["crashed"]


def test_a_command_without_a_row_cannot_run(desk: Desk) -> None:
    class Unheard(Command):
        pass

    assert desk.gate.submit(Unheard(), Actor(TEAM, "U0ANA"), "k").code == "crashed"


def test_every_sqlite_connection_holds_the_promises_of_durability(desk: Desk) -> None:
    if not desk.store.is_sqlite:
        return
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}
    assert set(wanted) == set(SQLITE_PRAGMAS)
    for _ in range(3):
        with desk.store.engine.connect() as connection:
            said = {k: connection.exec_driver_sql(f"PRAGMA {k}").scalar() for k in wanted}
        assert said == wanted
