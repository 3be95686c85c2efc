"""Prepare and reset, as people see them: steps on a card, and buttons where one fails."""

from __future__ import annotations

import shutil
from pathlib import Path

import requests

from tests.journeys.test_deploying import goes_live, version_at
from tests.station import Spot, Station
from tests.workspace import labels


def data(station: Station, spot: Spot) -> Path:
    return Path(station.bot.settings.data / "volumes" / spot.name / "shop-api" / "data")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_prepare_fills_in_data_and_tests_what_is_live(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    (data(station, spot) / "catalogue.json").unlink()
    said = station.workspace.types(f"/env prepare {spot.name}", "U0OPAL", spot.channel)
    assert "preparation" in said
    card = station.workspace.card(spot.channel, f"Done: preparation of {spot.name}")
    assert "1 file put there" in str(card["blocks"])
    assert "1 of 1 checks asked" in str(card["blocks"])
    assert names(data(station, spot)) == ["catalogue.json"]
    assert version_at(spot) == "1.0.0"


def test_reset_puts_the_data_back_and_keeps_a_copy_of_what_was_there(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    (data(station, spot) / "orders").write_text("7", encoding="utf-8")
    station.workspace.types(
        f"/env reset {spot.name} because the orders are wrong", "U0OPAL", spot.channel
    )
    card = station.workspace.card(spot.channel, f"Done: reset of {spot.name}")
    assert "the orders are wrong" in str(card["blocks"])
    assert names(data(station, spot)) == ["catalogue.json"]
    (copy,) = (data(station, spot).parent / "backups").iterdir()
    assert (copy / "data" / "orders").read_text(encoding="utf-8") == "7"
    assert version_at(spot) == "1.0.0"


def test_a_step_that_fails_holds_the_environment_until_a_person_decides(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    baseline = station.bot.settings.data / "baseline"
    away = shutil.move(baseline, baseline.with_name("away"))
    station.workspace.types(
        f"/env reset {spot.name} because the orders are wrong", "U0OPAL", spot.channel
    )
    card = station.workspace.card(spot.channel, f"Needs a person: reset of {spot.name}")
    assert labels(card) == ["Retry", "Skip", "Abort"]
    assert "There is no folder" in str(card["blocks"])
    said = station.workspace.types(f"/deploy shop-api 1.1.0 to {spot.name}", "U0ANA", spot.channel)
    assert "Retry" in said
    shutil.move(away, baseline)
    station.workspace.clicks("Retry", card, "U0OPAL", spot.channel)
    station.workspace.card(spot.channel, f"Done: reset of {spot.name}")
    assert version_at(spot) == "1.0.0"


def test_an_approved_reset_brings_the_baseline_version_back(station: Station) -> None:
    spot = station.spot("home")
    goes_live(station, spot, "1.0.0")
    goes_live(station, spot, "1.1.0")
    (data(station, spot) / "orders").write_text("7", encoding="utf-8")
    said = station.workspace.types(
        f"/env reset {spot.name} because the orders are wrong", "U0OPAL", spot.channel
    )
    assert "needs 1 approval" in said
    card = station.workspace.card(spot.channel, f"Waits for approval: reset of {spot.name}")
    assert "shop-api 1.0.0 (in place of 1.1.0)" in str(card["blocks"])
    assert labels(card) == ["Approve", "Reject", "Withdraw"]
    assert version_at(spot) == "1.1.0"
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    card = station.workspace.card(spot.channel, f"Done: reset of {spot.name}")
    assert "Bring the baseline version of shop-api back" in str(card["blocks"])
    assert "Lead traffic to shop-api 1.0.0" in str(card["blocks"])
    assert version_at(spot) == "1.0.0"
    assert names(data(station, spot)) == ["catalogue.json"]
    said = station.workspace.types(f"/env show {spot.name}", "U0ANA", spot.channel)
    assert "shop-api 1.0.0" in said


def test_a_reset_that_waits_is_withdrawn_by_its_button_or_by_a_command(station: Station) -> None:
    spot = station.spot("home")
    because = f"/env reset {spot.name} because the orders are wrong"
    for how in ("button", "command"):
        station.workspace.types(because, "U0OPAL", spot.channel)
        card = station.workspace.card(spot.channel, f"Waits for approval: reset of {spot.name}")
        if how == "button":
            station.workspace.clicks("Withdraw", card, "U0OPAL", spot.channel)
        else:
            said = station.workspace.types(f"/env withdraw {spot.name}", "U0OPAL", spot.channel)
            assert "Withdrawn: the reset" in said
        station.workspace.card(spot.channel, f"Withdrawn: reset of {spot.name}")
    said = station.workspace.types(f"/env withdraw {spot.name}", "U0OPAL", spot.channel)
    assert "Nothing waits" in said


def test_abort_gives_the_environment_back_as_it_is(station: Station) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    requests.get(f"{spot.url()}/version", timeout=5)
    baseline = station.bot.settings.data / "baseline"
    away = shutil.move(baseline, baseline.with_name("away"))
    station.workspace.types(
        f"/env reset {spot.name} because the orders are wrong", "U0OPAL", spot.channel
    )
    card = station.workspace.card(spot.channel, f"Needs a person: reset of {spot.name}")
    station.workspace.clicks("Abort", card, "U0OPAL", spot.channel)
    station.workspace.card(spot.channel, f"Aborted: reset of {spot.name}")
    shutil.move(away, baseline)
    goes_live(station, spot, "1.1.0")
    assert names(data(station, spot)) == ["catalogue.json"]
