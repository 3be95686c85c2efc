"""The clock: one table of what happens when. A tick that decides goes through the gate under its
planned time, so that restarts and twins collapse into one; a tick that only reads just reads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from handlers.gate import Gate
from handlers.messages import (
    CLOCK,
    Command,
    CompareSetup,
    ExpireApprovals,
    ForgetReceipts,
    Reconcile,
    ReconcileBuild,
    ReconcileDestruction,
    ReconcilePreparation,
    ReviveService,
    SweepBookings,
    SweepEnvironments,
    SweepStops,
)
from handlers.work import look_around, measure, read_setup, readings, tidy, traffic
from handlers.work.bench import Bench
from handlers.work.engine import Engine
from handlers.work.lost import lost_builds, lost_destructions, lost_preparations, lost_work

log = logging.getLogger(__name__)

GRACE = 300
"""Seconds a tick may be late; APScheduler's default of one second drops ticks silently."""

LONG_AGO, APART = datetime.min.replace(tzinfo=UTC), timedelta(seconds=2)
"""A reading that is asked for again and again runs this far apart."""

PLACE = (None,)
"""Where the planned time will stand: the scheduler wants to see that the arguments fit."""


@dataclass(frozen=True)
class Rounds:
    """What the ticks do."""

    gate: Gate
    bench: Bench
    engine: Engine

    def submit(self, command: Command, planned: datetime) -> None:
        numbers = (
            getattr(command, of, "") for of in ("deployment", "preparation", "created", "build")
        )
        number = next(filter(None, numbers), "")
        job = f"{type(command).__name__}:{number}"
        self.gate.submit(command, CLOCK, f"clock:{job}:{planned.astimezone(UTC).isoformat()}")

    def read_directory(self, _planned: datetime) -> None:
        readings.read_directory(self.bench)

    def read_catalogue(self, _planned: datetime) -> None:
        readings.read_catalogue(self.bench)

    def measure(self, _planned: datetime) -> None:
        measure.measure_all(self.bench)

    def look_around(self, _planned: datetime) -> None:
        look_around.look_everywhere(self.bench)

    def read_hosts(self, _planned: datetime) -> None:
        look_around.read_hosts(self.bench)

    def expire(self, planned: datetime) -> None:
        self.submit(ExpireApprovals(), planned)

    def sweep_bookings(self, planned: datetime) -> None:
        self.submit(SweepBookings(), planned)

    def sweep_environments(self, planned: datetime) -> None:
        self.submit(SweepEnvironments(), planned)

    def tidy(self, _planned: datetime) -> None:
        tidy.finish_destroyed(self.bench)

    def compare_setup(self, planned: datetime) -> None:
        self.submit(CompareSetup(), planned)

    def read_setup(self, planned: datetime) -> None:
        """A new file is compared with what is there right away."""
        if read_setup.read_setup(self.bench):
            self.compare_setup(planned)

    def sweep_stops(self, planned: datetime) -> None:
        self.submit(SweepStops(), planned)

    def read_traffic(self, _planned: datetime) -> None:
        traffic.read_traffic(self.bench)

    def reconcile(self, planned: datetime) -> None:
        for deployment, state in lost_work(self.bench.store, self.engine, self.bench.now()):
            self.submit(Reconcile(deployment, state), planned)
        for number, state in lost_preparations(self.bench.store, self.engine, self.bench.now()):
            self.submit(ReconcilePreparation(number, state), planned)
        for number, state in lost_destructions(self.bench.store, self.engine, self.bench.now()):
            self.submit(ReconcileDestruction(number, state), planned)
        for number, state in lost_builds(self.bench.store, self.engine, self.bench.now()):
            self.submit(ReconcileBuild(number, state), planned)

    def revive(self, planned: datetime) -> None:
        for deployment in readings.not_running(self.bench):
            self.submit(ReviveService(deployment), planned)

    def forget(self, planned: datetime) -> None:
        self.submit(ForgetReceipts(), planned)


def table(rounds: Rounds) -> dict[Callable[[datetime], None], dict[str, Any]]:
    """What, and when in UTC. Cron only: bare intervals drift apart between restarts."""
    return {
        # what                 when
        rounds.read_directory: {"second": "*/30"},
        rounds.read_catalogue: {"second": "10,40"},
        rounds.measure: {"second": "25,55"},
        rounds.look_around: {"second": "15,45"},
        rounds.read_hosts: {"second": "35"},
        rounds.expire: {"second": "*/5"},
        rounds.sweep_bookings: {"second": "2-57/5"},
        rounds.sweep_environments: {"second": "4-59/5"},
        rounds.tidy: {"minute": "*/5", "second": "28"},
        rounds.compare_setup: {"second": "20"},
        rounds.read_setup: {"second": "3-58/5"},
        rounds.read_traffic: {"second": "20"},
        rounds.sweep_stops: {"second": "1-56/5"},
        rounds.revive: {"second": "3-58/5"},
        rounds.reconcile: {"second": "50"},
        rounds.forget: {"hour": "3", "minute": "7"},
    }


class PlannedTimes(ThreadPoolExecutor):  # type: ignore[misc]  # apscheduler has no types
    """Hands each job the time it was planned for, which plain jobs never see."""

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        def run() -> None:
            try:
                job.func(run_times[-1])
            except Exception:
                log.exception("the tick %s failed", job.id)
            self._run_job_success(job.id, [])

        self._pool.submit(run)


class Clock:
    """APScheduler with its jobs in memory, built from the table at every start: no pickles."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self._planned: dict[str, datetime] = {}
        self._scheduler = BackgroundScheduler(
            executors={"default": PlannedTimes(6)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE},
            timezone=UTC,
        )

    def start(self) -> None:
        for func, when in table(self._rounds).items():
            trigger = CronTrigger(timezone=UTC, **when)
            self._scheduler.add_job(func, trigger, id=func.__name__, args=PLACE)
        self._scheduler.start()

    def now(self, what: str) -> None:
        """Run a reading of the table right away, beside its plan; asked often it still runs
        only every ``APART``, and once after whoever asked last."""
        func = {f.__name__: f for f in table(self._rounds)}.get(what)
        if func is None:
            return  # a table without it, such as that of the tests that count every call
        now, planned = datetime.now(UTC), self._planned.get(what, LONG_AGO)
        if planned > now:
            return
        at = self._planned[what] = max(now + timedelta(milliseconds=1), planned + APART)
        self._scheduler.add_job(
            func, "date", run_date=at, id=f"{what}:now", replace_existing=True, args=PLACE
        )

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
