"""What is changed outside the bot is noticed, told once, and said to be over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.reply import reply
from bot.views.notices import draw_notice
from handlers import drifts
from handlers.environments import release_hold, take_hold
from handlers.messages import (
    ListEnvironments,
    Outcome,
    PlanEnvironment,
    PlanRelease,
    RequestDeploy,
    ScaleService,
    ShowBoard,
    ShowEnvironment,
    ShowStatus,
)
from handlers.ports import Container, Plan, PortError, Running
from handlers.snapshots import deployment_view
from handlers.subjects import deployment
from handlers.tables import AuditEntry, Deployment, Drift
from handlers.work import look_around
from tests.desk import Desk
from tests.test_instances import ANA, BEN, FREE, IMAGE, OPAL, Yard


@pytest.fixture
def yard(desk: Desk, tmp_path: Path) -> Yard:
    return Yard(desk, tmp_path / "team.yml")


def deploys(yard: Yard, version: str = "1.1.0") -> Plan:
    """A version that serves as four instances, on record with how it was made."""
    plan = yard.deploys(FREE, version)
    with yard.desk.store.write() as session:
        made = drifts.made_as(yard.tools.setup, FREE, "shop-api")
        session.execute(
            update(Deployment)
            .where(Deployment.id == yard.number)
            .values(artefact=IMAGE, made_as=made)
        )
    return plan


def runs(yard: Yard, plan: Plan, **how: Any) -> None:
    """Somebody has it run otherwise, behind the bot's back."""
    other = replace(plan.container or Container(IMAGE), **how)
    yard.runtime._instances[plan.operation] = replace(plan, container=other)


def looks(yard: Yard, times: int = 2) -> None:
    """Look around so often, each time after things had time to settle."""
    for _ in range(times):
        yard.desk.later(seconds=11)
        look_around.look_around(yard.tools, FREE)


def told(yard: Yard, user: str = OPAL) -> list[str]:
    return [one.code for one in yard.told(user)]


def changed(yard: Yard) -> list[tuple[str, Any, Any]]:
    (place,) = (
        one
        for one in yard.desk.asks(ListEnvironments(), BEN).facts["environments"]
        if one["environment"] == FREE
    )
    return [(one["what"], one["declared"], one["runs"]) for one in place["changed"]]


def test_what_stays_changed_is_told_once_to_those_who_look_after_it(yard: Yard) -> None:
    plan = deploys(yard)
    looks(yard)
    assert (told(yard), changed(yard)) == ([], [])
    runs(yard, plan, replicas=3)
    looks(yard, 1)
    assert (told(yard), changed(yard)) == ([], []), "it might heal by itself"
    since = yard.desk.at
    looks(yard, 3)
    assert told(yard) == ["drift_noticed"]
    assert told(yard, ANA) == []
    assert changed(yard) == [("replicas", 4, 3)]
    (row,) = yard.rows(Drift)
    assert row.noticed_at == since, "the time is that of the first look"
    assert "shop-api runs 3 instances of 4" in page(yard.desk.asks(ListEnvironments(), BEN))
    assert [e.action for e in yard.rows(AuditEntry)].count("look_around") == 1


def page(outcome: Outcome) -> str:
    return str(reply(outcome).blocks)


def test_it_is_seen_wherever_the_environment_is_shown(yard: Yard) -> None:
    plan = deploys(yard)
    runs(yard, plan, cpu=8.0)
    looks(yard)
    for question in (ListEnvironments(), ShowEnvironment(FREE), ShowBoard(), ShowStatus()):
        said = page(yard.desk.asks(question, OPAL))
        assert "Changed outside the bot" in said, question
        assert "shop-api may use 8 cores instead of 1 core" in said, question


