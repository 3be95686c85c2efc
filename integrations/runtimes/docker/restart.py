"""Containers restarted a few at a time: each is taken out of the router, ended and started again as
it is, and gets requests again once it answers its health check."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from handlers.ports import Plan
from integrations.runtimes.docker.containers import Found
from integrations.runtimes.docker.roll import Hands
from integrations.runtimes.docker.router import Server
from integrations.runtimes.docker.times import moment


def restart(hands: Hands, plan: Plan, there: tuple[Found, ...], old: Collection[datetime]) -> int:
    """Do what can be done now; how many are not through yet. What is old still serves, at least
    half of all, until its turn comes."""
    stale = [one for one in there if _since(hands, one) in old]
    fresh = [one for one in there if one not in stale]
    up = [one for one in fresh if hands.looks.all(plan, (one,)).state == "healthy"]
    open_ones = [*up, *(one for one in stale if one.is_alive)]
    if open_ones:
        servers = (Server(one.name, one.ip, one.port, one in open_ones) for one in there if one.ip)
        hands.router.have(servers)
    coming = len(fresh) - len(up)
    for one in stale[: max(0, max(1, len(there) // 2) - coming)]:
        hands.drain((one,), plan.drain)
        hands.containers.stop(one)
        hands.containers.run(one.id)
    return len(stale) + coming


def _since(hands: Hands, one: Found) -> datetime | None:
    """One that was ended on the way is to be started again, too: it is as old as it was."""
    state = hands.containers.inspect(one)
    return moment(state["StartedAt"]) if state else None
