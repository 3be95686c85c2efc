"""Whatever is typed about bookings that cannot be: one clear sentence, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.parse import Misunderstood, OpenForm, parse
from bot.reply import reply
from bot.say import plain
from handlers.messages import CLOCK, Outcome, SweepBookings
from handlers.tables import Booking, Lock, Wait
from tests.databases import migrated
from tests.desk import Desk, open_desk

ANA, BEN, CLEO, OPAL = "U0ANA", "U0BEN", "U0CLEO", "U0OPAL"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Ben has free-1 from 12:00 to 14:00 as #1, and Ana free-2 tomorrow as #2; it is noon."""
    url = f"sqlite:///{tmp_path / 'station.db'}"
    migrated(url)
    with open_desk(url, tmp_path) as desk:
        assert not says(desk, BEN, 'book free-1 for 2h "load test"').refused
        assert not says(desk, ANA, "book free-2 from tomorrow 9:00 for 1h").refused
        yield desk


def says(desk: Desk, user: str, text: str) -> Outcome:
    """What comes of ``/env text``."""
    said = parse("/env", text)
    assert not isinstance(said, OpenForm), text
    if isinstance(said, Misunderstood):
        return Outcome(said.code, said.facts, refused=True)
    return desk.asks(said, user)


def rows(desk: Desk) -> list[tuple[object, ...]]:
    """Everything that a booking could have changed."""
    with desk.store.read() as session:
        found = [
            tuple(getattr(row, column.name) for column in kind.__table__.columns)
            for kind in (Booking, Wait, Lock)
            for row in session.query(kind).order_by(kind.id)
        ]
    return found


CLAIMS = [
    # who   says                                                  and hears
    (ANA, "book free-2 from 2027-02-28 9:00 until 2027-02-28 10:00", "That time is over already."),
    (ANA, "book free-2 from 15:00 until 15:00", "It would end when it begins."),
    (ANA, "book free-2 from tomorrow 15:00 until tomorrow 14:00", "end before it begins"),
    (ANA, "book free-2 for 0m", "It would end when it begins."),
    (ANA, "book free-2 for 1m", "A booking lasts at least 5 minutes."),
    (ANA, "book free-2 for 9h", "*free-2* can be booked for 8 h 0 min at a time; that would be"),
    (ANA, "book free-2 from 2028-01-01 9:00 for 1h", "*free-2* can be booked 30 d 0 h ahead"),
    (ANA, "book free-2 for ages", "I do not understand “ages” as a time."),
    (ANA, "book free-2 from 25:00 for 1h", "There is no such time of day: “25:00”."),
    (ANA, "book free-2 from 2027-02-30 9:00 for 1h", "There is no such day"),
    (ANA, "extend free-2 by ages", "I do not understand “ages” as a time."),
    (ANA, "extend free-2 until 2027-02-01 9:00", "That time is over already."),
    (ANA, "lock free-2 for ages because of a test", "You may not lock and unlock there"),
    (ANA, "book fre-2 for 1h", "There is no environment `fre-2`. Did you mean `free-"),
    (ANA, "book free-2,nowhere for 1h", "There is no environment `nowhere`."),
    (ANA, "book free-2 for 1h with shop-ap 1.0.0", "There is no service `shop-ap`. Did you mean"),
    (ANA, "book free-2 for 1h with shop-api 9.9.9", "`shop-api` has no version `9.9.9`."),
    (ANA, "book free-2 for 1h as party", "`party` is no purpose I know"),
    (ANA, "free fre-1", "There is no environment `fre-1`."),
    (ANA, "free free-1 #99", "There is no booking #99 there."),
    (ANA, "free free-1", "You have no booking of *free-1*. It is booked by @U0BEN"),
    (ANA, "free free-1 #1", "*free-1* is booked by @U0BEN"),
    (ANA, "extend free-1 by 1h #1", "Ask @U0BEN, or wait: `/env wait free-1 for 1h`."),
    (ANA, "take free-1 because I need it now", "You may not take bookings over there"),
    (ANA, "leave free-1", "You do not wait for *free-1*."),
    (CLEO, "book free-1 for 1h", "You may not book there"),
]  # fmt: skip


def test_each_gets_a_clear_sentence_and_changes_nothing(desk: Desk) -> None:
    before = rows(desk)
    wrong = []
    for who, text, hears in CLAIMS:
        outcome = says(desk, who, text)
        answer = plain(reply(outcome))
        if not (outcome.refused and hears in answer and rows(desk) == before):
            wrong.append((text, outcome.code, answer))
    assert wrong == [], "\n".join(map(str, wrong))


def test_who_was_deactivated_is_refused_and_what_they_held_is_offered_on(desk: Desk) -> None:
    assert says(desk, ANA, "wait free-1 for 1h").code == "waiting_listed"
    desk.knows(BEN, is_deactivated=True)
    before = rows(desk)
    no = says(desk, BEN, "extend free-1 by 1h")
    assert plain(reply(no)).startswith("Deactivated accounts cannot use me.")
    assert rows(desk) == before
    swept = desk.gate.submit(SweepBookings(), CLOCK, "clock:sweep:1")
    assert (swept.facts["owner_left"], swept.facts["offered"]) == (1, 1)
    with desk.store.read() as session:
        theirs, offered = session.get_one(Booking, 1), session.get(Booking, 3)
        assert (theirs.state, offered and (offered.owner, offered.state)) == (
            "freed", (ANA, "offered"),
        )  # fmt: skip
