"""What becomes of a step that failed: the buttons of a preparation's card."""

from __future__ import annotations

from typing import Literal

from slack_bolt import App

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import listen
from bot.views import actions
from handlers.messages import DecidePreparation, Facts

CHOICES: dict[str, Literal["retry", "skip", "abort"]] = {
    actions.PREPARATION_RETRY: "retry",
    actions.PREPARATION_SKIP: "skip",
    actions.PREPARATION_ABORT: "abort",
}


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    listen(app, desk, clerk, CHOICES, _command)


def _command(name: str, facts: Facts) -> DecidePreparation:
    return DecidePreparation(int(facts["preparation"]), int(facts["attempt"]), CHOICES[name])
