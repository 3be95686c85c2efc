"""The effects of a deployment, through the runtime port. Each may run again after a crash."""

from __future__ import annotations

import time

from handlers.deployment_rows import touch
from handlers.ports import Look, Plan, PortError
from handlers.rules.steadiness import RECENT, is_down, is_flapping
from handlers.work.bench import bench, volume_of
from handlers.work.patience import patiently
from handlers.work.steps import Job, Verdict, effect, show_progress

EAGER = 0.05
"""Seconds between the first looks at a version that comes up, growing to the set interval: most
are up at once, and everybody waits for them."""
WATCH_INTERVAL = 0.25
HELP_EVERY = 5.0
"""Seconds after which a switch that is still under way is ordered again, which helps it along."""


@effect("prepare")
def prepare(job: Job) -> str:
    job.runtime.prepare(job.plan, job.progress("prepare"))
    said = f"commit {job.plan.commit[:8]} is in place"
    filled = _provide_data(job)
    return f"{said}, with {filled} {'file' if filled == 1 else 'files'} of data" if filled else said


def _provide_data(job: Job) -> int:
    """Make sure that the service's data is there, filled from its baseline while it is empty; how
    many files were put there."""
    tools = bench()
    volume = volume_of(tools.setup, job.row.environment, job.row.service)
    if volume is None or tools.volumes.provision(volume):
        return 0
    return tools.volumes.restore(volume, job.plan.operation)


@effect("start")
def start(job: Job) -> str:
    job.runtime.start(job.plan)
    return f"started beside {job.previous.version}" if job.previous else "started"


@effect("health")
def become_healthy(job: Job) -> str:
    """Wait until the new version passes its health check; the old one serves meanwhile."""
    began = time.monotonic()
    while True:
        look = job.runtime.look(job.plan)
        took = time.monotonic() - began
        if look.state == "healthy":
            return f"healthy after {took:.1f} s"
        if look.state in ("exited", "absent"):
            raise Verdict(_unfit(job, look), look.log)
        if took > job.plan.health.timeout:
            raise Verdict(
                f"{_unfit(job, look)} It had {job.plan.health.timeout:.0f} s to become healthy.",
                look.log,
            )
        job.stop_if_cancelled()
        bench().stopping.wait(min(job.plan.health.interval, EAGER + took))


@effect("switch")
def switch(job: Job) -> str:
    """Lead the address to the new version; what it led to before is on record already."""
    with bench().store.write() as session:
        bench().record(session, "switch", "asked", deployment=job.row.id, fence=job.plan.fence)
    serving = job.runtime.switch(job.plan)
    with bench().store.write() as session:
        touch(session, job.row.id, url=serving.url)
    return f"{serving.url} leads to {serving.version}"


@effect("watch")
def watch(job: Job) -> str:
    """Look at the new version under traffic for a while, with the old one still at hand; where
    the switch takes its time, until that is through."""
    until, told = time.monotonic() + job.service.watch, ""
    again = time.monotonic() + HELP_EVERY
    looks: list[bool] = []
    while (left := until - time.monotonic()) > 0 or told or looks[-1:] == [False]:
        look = job.runtime.look(job.plan)
        told = _tell_progress(job, "watch", look, told)
        if told and time.monotonic() > again:
            job.runtime.switch(job.plan)
            again = time.monotonic() + HELP_EVERY
        looks.append(look.state in ("healthy", "switching"))
        if look.state in ("exited", "absent") or is_down(looks):
            raise Verdict(f"After the switch: {_unfit(job, look)}", look.log)
        if is_flapping(looks):
            seen = looks[-RECENT:]
            often = f"in {seen.count(False)} of {len(seen)} looks"
            raise Verdict(f"After the switch, {often}: {_unfit(job, look)}", look.log)
        job.stop_if_cancelled()
        bench().stopping.wait(min(WATCH_INTERVAL, max(left, EAGER)))
    return f"healthy for {job.service.watch:.0f} s under traffic"


@effect("retire", cancellable=False)
def retire(job: Job) -> str:
    """Let the old version finish what it has begun, then stop it, and tidy up."""
    others = [
        name
        for name in job.runtime.instances(job.row.environment, job.row.service)
        if name != job.plan.operation
    ]
    for name in others:
        job.runtime.retire(job.plan, name)
    job.runtime.prune(job.plan)
    return f"{job.previous.version} finished its requests" if job.previous else "nothing to stop"


@effect("go_back", cancellable=False)
def go_back(job: Job) -> str:
    """Have the address lead where it led before; mostly it never led anywhere else. What is away
    is waited for: when the way back fails a person is called."""
    return patiently(lambda: _led_back(job))


def _led_back(job: Job) -> str:
    serving = job.runtime.serving(job.row.environment, job.row.service)
    if serving is None or serving.operation != job.plan.operation:
        if serving and job.previous and serving.operation == job.previous.operation:
            _wait_until_back(job, job.previous)
        return f"{serving.version} was led to all along" if serving else "nothing was serving"
    if job.previous is None:
        raise Verdict("There is no earlier version to go back to.")
    job.runtime.switch(job.previous)
    _wait_until_back(job, job.previous)
    return f"{job.previous.version} answers again"


@effect("discard", cancellable=False)
def discard(job: Job) -> str:
    """Stop the version that failed, unless it is all there is."""
    return patiently(lambda: _stopped(job))


def _stopped(job: Job) -> str:
    serving = job.runtime.serving(job.row.environment, job.row.service)
    if serving is not None and serving.operation == job.plan.operation:
        raise PortError("It still runs: there is nothing else to serve.", permanent=True)
    job.runtime.retire(job.plan, job.plan.operation)
    return f"{job.plan.version} is stopped"


def _wait_until_back(job: Job, previous: Plan) -> None:
    """Where leading back takes its time, until that is through."""
    told, again = "", time.monotonic() + HELP_EVERY
    while (look := job.runtime.look(previous)).state == "switching":
        told = _tell_progress(job, "go_back", look, told)
        bench().stopping.wait(WATCH_INTERVAL)
        if time.monotonic() > again:
            job.runtime.switch(previous)
            again = time.monotonic() + HELP_EVERY
    if told and look.state != "healthy":
        raise Verdict(f"{previous.version} does not come back: {look.reason}", look.log)


def _tell_progress(job: Job, name: str, look: Look, told: str) -> str:
    """Show how far a switch under way has come, when that is news; what is told by now."""
    if look.state != "switching":
        return ""
    if look.reason != told:
        show_progress(job.row.id, name, look.reason)
    return look.reason or "under way"


def _unfit(job: Job, look: Look) -> str:
    reason = look.reason.rstrip(".") or f"it is {look.state}"
    reason = reason[0].lower() + reason[1:]
    return f"{job.plan.service} {job.plan.version} is not fit to serve: {reason}."
