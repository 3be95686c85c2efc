"""Deliveries that come twice, out of turn or not at all, and connections that break: one effect
for each thing somebody wanted, and a way back without anybody's help."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import slack
from bot.acks import Acks
from handlers.tables import Approval, Deployment
from tests.station import Station, make_spots, open_station
from tests.workspace import eventually, given_up, labels


@pytest.fixture(scope="module")
def whole(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station that finds out soon that nobody is at the other end."""
    spots = make_spots({"free": 3, "prod": 1, "duo": 1})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slack, "PING", 0.3)
        patch.setattr(slack, "WATCH", 0.01)
        with open_station(tmp_path_factory.mktemp("station"), shop, spots) as station:
            yield station


def count(station: Station, row: type) -> int:
    with station.bot.bench.store.read() as session:
        return int(session.query(row).count())


def connected(station: Station) -> bool:
    return bool(station.workspace.get("boot", as_="U0ANA")["app"]["connected"])


def test_a_command_that_comes_twice_is_one_deployment(station: Station) -> None:
    spot, before = station.spot("prod"), count(station, Deployment)
    station.workspace.control("fault", method="/deploy", mode="duplicate")
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0ANA", spot.channel)
    # Both were decided once a later command has its answer: they are taken in turn.
    station.workspace.types("/env list", "U0BEN", spot.channel)
    assert count(station, Deployment) == before + 1
    station.workspace.card(spot.channel, "Waiting for approval")
    assert len(station.workspace.cards(spot.channel)) == 1


def test_a_click_that_comes_twice_is_one_approval(station: Station) -> None:
    spot, before = station.spot("duo"), count(station, Approval)
    station.workspace.types(f"/deploy shop-api 1.0.0 to {spot.name}", "U0ANA", spot.channel)
    card = station.workspace.card(spot.channel, "Waiting for approval")
    station.workspace.control("fault", method="block_actions", mode="duplicate")
    station.workspace.clicks("Approve", card, "U0CLEO", spot.channel)
    station.workspace.types("/env list", "U0BEN", spot.channel)
    assert count(station, Approval) == before + 1
    assert "Approve" in labels(station.workspace.cards(spot.channel)[-1])


def test_a_delivery_that_was_overtaken_is_decided_when_it_comes(station: Station) -> None:
    spot = station.spot("free")
    deploy = f"/deploy shop-api 1.0.0 to {spot.name}"
    station.workspace.control("fault", method="/deploy", mode="reorder")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(station.workspace.types, deploy, "U0ANA", spot.channel)
        while not held.done():
            station.workspace.types("/env list", "U0BEN", spot.channel)
    assert "shop-api 1.0.0" in held.result()
    station.workspace.card(spot.channel, "Live: shop-api 1.0.0")


def tickets(station: Station) -> int:
    """How many connections the bot has asked for."""
    entries = station.workspace.get("inspector", as_="U0ANA")["entries"]
    return sum(entry["name"] == "apps.connections.open" for entry in entries)


def test_a_connection_that_is_cut_is_made_anew_once(station: Station) -> None:
    """Client and watch both find it gone; a second connection would close the first."""
    before = tickets(station)
    station.workspace.control("drop")
    eventually(lambda: not connected(station), "the end of the connection")
    eventually(lambda: connected(station), "a new one")
    assert "free-1" in station.workspace.types("/env list", "U0ANA", "C0OPS")
    assert tickets(station) == before + 1


def test_a_connection_through_which_nothing_comes_is_left(station: Station) -> None:
    """A command on it is lost before its sender's eyes, and the bot finds out by itself."""
    station.workspace.control("half_open")
    lost = given_up(
        station.workspace,
        lambda: station.workspace.post("command", as_="U0ANA", channel="C0OPS", text="/env list"),
    )
    assert lost == {"ok": False, "error": '/env failed with the error "operation_timeout"'}

    def answers() -> bool:
        body = {"as_": "U0ANA", "channel": "C0OPS", "text": "/env list"}
        return bool(station.workspace.post("command", **body)["ok"])

    eventually(answers, "an answer over a new connection")


def another_line(station: Station) -> slack.Line:
    settings = station.bot.settings
    return slack.Line(slack.bolt_app(slack.slack_client(settings)), settings, Acks())


def test_a_line_closes_though_its_receiver_begins_anew_meanwhile(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = another_line(station)
    line.open()
    client = line._handler.client
    session, disconnect, begun = client.current_session, client.disconnect, threading.Event()
    assert session

    def begins_anew() -> None:
        """As the client's own, where it saw the session a moment before that went."""
        client.current_session_state.terminated = False
        begun.set()
        session.run_until_completion(client.current_session_state)

    def overtaken() -> None:
        disconnect()
        client.current_session_runner.target = begins_anew
        assert begun.wait(10)

    monkeypatch.setattr(client, "disconnect", overtaken)
    line.close()
    names = {thread.name for thread in threading.enumerate()}
    assert "closing" not in names
    assert not line.is_connected


def test_a_line_that_cannot_be_closed_holds_nothing_up(
    station: Station, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    line = another_line(station)
    line.open()
    stuck, close = threading.Event(), line._handler.close
    monkeypatch.setattr(slack, "CLOSE_WITHIN", 0.2)
    monkeypatch.setattr(line._handler, "close", stuck.wait)
    line.close()
    assert "the connection did not close within 0.2 s" in caplog.text
    stuck.set()
    close()  # type: ignore[no-untyped-call]
