"""Who has an environment, and how others get it: as people do it, by typing and by clicking."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from tests.station import SEED, Spot, Station
from tests.workspace import JSON, eventually, labels, words

ANA, BEN, CLEO, OPAL = "U0ANA", "U0BEN", "U0CLEO", "U0OPAL"


def booked(station: Station, kind: str = "free", when: str = "for 2h", by: str = ANA) -> Spot:
    """An environment that somebody has."""
    spot = station.spot(kind)
    says(station, f'/env book {spot.name} {when} "load test"', by, spot, "Booked for you")
    station.workspace.card(spot.channel, f"{spot.name} is booked")
    return spot


def says(station: Station, text: str, by: str, spot: Spot, answer: str) -> JSON:
    """Type a command; returns the private answer, which says ``answer``."""
    said = station.workspace.types(text, by, spot.channel)
    assert answer in said, said
    return station.workspace.privates(spot.channel, by)[-1]


def clicks(station: Station, label: str, on: JSON, by: str, spot: Spot, answer: str) -> JSON:
    """Click what a message offers; returns the private answer, which says ``answer``."""
    workspace = station.workspace
    said = workspace.reads_after(
        lambda: workspace.clicks(label, on, by, spot.channel), by, spot.channel
    )
    assert answer in said, said
    return workspace.privates(spot.channel, by)[-1]


def direct(station: Station, user: str, saying: str, spot: Spot) -> JSON:
    """The newest direct message of the bot about this environment that says ``saying``."""

    def look() -> JSON | None:
        found = station.workspace.messages(f"D{user[1:]}", user)
        about = [m for m in found if spot.name in words(m) and saying in words(m)]
        return about[-1] if about else None

    return eventually(look, f"a direct message to {user} saying {saying!r}") or {}


def local(at: int, user: str) -> str:
    """A day and time of day as this person's clock shows it."""
    people = yaml.safe_load(SEED.read_text(encoding="utf-8"))["people"]
    zone = next(one["tz"] for one in people if one["id"] == user)
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%a %H:%M")


def submits(station: Station, who: str, **values: object) -> None:
    """Fill the form in front and submit it; its answer is read and put away."""
    answer = station.workspace.fills(who, **values)
    assert answer["ok"], answer
    view = station.workspace.modal(who)
    if view:
        station.workspace.post("close", as_=who, view_id=view["id"])


def says_no_longer(station: Station, user: str, gone: str, spot: Spot) -> bool:
    found = station.workspace.messages(f"D{user[1:]}", user)
    return not any(gone in labels(m) for m in found if spot.name in words(m))


def test_the_holder_deploys_and_others_hear_who_has_it_and_every_way_on(station: Station) -> None:
    spot = booked(station)
    no = says(station, f"/deploy shop-api 1.0.0 to {spot.name}", BEN, spot, "booked")
    assert f"<@{ANA}>" in words(no)
    assert "load test" in words(no)
    ways = ["Ask for it", "Wait for it", "Book the next hour", "Deploy all the same"]
    assert [label for label in labels(no) if label in ways] == ways
    says(station, f"/env show {spot.name}", BEN, spot, f"booked> by <@{ANA}>")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")


def test_the_next_hour_is_booked_from_the_refusal(station: Station) -> None:
    spot = booked(station)
    no = says(station, f"/deploy shop-api 1.0.0 to {spot.name}", BEN, spot, "booked")
    clicks(station, "Book the next hour", no, BEN, spot, "Booked for you")
    card = station.workspace.card(spot.channel, f"{spot.name} is booked ahead")
    assert f"<@{BEN}>" in words(card)


def test_a_conflict_offers_free_times_and_one_click_takes_one(station: Station) -> None:
    spot = booked(station)
    no = says(station, f"/env book {spot.name} for 1h", BEN, spot, "Not booked.")
    assert f"<@{ANA}>" in words(no)
    in_two_hours = int(re.findall(r"Free: <!date\^(\d+)", words(no))[0])
    slot = next(label for label in labels(no) if label.startswith(spot.name))
    assert slot.split()[1:] == local(in_two_hours, BEN).split()  # as the sentence shows it to Ben
    clicks(station, slot, no, BEN, spot, "Booked for you")
    clicks(station, slot, no, BEN, spot, "Not booked.")  # a second click books nothing twice


def test_who_waits_is_offered_it_when_it_is_given_back(station: Station) -> None:
    spot = booked(station)
    no = says(station, f"/env book {spot.name} for 1h", BEN, spot, "Not booked.")
    clicks(station, "Wait for it", no, BEN, spot, "number 1 on the wait-list")
    says(station, f"/env wait {spot.name} for 1h", OPAL, spot, "number 2 on the wait-list")
    station.workspace.card(spot.channel, f"waiting: <@{BEN}> and <@{OPAL}>")
    says(station, f"/env extend {spot.name} by 1h", ANA, spot, "waits for it")
    says(station, f"/env free {spot.name}", ANA, spot, f"<@{BEN}> waited longest")

    offer = direct(station, BEN, "you are next", spot)
    station.workspace.clicks("Pass", offer, BEN, f"D{BEN[1:]}")
    direct(station, BEN, "You passed", spot)
    assert says_no_longer(station, BEN, "Claim", spot)

    offer = direct(station, OPAL, "you are next", spot)
    station.workspace.clicks("Claim", offer, OPAL, f"D{OPAL[1:]}")
    direct(station, OPAL, "is yours", spot)
    station.workspace.card(spot.channel, f"{spot.name} is booked, by <@{OPAL}>")


