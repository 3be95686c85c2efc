"""Environments that were made from blueprints: the buttons of their cards and reminders."""

from __future__ import annotations

from slack_bolt import App

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import listen
from bot.views import actions
from handlers.messages import Command, DestroyEnvironment, Facts, KeepEnvironment

BUTTONS = (actions.ENVIRONMENT_KEEP, actions.ENVIRONMENT_DESTROY)


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    listen(app, desk, clerk, BUTTONS, _command)


def _command(name: str, facts: Facts) -> Command:
    environment, number = str(facts["environment"]), int(facts["created"])
    if name == actions.ENVIRONMENT_KEEP:
        return KeepEnvironment(environment, f"until @{int(facts['longer'])}", number)
    return DestroyEnvironment(environment, "by the button", number)
