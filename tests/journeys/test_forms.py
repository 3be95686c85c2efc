"""Forms that cannot be carried out: what was filled in is not lost, and every click is answered."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.subjects import Subject
from handlers.tables import Lock
from tests.station import Spot, Station
from tests.workspace import JSON, elements, eventually, words


def locked(station: Station) -> Spot:
    """An environment that is closed to deployments."""
    spot = station.spot("free")
    with station.bot.bench.store.write() as session:
        session.add(
            Lock(
                environment=spot.name,
                kind="failure",
                cause=Subject("", 0),
                owner="U0ANA",
                reason="shop-api 1.2.0 failed",
                since=datetime.now(UTC),
            )
        )
    return spot


def fills_deploy(station: Station, spot: Spot, who: str, version: str) -> JSON:
    """Open the deploy form with a version in it, choose the environment, submit."""
    station.workspace.types(f"/deploy shop-api {version}", who, spot.channel)
    answer = station.workspace.fills(who, environment=spot.name)
    assert answer["ok"], answer
    return answer


def clicks_in_the_form(station: Station, who: str, label: str, then: str) -> JSON:
    """Click a button of the form in front; returns the form once it says ``then``."""
    view = station.workspace.modal(who)
    assert view
    button = next(e for e in elements(view) if e.label == label)
    answer = station.workspace.post(
        "action", as_=who, view_id=view["id"], block_id=button.block_id, action_id=button.action_id
    )
    assert answer["ok"], answer

    def told() -> JSON | None:
        view = station.workspace.modal(who)
        return view if view and then in words(view) else None

    return eventually(told, f"a form that says {then!r}") or {}


def test_who_may_not_clear_the_lock_is_told_so_in_the_form(station: Station) -> None:
    spot = locked(station)
    fills_deploy(station, spot, "U0ANA", "1.1.0")
    view = clicks_in_the_form(station, "U0ANA", "Clear lock", "You may not lock and unlock there")
    station.workspace.post("close", as_="U0ANA", view_id=view["id"])


def test_who_may_clear_the_lock_does_so_in_the_same_form(station: Station) -> None:
    spot = locked(station)
    fills_deploy(station, spot, "U0OPAL", "1.1.0")
    before = station.workspace.get("modal", as_="U0OPAL")["stack"]
    view = clicks_in_the_form(station, "U0OPAL", "Clear lock", "Why is it safe")
    assert [view["id"]] == [one["id"] for one in before]
    assert station.workspace.fills("U0OPAL", reason="the schema is migrated")["ok"]
    clicked = station.workspace.modal("U0OPAL")
    assert clicked
    assert "is open again" in words(clicked)
    station.workspace.post("close", as_="U0OPAL", view_id=clicked["id"])


def test_a_version_that_is_live_already_is_said_beside_its_field(station: Station) -> None:
    spot = station.spot("free")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0ANA", spot.channel)
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")
    station.workspace.types("/deploy shop-api 1.0.0", "U0BEN", spot.channel)
    answer = station.workspace.fills("U0BEN", environment=spot.name)
    assert list(answer["errors"]) == ["version"]
    assert "live there already" in answer["errors"]["version"]
    # The form is still there: another version, and it goes ahead.
    again = station.workspace.fills("U0BEN", version="1.1.0", environment=spot.name)
    assert again["ok"], again
    station.workspace.card(spot.channel, "Live: shop-api 1.1.0")


def test_the_ways_round_a_booking_are_taken_and_answered_in_the_form(station: Station) -> None:
    spot = station.spot("free")
    station.workspace.types(f'/env book {spot.name} for 2h "load test"', "U0ANA", spot.channel)
    fills_deploy(station, spot, "U0BEN", "1.1.0")
    before = station.workspace.get("modal", as_="U0BEN")["stack"]
    view = clicks_in_the_form(station, "U0BEN", "Ask for it", "was asked in private")
    assert [view["id"]] == [one["id"] for one in before]
    station.workspace.post("close", as_="U0BEN", view_id=view["id"])
    fills_deploy(station, spot, "U0OPAL", "1.1.0")
    clicks_in_the_form(station, "U0OPAL", "Deploy all the same", "Why can it not wait")
    assert station.workspace.fills("U0OPAL", reason="customers cannot pay")["ok"]
    clicked = station.workspace.modal("U0OPAL")
    assert clicked
    assert "You may deploy" in words(clicked)
    station.workspace.post("close", as_="U0OPAL", view_id=clicked["id"])
