"""Environments that are made from blueprints: at the gate, and taken down for good."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.reply import reply
from bot.views.ics import ics
from handlers.created import with_created
from handlers.feeds import Whose, read
from handlers.messages import (
    CLOCK,
    Actor,
    BookEnvironments,
    CreateEnvironment,
    DestroyEnvironment,
    KeepEnvironment,
    ListEnvironments,
    LockEnvironment,
    Outcome,
    PlanRelease,
    PrepareEnvironment,
    ReconcileDestruction,
    RequestDeploy,
    ShowBoard,
    ShowEnvironment,
    SweepEnvironments,
)
from handlers.snapshots.feeds import Entry, FeedView
from handlers.tables import Created, Deployment, Notice, TakenPort
from tests.databases import empty_database
from tests.desk import Desk, open_desk
from tests.station import TEAM

ANA, BEN, OPAL, CLEO = "U0ANA", "U0BEN", "U0OPAL", "U0CLEO"
WHY = "nobody needs it"


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(empty_database(request, tmp_path), tmp_path) as desk:
        yield desk


def make(desk: Desk, name: str = "demo", by: str = ANA, when: str = "") -> Outcome:
    return desk.asks(CreateEnvironment(name, "preview", when), by)


def state(desk: Desk, number: int = 1) -> Created:
    with desk.store.read() as session:
        row = session.get_one(Created, number)
        session.expunge(row)
        return row


def notices(desk: Desk, user: str) -> list[str]:
    with desk.store.read() as session:
        return [n.code for n in session.query(Notice).filter_by(user=user).order_by(Notice.id)]


def test_it_is_an_environment_like_any_other(desk: Desk) -> None:
    said = make(desk, when="for 1d")
    assert (said.code, said.facts["owner"]) == ("environment_created", ANA)
    listed = desk.asks(ListEnvironments(), BEN).facts["environments"]
    assert "demo" in [place["environment"] for place in listed]
    assert "demo" in [p["environment"] for p in desk.asks(ShowBoard(), BEN).facts["environments"]]
    assert desk.asks(ShowEnvironment("demo"), BEN).facts["tier"] == "test"
    plan = desk.asks(PlanRelease("shop-api", "1.1.0"), BEN).facts["places"]
    assert "demo" in [place["environment"] for place in plan]
    assert desk.asks(RequestDeploy("shop-api", "1.1.0", "demo"), BEN).code == "queued"
    assert desk.asks(BookEnvironments(("demo",), "for 1h"), ANA).code == "booked"
    assert desk.asks(LockEnvironment("demo", "for 1h", "load test"), OPAL).code == "locked_now"
    assert desk.asks(PrepareEnvironment("demo"), OPAL).code == "preparation_blocked"


def test_each_has_addresses_of_its_own(desk: Desk) -> None:
    one, other = make(desk, "one"), make(desk, "other")
    ports = [s["address"] for said in (one, other) for s in said.facts["services"]]
    assert len(set(ports)) == 4


def test_making_one_voids_no_approval_elsewhere(desk: Desk) -> None:
    before = desk.setup.policy
    make(desk)
    with desk.store.read() as session:
        seen = with_created(session, desk.setup)
    assert "demo" in seen.environments
    assert seen.policy == before


@pytest.mark.parametrize(
    ("name", "code"),
    [("Demo", "not_a_name"), ("dеmo", "not_a_name"), ("1st", "not_a_name"), ("", "not_a_name"),
     ("a" * 41, "not_a_name"), ("all", "not_a_name"), ("tier:test", "not_a_name"),
     ("free-1", "name_taken"), ("there", "name_taken")],
)  # fmt: skip
def test_names_are_exact_and_nobody_elses(desk: Desk, name: str, code: str) -> None:
    make(desk, "there")
    assert make(desk, name, BEN).code == code


def test_what_cannot_be_made_is_refused_and_leaves_nothing(desk: Desk) -> None:
    unknown = desk.asks(CreateEnvironment("demo", "previw"), ANA)
    assert (unknown.code, unknown.facts["nearest"]) == ("unknown_blueprint", "preview")
    assert make(desk, by=CLEO).code == "not_permitted"
    assert make(desk, when="for 6d").code == "lives_too_long"
    assert make(desk, when="for soon").code == "unreadable_time"
    with desk.store.read() as session:
        assert (session.query(Created).count(), session.query(TakenPort).count()) == (0, 0)


def test_there_are_only_so_many_of_one_person_and_in_all(desk: Desk) -> None:
    assert [make(desk, n).code for n in ("a1", "a2")] == ["environment_created"] * 2
    mine = make(desk, "a3")
    assert (mine.code, mine.facts["names"]) == ("too_many_of_yours", ["a1", "a2"])
    assert make(desk, "b1", BEN).code == "environment_created"
    assert make(desk, "c1", OPAL).code == "too_many_of_blueprint"


def test_many_at_once_never_get_more_than_there_may_be(desk: Desk) -> None:
    who = [ANA, BEN, OPAL]
    said: list[str] = []

    def ask(number: int) -> None:
        said.append(make(desk, f"e{number}", who[number % 3]).code)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(said)) == [
        "environment_created", "too_many_of_blueprint", *(["too_many_of_yours"]
        if "too_many_of_yours" in said else []),
    ]  # fmt: skip
    assert said.count("environment_created") == 3
    with desk.store.read() as session:
        assert session.query(TakenPort).count() == 6


def test_only_its_owner_and_who_may_keeps_or_destroys_it(desk: Desk) -> None:
    make(desk)
    assert desk.asks(DestroyEnvironment("demo", WHY), BEN).code == "not_permitted"
    assert desk.asks(KeepEnvironment("demo", "for 1d"), BEN).code == "not_permitted"
    assert desk.asks(DestroyEnvironment("demo", " "), ANA).code == "reason_needed"
    assert desk.asks(DestroyEnvironment("free-1", WHY), OPAL).code == "declared_environment"
    assert desk.asks(DestroyEnvironment("demo", WHY, created=9), ANA).code == "another_environment"
    assert desk.asks(DestroyEnvironment("demo", WHY), OPAL).code == "destroying"
    assert "environment_goes" in notices(desk, ANA)


def test_told_to_go_it_takes_nothing_in_any_more(desk: Desk) -> None:
    make(desk)
    desk.asks(RequestDeploy("shop-api", "1.1.0", "demo"), BEN)
    desk.asks(BookEnvironments(("demo",), "from tomorrow 9:00 for 1h"), BEN)
    assert desk.asks(DestroyEnvironment("demo", WHY), ANA).code == "destroying"
    assert desk.started[-1].workflow == "take_down"
    with desk.store.read() as session:
        assert [row.state for row in session.query(Deployment)] == ["cancelled"]
    assert "environment_goes" in notices(desk, BEN)
    late = desk.asks(RequestDeploy("shop-api", "1.2.0", "demo"), BEN)
    assert [b["code"] for b in late.facts["blockers"]] == ["going"]
    assert desk.asks(BookEnvironments(("demo",), "for 1h"), ANA).code == "environment_going"
    assert desk.asks(PrepareEnvironment("demo"), OPAL).code == "preparation_blocked"
    assert desk.asks(KeepEnvironment("demo", "for 1d"), ANA).code == "environment_going"
    assert desk.asks(DestroyEnvironment("demo", WHY), ANA).code == "environment_going"
    assert make(desk, "demo", BEN).code == "name_taken"


def tick(desk: Desk) -> str:
    desk.directory_read()
    return desk.gate.submit(SweepEnvironments(), CLOCK, f"tick:{desk.at}").code


def test_its_owner_is_reminded_once_and_then_it_goes_by_itself(desk: Desk) -> None:
    make(desk, when="for 1d")
    assert tick(desk) == "nothing_due"
    desk.later(hours=20, minutes=1)
    assert (tick(desk), tick(desk)) == ("environments_swept", "environments_swept")
    assert notices(desk, ANA) == ["environment_ends"]
    desk.later(hours=4)
    assert tick(desk) == "environments_swept"
    assert (state(desk).state, state(desk).ended_by) == ("going", "clock")
    assert notices(desk, ANA)[0] == "environment_ends_gone"


def test_kept_it_lives_on_and_is_reminded_of_its_new_end(desk: Desk) -> None:
    make(desk, when="for 1d")
    desk.later(hours=21)
    tick(desk)
    assert desk.asks(KeepEnvironment("demo", "for 6d"), ANA).code == "lives_too_long"
    assert desk.asks(KeepEnvironment("demo", "for 2d"), ANA).code == "environment_kept"
    assert notices(desk, ANA) == ["environment_ends_done"]
    desk.later(hours=30)
    assert (tick(desk), state(desk).state) == ("nothing_due", "open")
    desk.later(hours=16)
    tick(desk)
    assert notices(desk, ANA) == ["environment_ends_done", "environment_ends"]


def test_work_that_the_engine_lost_is_begun_again_and_what_it_gave_up_waits(desk: Desk) -> None:
    make(desk)
    desk.asks(DestroyEnvironment("demo", WHY), ANA)
    begun = len(desk.started)
    lost = desk.gate.submit(ReconcileDestruction(1, ""), CLOCK, "r1")
    assert (lost.code, len(desk.started)) == ("started_again", begun + 1)
    assert desk.gate.submit(ReconcileDestruction(1, "ERROR"), CLOCK, "r2").code == "needs_attention"
    assert state(desk).state == "stuck"
    assert desk.asks(DestroyEnvironment("demo", WHY), ANA).code == "destroying"
    assert (state(desk).attempt, desk.started[-1].name) == (2, "destroy:1:2")


def test_whose_it_is_and_until_when_stands_wherever_it_is_shown(desk: Desk) -> None:
    make(desk, when="for 1d")
    for question in (ListEnvironments(), ShowEnvironment("demo"), ShowBoard()):
        said = str(reply(desk.asks(question, BEN)).blocks)
        assert f"🌱 <@{ANA}> made it from preview; it is destroyed <!date" in said, question
    assert "made it from" not in str(reply(desk.asks(ShowEnvironment("free-1"), BEN)).blocks)
    desk.asks(DestroyEnvironment("demo", WHY), ANA)
    said = str(reply(desk.asks(ListEnvironments(), BEN)).blocks)
    assert "*Being destroyed*" in said
    assert WHY in said


def test_calendar_programs_see_it_from_its_making_to_its_end(desk: Desk) -> None:
    make(desk, when="for 1d")
    me = Whose(1, 1, Actor(TEAM, ANA))

    def seen(environment: str, of: Whose = me) -> list[Entry]:
        view = read(desk.store, desk.setup, desk.at, of, environment)
        return [one for one in (view.entries if view else ()) if one.kind == "made"]

    for environment in ("", "demo"):
        (one,) = seen(environment)
        assert one.title == f"demo from preview, by {ANA}"
        assert one.end - one.start == timedelta(days=1)
    assert seen("", Whose(2, 1, Actor(TEAM, BEN))) == []
    before = seen("demo")[0].revision
    desk.asks(KeepEnvironment("demo", "for 2d"), ANA)
    (one,) = seen("demo")
    assert (one.end - one.start, one.revision) == (timedelta(days=2), before + 1)
    written = ics(FeedView("x", (one,)), "t").decode()
    assert f"UID:{one.uid}" in written
    assert "TRANSP:TRANSPARENT" in written, "nobody is busy for as long as it lives"
    assert one.lines[0] == f"Made by {ANA}, destroyed at its end"
    with desk.store.write() as session:
        row = session.get_one(Created, 1)
        row.state, row.ended_at = "gone", desk.at
    assert read(desk.store, desk.setup, desk.at, me, "demo") is None
    (one,) = seen("")
    assert (one.end, one.lines[0]) == (desk.at + timedelta(minutes=1), f"Made by {ANA}, destroyed")
