"""Looks at the containers of one deployment: how they are, and what they answer.

The question is asked from beside the router, over the same way that requests take: it needs nothing
in the image of the service, and it works on any Engine, wherever that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.ports import Look, Plan, PortError
from integrations.runtimes.docker.containers import Containers, Found
from integrations.runtimes.docker.router import Router
from integrations.runtimes.docker.words import container_of
from integrations.runtimes.process.health import PATH, Answer

SIGNALS = {137: "it was killed (signal 9)", 143: "it was asked to end (signal 15)"}


def check_path(plan: Plan) -> None:
    if not PATH.fullmatch(plan.health.path):
        raise PortError(f"{plan.health.path!r} is not a health path.", permanent=True)


class Looks:
    """How one service's containers are."""

    def __init__(self, containers: Containers, router: Router) -> None:
        self._containers = containers
        self._router = router

    def all(self, plan: Plan, there: tuple[Found, ...]) -> Look:
        """The worst of them is what they are together."""
        if not there:
            return Look("absent", "There is no container of it.")
        looks = [self._one(plan, found) for found in there]
        worst = next((look for look in looks if look.state != "healthy"), looks[0])
        if worst.state == "healthy" and len(looks) > 1:
            return Look("healthy", f"All {len(looks)} answered to {plan.health.path}.")
        return worst

    def _one(self, plan: Plan, found: Found) -> Look:
        state = self._containers.inspect(found)
        if state is None:
            return Look("absent", f"The container {found.name} is gone.")
        if not state["Running"] or state["Restarts"] or not found.ip:
            return Look("exited", said_end(plan, state), self._containers.log(found))
        port = container_of(plan).port
        question = (plan.health.path, plan.health.request_timeout)
        look = _verdict(plan, self._router.ask(found.ip, port, question))
        if look.state == "healthy":
            return look
        # Asked again, because it may have ended while it was asked.
        state = self._containers.inspect(found)
        log = self._containers.log(found)
        if state is not None and not state["Running"]:
            return Look("exited", said_end(plan, state), log)
        return Look(look.state, look.reason, log)


def _verdict(plan: Plan, answer: Answer) -> Look:
    if not answer.status:
        return Look("starting", f"It {answer.text}.")
    said = f": {answer.text}" if answer.text and not answer.is_good else "."
    reason = f"It answered {answer.status} to {plan.health.path}{said}"
    return Look("healthy" if answer.is_good else "unhealthy", reason)


def said_end(plan: Plan, state: Mapping[str, Any]) -> str:
    """How it ended, in words."""
    if state["Status"] == "created":
        said = str(state.get("Error") or "").strip().rstrip(".")
        return f"It could not be started{f': {said}' if said else ''}."
    again = f"was started again ({state['Restarts']} times)" if state["Restarts"] else ""
    if state["OOMKilled"]:
        room = container_of(plan).memory // 2**20
        more = f" and {again}" if again else ""
        return f"It ended because it ran out of memory{more}: it has {room} MB."
    if again:
        return f"It ended by itself and {again}."
    code = int(state["ExitCode"])
    if code in SIGNALS:
        return f"It ended: {SIGNALS[code]}."
    return f"It ended with exit code {code}."
