"""Environments that stop and start by themselves, at the gate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.reply import reply
from bot.say import plain
from handlers.messages import (
    CLOCK,
    BookEnvironments,
    ClaimOffer,
    CreateEnvironment,
    DestroyEnvironment,
    FreeEnvironment,
    JoinWaitList,
    KeepEnvironment,
    KeepRunning,
    ListEnvironments,
    LockEnvironment,
    Outcome,
    RequestDeploy,
    SweepBookings,
    SweepStops,
)
from handlers.preparations import blockers
from handlers.setup import SetupError, load
from handlers.stop_rows import powerless, stopped
from handlers.tables import Booking, Card, Created, Preparation, Stay
from tests.databases import empty_database, migrated
from tests.desk import Desk, open_desk
from tests.test_stops import comes_to_rest, goes_live

ANA, BEN, OPAL, CLEO = "U0ANA", "U0BEN", "U0OPAL", "U0CLEO"
HOURS = {"days": "mon-fri", "from": "08:00", "until": "19:00", "zone": "UTC"}


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """It is Monday noon; free-1 has working hours, free-2 has none."""
    with open_desk(empty_database(request, tmp_path), tmp_path) as desk:
        says(desk, tmp_path, "free-1", working_hours=HOURS)
        yield desk


def says(desk: Desk, folder: Path, name: str, **more: Any) -> None:
    team = folder / "team.yml"
    told = json.loads(team.read_text())
    told["environments"][name] |= more
    team.write_text(json.dumps(told))
    desk.setup = load(team)


def tick(desk: Desk, **span: float) -> Outcome:
    desk.later(**span)
    desk.directory_read()
    desk.gate.submit(SweepBookings(), CLOCK, f"bookings:{desk.at}")
    return desk.gate.submit(SweepStops(), CLOCK, f"stops:{desk.at}")


def asked(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.store.read() as session:
        rows = session.query(Preparation).order_by(Preparation.id)
        return [(row.kind, row.requester, row.reason) for row in rows]


def is_over(desk: Desk, end: str = "done") -> None:
    with desk.store.write() as session:
        for row in session.query(Preparation).filter_by(state="queued"):
            row.state, row.ended_at = end, desk.at


def test_when_its_hours_are_over_it_is_stopped_on_a_card_of_its_own(desk: Desk) -> None:
    goes_live(desk)
    goes_live(desk, "free-2")
    assert tick(desk).code == "nothing_due"
    said = tick(desk, hours=7)
    assert dict(said.facts) == {"hours_over": ["free-1"]}
    assert asked(desk) == [("stop", "clock", "working hours are over")]
    assert (desk.started[-1].workflow, desk.started[-1].environment) == ("bring_up", "free-1")
    with desk.store.read() as session:
        assert session.get_one(Card, ("preparation", 1)).owner == ""
    assert tick(desk, seconds=5).code == "nothing_due"


def test_it_starts_again_when_they_begin_whoever_had_stopped_it(desk: Desk) -> None:
    goes_live(desk)
    desk.later(hours=2)
    comes_to_rest(desk)
    desk.directory_read()
    told = desk.asks(ListEnvironments(), ANA)
    assert ", starts 2 Mar 2027 08:00 UTC" in plain(reply(told))
    assert tick(desk, hours=1).code == "nothing_due"
    assert tick(desk, hours=16).code == "nothing_due"
    assert tick(desk, hours=1).code == "stops_swept"
    assert asked(desk) == [("start", "clock", "working hours have begun")]


def test_a_booking_keeps_it_running_until_it_is_over(desk: Desk) -> None:
    goes_live(desk)
    desk.later(hours=2)
    desk.directory_read()
    desk.asks(BookEnvironments(("free-1",), "until 21:00"), BEN)
    assert tick(desk, hours=6).code == "nothing_due"
    assert tick(desk, hours=1).code == "stops_swept"


def test_a_booking_that_begins_wakes_it_with_and_without_hours(desk: Desk) -> None:
    for name in ("free-1", "free-2"):
        goes_live(desk, name)
        desk.asks(BookEnvironments((name,), "from 22:00 for 1h"), BEN)
        desk.later(minutes=1)
        comes_to_rest(desk, name)
    assert tick(desk, hours=9).code == "nothing_due"
    said = tick(desk, hours=1)
    assert dict(said.facts) == {"booking": ["free-1", "free-2"]}
    assert asked(desk)[0] == ("start", "clock", "a booking has begun")


def test_stopped_during_a_booking_it_stays_stopped(desk: Desk) -> None:
    goes_live(desk, "free-2")
    desk.asks(BookEnvironments(("free-2",), "for 2h"), BEN)
    tick(desk, minutes=1)
    comes_to_rest(desk, "free-2", BEN)
    assert tick(desk, minutes=1).code == "nothing_due"


def test_a_deployment_and_a_lock_keep_it_as_it_is(desk: Desk) -> None:
    goes_live(desk)
    desk.asks(RequestDeploy("shop-api", "1.1.0", "free-1"), BEN)
    assert tick(desk, hours=8).code == "nothing_due"
    desk.asks(LockEnvironment("free-1", "for 1h", "load test"), OPAL)
    assert tick(desk, minutes=30).code == "nothing_due"


def test_kept_running_it_is_stopped_afterwards(desk: Desk) -> None:
    goes_live(desk)
    assert desk.asks(KeepRunning("free-1", "until 22:00"), CLEO).code == "not_permitted"
    said = desk.asks(KeepEnvironment("free-1", "until 22:00"), ANA)
    assert said.code == "kept_running"
    assert "runs until 1 Mar 2027 22:00 UTC" in plain(reply(said))
    assert tick(desk, hours=9).code == "nothing_due"
    assert tick(desk, hours=1).code == "stops_swept"
    with desk.store.read() as session:
        assert session.get_one(Stay, "free-1").by == ANA


@pytest.mark.parametrize(
    ("environment", "when", "code"),
    [("free-1", "for soon", "unreadable_time"), ("free-1", "for 15d", "kept_too_long"),
     ("free-1", "until 9:00", "unreadable_time"), ("free-2", "for 1h", "runs_always"),
     ("fre-1", "for 1h", "unknown_environment")],
)  # fmt: skip
def test_bad_words_keep_nothing(desk: Desk, environment: str, when: str, code: str) -> None:
    said = desk.asks(KeepRunning(environment, when), ANA)
    assert said.code == code
    assert plain(reply(said))


def test_what_is_used_meanwhile_is_not_stopped_when_its_turn_comes(desk: Desk) -> None:
    """Asked again right before the first effect."""
    goes_live(desk)
    tick(desk, hours=8)
    with desk.store.read() as session:
        row = session.get_one(Preparation, 1)
        assert blockers(session, desk.setup, desk.at, row) == ()
    desk.asks(KeepRunning("free-1", "for 1h"), ANA)
    with desk.store.read() as session:
        row = session.get_one(Preparation, 1)
        found = blockers(session, desk.setup, desk.at, row)
    assert [b.code for b in found] == ["not_due"]


def test_what_was_called_off_by_a_person_is_not_tried_again_at_once(desk: Desk) -> None:
    goes_live(desk)
    tick(desk, hours=8)
    with desk.store.write() as session:
        row = session.get_one(Preparation, 1)
        row.state, row.ended_at, row.ended_by = "aborted", desk.at, ANA
    assert tick(desk, minutes=10).code == "nothing_due"
    assert tick(desk, minutes=51).code == "stops_swept"


BAD: list[tuple[Any, str]] = [
    ({"from": "8:00"}, 'a time of day such as "08:00"'),
    ({"from": "24:01"}, 'a time of day such as "08:00"'),
    ({"until": 1140}, "text; put it in quotes"),
    ({"until": "07:00"}, "expected from to be before until"),
    ({"until": "08:00"}, "expected from to be before until"),
    ({"days": "mon-fry"}, "days of the week such as mon-fri"),
    ({"days": ""}, "days of the week such as mon-fri"),
    ({"zone": "Europe/Atlantis"}, "a time zone such as Europe/Berlin"),
    ({"zone": "../etc/passwd"}, "a time zone such as Europe/Berlin"),
    ({"zone": "Europe"}, "a time zone such as Europe/Berlin"),
    ({"begin": "08:00"}, "is not a known key here"),
]


@pytest.mark.parametrize(("odd", "sentence"), BAD)
def test_bad_hours_are_named_with_what_was_expected(
    tmp_path: Path, odd: dict[str, Any], sentence: str
) -> None:
    url = f"sqlite:///{tmp_path / 'station.db'}"
    migrated(url)
    with open_desk(url, tmp_path) as desk, pytest.raises(SetupError) as error:
        says(desk, tmp_path, "free-1", working_hours={**HOURS, **odd})
    assert sentence in str(error.value)
    assert "working_hours" in str(error.value)


def test_until_midnight_is_24_00(desk: Desk, tmp_path: Path) -> None:
    says(desk, tmp_path, "free-1", working_hours={**HOURS, "until": "24:00"})
    goes_live(desk)
    assert tick(desk, hours=11, minutes=59).code == "nothing_due"
    assert tick(desk, minutes=1).code == "stops_swept"
    assert desk.at == datetime(2027, 3, 2, tzinfo=desk.at.tzinfo) + timedelta()


def test_a_claimed_booking_wakes_it_and_says_so(desk: Desk) -> None:
    goes_live(desk, "free-2")
    desk.asks(BookEnvironments(("free-2",), "for 2h"), BEN)
    desk.asks(JoinWaitList("free-2", "for 1h"), ANA)
    tick(desk, minutes=1)
    comes_to_rest(desk, "free-2", BEN)
    tick(desk, minutes=1)
    desk.asks(FreeEnvironment("free-2"), BEN)
    tick(desk, seconds=5)
    with desk.store.read() as session:
        (offer,) = session.query(Booking).filter_by(state="offered")
    said = desk.asks(ClaimOffer(offer.id), ANA)
    assert said.code == "claimed"
    assert "It is stopped, and is being started." in plain(reply(said))
    assert tick(desk, seconds=5).code == "stops_swept"
    assert asked(desk) == [("start", "clock", "a booking has begun")]


def test_one_that_is_made_again_under_the_name_of_one_that_was_stopped_runs(desk: Desk) -> None:
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    goes_live(desk, "demo")
    comes_to_rest(desk, "demo")
    assert desk.asks(DestroyEnvironment("demo", "nobody needs it"), ANA).code == "destroying"
    with desk.store.write() as session:
        session.get_one(Created, 1).state = "gone"
    desk.asks(CreateEnvironment("demo", "preview"), ANA)
    with desk.store.read() as session:
        assert stopped(session, "demo") is None


def test_the_clock_needs_no_role_and_whoever_lost_theirs_has_no_power(desk: Desk) -> None:
    for requester, code in (("clock", None), (ANA, None), (CLEO, "not_permitted")):
        row = Preparation(kind="stop", environment="free-1", team="T0STATION", requester=requester)
        with desk.store.read() as session:
            assert powerless(session, desk.setup, desk.at, row) == code
