"""A store in which a team has booked for years: how long booking, a conflict and a board take."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot.views.board import draw_board
from bot.views.told import Told
from handlers.messages import CLOCK, BookEnvironments, Outcome, ShowBoard, SweepBookings
from handlers.store import Store, migrate, open_store
from handlers.tables import Booking
from tests.bench.crowd import Acks
from tests.desk import NOON, Desk, open_desk
from tests.station import TEAM

PLACES, AHEAD = 40, 250
"""Environments, and the bookings of each that are still to come."""

SLOT, LENGTH = timedelta(hours=1), timedelta(minutes=30)
"""Somebody books the first half of every hour; the second half is free."""


@dataclass(frozen=True)
class Answers:
    """Milliseconds of each kind of answer."""

    booked: Acks
    refused: Acks
    board: Acks
    swept: Acks


def measure(home: Path, count: int, times: int) -> Answers:
    """Ask ``times`` for each, with ``count`` bookings in a SQLite store."""
    url = f"sqlite:///{home / 'station.db'}"
    empty = open_store(url)
    migrate(empty)
    empty.close()
    with open_desk(url, home, {"free": PLACES}) as desk:
        fill(desk.store, NOON, count)
        gc.freeze()  # as the bot does once it has started
        looks = min(times, 50)
        return Answers(
            booked=_timed(times, lambda n: _books(desk, n, free=True), "booked"),
            refused=_timed(times, lambda n: _books(desk, n, free=False), "booked_already"),
            board=_timed(looks, lambda n: _board(desk), "board"),
            swept=_timed(looks, lambda n: _sweeps(desk, n), "nothing_due"),
        )


def fill(store: Store, now: datetime, count: int) -> None:
    """Of each environment ``AHEAD`` bookings to come, and the rest long over."""
    rows = (_row(n, now) for n in range(count))
    with store.write() as session:
        while batch := [row for row, _ in zip(rows, range(5000), strict=False)]:
            session.execute(insert(Booking), batch)


def _row(n: int, now: datetime) -> dict[str, Any]:
    place, nth = f"free-{n % PLACES + 1}", n // PLACES
    is_over = nth >= AHEAD
    start = now - SLOT * (nth - AHEAD + 1) if is_over else now + SLOT * (nth + 1)
    return {
        "id": n + 1, "party": n + 1, "environment": place, "starts_at": start,
        "ends_at": start + LENGTH, "shared": False, "purpose": "change", "title": f"test {n}",
        "state": "ended" if is_over else "booked", "team": TEAM, "owner": f"U0CROWD{n % 16:02}",
        "people": [], "requested_at": start, "begun_at": start if is_over else None,
        "service": "", "version": "", "approvals_needed": 0, "fingerprint": "", "ended_by": "",
        "ending": "",
    }  # fmt: skip


def _timed(times: int, ask: Callable[[int], Outcome], code: str) -> Acks:
    took = []
    for n in range(times):
        began = time.perf_counter()
        outcome = ask(n)
        took.append((time.perf_counter() - began) * 1000)
        assert outcome.code == code, outcome
    return Acks(took)


def _books(desk: Desk, n: int, free: bool) -> Outcome:
    """In the free half of an hour, or over somebody who has the other half."""
    place, hour = f"free-{n % PLACES + 1}", n // PLACES + 1
    start = NOON + SLOT * hour + (LENGTH if free else timedelta(0))
    when = f"from @{start.timestamp():.0f} until @{(start + LENGTH).timestamp():.0f}"
    return desk.asks(BookEnvironments([place], when), "U0ANA")


def _board(desk: Desk) -> Outcome:
    outcome = desk.asks(ShowBoard(), "U0ANA")
    draw_board(Told(outcome.facts))
    return outcome


def _sweeps(desk: Desk, n: int) -> Outcome:
    return desk.gate.submit(SweepBookings(), CLOCK, f"clock:sweep:{n}")
