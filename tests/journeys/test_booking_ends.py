"""What time does to bookings, as people see it: reminded, extended, given back, ended, offered on;
and several environments that are had together or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers.tables import Booking, Wait
from tests.journeys.test_booking import ANA, BEN, booked, direct, says, says_no_longer
from tests.station import Spot, Station
from tests.workspace import eventually, labels, words


def passes(station: Station, spot: Spot, **time: float) -> None:
    """So much time goes by for everything that is booked and wished for there."""
    span = timedelta(**time)
    with station.bot.bench.store.write() as session:
        for row in session.query(Booking).filter_by(environment=spot.name, state="booked"):
            for name in ("starts_at", "ends_at", "requested_at", "begun_at", "reminded_at"):
                _back(row, name, span)
        for wait in session.query(Wait).filter_by(environment=spot.name):
            _back(wait, "since", span)


def _back(row: Any, name: str, span: timedelta) -> None:
    if (at := getattr(row, name)) is not None:
        setattr(row, name, at - span)


def test_before_its_end_its_owner_is_reminded_and_extends_it_or_gives_it_back(
    station: Station,
) -> None:
    spot, work = booked(station), station.workspace
    eventually(lambda: begun(station, spot), "its beginning")
    passes(station, spot, minutes=112)
    reminder = direct(station, ANA, "ends", spot)
    assert labels(reminder) == ["Extend 1 h", "Give back now"]
    assert "load test" in words(reminder)
    work.clicks("Extend 1 h", reminder, ANA, f"D{ANA[1:]}")
    direct(station, ANA, "Extended:", spot)
    eventually(lambda: says_no_longer(station, ANA, "Extend 1 h", spot), "the reminder answered")
    passes(station, spot, minutes=60)
    again = direct(station, ANA, "ends", spot)
    work.clicks("Give back now", again, ANA, f"D{ANA[1:]}")
    eventually(lambda: "free" in work.types(f"/env show {spot.name}", BEN, spot.channel), "free")
    work.card(spot.channel, f"{spot.name} was given back")


def begun(station: Station, spot: Spot) -> bool:
    with station.bot.bench.store.read() as session:
        rows = session.query(Booking).filter_by(environment=spot.name, state="booked")
        return all(row.begun_at is not None for row in rows)


def test_who_forgot_it_hears_what_it_costs_others_and_at_its_end_it_is_offered_on(
    station: Station,
) -> None:
    spot, work = booked(station), station.workspace
    eventually(lambda: begun(station, spot), "its beginning")
    says(station, f"/env wait {spot.name} for 30m", BEN, spot, "You are")
    passes(station, spot, minutes=65)
    told = direct(station, ANA, "nothing was deployed there since", spot)
    assert f"<@{BEN}> waits for it" in words(told)
    assert "of waiting since then" in words(told)
    assert labels(told) == ["Give back"]
    passes(station, spot, minutes=60)
    offer = direct(station, BEN, "you are next", spot)
    work.clicks("Claim", offer, BEN, f"D{BEN[1:]}")
    eventually(
        lambda: f"<@{BEN}>" in work.types(f"/env show {spot.name}", ANA, spot.channel),
        "Ben to have it",
    )


def test_several_are_booked_in_one_go_or_none_of_them(station: Station) -> None:
    taken, free, other = booked(station, by=BEN), station.spot("free"), station.spot("free")
    both = f"/env book {free.name}, {taken.name} for 1h"
    no = says(station, both, ANA, free, f"*{taken.name}*")
    assert "load test" in words(no)
    listed = station.workspace.types(f"/env bookings {free.name}", ANA, free.channel)
    assert "free for the next 14 days" in listed
    said = f'/env book {free.name}, {other.name} for 1h "release day"'
    says(station, said, ANA, free, "Booked for you")
    for spot in (free, other):
        card = station.workspace.card(spot.channel, f"{spot.name} is booked")
        assert "release day" in words(card)