def test_the_card_extends_it_asks_for_it_and_gives_it_back(station: Station) -> None:
    spot = booked(station, when="for 1h")
    card = station.workspace.card(spot.channel, f"{spot.name} is booked")
    clicks(station, "Extend 1 h", card, BEN, spot, f"Ask <@{ANA}>")
    clicks(station, "Extend 1 h", card, ANA, spot, "Extended:")
    clicks(station, "Ask for it", card, BEN, spot, "was asked in private")
    asked = direct(station, ANA, "would like to have", spot)
    station.workspace.clicks("Give back", asked, ANA, f"D{ANA[1:]}")
    station.workspace.card(spot.channel, f"{spot.name} was given back")


def test_two_must_agree_where_the_setup_asks_and_never_the_one_who_asked(
    station: Station,
) -> None:
    spot = station.spot("duo")
    says(station, f"/env book {spot.name} for 1h", BEN, spot, "It needs 2 approvals")
    card = station.workspace.card(spot.channel, f"Asks for {spot.name}")
    clicks(station, "Approve", card, BEN, spot, "yourself")
    clicks(station, "Approve", card, CLEO, spot, "Your approval counts. 1 more approval")
    card = station.workspace.card(spot.channel, "1 of 2 approvals")
    clicks(station, "Approve", card, CLEO, spot, "counts once")
    clicks(station, "Approve", card, "U0CROWD01", spot, "Approved:")
    station.workspace.card(spot.channel, f"{spot.name} is booked")
    direct(station, BEN, "approved", spot)


def test_a_refused_request_tells_the_one_who_asked_why(station: Station) -> None:
    spot = station.spot("duo")
    says(station, f"/env book {spot.name} for 1h", BEN, spot, "It needs 2 approvals")
    card = station.workspace.card(spot.channel, f"Asks for {spot.name}")
    station.workspace.clicks("Reject", card, CLEO, spot.channel)
    submits(station, CLEO, reason="the audit is today")
    direct(station, BEN, "the audit is today", spot)
    station.workspace.card(spot.channel, f"{spot.name} was not given")


def test_who_may_overrides_with_a_reason_and_the_holder_is_told(station: Station) -> None:
    spot = booked(station)
    no = says(station, f"/deploy shop-api 1.0.0 to {spot.name}", OPAL, spot, "booked")
    station.workspace.clicks("Deploy all the same", no, OPAL, spot.channel)
    submits(station, OPAL, reason="customers cannot pay")
    direct(station, ANA, "customers cannot pay", spot)
    station.workspace.card(spot.channel, f"may deploy as well: <@{OPAL}>")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", OPAL, spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")


def test_taking_it_over_needs_a_reason_and_tells_the_one_who_had_it(station: Station) -> None:
    spot = booked(station)
    assert station.workspace.types(f"/env take {spot.name}", OPAL, spot.channel) == ""
    submits(station, OPAL, reason="release night")
    direct(station, ANA, "release night", spot)
    station.workspace.card(spot.channel, f"{spot.name} is booked, by <@{OPAL}>")


def test_a_lock_keeps_others_out_until_it_is_cleared_with_a_reason(station: Station) -> None:
    spot = station.spot("free")
    says(station, f"/env lock {spot.name} for 1h because disk full", OPAL, spot, "is locked until")
    card = station.workspace.card(spot.channel, f"{spot.name} is locked by <@{OPAL}>")
    says(station, f"/env show {spot.name}", ANA, spot, f"locked* by <@{OPAL}> until")
    no = says(station, f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot, "disk full")
    assert f"<@{OPAL}>" in words(no)
    station.workspace.clicks("Clear lock", card, OPAL, spot.channel)
    submits(station, OPAL, reason="disk is bigger")
    station.workspace.card(spot.channel, f"{spot.name} is open again")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", ANA, spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")


def test_a_form_with_a_calendar_books_it(station: Station) -> None:
    spot = station.spot("free")
    assert station.workspace.types("/env book", ANA, spot.channel) == ""
    day = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%d")
    wanted = {"environments": [spot.name], "day": day, "from": "09:00", "people": [BEN]}
    answer = station.workspace.fills(ANA, **wanted, until="08:00", title="dress rehearsal")
    assert "end before it begins" in str(answer["errors"]["until"])
    submits(station, ANA, **wanted, until="12:00", title="dress rehearsal")
    card = station.workspace.card(spot.channel, f"{spot.name} is booked ahead")
    assert f"with <@{BEN}>" in words(card)
    assert "dress rehearsal" in words(card)
    says(station, f"/env bookings {spot.name}", BEN, spot, "dress rehearsal")


@pytest.mark.parametrize(
    ("when", "answer"),
    [
        ("from yesterday until today", "Say it like"),
        ("from 2020-01-01 09:00 until 2020-01-01 10:00", "over already"),
        ("from tomorrow 12:00 until tomorrow 09:00", "end before it begins"),
        ("from tomorrow 12:00 until tomorrow 12:00", "end when it begins"),
        ("for 1m", "at least 5 minutes"),
        ("for 400d", "at a time"),
        ("for ages", "Say it like"),
    ],
)
def test_a_time_that_cannot_be_is_said_in_one_sentence(
    station: Station, when: str, answer: str
) -> None:
    spot = station.spots.by_kind["free"][-1]
    says(station, f"/env book {spot.name} {when}", ANA, spot, answer)
    assert station.workspace.cards(spot.channel) == []
