"""Whether environments are asked anything: what their routers have counted is read, and written
down when it has grown. A runtime that does not count is no proof of anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.ports import PortError
from handlers.tables import Deployment, Idle, Stop
from handlers.work.bench import Bench
from handlers.work.measure import AT_ONCE, attempt


def read_traffic(tools: Bench) -> None:
    """Of every environment where something is to run."""
    with tools.store.read() as session:
        asleep = select(Stop.environment).where(Stop.ended_at.is_(None))
        up = select(Deployment.environment).where(
            Deployment.state == "live", Deployment.environment.not_in(asleep)
        )
        names = [n for n in session.scalars(up.distinct()) if n in tools.setup.environments]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: _read(tools, name), names))


def _read(tools: Bench, environment: str) -> None:
    at, runtime = tools.now(), tools.runtime(environment)
    count = attempt(lambda: runtime.requests(environment))
    if not isinstance(count, PortError):
        with tools.store.write() as session:
            _keep(session, environment, count, at)


def _keep(session: Session, name: str, count: int | None, at: datetime) -> None:
    """A count that begins anew has grown, too, unless it begins with nothing."""
    row = session.get(Idle, name)
    if row is None:
        session.add(Idle(environment=name, count=count, asked_at=None, told_at=None, notice=0))
        return
    if count and row.count is not None and count != row.count:
        row.asked_at = at
    row.count = count
