"""Tidies up: what nobody needs is listed, and what was listed is removed where it is left over
still. What belonged to environments from blueprints that are gone goes without being asked for."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import orphans
from handlers.ask import stamp
from handlers.deployment_rows import OPEN
from handlers.ports import Leftover, PortError, Volume
from handlers.tables import Deployment
from handlers.work.bench import Bench

log = logging.getLogger(__name__)

HERE = "this machine"
"""Where the data of processes is."""


def needed(tools: Bench, session: Session) -> frozenset[str]:
    """The commits and images of what runs, of what is about to, and of what may be gone back to:
    of each service in each environment the newest that were live, as many as are to be kept."""
    found: set[str] = set()
    count: dict[tuple[str, str], int] = {}
    rows = session.scalars(select(Deployment).order_by(Deployment.id.desc()))
    for row in rows:
        place = (row.service, row.environment)
        service = tools.setup.services.get(row.service)
        is_good = row.live_at is not None
        count[place] = count.get(place, 0) + is_good
        if row.state in (*OPEN, "live") or (
            is_good and service is not None and count[place] <= service.keep
        ):
            found |= {row.commit, row.artefact or row.commit}
    return frozenset(found)


def find(tools: Bench) -> list[Leftover]:
    """All that could be removed, what belongs to environments that are gone first."""
    with tools.store.read() as session:
        kept, gone = needed(tools, session), orphans.gone(session, tools.setup)
    found = [o for runtime in tools.runtimes.values() for o in runtime.leftovers(kept, gone)]
    found += [_of_data(volume) for volume in tools.volumes.left(gone)]
    return sorted(found, key=lambda one: not one.environment)


def clean(
    tools: Bench, wanted: Collection[Leftover], name: str, had: Collection[Leftover] = ()
) -> list[Leftover]:
    """Remove those of ``wanted`` that are left over still; which those were. A copy of data is
    kept first, under ``name``. ``had`` are those that an earlier try found."""
    with tools.store.read() as session:
        kept, gone = needed(tools, session), orphans.gone(session, tools.setup)
    runtimes = tools.runtimes.values()
    removed = [one for runtime in runtimes for one in runtime.clean(tuple(wanted), kept, gone)]
    # Who writes to data has to be gone before it.
    left = {_of_data(volume): volume for volume in tools.volumes.left(gone)}
    for one in wanted:
        if one in left:
            tools.volumes.back_up(left[one], name)
            tools.volumes.remove(left[one])
            removed.append(one)
    still = find(tools)
    # What an earlier try removed before the bot was killed is gone as well.
    earlier = [one for one in wanted if one.environment in gone or one in had]
    removed += [one for one in earlier if one not in [*removed, *still]]
    _forget(tools, {o.environment for o in removed} - {o.environment for o in still})
    return removed


def _forget(tools: Bench, environments: set[str]) -> None:
    """Of what nothing is there any more, nothing is live."""
    if environments - {""}:
        with tools.store.write() as session:
            gone = environments & orphans.gone(session, tools.setup)
            orphans.end_all(session, gone, tools.now())


def finish_destroyed(tools: Bench) -> None:
    """What is there still of environments from blueprints that were destroyed goes too; of data a
    copy is kept."""
    with tools.store.read() as session:
        names = orphans.destroyed(session, tools.setup)
    if not names:
        return
    try:
        left = [one for one in find(tools) if one.environment in names]
        gone = clean(tools, left, f"swept-{stamp(tools.now())}") if left else []
    except PortError as error:
        log.warning("what is left of destroyed environments stays: %s", error.message)
        return
    if gone:
        told: dict[str, Any] = {"names": sorted(one.name for one in gone)[:50]}
        with tools.store.write() as session:
            tools.record(session, "tidy", "leftovers_removed", count=len(gone), **told)


def _of_data(volume: Volume) -> Leftover:
    place = f"{volume.environment}/{volume.service}"
    name = f"data of {volume.service} in {volume.environment}, of which a copy is kept"
    return Leftover(volume.host or HERE, "data", place, name, environment=volume.environment)
