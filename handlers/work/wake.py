"""The first step of a deployment to an environment that is stopped: what ran there runs again."""

from __future__ import annotations

import logging

from handlers.ports import PortError
from handlers.work.bench import bench, plan_of
from handlers.work.refit import become_healthy, live_rows
from handlers.work.steps import Job, effect

log = logging.getLogger(__name__)


@effect("wake")
def wake(job: Job) -> str:
    """The others have to be healthy, for the new version may need them. What it replaces need not
    be: a deployment is how that is mended."""
    tools = bench()
    with tools.store.read() as session:
        rows = live_rows(tools, session, job.row.environment)
        session.expunge_all()
    others = [plan_of(tools, row, row.id) for row in rows if row.service != job.row.service]
    for plan in others:
        job.runtime.revive(plan)
    if job.previous is not None:
        try:
            job.runtime.revive(job.previous)
        except PortError as error:
            if not error.permanent:
                raise
            log.warning("%s is not started again: %s", job.previous.operation, error.message)
    for plan in others:
        become_healthy(job.runtime, plan)
    return f"{' and '.join(row.service for row in rows)} started again" if rows else "nothing ran"