def test_where_a_release_could_go_it_is_said_and_what_is_as_declared_comes_first(
    yard: Yard,
) -> None:
    plan, asked = deploys(yard), PlanRelease("shop-api", "1.2.0")
    assert "Changed outside" not in page(yard.desk.asks(asked, ANA))
    runs(yard, plan, cpu=8.0)
    looks(yard, 1)
    since = yard.desk.at
    looks(yard, 2)
    outcome = yard.desk.asks(asked, ANA)
    free = [p["environment"] for p in outcome.facts["places"] if p["environment"].startswith("f")]
    assert free == ["free-2", FREE], "both fit and are free"
    said = page(outcome)
    assert said.count("Changed outside the bot") == 1
    assert f"noticed <!date^{int(since.timestamp())}" in said
    assert f"8 cores instead of 1 core. `/env plan {FREE}` shows it." in said


def test_it_is_said_to_be_over_once_that_has_stayed_too(yard: Yard) -> None:
    plan = deploys(yard)
    runs(yard, plan, replicas=3)
    looks(yard)
    runs(yard, plan)
    looks(yard, 1)
    assert told(yard) == ["drift_noticed"]
    runs(yard, plan, replicas=3)
    looks(yard, 1)
    runs(yard, plan)
    looks(yard, 1)
    assert told(yard) == ["drift_noticed"], "what comes back has not been over"
    looks(yard, 2)
    assert told(yard) == ["drift_noticed", "drift_over"]
    assert changed(yard) == []
    runs(yard, plan, replicas=2)
    looks(yard)
    assert told(yard)[-1] == "drift_noticed", "another time is another change"


def test_what_heals_by_itself_is_told_to_nobody(yard: Yard) -> None:
    plan = deploys(yard)
    for _ in range(3):
        runs(yard, plan, replicas=3)
        looks(yard, 1)
        runs(yard, plan)
        looks(yard, 1)
    assert told(yard) == []
    assert yard.rows(Drift) == []


def test_two_looks_at_the_same_moment_are_one(yard: Yard) -> None:
    plan = deploys(yard)
    runs(yard, plan, replicas=3)
    for _ in range(5):
        look_around.look_around(yard.tools, FREE)
        yard.desk.later(seconds=1)
    assert told(yard) == []


def test_the_bots_own_work_is_never_called_a_change_by_others(yard: Yard) -> None:
    plan = deploys(yard)
    runs(yard, plan, replicas=3)
    looks(yard, 1)
    row = yard.desk.row(yard.number)
    with yard.desk.store.write() as session:
        take_hold(session, yard.desk.at, row, deployment(row.id))
    looks(yard, 3)
    assert yard.rows(Drift) == [], "what was seen before it may have been its beginning"
    with yard.desk.store.write() as session:
        release_hold(session, yard.desk.at, FREE, deployment(row.id))
    looks(yard, 1)
    assert told(yard) == []
    looks(yard, 1)
    assert told(yard) == ["drift_noticed"]


def test_a_reading_that_began_during_work_says_nothing_afterwards(yard: Yard) -> None:
    plan = deploys(yard)
    runs(yard, plan, replicas=3)
    row = yard.desk.row(yard.number)
    with yard.desk.store.write() as session:
        take_hold(session, yard.desk.at, row, deployment(row.id))

    def ends_meanwhile(call: str, _operation: str) -> None:
        if call == "inspect":
            with yard.desk.store.write() as session:
                release_hold(session, yard.desk.at, FREE, deployment(row.id))

    yard.runtime.before = ends_meanwhile
    look_around.look_around(yard.tools, FREE)
    assert yard.rows(Drift) == []


def test_an_order_to_scale_is_no_drift_and_neither_is_it_when_done(yard: Yard) -> None:
    plan = deploys(yard)
    yard.desk.asks(ScaleService(FREE, "shop-api", 6), ANA)
    runs(yard, plan, replicas=5)
    looks(yard, 3)
    assert yard.rows(Drift) == []
    runs(yard, plan)
    yard.works()
    looks(yard, 3)
    assert told(yard) == []
    runs(yard, plan, replicas=4)
    looks(yard)
    assert changed(yard) == [("replicas", 6, 4)], "what somebody asked for last is what counts"


