"""The steps of restarting: which instances there are is put on record before any is touched, then
they are replaced a few at a time, service by service."""

from __future__ import annotations

import time
from datetime import datetime

from handlers.ports import Plan
from handlers.tables import Preparation
from handlers.work.bench import bench
from handlers.work.refit import Refit, step
from handlers.work.steps import Verdict

SLACK = 20.0
"""Seconds beyond its own times to drain and to become healthy that one instance may take."""


def _restarted(refit: Refit) -> list[Plan]:
    return [plan for plan in refit.live if refit.row.service in ("", plan.service)]


@step
def take_stock(refit: Refit) -> str:
    """Since when each instance runs: that tells later which ones were restarted."""
    there = refit.runtime.inspect(refit.row.environment)
    found = {
        plan.operation: [
            one.since.isoformat() for one in there if one.operation == plan.operation and one.since
        ]
        for plan in _restarted(refit)
    }
    with bench().store.write() as session:
        session.get_one(Preparation, refit.row.id).there = found
    count = sum(map(len, found.values()))
    return f"{count} {'instance' if count == 1 else 'instances'} of {' and '.join(_names(refit))}"


@step
def roll(refit: Refit) -> str:
    """One service after the other; what does not run at all is started."""
    for plan in _restarted(refit):
        refit.runtime.revive(plan)
        there = (refit.row.there or {}).get(plan.operation, ())
        _roll(refit, plan, frozenset(map(datetime.fromisoformat, there)))
    return f"{' and '.join(_names(refit))} healthy again"


def _roll(refit: Refit, plan: Plan, old: frozenset[datetime]) -> None:
    """PortErrors pass through; what does not come back in its time is a verdict."""
    most = plan.health.timeout + plan.drain + SLACK
    last, until = -1, 0.0
    while left := refit.runtime.restart(plan, old):
        if left != last:
            last, until = left, time.monotonic() + most
        elif time.monotonic() > until:
            look = refit.runtime.look(plan)
            reason = look.reason.rstrip(".") or f"it is {look.state}"
            raise Verdict(f"{plan.service} {plan.version} does not come back: {reason}.", look.log)
        bench().stopping.wait(plan.health.interval)


def _names(refit: Refit) -> list[str]:
    return [plan.service for plan in _restarted(refit)]
