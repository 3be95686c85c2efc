"""Bookings at the gate: who gets an environment, who does not and why, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from bot.listeners.bookings import slot_command
from bot.reply import reply
from bot.views import actions
from handlers.messages import (
    CLOCK,
    ApproveBooking,
    AskHolder,
    BookEnvironments,
    ClaimOffer,
    ClearLock,
    ExtendBooking,
    FreeEnvironment,
    JoinWaitList,
    LeaveWaitList,
    ListBookings,
    LockEnvironment,
    Outcome,
    OverrideBooking,
    PassOffer,
    RejectBooking,
    RequestDeploy,
    RequestRollback,
    SweepBookings,
    TakeOver,
)
from handlers.tables import Account, Booking, Notice
from tests.databases import empty_database, migrated
from tests.desk import CROWD, NOON, Desk, open_desk
from tests.station import RULES
from tests.workspace import elements


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(empty_database(request, tmp_path), tmp_path) as desk:
        yield desk


FREE = "free-1"


def books(desk: Desk, by: str = "U0ANA", when: str = "for 2h", **more: Any) -> Outcome:
    names = more.pop("environments", [FREE])
    return desk.asks(BookEnvironments(names, when, **more), by)


def number(outcome: Outcome) -> int:
    assert outcome.code in ("booked", "booking_asked"), outcome
    found: int = outcome.facts["bookings"][0]["booking"]
    return found


def stamp(at: datetime) -> int:
    return int(at.timestamp())


def tick(desk: Desk) -> Outcome:
    return desk.gate.submit(SweepBookings(), CLOCK, f"clock:{desk.at}:{next(desk.keys)}")


def later(desk: Desk, **span: float) -> None:
    desk.later(**span)
    desk.directory_read()


def state(desk: Desk, booking: int) -> str:
    with desk.store.read() as session:
        return session.get_one(Booking, booking).state


def told(desk: Desk, user: str) -> list[str]:
    """What this person was told in private, and what became of it."""
    with desk.store.read() as session:
        return list(
            session.scalars(select(Notice.code).where(Notice.user == user).order_by(Notice.id))
        )


def deploys(desk: Desk, by: str = "U0BEN", to: str = FREE) -> Outcome:
    return desk.asks(RequestDeploy("shop-api", "1.0.0", to), by)


def blockers(outcome: Outcome) -> list[str]:
    assert outcome.code == "blocked", outcome
    return [blocker["code"] for blocker in outcome.facts["blockers"]]


# Booking


def test_who_books_has_it_and_others_hear_who_until_when_and_where_else(desk: Desk) -> None:
    mine = books(desk, title="load test")
    assert mine.code == "booked"
    no = books(desk, by="U0BEN", when="for 1h")
    assert (no.code, no.refused) == ("booked_already", True)
    (conflict,) = no.facts["conflicts"]
    (by,) = conflict["by"]
    assert (by["owner"], by["title"]) == ("U0ANA", "load test")
    assert by["end"] == stamp(NOON + timedelta(hours=2))
    assert conflict["slots"][0] == [stamp(NOON + timedelta(hours=h)) for h in (2, 3)]
    assert conflict["others"] == ["free-2"]


def test_what_is_offered_instead_is_judged_by_the_time_that_was_wished_for(desk: Desk) -> None:
    def others(when: str) -> list[str]:
        no = books(desk, by="U0BEN", when=when)
        assert no.code == "booked_already"
        return list(no.facts["conflicts"][0]["others"])

    books(desk, when="for 6h")
    assert others("for 1h") == ["free-2"]
    desk.asks(LockEnvironment("free-2", "for 1h", "the disk is changed"), "U0OPAL")
    assert others("for 1h") == []
    assert others("from 13:30 for 1h") == ["free-2"]
    books(desk, by="U0OPAL", environments=["free-2"], when="from 15:00 for 1h")
    assert others("from 13:30 for 1h") == ["free-2"]
    assert others("from 15:30 for 1h") == []


def test_only_what_one_may_book_is_offered_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "duo", RULES["free"] | {"bookings": {"by": ["operator"]}})
    url = f"sqlite:///{tmp_path / 'station.db'}"
    migrated(url)
    with open_desk(url, tmp_path, {"free": 1, "duo": 1}) as desk:
        books(desk)
        offered = {
            user: books(desk, by=user).facts["conflicts"][0]["others"]
            for user in ("U0BEN", "U0OPAL")
        }
    assert offered == {"U0BEN": [], "U0OPAL": ["duo-1"]}


def test_another_time_is_asked_for_with_the_same_release_and_the_same_people(desk: Desk) -> None:
    books(desk)
    wish = BookEnvironments(
        [FREE], "for 1h", False, "change", "try", ["U0OPAL"], "shop-api", "1.0.0"
    )
    no = desk.asks(wish, "U0BEN")
    drawn = {"blocks": list(reply(no).blocks)}
    slot = next(e for e in elements(drawn) if e.raw["action_id"].startswith(actions.BOOK_SLOT))
    again = slot_command(actions.unpack(slot.raw["value"]))
    (row,) = desk.asks(again, "U0BEN").facts["bookings"]
    assert (row["service"], row["version"], row["people"]) == ("shop-api", "1.0.0", ["U0OPAL"])


def test_bookings_that_touch_are_both_had(desk: Desk) -> None:
    books(desk, when="from 13:00 until 14:00")
    assert books(desk, by="U0BEN", when="from 14:00 until 15:00").code == "booked"
    assert books(desk, by="U0BEN", when="from 12:30 until 13:00").code == "booked"


def test_several_environments_are_booked_together_or_not_at_all(desk: Desk) -> None:
    books(desk, by="U0BEN", environments=["free-2"])
    both = ["free-1", "free-2"]
    no = books(desk, environments=both)
    assert [c["environment"] for c in no.facts["conflicts"]] == ["free-2"]
    assert books(desk, by="U0BEN", when="for 1h").code == "booked"  # free-1 was left alone
    later = books(desk, environments=both, when="from 15:00 for 1h")
    assert [b["environment"] for b in later.facts["bookings"]] == both


def test_shared_bookings_go_together_as_their_purposes_allow(desk: Desk) -> None:
    assert books(desk, shared=True, purpose="change").code == "booked"
    assert books(desk, "U0BEN", shared=True, purpose="change").code == "booked_already"
    assert books(desk, "U0BEN", shared=True, purpose="regression").code == "booked"
    assert books(desk, "U0OPAL", shared=True, purpose="regression").code == "booked"
    assert books(desk, "U0OPAL", shared=True, purpose="regression").code == "booked_already"
    assert books(desk, "U0OPAL", when="for 1h").code == "booked_already"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (BookEnvironments(["freee-1"], "for 1h"), "unknown_environment"),
        (BookEnvironments([], "for 1h"), "no_environment"),
        (BookEnvironments([FREE], "for 1m"), "too_short"),
        (BookEnvironments([FREE], "for 9h"), "too_long_booking"),
        (BookEnvironments([FREE], "from 2027-09-01 9:00 for 1h"), "too_far_ahead"),
        (BookEnvironments([FREE], "until 9:00"), "unreadable_time"),
        (BookEnvironments([FREE], "for a while"), "unreadable_time"),
        (BookEnvironments([FREE], "for 1h", purpose="fun"), "unknown_purpose"),
        (BookEnvironments([FREE], "for 1h", service="shop-api", version="9"), "unknown_version"),
        (FreeEnvironment(FREE), "no_booking_of_yours"),
        (FreeEnvironment(FREE, 4711), "unknown_booking"),
        (ExtendBooking(FREE, "by 1h"), "no_booking_of_yours"),
        (LeaveWaitList(FREE), "not_waiting"),
        (ClaimOffer(4711), "unknown_booking"),
        (AskHolder(4711), "unknown_booking"),
    ],
)
def test_what_cannot_be_done_is_refused_for_its_reason(desk: Desk, command: Any, code: str) -> None:
    outcome = desk.asks(command, "U0ANA")
    assert (outcome.code, outcome.refused) == (code, True)


def test_times_are_read_off_the_clock_of_who_asks(desk: Desk) -> None:
    with desk.store.write() as session:
        session.get_one(Account, ("T0STATION", "U0ANA")).timezone = "Asia/Kolkata"
    mine = books(desk, when="from 18:00 until 19:00")
    assert mine.facts["bookings"][0]["start"] == stamp(NOON + timedelta(minutes=30))


def test_who_has_no_role_does_not_book(desk: Desk) -> None:
    no = books(desk, by="U0CLEO")
    assert (no.code, no.facts["permission"]) == ("not_permitted", "book")
    assert no.facts["holders"] == ["U0ANA", "U0BEN", "U0OPAL"]


@pytest.mark.parametrize("count", [16, 50])
def test_of_many_who_book_at_once_one_has_it_and_all_are_answered(desk: Desk, count: int) -> None:
    people = ["U0ANA", "U0BEN", "U0OPAL"]
    with ThreadPoolExecutor(count) as pool:
        outcomes = list(pool.map(lambda n: books(desk, people[n % 3]), range(count)))
    assert sorted(o.code for o in outcomes) == ["booked"] + ["booked_already"] * (count - 1)


def test_the_database_itself_takes_no_exclusive_booking_over_another(desk: Desk) -> None:
    first = number(books(desk))
    for shared in (False, True):
        with pytest.raises(DBAPIError), desk.store.write() as session:
            session.add(_copy(session.get_one(Booking, first), shared))
    with desk.store.write() as session:
        session.get_one(Booking, first).state = "freed"
        session.add(_copy(session.get_one(Booking, first), True))
    with pytest.raises(DBAPIError), desk.store.write() as session:
        session.get_one(Booking, first).state = "booked"


def _copy(row: Booking, shared: bool) -> Booking:
    kept = {c.key: getattr(row, c.key) for c in Booking.__table__.columns if c.key != "id"}
    return Booking(**kept | {"shared": shared, "state": "booked"})


# What becomes of it


def test_it_ends_by_itself_and_is_free_again(desk: Desk) -> None:
    mine = number(books(desk))
    later(desk, hours=2)
    assert tick(desk).facts == {"ended": 1}
    assert state(desk, mine) == "ended"
    assert tick(desk).code == "nothing_due"
    assert books(desk, by="U0BEN").code == "booked"


def test_its_owner_is_reminded_once_and_extends(desk: Desk) -> None:
    mine = number(books(desk))
    later(desk, minutes=109)
    assert tick(desk).code == "nothing_due"
    later(desk, minutes=1)
    assert tick(desk).facts == {"reminded": 1}
    assert tick(desk).code == "nothing_due"
    assert told(desk, "U0ANA") == ["ends_soon"]
    longer = desk.asks(ExtendBooking(FREE, "by 1h", mine), "U0ANA")
    assert (longer.code, longer.facts["end"]) == ("extended", stamp(NOON + timedelta(hours=3)))
    assert told(desk, "U0ANA") == ["ends_soon_done"]


def test_an_extension_stops_at_the_next_booking_and_at_the_longest(desk: Desk) -> None:
    books(desk)
    books(desk, by="U0BEN", when="from 14:30 for 1h")
    less = desk.asks(ExtendBooking(FREE, "by 1h"), "U0ANA")
    assert (less.code, less.facts["why"]) == ("extended_less", "next_booking")
    assert less.facts["end"] == stamp(NOON + timedelta(hours=2, minutes=30))
    no = desk.asks(ExtendBooking(FREE, "by 1h"), "U0ANA")
    assert (no.code, no.facts["why"]) == ("not_extended", "next_booking")
    assert no.facts["next"]["owner"] == "U0BEN"
    desk.asks(BookEnvironments(["free-2"], "for 7h"), "U0ANA")
    most = desk.asks(ExtendBooking("free-2", "by 5h"), "U0ANA")
    assert (most.facts["why"], most.facts["end"]) == ("longest", stamp(NOON + timedelta(hours=8)))


def test_nothing_is_extended_while_somebody_waits(desk: Desk) -> None:
    books(desk)
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    no = desk.asks(ExtendBooking(FREE, "until 15:00"), "U0ANA")
    assert (no.code, no.facts["why"], no.facts["waiting"]) == (
        "not_extended", "waited_for", ["U0BEN"],
    )  # fmt: skip


def test_only_its_people_give_it_back_or_extend_it(desk: Desk) -> None:
    mine = number(books(desk, people=["U0BEN"]))
    for command in (FreeEnvironment(FREE, mine), ExtendBooking(FREE, "by 1h", mine)):
        assert desk.asks(command, "U0OPAL").code == "not_your_booking"
    assert desk.asks(ExtendBooking(FREE, "by 1h"), "U0BEN").code == "extended"
    assert desk.asks(FreeEnvironment(FREE), "U0BEN").code == "freed"
    assert desk.asks(FreeEnvironment(FREE, mine), "U0ANA").code == "booking_over"


def test_a_take_over_needs_the_role_and_a_reason_and_tells_who_had_it(desk: Desk) -> None:
    mine = number(books(desk, by="U0BEN"))
    assert desk.asks(TakeOver(FREE, "incident 12"), "U0ANA").code == "not_permitted"
    assert desk.asks(TakeOver(FREE, "  "), "U0OPAL").code == "reason_needed"
    assert desk.asks(TakeOver("free-2", "incident 12"), "U0OPAL").code == "not_booked_now"
    taken = desk.asks(TakeOver(FREE, "incident 12"), "U0OPAL")
    assert (taken.code, taken.facts["owner"], taken.facts["from"]) == (
        "taken_over", "U0OPAL", "U0BEN",
    )  # fmt: skip
    assert (state(desk, mine), told(desk, "U0BEN")) == ("taken_over", ["booking_taken_over"])
    assert desk.asks(TakeOver(FREE, "incident 12"), "U0OPAL").code == "your_own_booking"


def test_who_is_forgotten_about_hears_what_it_costs_others(desk: Desk) -> None:
    books(desk, when="for 5h")
    later(desk, hours=1)
    assert tick(desk).code == "nothing_due"  # nobody waits
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    assert tick(desk).facts == {"nagged": 1}
    assert tick(desk).code == "nothing_due"
    assert told(desk, "U0ANA") == ["forgotten"]
    later(desk, minutes=30)
    deploys(desk, by="U0ANA")
    later(desk, minutes=45)
    assert tick(desk).code == "nothing_due"  # it was used
    later(desk, minutes=15)
    assert tick(desk).facts == {"nagged": 1}


def test_a_deactivated_owner_keeps_nothing(desk: Desk) -> None:
    mine = number(books(desk))
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    desk.knows("U0ANA", is_deactivated=True)
    assert tick(desk).facts == {"owner_left": 1, "offered": 1}
    assert (state(desk, mine), told(desk, "U0BEN")) == ("freed", ["offered"])


# The wait-list


def waits(desk: Desk, *people: str, length: str = "for 1h") -> None:
    for person in people:
        assert desk.asks(JoinWaitList(FREE, length), person).code == "waiting_listed"


def offer(desk: Desk, to: str) -> int:
    with desk.store.read() as session:
        row = session.scalar(select(Booking).where(Booking.state == "offered", Booking.owner == to))
        assert row is not None
        return row.id


def test_the_first_who_waits_is_offered_it_and_has_ten_minutes(desk: Desk) -> None:
    mine = number(books(desk))
    waits(desk, "U0BEN", "U0OPAL")
    assert desk.asks(FreeEnvironment(FREE, mine), "U0ANA").facts["offered"] == "U0BEN"
    assert books(desk, "U0OPAL", when="for 1h").code == "booked_already"  # it is promised
    later(desk, minutes=9)
    taken = desk.asks(ClaimOffer(offer(desk, "U0BEN")), "U0BEN")
    assert taken.code == "claimed"
    assert taken.facts["end"] == stamp(NOON + timedelta(minutes=69))  # thinking costs nothing
    assert told(desk, "U0BEN") == ["offer_claimed"]


def test_an_offer_that_is_passed_or_missed_goes_to_the_next(desk: Desk) -> None:
    mine = number(books(desk, when="for 1h"))
    waits(desk, "U0BEN", "U0OPAL")
    desk.asks(FreeEnvironment(FREE, mine), "U0ANA")
    number_ = offer(desk, "U0BEN")
    assert desk.asks(PassOffer(number_), "U0OPAL").code == "not_your_offer"
    passed = desk.asks(PassOffer(number_), "U0BEN")
    assert (passed.code, passed.facts["offered"]) == ("passed_on", "U0OPAL")
    assert desk.asks(ClaimOffer(number_), "U0BEN").code == "offer_over"
    later(desk, minutes=10)
    assert desk.asks(ClaimOffer(offer(desk, "U0OPAL")), "U0OPAL").code == "offer_over"
    assert tick(desk).facts == {"missed": 1}
    assert told(desk, "U0OPAL") == ["offer_missed"]
    assert books(desk).code == "booked"


def test_when_a_booking_ends_by_itself_whoever_waits_is_offered_it(desk: Desk) -> None:
    books(desk, when="for 1h")
    waits(desk, "U0BEN")
    later(desk, hours=1)
    assert tick(desk).facts == {"ended": 1, "offered": 1}


def test_an_offer_is_as_long_as_there_is_room(desk: Desk) -> None:
    mine = number(books(desk, when="for 1h"))
    books(desk, by="U0OPAL", when="from 13:00 for 1h")
    waits(desk, "U0BEN", length="for 2h")
    desk.asks(FreeEnvironment(FREE, mine), "U0ANA")
    later(desk, minutes=5)
    taken = desk.asks(ClaimOffer(offer(desk, "U0BEN")), "U0BEN")
    assert taken.facts["end"] == stamp(NOON + timedelta(hours=1))


def test_a_place_in_the_wait_list_is_had_once_and_given_up(desk: Desk) -> None:
    books(desk)
    waits(desk, "U0BEN", "U0OPAL")
    again = desk.asks(JoinWaitList(FREE, "for 1h"), "U0OPAL")
    assert (again.code, again.facts["place"]) == ("waiting_already", 2)
    assert desk.asks(LeaveWaitList(FREE), "U0BEN").code == "left_wait_list"
    listed = desk.asks(ListBookings(FREE), "U0ANA").facts["environments"][0]
    assert [one["user"] for one in listed["waiting"]] == ["U0OPAL"]


def test_what_is_free_is_offered_at_once(desk: Desk) -> None:
    outcome = desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    assert outcome.facts["offered"] == "U0BEN"


# Who may deploy there


def test_a_booking_keeps_others_deployments_out_and_says_whose_it_is(desk: Desk) -> None:
    books(desk, people=["U0OPAL"], title="load test")
    no = deploys(desk)
    assert blockers(no) == ["booked"]
    assert no.facts["blockers"][0]["facts"]["owner"] == "U0ANA"
    assert deploys(desk, by="U0OPAL").code == "queued"
    later(desk, hours=2)
    assert desk.asks(RequestDeploy("shop-api", "1.1.0", FREE), "U0BEN").code == "queued"


def test_a_booking_for_a_release_lets_that_release_in_from_anybody(desk: Desk) -> None:
    books(desk, service="shop-api", version="1.1.0")
    assert blockers(deploys(desk)) == ["booked"]
    assert desk.asks(RequestDeploy("shop-api", "1.1.0", FREE), "U0BEN").code == "queued"


def test_a_booking_that_waits_for_approval_or_begins_later_binds_nothing_yet(desk: Desk) -> None:
    books(desk, when="from 13:00 for 1h")
    assert deploys(desk).code == "queued"


def test_an_override_lets_one_person_in_and_tells_the_owner(desk: Desk) -> None:
    mine = number(books(desk, by="U0BEN"))
    assert desk.asks(OverrideBooking(mine, "incident 12"), "U0ANA").code == "not_permitted"
    assert desk.asks(OverrideBooking(mine, ""), "U0OPAL").code == "reason_needed"
    assert desk.asks(OverrideBooking(mine, "incident 12"), "U0OPAL").code == "overridden"
    assert told(desk, "U0BEN") == ["booking_overridden"]
    assert blockers(deploys(desk, by="U0ANA")) == ["booked"]
    assert deploys(desk, by="U0OPAL").code == "queued"
    assert state(desk, mine) == "booked"


def test_the_holder_is_asked_once_by_each(desk: Desk) -> None:
    mine = number(books(desk))
    assert desk.asks(AskHolder(mine), "U0BEN").code == "holder_asked"
    assert desk.asks(AskHolder(mine), "U0BEN").code == "asked_before"
    assert desk.asks(AskHolder(mine), "U0OPAL").code == "holder_asked"
    assert desk.asks(AskHolder(mine), "U0ANA").code == "your_own_booking"
    assert told(desk, "U0ANA") == ["asked_for", "asked_for"]


# Approval


def asked(desk: Desk, **more: Any) -> tuple[int, str]:
    outcome = books(desk, environments=["duo-1"], **more)
    assert outcome.code == "booking_asked", outcome
    booking = number(outcome)
    with desk.store.read() as session:
        return booking, session.get_one(Booking, booking).fingerprint


def test_a_booking_that_needs_it_is_had_once_enough_people_said_yes(desk: Desk) -> None:
    booking, seen = asked(desk)
    assert desk.asks(ApproveBooking(booking, seen), "U0ANA").code == "own_booking_request"
    assert desk.asks(ApproveBooking(booking, seen), "U0OPAL").code == "not_permitted"
    assert desk.asks(ApproveBooking(booking, "other"), "U0CLEO").code == "booking_request_changed"
    first = desk.asks(ApproveBooking(booking, seen), "U0CLEO")
    assert (first.code, first.facts["count"]) == ("booking_approval_counted", 1)
    twice = desk.asks(ApproveBooking(booking, seen), "U0CLEO")
    assert twice.code == "booking_already_approved_by_you"
    assert desk.asks(ApproveBooking(booking, seen), "U0DEVI").code == "booking_granted"
    assert (state(desk, booking), told(desk, "U0ANA")) == ("booked", ["booking_granted"])
    late = desk.asks(ApproveBooking(booking, seen), CROWD[0])
    assert late.code == "booking_already_decided"


def test_while_it_is_asked_for_its_time_is_kept(desk: Desk) -> None:
    asked(desk)
    assert books(desk, by="U0BEN", environments=["duo-1"]).code == "booked_already"


def test_one_no_with_a_reason_ends_it(desk: Desk) -> None:
    booking, seen = asked(desk)
    assert desk.asks(RejectBooking(booking, seen, " "), "U0CLEO").code == "reason_needed"
    assert desk.asks(RejectBooking(booking, seen, "not today"), "U0CLEO").code == "booking_rejected"
    assert (state(desk, booking), told(desk, "U0ANA")) == ("rejected", ["booking_rejected"])
    asked(desk, by="U0BEN")


def test_an_unanswered_request_is_over_in_time(desk: Desk) -> None:
    booking, seen = asked(desk, when="for 4h")
    later(desk, minutes=30)
    assert desk.asks(ApproveBooking(booking, seen), "U0CLEO").code == "booking_approval_expired"
    assert tick(desk).facts == {"expired": 1}
    assert (state(desk, booking), told(desk, "U0ANA")) == ("expired", ["booking_expired"])


# Locks that people take


def locks(desk: Desk, scope: str = FREE, when: str = "for 1h", by: str = "U0OPAL") -> Outcome:
    return desk.asks(LockEnvironment(scope, when, "data is moved"), by)


@pytest.mark.parametrize("scope", [FREE, "tier:test", "all"])
def test_a_lock_keeps_everybody_else_out_until_its_end(desk: Desk, scope: str) -> None:
    assert locks(desk, scope).code == "locked_now"
    no = deploys(desk)
    assert blockers(no) == ["locked_by_person"]
    facts = no.facts["blockers"][0]["facts"]
    assert (facts["owner"], facts["reason"]) == ("U0OPAL", "data is moved")
    assert deploys(desk, by="U0OPAL").code == "queued"
    later(desk, hours=1)
    assert desk.asks(RequestDeploy("shop-web", "1.0.0", FREE), "U0BEN").code == "queued"
    assert tick(desk).facts == {"opened": 1}


def test_a_lock_of_one_tier_leaves_the_others_open(desk: Desk) -> None:
    locks(desk, "tier:production")
    assert deploys(desk).code == "queued"


def test_a_lock_has_one_holder_an_end_and_a_reason(desk: Desk) -> None:
    assert desk.asks(LockEnvironment(FREE, "for 1h", ""), "U0OPAL").code == "reason_needed"
    assert locks(desk, when="from 15:00 for 1h").code == "lock_begins_now"
    assert locks(desk, when="for 40d").code == "lock_too_long"
    assert locks(desk, when="soon").code == "unreadable_time"
    assert locks(desk, "tier:moon").code == "unknown_tier"
    assert locks(desk, by="U0ANA").code == "not_permitted"
    locks(desk)
    again = locks(desk, by="U0CLEO")
    assert (again.code, again.facts["owner"]) == ("locked_already", "U0OPAL")
    later(desk, hours=1)
    assert locks(desk, by="U0CLEO").code == "locked_now"


def test_only_the_lock_that_was_seen_is_opened_and_its_owner_is_told(desk: Desk) -> None:
    first = locks(desk).facts["claim"]
    opened = desk.asks(ClearLock(FREE, first, "is done"), "U0CLEO")
    assert (opened.code, told(desk, "U0OPAL")) == ("lock_cleared", ["lock_taken_away"])
    locks(desk)
    assert desk.asks(ClearLock(FREE, first, "is done"), "U0CLEO").code == "lock_changed"
    assert blockers(deploys(desk)) == ["locked_by_person"]
    assert desk.asks(ClearLock(FREE, 0, "is done"), "U0OPAL").code == "lock_cleared"
    assert told(desk, "U0OPAL") == ["lock_taken_away"]


def test_a_lock_of_a_person_keeps_rollbacks_out_as_well(desk: Desk) -> None:
    locks(desk, by="U0CLEO")
    no = desk.asks(RequestRollback("shop-api", FREE, "1.0.0"), "U0OPAL")
    assert no.code != "queued"
