"""The button under a list of what is left over."""

from __future__ import annotations

from slack_bolt import App

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import listen
from bot.views import actions
from handlers.messages import CleanUp, Facts


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    listen(app, desk, clerk, (actions.CLEAN_UP,), _command)


def _command(name: str, facts: Facts) -> CleanUp:
    return CleanUp(int(facts["inquiry"]))
