"""The machines that things run on, as they were last read."""

from __future__ import annotations

from sqlalchemy import select

from handlers.ask import Ask, stamp
from handlers.messages import Outcome, ShowHosts
from handlers.tables import HostReading

NEARLY_FULL, ROOMY = 0.10, 0.15
"""Shares of a disk that are free: below the first people are told, above the second it is over."""


def show_hosts(ask: Ask, question: ShowHosts) -> Outcome:
    rows = ask.session.scalars(select(HostReading).order_by(HostReading.runtime, HostReading.name))
    hosts = [
        {**row.value, "name": row.name, "runtime": row.runtime}
        | {"read": stamp(row.at), "error": row.error, "full": is_nearly_full(row.value)}
        for row in rows
    ]
    return Outcome("hosts", {"hosts": hosts})


def is_nearly_full(value: dict[str, int]) -> bool:
    return bool(value.get("disk")) and value["free_disk"] < NEARLY_FULL * value["disk"]


def has_room(value: dict[str, int]) -> bool:
    return bool(value.get("disk")) and value["free_disk"] > ROOMY * value["disk"]
