"""Measurements: what environments have, as the runtime and the services themselves say it. What
cannot be read is written down as such, and is then no fact any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from dbos import DBOS
from sqlalchemy.orm import Session

from handlers.needs import all_needs, recorded
from handlers.ports import PortError
from handlers.rules.suitability import ROOM
from handlers.suitability import SERVICE
from handlers.tables import Deployment, Measurement
from handlers.work.bench import Bench, bench

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Environments, and services of others in each, that are asked at the same time: one that does not
answer takes seconds."""

Found = dict[str, Any]
"""What each name was found to be, or the PortError that came instead."""

R = TypeVar("R")
_turn = threading.Lock()
"""The clock and the work may measure the same environment at the same moment."""


def measure_all(tools: Bench) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: measure(tools, name), tools.setup.environments))


def measure(tools: Bench, environment: str) -> None:
    """Read everything that an environment is said to have."""
    at = tools.now()
    record(tools, environment, at, _of_runtime(tools, environment) | _of_others(tools, environment))


@DBOS.step(name="measure")
def measure_before(deployment: int) -> None:
    """Right before the gates look at it for the last time, where the release needs anything."""
    tools = bench()
    with tools.store.read() as session:
        row = session.get_one(Deployment, deployment)
        environment = row.environment
        release = recorded(session, row.service, row.version, row.commit)
        needs = row.service in tools.setup.services and all_needs(tools.setup, row.service, release)
    if needs and environment in tools.setup.environments:
        measure(tools, environment)


@DBOS.step(name="measure_running")
def measure_running(deployment: int) -> None:
    """What runs has just changed: others that wait for it should not have to wait for the clock."""
    tools = bench()
    with tools.store.read() as session:
        environment = session.get_one(Deployment, deployment).environment
    if environment in tools.setup.environments:
        at = tools.now()
        record(tools, environment, at, _of_runtime(tools, environment))


def _of_runtime(tools: Bench, environment: str) -> Found:
    services = tools.setup.environments[environment].services
    names = [*ROOM, *(SERVICE + service for service in services)]
    there = attempt(lambda: tools.runtime(environment).measure(environment))
    if isinstance(there, PortError):
        return dict.fromkeys(names, there)
    room = (there.cores, there.memory, there.disk)
    return dict(zip(names, (*room, *map(there.running.get, services)), strict=True))


def _of_others(tools: Bench, environment: str) -> Found:
    addresses = tools.setup.environments[environment].has.addresses
    if not addresses:
        return {}

    def ask(address: str) -> str | PortError:
        return attempt(lambda: tools.probe.version(address))

    with ThreadPoolExecutor(min(AT_ONCE, len(addresses))) as pool:
        answers = pool.map(ask, addresses.values())
        return dict(zip((SERVICE + name for name in addresses), answers, strict=True))


def attempt(look: Callable[[], R]) -> R | PortError:
    """What was found, or why nothing was: nobody may be kept from deciding by a reading."""
    try:
        return look()
    except PortError as error:
        return error
    except Exception:
        log.exception("a measurement failed")
        return PortError("The bot itself failed in reading it; its log has the details.")


def record(tools: Bench, environment: str, at: datetime, found: Found) -> None:
    with _turn, tools.store.write() as session:
        for name, value in found.items():
            _keep(session, environment, name, at, value)
    for error in _distinct(found.values()):
        log.warning("%s could not be measured: %s", environment, error)


def _keep(session: Session, environment: str, name: str, at: datetime, value: Any) -> None:
    row = session.get(Measurement, (environment, name))
    if row is None:
        row = Measurement(environment=environment, name=name, value=None, error="")
        session.add(row)
    if row.at is not None and row.at > at:
        return  # of a reading that began later and was sooner done
    if isinstance(value, PortError):
        row.error = value.message
    else:
        row.value, row.at, row.error = value, at, ""


def _distinct(values: Iterable[Any]) -> list[str]:
    return sorted({value.message for value in values if isinstance(value, PortError)})
