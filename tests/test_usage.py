"""What became of booked time, asked at the gate; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.reply import reply
from bot.say import plain
from bot.views.notices import draw_notice
from handlers.audit import append
from handlers.messages import (
    CLOCK,
    Actor,
    BookEnvironments,
    CompareSetup,
    CreateEnvironment,
    FreeEnvironment,
    JoinWaitList,
    RequestDeploy,
    ShowUsage,
    SweepBookings,
)
from handlers.setup import Cost, Setup
from handlers.tables import Booking, Declaration, Deployment, Notice, Stop
from tests.desk import Desk
from tests.station import TEAM
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


def test_it_costs_what_the_setup_says_while_it_runs_and_while_it_is_stopped(desk: Desk) -> None:
    priced(desk)
    known_for(desk, days=2)
    ran(desk, "replaced", hours=10, until=6)
    ran(desk, "live", hours=4)
    used(desk, books(desk, "U0ANA", "for 1h"))
    later(desk, hours=2)
    outcome = desk.asks(ShowUsage(FREE, 1), "U0ANA")
    (told,) = outcome.facts["environments"]
    assert told["cost"] == {
        "currency": "EUR", "running": 10 * 3600, "total": 10 * 0.5 + 14 * 0.1, "unused": 4.5,
    }  # fmt: skip
    said = reply(outcome)
    assert said.text.endswith("and 6.40 EUR spent")
    assert "ran 10.0 h, cost 6.40 EUR, 4.50 EUR of it unused" in " ".join(lines(said.blocks))
    (bare,) = desk.asks(ShowUsage("free-2"), "U0ANA").facts["environments"]
    assert "cost" not in bare


def ran(desk: Desk, state: str, hours: float, until: float = 0) -> None:
    """Something was live from so many hours ago on."""
    start, end = (desk.at - timedelta(hours=h) for h in (hours, until))
    with desk.store.write() as session:
        session.add(
            Deployment(
                kind="deploy", service="shop-api", environment=FREE, version="1.0.0",
                commit="a" * 40, state=state, team=TEAM, requester="U0ANA", requested_at=start,
                started_at=start, live_at=start, ended_at=None if state == "live" else end,
            )
        )  # fmt: skip


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


def priced(desk: Desk) -> None:
    cost = Cost(per_hour=0.5, stopped=0.1, currency="EUR")
    one = desk.setup.environments[FREE].model_copy(update={"cost": cost})
    places = {**desk.setup.environments, FREE: one}
    blueprint = desk.setup.blueprints["preview"].model_copy(update={"cost": cost})
    more = {"environments": places, "blueprints": {"preview": blueprint}}
    desk.setup = desk.setup.model_copy(update=more)


def known_for(desk: Desk, **span: float) -> None:
    """The first thing on record is that old."""
    someone = Actor(TEAM, "U0ANA")
    with desk.store.write() as session:
        append(session, desk.at - timedelta(**span), someone, "list", "environments", {})


def rested(desk: Desk, hours: float, until: float = 0) -> None:
    """It was stopped so many hours ago, and started again ``until`` hours ago, if it was."""
    since, end = (desk.at - timedelta(hours=h) for h in (hours, until))
    with desk.store.write() as session:
        session.add(
            Stop(environment=FREE, by="U0ANA", since=since, ended_at=end if until else None)
        )


def cost_of(desk: Desk, name: str, days: int = 1) -> dict[str, Any]:
    (told,) = desk.asks(ShowUsage(name, days), "U0ANA").facts["environments"]
    return dict(told["cost"]) | {"rested": told["rested"] / 3600}


def test_time_for_which_it_was_stopped_costs_what_stopped_time_does(desk: Desk) -> None:
    priced(desk)
    known_for(desk, days=2)
    ran(desk, "live", hours=10)
    rested(desk, hours=8, until=5)
    rested(desk, hours=1)
    assert cost_of(desk, FREE) == {
        "currency": "EUR", "running": 6 * 3600, "total": 6 * 0.5 + 18 * 0.1, "unused": 3.0,
        "rested": 4,
    }  # fmt: skip
    assert "stopped 4.0 h" in " ".join(lines(reply(desk.asks(ShowUsage(FREE, 1), "U0ANA")).blocks))


def test_one_that_was_made_costs_by_its_blueprint_and_nothing_before_it_was_there(
    desk: Desk,
) -> None:
    priced(desk)
    assert desk.asks(CreateEnvironment("demo", "preview"), "U0ANA").code == "environment_created"
    later(desk, hours=4)
    assert cost_of(desk, "demo", 30) == {
        "currency": "EUR", "running": 0, "total": 0.4, "unused": 0.0, "rested": 0,
    }  # fmt: skip


def test_nothing_costs_anything_before_the_first_thing_on_record(desk: Desk) -> None:
    priced(desk)
    assert cost_of(desk, FREE, 30)["total"] == 0
    known_for(desk, minutes=0)
    later(desk, hours=4)
    assert cost_of(desk, FREE, 30)["total"] == pytest.approx(4 * 0.1)
    assert cost_of(desk, FREE, 30)["running"] == 0


def compares(desk: Desk) -> None:
    """The clock looks at what the setup file has."""
    desk.gate.submit(CompareSetup(), CLOCK, f"clock:compare:{desk.at}")


def takes_out(desk: Desk) -> Setup:
    """The file has the environment no more; what it was."""
    was = desk.setup
    left = {name: one for name, one in was.environments.items() if name != FREE}
    desk.setup = was.model_copy(update={"environments": left})
    return was


def test_one_that_is_added_to_the_file_costs_nothing_before(desk: Desk) -> None:
    priced(desk)
    known_for(desk, days=9)
    full = takes_out(desk)
    compares(desk)
    later(desk, days=2)
    desk.setup = full
    assert cost_of(desk, FREE, 30)["total"] == 0, "it has only just been added"
    compares(desk)
    later(desk, hours=4)
    assert cost_of(desk, FREE, 30)["total"] == pytest.approx(4 * 0.1)
    later(desk, days=3)
    compares(desk)
    assert cost_of(desk, FREE, 1)["total"] == pytest.approx(24 * 0.1)


def test_one_that_is_taken_out_of_the_file_costs_nothing_until_it_is_back(desk: Desk) -> None:
    priced(desk)
    compares(desk)
    ran(desk, "live", hours=0)
    later(desk, hours=3)
    full = takes_out(desk)
    compares(desk)
    desk.later(hours=50)
    compares(desk)
    desk.setup = full
    compares(desk)
    later(desk, hours=2)
    assert cost_of(desk, FREE, 30) == {
        "currency": "EUR", "running": 5 * 3600, "total": 2.5, "unused": 2.5, "rested": 0,
    }  # fmt: skip


def test_what_the_file_had_when_that_was_first_written_down_costs_from_the_first_record_on(
    desk: Desk,
) -> None:
    priced(desk)
    known_for(desk, hours=20)
    compares(desk)
    later(desk, hours=1)
    assert cost_of(desk, FREE, 30)["total"] == pytest.approx(21 * 0.1)


def test_what_was_made_from_a_blueprint_is_none_of_the_files(desk: Desk) -> None:
    priced(desk)
    known_for(desk, hours=20)
    compares(desk)
    assert desk.asks(CreateEnvironment("demo", "preview"), "U0ANA").code == "environment_created"
    later(desk, hours=4)
    compares(desk)
    with desk.store.read() as session:
        assert {row.environment for row in session.query(Declaration)} == set(
            desk.setup.environments
        )
    assert cost_of(desk, "demo", 30)["total"] == pytest.approx(0.4)


@pytest.mark.parametrize("is_priced", [True, False])
def test_whoever_forgot_a_booking_hears_what_that_costs_others(desk: Desk, is_priced: bool) -> None:
    if is_priced:
        priced(desk)
    ran(desk, "live", hours=10)
    books(desk, "U0ANA", "for 4h")
    later(desk, minutes=30)
    desk.asks(JoinWaitList(FREE, "for 1h"), "U0BEN")
    later(desk, minutes=90)
    with desk.store.read() as session:
        (told,) = session.query(Notice).filter_by(user="U0ANA", code="forgotten")
        said = plain(draw_notice(told.code, told.facts))
    assert "That has cost 1 h 30 min of waiting" in said
    assert ("and 1.00 EUR for what runs unused since then" in said) == is_priced
