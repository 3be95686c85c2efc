"""Looks around on a schedule, and when something is heard of: which instances are there, and how
full the hosts are. What cannot be read is written down as such."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from handlers import notices
from handlers.ask import stamp
from handlers.hosts import has_room, is_nearly_full
from handlers.people import holders
from handlers.ports import Machine, PortError, Running
from handlers.tables import HostReading
from handlers.work import drift
from handlers.work.bench import Bench
from handlers.work.measure import attempt, record

log = logging.getLogger(__name__)

INSTANCES = "instances"
"""The name of this reading among the measurements of an environment."""
AT_ONCE = 6
"""Environments that are looked at at the same time."""
PAUSE = 5.0
"""Seconds before a runtime that cannot be listened to is listened to again."""


def look_everywhere(tools: Bench) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: look_around(tools, name), tools.setup.environments))


def look_around(tools: Bench, environment: str) -> tuple[Running, ...] | PortError:
    """Read every instance that is there, and notice what was changed outside the bot."""
    at = tools.now()
    there = attempt(lambda: tools.runtime(environment).inspect(environment))
    value: Any = there if isinstance(there, PortError) else [_told(one) for one in there]
    record(tools, environment, at, {INSTANCES: value})
    if not isinstance(there, PortError):
        drift.notice(tools, environment, at, there)
    return there


def _told(one: Running) -> dict[str, Any]:
    return asdict(one) | {"since": stamp(one.since)}


def read_hosts(tools: Bench) -> None:
    """Read all machines, forget those that are gone, and warn once of a disk that fills up."""
    at = tools.now()
    for name in sorted(tools.setup.runtimes & tools.runtimes.keys()):
        found = attempt(tools.runtimes[name].hosts)
        if isinstance(found, PortError):
            log.warning("the hosts of %s could not be read: %s", name, found.message)
            continue
        with tools.store.write() as session:
            gone = [one.name for one in found]
            session.execute(
                delete(HostReading).where(
                    HostReading.runtime == name, HostReading.name.not_in(gone)
                )
            )
            for machine in found:
                _keep(tools, session, name, machine, at)
    tools.wake()


def _keep(tools: Bench, session: Session, runtime: str, machine: Machine, at: datetime) -> None:
    row = session.get(HostReading, (runtime, machine.name))
    if row is None:
        row = HostReading(
            runtime=runtime, name=machine.name, value={}, at=None, error="", told_at=None
        )
        session.add(row)
    row.error = machine.error
    if machine.error:
        return
    row.value, row.at = {k: v for k, v in asdict(machine).items() if k != "error"}, at
    if row.told_at is None and is_nearly_full(row.value):
        row.told_at = at
        _warn(tools, session, row)
    elif row.told_at is not None and has_room(row.value):
        row.told_at = None


def _warn(tools: Bench, session: Session, row: HostReading) -> None:
    """Tell everybody who looks after what is there; who that is stands in the setup."""
    places = [n for n in row.value["environments"] if n in tools.setup.environments]
    places = places or [n for n, e in tools.setup.environments.items() if e.runtime == row.runtime]
    roles = {role for name in places for role in tools.setup.environments[name].may("prepare")}
    able = holders(session, tools.setup, tools.now(), tuple(sorted(roles)))
    facts = {"host": row.name, **{k: row.value[k] for k in ("disk", "free_disk")}}
    for user in sorted(able):
        notices.tell(session, user, tools.now(), "disk_nearly_full", environments=places, **facts)
    tools.record(session, "read_hosts", "disk_nearly_full", **facts)


def listen(tools: Bench) -> None:
    """Look around wherever something is heard of, until the bot stops. Never raises."""
    runtimes = [tools.runtimes[name] for name in sorted(tools.runtimes)]
    with ThreadPoolExecutor(max(1, len(runtimes))) as pool:
        list(pool.map(lambda one: _listen(tools, one), runtimes))


def _listen(tools: Bench, runtime: Any) -> None:
    def changed(environment: str) -> None:
        if environment in tools.setup.environments:
            look_around(tools, environment)

    while not tools.stopping.is_set():
        began = tools.now()
        try:
            runtime.watch(changed, tools.stopping.is_set)
        except PortError as error:
            log.warning("nothing is heard of a runtime: %s", error.message)
        except Exception:
            log.exception("listening to a runtime failed")
        if (tools.now() - began).total_seconds() < PAUSE:
            tools.stopping.wait(PAUSE)
