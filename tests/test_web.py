"""The web server over real HTTP: calendars at secret addresses, and whether the bot is well."""

from __future__ import annotations

import logging
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icalendar
import pytest
import requests

from bot.desk import Desk as Counter
from bot.links import KEY, Links, read_key, read_name
from bot.settings import SettingsError
from bot.web import Pace, Sources, Web, listen_at
from handlers import feeds
from handlers.messages import (
    Actor,
    BookEnvironments,
    ExtendBooking,
    FreeEnvironment,
    LinkCalendar,
    LockEnvironment,
)
from handlers.rules.secrets import hide
from handlers.tables import AuditEntry, Receipt
from tests.desk import Desk
from tests.station import TEAM
from tests.views.read import lines


@dataclass
class Site:
    desk: Desk
    links: Links
    connected: bool = True

    def address(self, *names: str, by: str = "U0ANA", renew: bool = False) -> str:
        """What is answered to ``/env calendar link``; the last of the addresses."""
        outcome = self.desk.asks(LinkCalendar(list(names), renew), by)
        assert outcome.code == "calendar_links", outcome
        which = outcome.facts["feed"], outcome.facts["generation"]
        return self.links.address(*which, names[-1] if names else "")

    def events(self, *names: str, by: str = "U0ANA") -> list[Any]:
        answer = requests.get(self.address(*names, by=by), timeout=10)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


@pytest.fixture
def site(desk: Desk, tmp_path: Path) -> Iterator[Site]:
    listener = listen_at(f"127.0.0.1:{_free_port()}")
    host, port = listener.getsockname()
    site = Site(desk, Links(f"http://{host}:{port}", read_key(tmp_path)))
    sources = Sources(
        desk.store, desk.in_force, lambda: desk.at, site.links, lambda: site.connected
    )
    web = Web(listener, sources)
    web.open()
    yield site
    web.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def told(events: list[Any]) -> list[tuple[str, str, str]]:
    return [(str(e["UID"]).split("@")[0], str(e["SUMMARY"]), str(e["STATUS"])) for e in events]


def test_a_person_reads_what_is_theirs_and_an_environment_what_is_booked_there(site: Site) -> None:
    desk = site.desk
    desk.asks(BookEnvironments(["free-1"], "for 2h", title="load test"), "U0ANA")
    desk.asks(BookEnvironments(["free-2"], "for 2h"), "U0BEN")
    desk.asks(BookEnvironments(["free-1"], "from 20:00 for 1h", people=["U0ANA"]), "U0BEN")
    desk.asks(BookEnvironments(["duo-1"], "from tomorrow 9:00 for 1h"), "U0ANA")
    desk.asks(LockEnvironment("all", "for 3h", "audit of the year"), "U0OPAL")
    assert told(site.events()) == [
        ("booking-1", "free-1: load test", "CONFIRMED"),
        ("booking-3", "free-1: change", "CONFIRMED"),
        ("booking-4", "duo-1: change", "TENTATIVE"),
    ]
    assert told(site.events("free-2", by="U0BEN")) == [
        ("booking-2", "free-2: U0BEN", "CONFIRMED"),
        ("lock-1-free-2", "free-2 is locked by U0OPAL", "CONFIRMED"),
    ]
    (start,) = [e["DTSTART"].dt for e in site.events() if "booking-1" in e["UID"]]
    assert start == desk.at


