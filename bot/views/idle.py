"""Environments that nobody uses: what their owners are told, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.created import SURE
from bot.views.message import Message, message
from bot.views.told import Told


def idle_buttons(told: Told) -> Block | None:
    """Keep it running, stop it, and, where somebody made it, destroy it."""
    name = str(told.get("environment") or "")
    value = actions.pack(
        environment=name, created=told.number("created"), longer=told.number("longer"),
        seen=str(told.get("seen") or ""), reason="nobody uses it", service="",
    )  # fmt: skip
    stop = blocks.confirm(f"Stop {name}?", "Nothing answers there then.", "Stop", "Leave it", True)
    later = f"Keep until {words.plain(told.when('longer'), 50)}"
    keep = blocks.button(later, actions.ENVIRONMENT_STAY, value, f"Keep {name} running")
    delete = blocks.button(
        "Delete", actions.ENVIRONMENT_DESTROY, value, f"Destroy {name}", "danger", confirm=SURE
    )
    return blocks.actions(
        blocks.button("Stop now", actions.ENVIRONMENT_STOP, value, f"Stop {name}", confirm=stop),
        keep if told.get("rests") else None,
        delete if told.number("created") else None,
        name=f"idle-{words.trim(name, 80)}",
    )


def _soon(told: Told) -> Message:
    said = (
        f"💤 *{told['environment']}* has not been used since {told.when('idle_since')}. It is"
        f" stopped {told.when('until')} if nobody uses it until then; what runs there comes"
        " back as it was."
    )
    return message(said, [blocks.section(said), idle_buttons(told)])


IDLE_NOTICES: dict[str, Callable[[Told], str | Message]] = {
    "idle_soon": _soon,
    "idle_stopped": lambda told: (
        f"💤 *{told['environment']}* was not used since {told.when('idle_since')} and is stopped"
        f" since {told.when('at')}. `/env start {told['environment']}` or a deployment wakes it."
    ),
    "idle_over": lambda told: (
        f"*{told['environment']}* is used again since {told.when('at')}, and runs on."
    ),
    "idle_kept": lambda told: (
        f"*{told['environment']}* runs until {told.when('until')}, whether anybody uses it or not."
    ),
}
