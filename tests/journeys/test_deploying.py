"""What a newcomer does first: ask, approve, watch it go live, break one, see it roll back."""

from __future__ import annotations

import contextlib
import threading
import time

import psutil
import pytest
import requests

from handlers.messages import Actor, RejectDeployment
from handlers.ports import HealthCheck
from handlers.tables import Deployment
from handlers.work import bench as work_bench
from tests.station import Spot, Station
from tests.workspace import JSON, elements, eventually, labels, words


def version_at(spot: Spot, service: str = "shop-api") -> str:
    return str(requests.get(f"{spot.url(service)}/version", timeout=5).json()["version"])


def goes_live(station: Station, spot: Spot, version: str, *approvers: str) -> JSON:
    """Ask for it as Ana, have it approved, and wait until it is live."""
    said = station.workspace.types(
        f"/deploy shop-api {version} to {spot.name}", "U0ANA", spot.channel
    )
    for user in approvers:
        card = station.workspace.card(spot.channel, f"Waiting for approval: shop-api {version}")
        station.workspace.clicks("Approve", card, user, spot.channel)
    assert "shop-api" in said
    return station.workspace.card(spot.channel, f"Live: shop-api {version}")


def test_where_nobody_must_approve_it_goes_live_on_one_card_and_answers(station: Station) -> None:
    spot = station.spot("free")
    card = goes_live(station, spot, "1.1.0")
    assert version_at(spot) == "1.1.0"
    assert len(station.workspace.cards(spot.channel)) == 1
    assert spot.url() in str(card["blocks"])


def test_a_service_finds_its_data_filled_at_first_and_kept_from_version_to_version(
    station: Station,
) -> None:
    spot = station.spot("free")
    data = station.bot.settings.data / "volumes" / spot.name / "shop-api" / "data"
    goes_live(station, spot, "1.0.0")
    assert [file.name for file in data.iterdir()] == ["catalogue.json"]
    (data / "orders").write_text("7", encoding="utf-8")
    goes_live(station, spot, "1.1.0")
    assert sorted(file.name for file in data.iterdir()) == ["catalogue.json", "orders"]
    assert given("SHOP_DATA", str(data))


def given(variable: str, value: str) -> bool:
    """Does a process of this machine run with that variable?"""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(variable) == value:
                return True
    return False


def test_the_card_shows_its_steps_while_it_runs(station: Station) -> None:
    spot, seen = station.spot("free"), set[str]()
    # One that takes its time to fail: a good one is live before the channel's second is over.
    station.workspace.types(f"/deploy shop-api 1.2.0 to {spot.name}", "U0ANA", spot.channel)

    def look() -> bool:
        card = station.workspace.cards(spot.channel)[-1:]
        seen.update(b["type"] for m in card for b in m["blocks"])
        return bool(card) and "Failed" in words(card[0])

    eventually(look, "the deployment")
    assert "plan" in seen


def test_the_approval_card_says_what_would_change_and_who_decides(station: Station) -> None:
    spot = station.spot("prod")
    goes_live(station, spot, "1.0.0", "U0CLEO")
    station.workspace.types(f"/deploy shop-api 1.1.0 to {spot.name}", "U0ANA", spot.channel)
    card = station.workspace.card(spot.channel, "commits since 1.0.0")
    said = str(card["blocks"])
    assert "U0ANA" in said
    assert "S0APPROVERS" in said
    assert labels(card) == ["Approve", "Reject", "Cancel"]


def test_the_requester_cannot_approve_and_is_told_why(station: Station) -> None:
    spot = station.spot("prod")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0BEN", spot.channel)
    card = station.workspace.card(spot.channel, "Waiting for approval")
    click = lambda: station.workspace.clicks("Approve", card, "U0BEN", spot.channel)  # noqa: E731
    said = station.workspace.reads_after(click, "U0BEN", spot.channel)
    assert "yourself" in said or "own" in said, said
    assert "Approve" in labels(station.workspace.cards(spot.channel)[-1])