def test_changes_are_told_and_what_was_called_off_is_cancelled(site: Site) -> None:
    desk = site.desk
    desk.asks(BookEnvironments(["free-1"], "for 2h"), "U0ANA")
    desk.asks(BookEnvironments(["free-1"], "from 20:00 for 1h"), "U0ANA")
    first = {e["UID"]: e for e in site.events()}
    desk.later(minutes=30)
    desk.directory_read()
    desk.asks(ExtendBooking("free-1", "by 1h", 1), "U0ANA")
    desk.asks(FreeEnvironment("free-1", 2), "U0ANA")
    later = {e["UID"]: e for e in site.events()}
    assert set(first) == set(later)
    one, two = (next(e for u, e in later.items() if u.startswith(f"booking-{n}@")) for n in (1, 2))
    assert (one["DTEND"].dt - one["DTSTART"].dt).total_seconds() == 3 * 3600
    assert one["LAST-MODIFIED"].dt == desk.at
    assert one["SEQUENCE"] > first[one["UID"]]["SEQUENCE"]
    assert (str(two["STATUS"]), str(two["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    desk.later(hours=1)
    desk.directory_read()
    desk.asks(FreeEnvironment("free-1", 1), "U0ANA")
    (one,) = [e for e in site.events() if e["UID"].startswith("booking-1@")]
    assert (one["DTEND"].dt, str(one["STATUS"])) == (desk.at, "CONFIRMED")
    desk.later(days=32)
    desk.directory_read()
    assert site.events() == []


def test_who_has_it_already_is_told_so(site: Site) -> None:
    address = site.address("free-1")
    first = requests.get(address, timeout=10)
    tag = first.headers["ETag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = requests.get(address, headers={"If-None-Match": known}, timeout=10)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    site.desk.asks(BookEnvironments(["free-1"], "for 2h"), "U0BEN")
    changed = requests.get(address, headers={"If-None-Match": tag}, timeout=10)
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert requests.head(address, timeout=10).headers["ETag"] == changed.headers["ETag"]


def test_new_addresses_end_the_old_ones_and_those_of_nobody_else(site: Site) -> None:
    old, others = site.address("free-1"), site.address("free-1", by="U0BEN")
    assert site.address("free-1") == old
    new = site.address("free-1", renew=True)
    answers = [requests.get(a, timeout=10).status_code for a in (old, new, others)]
    assert answers == [404, 200, 200]


def test_an_address_that_is_not_right_is_like_one_that_never_was(site: Site) -> None:
    right = site.address("free-1")
    name = right.rsplit("/", 1)[1].removesuffix(".ics")
    asked = read_name(name)
    assert asked and asked.environment == "free-1"
    wrong = [
        right[:-5] + ("0" if right[-5] != "0" else "1") + ".ics",
        right.replace("free-1", "free-2"),
        right.replace("-free-1", ""),
        right.replace("/1-", "/2-"),
        right.replace(name, name.upper()),
        right.replace(name, "../etc/passwd"),
        right.replace(name, "9" * 5000),
        right.replace(name, "%00%0a" + name),
        site.links.address(1, 1, "gone"),
    ]
    answers = {(requests.get(address, timeout=10).status_code) for address in wrong[:6]}
    answers |= {(requests.get(address, timeout=10).status_code) for address in wrong[6:]}
    assert answers <= {400, 404}, answers
    assert requests.post(right, data=b"x" * 10_000, timeout=10).status_code == 405
    assert requests.get(right, timeout=10).status_code == 200


def test_who_may_do_nothing_here_any_more_reads_nothing(site: Site) -> None:
    address = site.address("free-1")
    site.desk.later(days=2)  # that people were not read for long is no reason yet
    assert requests.get(address, timeout=10).status_code == 200
    site.desk.directory_read()
    site.desk.knows("U0ANA", is_deactivated=True)
    assert requests.get(address, timeout=10).status_code == 404


def test_an_environment_that_is_gone_has_no_calendar(site: Site) -> None:
    address = site.links.address(1, 1, "gone")
    site.address()
    assert requests.get(address, timeout=10).status_code == 404


def test_too_often_is_said_and_guessing_shuts_nobody_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = site.address()
    wrong = right[:-8] + "0000.ics"
    answers = [requests.get(wrong, timeout=10).status_code for _ in range(25)]
    assert answers == [404] * 20 + [429] * 5
    answers = [requests.get(right, timeout=10).status_code for _ in range(32)]
    assert answers == [200] * 30 + [429] * 2
    assert requests.get(site.address(by="U0BEN"), timeout=10).status_code == 200


def test_after_a_minute_it_may_be_asked_again() -> None:
    pace = Pace(2)
    assert [pace.is_too_fast("a", at) for at in (0, 1, 2, 61.5, 61.6)] == [
        False, False, True, False, False,
    ]  # fmt: skip


def test_no_secret_is_kept_or_logged(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    address = site.address("free-1")
    proof = address[-68:-4]
    requests.get(address, timeout=10)

    def broken(*_: Any) -> Any:
        raise RuntimeError(f"while reading {address}")

    monkeypatch.setattr(feeds, "read", broken)
    assert requests.get(address, timeout=10).status_code == 500
    ours = [r for r in caplog.records if not r.name.startswith("urllib3")]
    assert proof not in hide("\n".join(caplog.handler.format(r) for r in ours))
    with site.desk.store.read() as session:
        rows = [*session.query(Receipt), *session.query(AuditEntry)]
        assert rows and proof not in str([row.facts for row in rows])
    assert proof not in hide(f"GET {address} HTTP/1.1")


def test_addresses_are_told_in_slack_to_the_one_who_asks(site: Site) -> None:
    counter = Counter(site.desk.gate, lambda _: None, site.links)
    said = counter.answer(LinkCalendar(["free-1"]), Actor(TEAM, "U0ANA"), "slash:1")
    shown = lines(said.blocks)
    assert any(site.address("free-1") in line for line in shown)
    assert "/calendar/" not in said.text
    off = Counter(site.desk.gate, lambda _: None)
    assert "off here" in off.answer(LinkCalendar(), Actor(TEAM, "U0ANA"), "slash:2").text


def test_it_says_whether_the_bot_is_well(site: Site) -> None:
    url = f"{site.links.base_url}/healthz"
    well = requests.get(url, timeout=10)
    assert (well.status_code, well.json()) == (200, {"database": True, "slack": True})
    site.connected = False
    ill = requests.get(url, timeout=10)
    assert (ill.status_code, ill.json()) == (503, {"database": True, "slack": False})


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SettingsError, match=r"STATION_WEB is .* already in use"):
            listen_at(address)


def test_the_key_is_for_the_bot_alone_and_stays(tmp_path: Path) -> None:
    key = read_key(tmp_path)
    assert len(key) == 32 and read_key(tmp_path) == key
    assert stat.S_IMODE(os.stat(tmp_path / KEY).st_mode) == 0o600
    (tmp_path / KEY).write_bytes(b"")
    with pytest.raises(OSError, match="is not a key"):
        read_key(tmp_path)
