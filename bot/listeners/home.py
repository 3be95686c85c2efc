"""The App Home: who opens it gets their board there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import App

from bot.listeners.wrap import Body
from handlers.messages import Actor

Opened = Callable[[Actor, bool], None]
"""Who looks, and whether there is nothing of ours to be seen yet."""


def register(app: App, opened: Opened) -> None:
    @app.event("app_home_opened")
    def look(event: dict[str, Any], body: Body) -> None:
        if event.get("tab") == "home":
            opened(Actor(body["team_id"], event["user"]), "view" not in event)