def test_two_approvals_are_counted_on_the_card(station: Station) -> None:
    spot = station.spot("duo")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0ANA", spot.channel)
    card = station.workspace.card(spot.channel, "0 of 2")
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    card = station.workspace.card(spot.channel, "1 of 2")
    station.workspace.clicks("Approve", card, "U0DEVI", spot.channel)
    station.workspace.card(spot.channel, "Live")
    assert version_at(spot) == "1.0.0"


def test_a_bad_version_is_rolled_back_and_the_old_one_never_stops_answering(
    station: Station,
) -> None:
    spot = station.spot("prod")
    goes_live(station, spot, "1.0.0", "U0CLEO")
    stop, wrong = threading.Event(), list[str]()

    def probe() -> None:
        with requests.Session() as session:
            while not stop.is_set():
                try:
                    answer = session.get(f"{spot.url()}/version", timeout=5)
                    if answer.status_code != 200 or answer.json()["version"] != "1.0.0":
                        wrong.append(answer.text)
                except requests.RequestException as error:
                    wrong.append(str(error))

    prober = threading.Thread(target=probe)
    prober.start()
    station.workspace.types(f"/deploy shop-api 1.2.0 to {spot.name}", "U0ANA", spot.channel)
    card = station.workspace.card(spot.channel, "Waiting for approval")
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    card = station.workspace.card(spot.channel, "rolled back")
    stop.set()
    prober.join()
    assert wrong == []
    assert "last lines" in words(card)
    assert "locked" in words(card)

    refused = station.workspace.types(
        f"/deploy shop-api 1.3.0 to {spot.name}", "U0ANA", spot.channel
    )
    assert "locked" in refused
    no = lambda: station.workspace.clicks("Clear lock", card, "U0ANA", spot.channel)  # noqa: E731
    assert "may not" in station.workspace.reads_after(no, "U0ANA", spot.channel)
    assert station.workspace.modal("U0ANA") is None
    station.workspace.clicks("Clear lock", card, "U0OPAL", spot.channel)
    view = eventually(lambda: station.workspace.modal("U0OPAL"), "the form")
    assert view
    block = next(b["block_id"] for b in view["blocks"] if b["type"] == "input")
    answer = station.workspace.fills("U0OPAL", **{block: "the schema is migrated"})
    assert answer["ok"], answer
    card = station.workspace.card(spot.channel, "cleared the lock")
    assert "the schema is migrated" in words(card)
    assert "Clear lock" not in labels(card)
    listed = station.workspace.types("/release list shop-api", "U0ANA", spot.channel)
    assert "failed in" in listed
    goes_live(station, spot, "1.3.0", "U0DEVI")
    assert version_at(spot) == "1.3.0"


def test_a_version_that_ends_at_once_shows_its_last_words(station: Station) -> None:
    spot = station.spot("free")
    station.workspace.types(f"/deploy shop-web 2.0.0 to {spot.name}", "U0ANA", spot.channel)
    card = station.workspace.card(spot.channel, "Failed")
    assert "Traceback" in str(card["blocks"])


def test_rolling_back_is_proposed_and_confirmed(station: Station) -> None:
    spot = station.spot("prod")
    goes_live(station, spot, "1.0.0", "U0CLEO")
    goes_live(station, spot, "1.1.0", "U0CLEO")
    said = station.workspace.types(f"/rollback shop-api in {spot.name}", "U0OPAL", spot.channel)
    assert "1.0.0" in said
    proposal = station.workspace.privates(spot.channel, "U0OPAL")[-1]
    button = elements(proposal)[0]
    station.workspace.presses(button, proposal["ts"], "U0OPAL", spot.channel)
    station.workspace.card(spot.channel, "Live: rollback of shop-api to 1.0.0")
    assert version_at(spot) == "1.0.0"


