"""What an environment is to be against what is there, read anew: services, data, and what others
run that it is attached to. What cannot be read is said as such and never as declared."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from handlers import drifts, file_changes
from handlers.ask import stamp
from handlers.created import created_row
from handlers.ports import PortError, Running, Volume
from handlers.rules.drift import AS_DECLARED, DIFFERS, MISSING, PREPARE, UNKNOWN, Line
from handlers.suitability import told_conditions
from handlers.tables import Deployment
from handlers.work.bench import Bench, plan_of, volume_of
from handlers.work.drift import lines
from handlers.work.look_around import look_around
from handlers.work.measure import attempt, measure


def survey(tools: Bench, environment: str) -> dict[str, Any]:
    """Every line, with the time of reading; PortError where the environment is gone."""
    if environment not in tools.setup.environments:
        raise PortError(f"{environment} is not in the setup any more.", permanent=True)
    at = tools.now()
    there = look_around(tools, environment)
    measure(tools, environment)
    found = [*_compared(tools, environment, there), *_health(tools, environment)]
    found += _data(tools, environment)
    with tools.store.read() as session:
        has = told_conditions(session, tools.setup, environment)
        since = file_changes.changes(session, tools.setup, environment)
        row = created_row(session, environment)
        changed = drifts.noticed(session, [environment]).get(environment, [])
    return {
        "read": stamp(at),
        "error": there.message if isinstance(there, PortError) else "",
        "lines": [asdict(line) for line in found],
        "attached": _attached(tools, environment, has),
        "data": has["data"],
        "changed": changed,
        "file_changes": since,
        "blueprint": row.blueprint if row else "",
        "live": _live_versions(tools, environment),
    }


def _compared(
    tools: Bench, environment: str, there: tuple[Running, ...] | PortError
) -> tuple[Line, ...]:
    with tools.store.read() as session:
        if not isinstance(there, PortError):
            return lines(tools, session, environment, there)
        wanted = drifts.declared(session, tools.setup, environment)
    return tuple(Line(one.service, "service", UNKNOWN, one.version) for one in wanted)


def _live(tools: Bench, environment: str) -> list[Deployment]:
    services = tools.setup.environments[environment].services
    with tools.store.read() as session:
        live = select(Deployment).where(
            Deployment.environment == environment, Deployment.state == "live"
        )
        rows = [row for row in session.scalars(live) if row.service in services]
        session.expunge_all()
    return sorted(rows, key=lambda row: list(services).index(row.service))


def _live_versions(tools: Bench, environment: str) -> dict[str, str]:
    return {row.service: row.version for row in _live(tools, environment)}


def _health(tools: Bench, environment: str) -> list[Line]:
    return [_asked(tools, row) for row in _live(tools, environment)]


def _asked(tools: Bench, row: Deployment) -> Line:
    """Its health check, asked now."""
    path = tools.setup.services[row.service].health.path
    look = attempt(lambda: tools.runtime(row.environment).look(plan_of(tools, row, row.id)))
    if isinstance(look, PortError):
        return Line(row.service, "health", UNKNOWN, path, look.message)
    if look.state == "healthy":
        return Line(row.service, "health", AS_DECLARED, path, look.reason)
    remedy = PREPARE if look.state in ("absent", "exited") else ""
    return Line(row.service, "health", DIFFERS, path, look.reason or look.state, remedy)


def _data(tools: Bench, environment: str) -> list[Line]:
    services = tools.setup.environments[environment].services
    volumes = (volume_of(tools.setup, environment, service) for service in services)
    return [_held(tools, volume) for volume in volumes if volume]


def _held(tools: Bench, volume: Volume) -> Line:
    """Is data there? None is as it should be only where there is no baseline to fill it with."""
    files = attempt(lambda: tools.volumes.files(volume))
    if isinstance(files, PortError):
        return Line(volume.service, "data", UNKNOWN, None, files.message)
    if files or (files == 0 and not (volume.baseline or volume.seeds)):
        return Line(volume.service, "data", AS_DECLARED, None, files)
    return Line(volume.service, "data", MISSING, None, files, PREPARE)


def _attached(tools: Bench, environment: str, has: dict[str, Any]) -> list[dict[str, Any]]:
    """Services of others: what was read of each, or that nobody reads it."""
    ours = tools.setup.environments[environment].services
    return [one for one in has["services"] if one["name"] not in ours]
