"""The App Home through the local workspace: opened, acted on, kept up to date by itself."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.station import Spot, Station
from tests.workspace import JSON, elements, eventually, labels, words


def opens(station: Station, user: str) -> None:
    station.workspace.get("home", as_=user)


def look_at_home(station: Station, user: str) -> JSON | None:
    """What stands at a person's Home, without opening it."""
    view: JSON | None = station.workspace.get("home", as_=user, tab="messages")["view"]
    return view


def home(station: Station, user: str, saying: str) -> JSON:
    """The Home of a person once it says ``saying``; it was opened before."""

    def look() -> JSON | None:
        view = look_at_home(station, user)
        return view if view and saying in words(view["blocks"]) else None

    return eventually(look, f"a Home of {user} saying {saying!r}") or {}


def clicks(station: Station, user: str, label: str, where: str) -> Any:
    """Click a button of the Home by what a screen reader calls it."""
    view = look_at_home(station, user)
    assert view
    (target,) = (
        e for e in elements(view)
        if e.label == label and where in e.raw.get("accessibility_label", "")
    )  # fmt: skip
    answer = station.workspace.post(
        "action",
        as_=user, view_id=view["id"], block_id=target.block_id, action_id=target.action_id,
    )  # fmt: skip
    assert answer["ok"], answer


def reads(station: Station, user: str, saying: str) -> str:
    """What stands in the window in front of this person."""

    def look() -> str:
        view = station.workspace.modal(user)
        said = words(view["blocks"]) if view else ""
        return said if saying in said else ""

    said = eventually(look, f"a window saying {saying!r}")
    view = station.workspace.modal(user)
    assert view
    station.workspace.post("close", as_=user, view_id=view["id"])
    return said


def types(station: Station, spot: Spot, text: str, by: str) -> str:
    return station.workspace.types(text.format(env=spot.name), by, spot.channel)


def test_the_home_shows_what_i_hold_and_its_buttons_work(station: Station) -> None:
    spot = station.spot("free")
    types(station, spot, '/env book {env} for 2h "load test"', "U0ANA")
    opens(station, "U0ANA")
    view = home(station, "U0ANA", "You have")
    assert "load test" in words(view["blocks"])
    clicks(station, "U0ANA", "Extend 1 h", spot.name)
    assert spot.name in reads(station, "U0ANA", "Extended")
    clicks(station, "U0ANA", "Give back", spot.name)
    reads(station, "U0ANA", "Given back")
    home(station, "U0ANA", "Nothing waits for you, and you hold nothing")


def test_a_request_appears_at_the_approvers_home_by_itself_and_is_approved_there(
    station: Station,
) -> None:
    spot = station.spot("prod")
    opens(station, "U0CLEO")
    home(station, "U0CLEO", "environments")
    types(station, spot, "/deploy shop-api 1.0.0 to {env} because it is time", "U0ANA")
    before = station.workspace.get("inspector")["entries"][-1]["n"]
    view = home(station, "U0CLEO", "it is time")
    assert {"Approve", "Reject"} <= set(labels(view))
    clicks(station, "U0CLEO", "Approve", spot.name)
    reads(station, "U0CLEO", "the last one needed")
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    home(station, "U0CLEO", "Nothing waits for you")
    entries = station.workspace.get("inspector", since=str(before))["entries"]
    published = [e["at"] for e in entries if e["name"] == "views.publish"]
    apart = [b - a for a, b in pairwise(published)]
    assert all(pause > 0.9 for pause in apart), apart  # however much happens


def test_a_free_environment_is_booked_from_the_home(station: Station) -> None:
    spot = station.spot("free")
    opens(station, "U0BEN")
    home(station, "U0BEN", "environments")
    clicks(station, "U0BEN", "Book", f"Book {spot.name}")
    form = eventually(lambda: station.workspace.modal("U0BEN"), "the form")
    assert form and spot.name in str(form["blocks"])
    station.workspace.post("close", as_="U0BEN", view_id=form["id"])


def test_a_reject_at_the_home_asks_for_the_reason(station: Station) -> None:
    spot = station.spot("prod")
    types(station, spot, "/deploy shop-api 1.0.0 to {env} because of the fair", "U0ANA")
    opens(station, "U0CLEO")
    home(station, "U0CLEO", "of the fair")
    clicks(station, "U0CLEO", "Reject", spot.name)
    station.workspace.fills("U0CLEO", reason="not on a Friday")
    station.workspace.card(spot.channel, "not on a Friday")


def test_who_is_a_guest_reads_at_home_why_there_is_nothing(station: Station) -> None:
    user = next(
        p["id"] for p in station.workspace.get("boot", as_="U0ANA")["people"] if p.get("is_guest")
    )
    opens(station, user)
    home(station, user, "Guests")


def test_board_and_usage_are_answered_to_who_types_them(station: Station) -> None:
    spot = station.spot("free")
    assert "not booked" in types(station, spot, "/env usage {env} last 2w", "U0ANA")
    types(station, spot, "/env book {env} for 2h", "U0ANA")
    used = types(station, spot, "/env usage {env}", "U0ANA")
    assert "in the last 30 days" in used and "1 booking" in used
    assert f"*{spot.name}*" in types(station, spot, "/env board", "U0ANA")
    assert "366 days at most" in types(station, spot, "/env usage last 999w", "U0ANA")
