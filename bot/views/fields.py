"""What forms are made of, and reading back what was filled in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.views import blocks, words
from bot.views.blocks import Block

View = dict[str, Any]

REASON, LONGEST_REASON, MOST_OPTIONS = 4, 500, 100
"""Characters of a reason that means something, of the longest one kept; options of a select."""

LONGEST_VALUE = 75
"""Characters of an option's value that every Slack client takes."""


def form(
    callback: str, title: str, submit: str, drawn: Iterable[Block | None], seen: str = ""
) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": blocks.plain_text(title, 24),
        "submit": blocks.plain_text(submit, 24),
        "close": blocks.plain_text("Never mind", 24),
        "private_metadata": seen,
        "blocks": [block for block in drawn if block is not None],
    }


def error_line(sentence: str) -> Block | None:
    return blocks.section(f"⚠️ {words.escape(sentence, 600)}") if sentence else None


def select(
    name: str, label: str, choices: dict[str, str], now: str, action: str, dispatch: bool = False
) -> Block | None:
    """A select of ``choices`` (value: description) with ``now`` chosen; None without any."""
    usable = [v for v in choices if 0 < len(v) <= LONGEST_VALUE and words.clean(v) == v]
    shown = usable[:MOST_OPTIONS]
    if now in usable and now not in shown:
        shown[-1] = now
    if not shown:
        return None
    element: Block = {
        "type": "static_select",
        "action_id": action[:255],
        "options": [blocks.option(value, choices[value]) for value in shown],
    }
    if now in shown:
        element["initial_option"] = blocks.option(now, choices[now])
    drawn = {"type": "input", "block_id": name, "label": blocks.plain_text(label, 100)}
    return drawn | {"element": element} | ({"dispatch_action": True} if dispatch else {})


def text_field(
    name: str, label: str, now: str = "", hint: str = "", optional: bool = False
) -> Block:
    """Where a reason is typed."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": LONGEST_REASON,
    }
    if not optional:
        element["min_length"] = REASON
    if words.clean(now):
        element["initial_value"] = words.trim(words.clean(now), LONGEST_REASON)
    drawn = {"type": "input", "block_id": name, "label": blocks.plain_text(label, 100)}
    extra: Block = {"optional": True} if optional else {}
    return (
        drawn
        | extra
        | {"element": element}
        | ({"hint": blocks.plain_text(hint, 150)} if hint else {})
    )


def number(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 2**63 else 0


def reason_field(label: str, hint: str) -> Block:
    """Where a reason is typed that means something."""
    return text_field("reason", label, hint=hint)


def given(view: View) -> Given:
    """What stands in each input of the form now."""
    values = (view.get("state") or {}).get("values") or {}
    return Given({name: next(iter(block.values()), {}) for name, block in values.items() if block})


class Given:
    """The inputs by the names of their blocks; what was left empty is an empty text or list."""

    def __init__(self, elements: dict[str, dict[str, Any]]) -> None:
        self._elements = elements

    def one(self, name: str) -> str:
        """A choice, a date, a time, or what was typed."""
        element = self._elements.get(name, {})
        option = element.get("selected_option") or {}
        found = (
            option.get("value")
            or element.get("selected_date")
            or element.get("selected_time")
            or element.get("value")
            or ""
        )
        return words.trim(words.clean(found), 600)

    def many(self, name: str) -> list[str]:
        """Several choices, or people."""
        element = self._elements.get(name, {})
        options = [option.get("value") for option in element.get("selected_options") or []]
        return [str(one) for one in [*options, *(element.get("selected_users") or [])] if one]
