"""Starts again what is live on record and does not run: after a reboot, a kill, an accident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dbos import DBOS
from sqlalchemy.orm import Session

from handlers import show, subjects
from handlers.deployment_rows import note
from handlers.messages import Facts
from handlers.ports import PortError
from handlers.tables import Deployment
from handlers.work.bench import bench, plan_of
from handlers.work.engine import workflow
from handlers.work.measure import measure_running

SAME = timedelta(minutes=10)
"""Within this the same news is not told again: something that dies over and over would fill its
thread."""

STARTED, AT_START = datetime.now(UTC), timedelta(seconds=30)
"""What went live before this process began and is found stopped this soon was not seen to stop:
the bot, the demo or the machine was stopped too, and its log has nothing to say about that."""


@workflow("revive")
def revive(deployment: int) -> str:
    code = start_again(deployment)
    measure_running(deployment)
    return code


@DBOS.step(name="start_again")
def start_again(deployment: int) -> str:
    """Have the runtime start it from the release it keeps; already alive is success."""
    tools = bench()
    with tools.store.read() as session:
        row = session.get_one(Deployment, deployment)
        session.expunge(row)
    if row.state != "live":
        return "nothing_due"
    try:
        plan = plan_of(tools, row, fence=row.id)
        tools.runtime(row.environment).revive(plan)
        code, facts = "revived", dict[str, str]()
    except PortError as error:
        code, facts = "not_revived", {"sentence": error.message}
    seen = row.live_at is None or row.live_at > STARTED or tools.now() - STARTED > AT_START
    with tools.store.write() as session:
        if seen or code != "revived":
            tell(session, tools.now(), deployment, code, facts)
        tools.record(session, "revive", code, deployment=deployment, **facts)
    tools.wake()
    return code


def tell(session: Session, at: datetime, deployment: int, code: str, facts: Facts) -> None:
    """Add it to the history, unless that was the last thing told and not long ago."""
    last = show.last_note(session, subjects.deployment(deployment))
    if last and (last.code, dict(last.facts)) == (code, facts) and at - last.at < SAME:
        last.at = at
    else:
        note(session, deployment, at, code, **facts)
