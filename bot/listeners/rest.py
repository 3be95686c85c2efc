"""The buttons that stop and restart an environment, as it was told what that hits, and that keep it
running."""

from __future__ import annotations

from slack_bolt import App

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import listen
from bot.views import actions
from handlers.messages import Command, Facts, KeepRunning, RestartEnvironment, StopEnvironment

BUTTONS = (actions.ENVIRONMENT_STOP, actions.ENVIRONMENT_RESTART, actions.ENVIRONMENT_STAY)


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    listen(app, desk, clerk, BUTTONS, _command)


def _command(name: str, facts: Facts) -> Command:
    if name == actions.ENVIRONMENT_STAY:
        return KeepRunning(str(facts["environment"]), f"until @{int(facts['longer'])}")
    environment, reason, seen = (str(facts[key]) for key in ("environment", "reason", "seen"))
    if name == actions.ENVIRONMENT_STOP:
        return StopEnvironment(environment, reason, seen)
    return RestartEnvironment(environment, str(facts["service"]), reason, seen)