def test_what_cannot_be_read_changes_nothing(yard: Yard) -> None:
    plan = deploys(yard)
    runs(yard, plan, replicas=3)
    looks(yard)
    yard.runtime.fail("inspect", PortError("The Engine does not answer."), times=3)
    looks(yard, 3)
    assert told(yard) == ["drift_noticed"]
    assert changed(yard) == [("replicas", 4, 3)]


def test_a_deployment_to_it_is_told_so_and_the_same_version_may_go_there_anew(
    yard: Yard,
) -> None:
    plan = deploys(yard)
    again = RequestDeploy("shop-api", "1.1.0", FREE)
    assert "already_live" in str(yard.desk.asks(again, ANA).facts)
    runs(yard, plan, memory=2**30)
    looks(yard)
    asked = yard.desk.asks(again, ANA)
    assert "already_live" not in str(asked.facts), asked


def test_the_card_of_a_deployment_says_what_it_replaces_is_changed(yard: Yard) -> None:
    plan = deploys(yard)
    with yard.desk.store.write() as session:
        session.add(
            Deployment(
                id=950, kind="deploy", service="shop-api", environment=FREE, version="1.2.0",
                commit="c" * 40, state="queued", team="T", requester=ANA,
                requested_at=yard.desk.at, queue_place=1,
            )
        )  # fmt: skip
    runs(yard, plan, replicas=1)
    looks(yard)
    with yard.desk.store.read() as session:
        (one,) = deployment_view(session, yard.tools.setup, yard.desk.at, 950).changed
        live = deployment_view(session, yard.tools.setup, yard.desk.at, yard.number)
    assert (one["what"], one["runs"]) == ("replicas", 1)
    assert live.changed == (), "what was changed is told on what comes, not on what is"


def test_what_others_put_beside_it_is_noticed_too(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploys(yard)
    seen = yard.runtime.inspect
    spy = Running(
        "spy", "", "", "", "busybox", 0, "running", None, 0, None, 0.0, None, 0, False, "big"
    )
    monkeypatch.setattr(yard.runtime, "inspect", lambda name: (*seen(name), spy))
    looks(yard)
    assert changed(yard) == [("beside", None, "busybox")]


def plan_of_it(yard: Yard) -> tuple[dict[str, Any], str]:
    said = yard.desk.asks(PlanEnvironment(FREE), ANA)
    assert "direct messages" in reply(said).text
    yard.works()
    code, facts = yard.last(ANA)
    assert code == "environment_planned"
    return facts, str(draw_notice(code, facts).blocks)


def test_a_plan_reads_anew_and_says_every_line_with_what_brings_it_back(yard: Yard) -> None:
    plan = deploys(yard)
    facts, said = plan_of_it(yard)
    assert "instances: 4, as declared" in said
    assert "missing: nothing of it was deployed yet" in said  # shop-web
    runs(yard, plan, replicas=2)
    facts, said = plan_of_it(yard)
    assert "instances: differs (declared 4, runs 2)" in said
    assert f"`/env prepare {FREE}`" in said
    assert facts["read"] == int(yard.desk.at.timestamp())


def test_a_plan_of_what_cannot_be_read_says_that_it_is_unknown(yard: Yard) -> None:
    deploys(yard)
    for call in ("inspect", "look"):
        yard.runtime.fail(call, PortError("The Engine does not answer."))
    _, said = plan_of_it(yard)
    assert "cannot be read now: The Engine does not answer." in said
    assert "unknown, it cannot be read now" in said
    assert "as declared" not in said.replace("not as declared", "")


def test_a_plan_of_nothing_known_is_refused(yard: Yard) -> None:
    assert yard.desk.asks(PlanEnvironment("nowhere"), ANA).code == "unknown_environment"