def test_two_deployments_to_one_environment_run_one_after_the_other(station: Station) -> None:
    spot = station.spot("free")
    station.workspace.types(f"/deploy shop-api 1.2.0 to {spot.name}", "U0ANA", spot.channel)
    said = station.workspace.types(f"/deploy shop-web 1.0.0 to {spot.name}", "U0BEN", spot.channel)
    assert "shop-api 1.2.0" in said, said
    station.workspace.card(spot.channel, "Live: shop-web 1.0.0")
    eventually(
        lambda: "Failed" in words(station.workspace.cards(spot.channel)[0]), "a failed first"
    )
    with station.bot.bench.store.read() as session:
        rows = session.query(Deployment).filter_by(environment=spot.name).order_by("id").all()
        assert rows[0].ended_at <= rows[1].started_at


def test_a_running_deployment_can_be_called_off(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    spot = station.spot("free")
    goes_live(station, spot, "1.0.0")
    # It never becomes healthy; with this much time it is the click that ends it, and nothing else.
    patient = lambda path, timeout: HealthCheck(path=path, timeout=100.0)  # noqa: E731
    monkeypatch.setattr(work_bench, "HealthCheck", patient)
    station.workspace.types(f"/deploy shop-api 1.2.0 to {spot.name}", "U0ANA", spot.channel)
    card = station.workspace.card(spot.channel, "Running")
    station.workspace.clicks("Cancel", card, "U0ANA", spot.channel)
    station.workspace.card(spot.channel, "Cancelled")
    assert version_at(spot) == "1.0.0"


def test_a_click_on_a_finished_card_changes_nothing_and_is_answered(station: Station) -> None:
    spot = station.spot("prod")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0ANA", spot.channel)
    old = station.workspace.card(spot.channel, "Waiting for approval")
    approve = next(e for e in elements(old) if e.label == "Approve")
    with station.bot.bench.store.read() as session:
        row = session.query(Deployment).filter_by(environment=spot.name).one()
    no = RejectDeployment(row.id, row.fingerprint, "not today")
    station.bot.gate.submit(no, Actor("T0STATION", "U0DEVI"), "test:late")
    click = lambda: station.workspace.presses(approve, old["ts"], "U0CLEO", spot.channel)  # noqa: E731
    deadline = time.monotonic() + 1
    said = station.workspace.reads_after(click, "U0CLEO", spot.channel)
    assert "rejected" in said.lower() or time.monotonic() > deadline, said
    station.workspace.card(spot.channel, "Rejected")


REFUSED = [
    ("/deploy shop-apy 1.1.0 to {env}", "U0ANA", "shop-api"),
    ("/deploy shop-api 1.1 to {env}", "U0ANA", "1.1.0"),
    ("/deploy shop-api 1.1.0 to {env}x", "U0ANA", "{env}"),
    ("/deploy shop-api 1.1.0 to {env} now please", "U0ANA", "because"),
    ("/release sow shop-api 1.0.0", "U0ANA", "show"),
    ("/env unlok {env}", "U0ANA", "unlock"),
    ("/deploy shop-apy", "U0ANA", "shop-api"),
    ("/deploy shop-api 1.1", "U0ANA", "1.1.0"),
    ("/deploy to {env}x", "U0ANA", "{env}"),
    ("/rollback shop-apy", "U0OPAL", "shop-api"),
    ("/rollback shop-api in {env}", "U0ANA", "may not roll back"),
    ("/env unlock {env}", "U0ANA", "may not lock and unlock there"),
    ("/deploy shop-api 1.1.0 to {env}", "U0CLEO", "U0ANA"),
    ("/deploy shop-api 1.1.0 to {env}", "U0GUEST", "Guests"),
    ("/deploy shop-api 1.1.0 to {env}", "U0STRANGE", "workspace"),
    ("/rollback shop-api in {env}", "U0OPAL", "shop-api"),
    ("/env unlock {env} because it is mended", "U0OPAL", "not locked"),
]


@pytest.fixture(scope="module")
def quiet(whole: Station) -> Spot:
    """An environment in which nothing happens."""
    return whole.spot("free")


@pytest.mark.parametrize(("text", "by", "said"), REFUSED)
def test_a_refusal_says_what_is_wrong_and_what_to_do(
    station: Station, quiet: Spot, text: str, by: str, said: str
) -> None:
    channel = "C0RELEASES"
    answer = station.workspace.types(text.format(env=quiet.name), by, channel)
    assert said.format(env=quiet.name) in answer, answer


def test_when_another_version_goes_live_a_waiting_request_is_asked_anew(station: Station) -> None:
    spot, workspace = station.spot("prod"), station.workspace
    goes_live(station, spot, "1.0.0", "U0CLEO")
    workspace.types(f"/deploy shop-api 1.3.0 to {spot.name}", "U0ANA", spot.channel)
    old = workspace.card(spot.channel, "commits since 1.0.0")
    goes_live(station, spot, "1.1.0", "U0CLEO")

    def renewed() -> JSON | None:
        card = next(m for m in workspace.cards(spot.channel) if m["ts"] == old["ts"])
        return card if "commits since 1.1.0" in words(card) else None

    card = eventually(renewed, "the commits since what is live now")
    stale = next(e for e in elements(old) if e.label == "Approve")
    fresh = next(e for e in elements(card) if e.label == "Approve")
    assert stale.raw["value"] != fresh.raw["value"]


def test_what_is_live_and_what_was_asked_for_is_not_asked_for_again(station: Station) -> None:
    spot = station.spot("prod")
    goes_live(station, spot, "1.0.0", "U0CLEO")
    again = f"/deploy shop-api 1.0.0 to {spot.name}"
    assert "live" in station.workspace.types(again, "U0ANA", spot.channel)
    other = f"/deploy shop-api 1.1.0 to {spot.name}"
    station.workspace.types(other, "U0ANA", spot.channel)
    assert "U0ANA" in station.workspace.types(other, "U0BEN", spot.channel)


def test_a_bare_deploy_opens_a_form_whose_versions_follow_the_service(station: Station) -> None:
    spot, who = station.spot("free"), "U0BEN"
    station.workspace.types("/deploy", who, spot.channel)
    view = eventually(lambda: station.workspace.modal(who), "the form")
    assert view
    assert {"2.0.0", "1.3.0"} & set(words(view).split()) == {"1.3.0"}
    by_action = {e.action_id: e for e in elements(view)}
    choose = by_action["deploy.service"]
    station.workspace.post(
        "action", as_=who, view_id=view["id"], block_id=choose.block_id,
        action_id=choose.action_id, value="shop-web",
    )  # fmt: skip

    def offered() -> JSON | None:
        view = station.workspace.modal(who)
        return view if view and "2.0.0" in words(view) else None

    view = eventually(offered, "its versions")
    assert view
    filled = {
        e.block_id: {"version": "1.1.0", "environment": spot.name}[kind]
        for e in elements(view)
        for kind in ("version", "environment")
        if kind in e.action_id or kind in e.block_id
    }
    answer = station.workspace.fills(who, **filled)
    assert answer["ok"], answer
    station.workspace.card(spot.channel, "Live: shop-web 1.1.0")
    assert version_at(spot, "shop-web") == "1.1.0"
    view = station.workspace.modal(who)
    if view:
        station.workspace.post("close", as_=who, view_id=view["id"])


LISTS = [
    ("/release list", "1.3.0"),
    ("/release list shop-web", "2.0.0"),
    ("/release show shop-api 1.1.0", "1.1.0"),
    ("/env list", "prod-1"),
    ("/env show prod-1", "production"),
    ("/ops status", "audit"),
    ("/ops help", "/deploy"),
    ("/deploy help", "/deploy"),
    ("/rollback help", "/rollback"),
    ("/release help", "/release"),
    ("/env help", "/env"),
]


@pytest.mark.parametrize(("text", "said"), LISTS)
def test_every_question_has_an_answer(station: Station, text: str, said: str) -> None:
    answer = station.workspace.types(text, "U0ANA", "C0OPS")
    assert said.lower() in answer.lower(), answer
