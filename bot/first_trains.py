"""The demo's first deployments: version 1.0.0 everywhere, asked for and approved in the local
workspace as people would, so that a newcomer finds a running shop with a little history."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import requests

from bot.views.actions import APPROVE

WITHIN = 60.0
PLACES = (
    ("shop-api", "staging", ()),
    ("shop-api", "production", ("U0CLEO",)),
    ("shop-web", "staging", ()),
    ("shop-web", "production", ("U0CLEO", "U0DEVI")),
)
CHANNELS = {"staging": "C0STAGING", "production": "C0PRODUCTION"}


def send_first_trains(address: str, home: Path) -> None:
    """Ask for each deployment once in the demo's life; one that is there already is refused."""
    done = home / "first-trains"
    if done.exists():
        return
    for service, environment, approvers in PLACES:
        channel = CHANNELS[environment]
        text = f"/deploy {service} 1.0.0 to {environment} because the shop opens"
        _post(address, "command", {"as": "U0BEN", "channel": channel, "text": text})
        for user in approvers:
            _approve(address, user, channel, service)
    done.touch()


def _approve(address: str, user: str, channel: str, service: str) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        target = _button(address, user, channel, service)
        if target and _post(address, "action", target).get("ok"):
            return
        time.sleep(0.3)


def _button(address: str, user: str, channel: str, service: str) -> dict[str, Any] | None:
    """The newest card of ``service`` with an Approve button, as the page would click it."""
    answer = requests.get(
        f"{address}_play/messages", params={"as": user, "channel": channel}, timeout=10
    )
    for message in reversed(answer.json()["messages"]):
        for block in message.get("blocks", []):
            for element in block.get("elements", []):
                if element.get("action_id") == APPROVE and service in message["text"]:
                    return {
                        "as": user,
                        "channel": channel,
                        "ts": message["ts"],
                        "block_id": block["block_id"],
                        "action_id": APPROVE,
                    }
    return None


def _post(address: str, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = requests.post(f"{address}_play/{what}", json=body, timeout=10).json()
    return answer
