"""The steps of hooks: a copy of the data where one is needed, the program itself, and the way back.

What came of a program is on record before anything of it is removed, so a bot that is killed finds
either the program or its result, and never runs one again that has ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dbos import DBOS
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import hooks, subjects
from handlers.ports import Errand, Plan, PortError, Report, Volume
from handlers.rules.hooks import PUT_BACK, UNDO
from handlers.tables import Deployment, HookRun, Step
from handlers.work import steps
from handlers.work.bench import Bench, bench, plan_of, volume_of
from handlers.work.refit import become_healthy, files
from handlers.work.steps import Job, Problem, Verdict, hidden, show_progress

SLOW = 1.0
"""Seconds between two looks at a program that takes its time, at most."""


def laid_out(session: Session, row: Deployment) -> tuple[str, ...]:
    """The steps of a deployment with those of its hooks, which are put on record; for a rollback
    with what undoes those that ran since."""
    setup = bench().setup
    if row.kind == "rollback":
        return (*steps.FORWARD, *map(hooks.named, hooks.left_by(session, setup, row)))
    hooks.lay_down(session, setup, row)
    before, after = (hooks.steps(session, row.id, phase) for phase in ("before", "after"))
    first, *middle, last = steps.FORWARD
    return (first, *before, *middle, *after, last)


def run_hooks(deployment: int, phase: str) -> Problem | None:
    """Every hook of one phase, one after the other, as it was put on record."""
    with bench().store.read() as session:
        names = hooks.steps(session, deployment, phase)
    for name in names:
        what, _, hook = name.partition(":")
        problem = (keep if what == hooks.KEEP else run)(deployment, hook)
        if problem is not None:
            return problem
    return None


def take_back(deployment: int) -> Problem | None:
    """Everything on the way back that stands on the card, up to what fails."""
    there = select(Step.name).where(Step.of == subjects.deployment(deployment))
    with bench().store.read() as session:
        names = list(session.scalars(there.order_by(Step.position)))
    for name in names:
        kind, _, what = name.partition(":")
        if what and kind in (UNDO, PUT_BACK):
            problem = go_behind(deployment, name)
            if problem is not None:
                return problem
    return None


@DBOS.step(name="keep")
def keep(deployment: int, hook: str) -> Problem | None:
    return steps.perform(f"{hooks.KEEP}:{hook}", lambda job: _keep(job, hook), deployment, True)


@DBOS.step(name="hook")
def run(deployment: int, hook: str) -> Problem | None:
    return steps.perform(f"{hooks.RUN}:{hook}", lambda job: _run(job, hook), deployment, True)


@DBOS.step(name="go_behind")
def go_behind(deployment: int, step: str) -> Problem | None:
    kind, number, hook = step.split(":", 2)
    body = _undo if kind == UNDO else _put_back
    return steps.perform(step, lambda job: body(job, int(number), hook), deployment, False)


def _keep(job: Job, hook: str) -> str:
    """A copy of the data as it is now. Nobody may write meanwhile, so what serves stands still."""
    volume = _data(job)
    with _standing_still(job):
        copy = bench().volumes.back_up(volume, _copy(job.row.id, hook))
    return f"{files(copy.files)} kept as {_copy(job.row.id, hook)}"


def _put_back(job: Job, number: int, hook: str) -> str:
    volume = _data(job)
    with _standing_still(job):
        copy = bench().volumes.put_back(volume, _copy(number, hook))
    _record(number, hook, state="undone")
    return f"{files(copy.files)} as before {hook}"


def _data(job: Job) -> Volume:
    volume = volume_of(bench().setup, job.row.environment, job.row.service)
    if volume is None:
        raise Verdict(f"{job.row.service} keeps no data in {job.row.environment}.")
    return volume


def _copy(number: int, hook: str) -> str:
    return f"d{number}-{hook}"


@contextmanager
def _standing_still(job: Job) -> Iterator[None]:
    """Nobody writes meanwhile; afterwards what served serves again, whatever came of it."""
    job.runtime.halt(job.row.environment, job.row.service, job.plan.drain)
    try:
        yield
    finally:
        serving = job.runtime.serving(job.row.environment, job.row.service)
        if serving and job.previous and serving.operation == job.previous.operation:
            job.runtime.revive(job.previous)
            become_healthy(job.runtime, job.previous)


def _run(job: Job, hook: str) -> str:
    tools, row = bench(), _read(job.row.id, hook)
    errand = Errand(job.plan, f"hook-{hook}", tuple(row.command), row.image)
    if row.state == "done":
        job.runtime.recall(errand)
        return "ended well"
    if row.state != "failed":
        if row.began_at is None:
            row = _record(job.row.id, hook, state="begun", began_at=tools.now())
        report = _ended(job, errand, row, f"{hooks.RUN}:{hook}")
        if report.code == 0:
            _record(job.row.id, hook, state="done")
            job.runtime.recall(errand)
            return _well(tools, report)
        _fail(job.row.id, hook, report, state="failed")
    job.runtime.recall(errand)
    raise _verdict(f"The hook {hook} failed", _read(job.row.id, hook))


def _undo(job: Job, number: int, hook: str) -> str:
    """Run what undoes a hook, in the release that it belongs to."""
    tools, row = bench(), _read(number, hook)
    errand = Errand(_behind(job, number), f"undo-{hook}-{job.row.id}", tuple(row.undo), row.image)
    if row.state == "undone":
        job.runtime.recall(errand)
        return "undone"
    if (row.state, row.back_by) != ("stuck", job.row.id):
        job.runtime.prepare(errand.plan)
        report = _ended(job, errand, row, f"{UNDO}:{number}:{hook}")
        if report.code == 0:
            _record(number, hook, state="undone")
            job.runtime.recall(errand)
            return _well(tools, report)
        _fail(number, hook, report, state="stuck", back_by=job.row.id)
    job.runtime.recall(errand)
    raise _verdict(f"Taking {hook} back failed", _read(number, hook))


def _behind(job: Job, number: int) -> Plan:
    """The plan of the deployment whose hook is undone, which is told where it leads back to."""
    tools = bench()
    with tools.store.read() as session:
        row = session.get_one(Deployment, number)
        session.expunge_all()
    plan = plan_of(tools, row, fence=job.plan.fence)
    back = job.plan if number != job.row.id else job.previous
    told = (("STATION_BACK_TO", back.version if back else ""),)
    return replace(plan, variables=(*plan.variables, *told))


def _ended(job: Job, errand: Errand, row: HookRun, step: str) -> Report:
    """Begin it, and wait until it has ended or its time is over. The step is not left meanwhile:
    half a migration is worse than a whole one."""
    tools, began, told = bench(), bench().now(), ""
    job.runtime.send(errand, lambda words: show_progress(job.row.id, step, words))
    if row.state == "begun" and row.began_at is not None:
        began = row.began_at
    while (report := job.runtime.report(errand)).state == "running":
        took = (tools.now() - began).total_seconds()
        if took > row.timeout:
            late = f"It did not end within {row.timeout} s."
            return Report("ended", None, late, report.log)
        if (line := _last(tools, report)) != told:
            told = line
            show_progress(job.row.id, step, line)
        time.sleep(min(SLOW, 0.05 + took / 10))
    if report.state == "absent":
        raise PortError(f"Nothing is known any more of {errand.name}.", permanent=True)
    return report


def _well(tools: Bench, report: Report) -> str:
    line = _last(tools, report)
    return f"ended well: {line}" if line else "ended well"


def _last(tools: Bench, report: Report) -> str:
    """The last line that it wrote, with nothing secret in it."""
    safe = hidden(tools, {"sentence": "", "log": list(report.log[-1:]), "cancelled": False})
    return " ".join(safe["log"])


def _fail(number: int, hook: str, report: Report, **values: Any) -> None:
    said = {"sentence": report.reason, "log": list(report.log), "cancelled": False}
    safe = hidden(bench(), said)
    _record(number, hook, sentence=safe["sentence"], log=safe["log"], **values)


def _verdict(what: str, row: HookRun) -> Verdict:
    why = row.sentence.rstrip(".") or "nobody knows why"
    return Verdict(f"{what}: {why[0].lower()}{why[1:]}.", tuple(row.log or ()))


def _read(number: int, hook: str) -> HookRun:
    with bench().store.read() as session:
        row = session.get_one(HookRun, (number, hook))
        session.expunge_all()
    return row


def _record(number: int, hook: str, **values: Any) -> HookRun:
    with bench().store.write() as session:
        row = session.get_one(HookRun, (number, hook))
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        session.expunge_all()
    return row
