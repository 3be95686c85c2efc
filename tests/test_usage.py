"""What became of booked time, asked at the gate; on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reply import reply
from handlers.messages import (
    CLOCK,
    BookEnvironments,
    FreeEnvironment,
    RequestDeploy,
    ShowUsage,
    SweepBookings,
)
from handlers.tables import Booking
from tests.desk import Desk
from tests.views.read import lines

FREE = "free-1"


def books(desk: Desk, by: str, when: str) -> int:
    outcome = desk.asks(BookEnvironments([FREE], when), by)
    assert outcome.code == "booked", outcome
    return int(outcome.facts["bookings"][0]["booking"])


def later(desk: Desk, **span: float) -> None:
    desk.later(**span)
    desk.directory_read()
    desk.gate.submit(SweepBookings(), CLOCK, f"clock:{desk.at}")


def hours(desk: Desk, days: int = 30) -> dict[str, Any]:
    (told,) = desk.asks(ShowUsage(FREE, days), "U0ANA").facts["environments"]
    return {
        **{name: told[name] / 3600 for name in ("booked", "used", "idle")},
        "people": [(one["user"], one["booked"] / 3600) for one in told["people"]],
        "bookings": told["bookings"],
    }


def used(desk: Desk, booking: int) -> None:
    with desk.store.write() as session:
        session.get_one(Booking, booking).used_at = desk.at


def test_time_counts_as_it_was_had_and_as_used_when_something_was_deployed(desk: Desk) -> None:
    used(desk, books(desk, "U0ANA", "for 4h"))
    later(desk, hours=1)
    assert hours(desk)["booked"] == 1  # what is still to come was not had yet
    desk.asks(FreeEnvironment(FREE), "U0ANA")
    books(desk, "U0BEN", "for 2h")
    later(desk, hours=3)
    books(desk, "U0BEN", "from 20:00 for 1h")
    desk.asks(FreeEnvironment(FREE), "U0BEN")  # before it began
    later(desk, hours=9)
    assert hours(desk) == {
        "booked": 3, "used": 1, "idle": 2, "people": [("U0BEN", 2), ("U0ANA", 1)], "bookings": 2,
    }  # fmt: skip


def test_only_the_days_that_are_asked_for_count(desk: Desk) -> None:
    books(desk, "U0ANA", "for 2h")
    later(desk, hours=25)
    assert (hours(desk, 1)["booked"], hours(desk, 2)["booked"]) == (1, 2)


def test_a_deployment_makes_a_booking_used(desk: Desk) -> None:
    books(desk, "U0ANA", "for 2h")
    desk.asks(RequestDeploy("shop-api", "1.0.0", FREE), "U0ANA")
    later(desk, hours=1)
    assert (hours(desk)["used"], hours(desk)["idle"]) == (1, 0)


def test_all_environments_are_told_the_idle_ones_first(desk: Desk) -> None:
    books(desk, "U0ANA", "for 2h")
    later(desk, hours=3)
    outcome = desk.asks(ShowUsage(), "U0BEN")
    said = reply(outcome)
    assert said.text == "2.0 h booked in the last 30 days, 2.0 h of them idle"
    read = lines(said.blocks)
    assert read[1].startswith("• *free-1*: 2.0 h booked (0 %), used 0.0 h, idle 2.0 h · 1 booking")
    assert "• *prod-1*: not booked" in read


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (ShowUsage("freee-1"), "unknown_environment"),
        (ShowUsage(FREE, 0), "bad_days"),
        (ShowUsage(FREE, 367), "bad_days"),
    ],
)
def test_what_cannot_be_told_is_refused_for_its_reason(
    desk: Desk, question: ShowUsage, code: str
) -> None:
    outcome = desk.asks(question, "U0ANA")
    assert (outcome.code, outcome.refused) == (code, True)
