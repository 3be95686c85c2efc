"""What every listener shares: who it is, which delivery it is, and how an answer gets back."""

from __future__ import annotations

from typing import Any

from bot.clerk import Way
from bot.views.message import Message
from handlers.messages import Actor

Body = dict[str, Any]


def slash_actor(body: Body) -> Actor:
    return Actor(body["team_id"], body["user_id"])


def slash_way(body: Body) -> Way:
    return Way(body["response_url"], body["channel_id"], body["user_id"])


def actor_of(body: Body) -> Actor:
    """The one who clicked or submitted. In a shared channel the user's own team counts."""
    user = body["user"]
    return Actor(user.get("team_id") or (body.get("team") or {}).get("id", ""), user["id"])


def click_key(body: Body) -> str:
    """One click is one delivery, however often it arrives (SLACK 3.4)."""
    action, container = body["actions"][0], body.get("container", {})
    where = container.get("message_ts") or container.get("view_id", "")
    return f"click:{where}:{action['action_id']}:{action['action_ts']}:{body['user']['id']}"


def click_way(body: Body) -> Way:
    """At an App Home there is neither a response address nor a channel: a window opens."""
    user = body["user"]["id"]
    channel = (body.get("channel") or {}).get("id") or user
    trigger = body["trigger_id"] if _view(body) == "home" else ""
    return Way(body.get("response_url", ""), channel, user, trigger)


def in_form(body: Body) -> bool:
    """Was it clicked in a window, where the answer can stand?"""
    return _view(body) == "modal"


def _view(body: Body) -> str:
    return str((body.get("view") or {}).get("type", ""))


def payload(message: Message) -> Body:
    return {"text": message.text, "blocks": list(message.blocks)}
