"""Block Kit as plain dictionaries. Slack's limits are kept here, so that no view breaks one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.views.actions import OPEN_URL
from bot.views.words import LINK, clean, fit, seconds_of, trim, utc

Block = dict[str, Any]

MOST_BLOCKS, MOST_TEXT = 50, 12_000
"""Per message; Slack gives up at about 13,200 characters of block text (SLACK 4.8)."""

MOST_IN_HOME, MOST_HOME_TEXT = 100, 60_000
"""Per Home: its blocks, and what stays far below Slack's 250 KB whatever the letters are."""


def mrkdwn(text: str, limit: int = 3000) -> Block:
    """``verbatim``: only markup that we wrote is markup, not what a bare ``@name`` looks like."""
    return {"type": "mrkdwn", "text": fit(text, limit) or " ", "verbatim": True}


def plain_text(text: object, limit: int) -> Block:
    return {"type": "plain_text", "text": trim(clean(text), limit) or "–", "emoji": False}


def section(text: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def context(*texts: str) -> Block | None:
    """A line in small print; nothing to say is no line."""
    said = " · ".join(text for text in texts if text)
    return {"type": "context", "elements": [mrkdwn(said)]} if said else None


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, 150)}


def actions(*buttons: Block | None, name: str = "buttons") -> Block | None:
    """A row of buttons; the second one on the same surface needs a ``name`` of its own. It stays
    from drawing to drawing: Slack would make up a new one each time, and a click on the drawing
    before would find nothing any more."""
    there = [button for button in buttons if button]
    return {"type": "actions", "block_id": name, "elements": there} if there else None


def button(
    text: str, action: str, value: str = "", label: str = "", style: str = "", **more: Any
) -> Block:
    """``label`` is what a screen reader says; ``more`` may be ``confirm`` or ``url``."""
    drawn: Block = {"type": "button", "text": plain_text(text, 75), "action_id": action}
    extra = {"value": value, "style": style, **more}
    if label:
        extra["accessibility_label"] = trim(clean(label), 75)
    return drawn | {name: given for name, given in extra.items() if given}


def open_button(text: str, url: str) -> Block | None:
    """A button that opens an address, where there is one."""
    return button(text, OPEN_URL, url=url) if LINK.fullmatch(url) else None


def confirm(title: str, text: str, yes: str, no: str, danger: bool = False) -> Block:
    dialog: Block = {
        "title": plain_text(title, 100),
        "text": mrkdwn(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }
    return dialog | {"style": "danger"} if danger else dialog


def option(value: str, description: str = "") -> Block:
    """A choice; the caller sees to it that the value is one Slack can carry."""
    drawn: Block = {"text": plain_text(value, 75), "value": value}
    return drawn | {"description": plain_text(description, 75)} if clean(description) else drawn


def labelled_option(value: str, text: str) -> Block:
    """A choice that is called otherwise than its value."""
    return {"text": plain_text(text, 75), "value": value}


def text_leaf(text: object, limit: int = 300, **style: bool) -> Block:
    """Literal text: nothing in it is markup, so nothing needs escaping."""
    leaf: Block = {"type": "text", "text": trim(clean(text), limit) or "–"}
    return leaf | {"style": style} if style else leaf


def spaced(text: str) -> Block:
    """Our own words between leaves, with the blanks at their ends."""
    return {"type": "text", "text": text}


def date_leaf(moment: object, shape: str) -> Block:
    at = seconds_of(moment)
    if at is None:
        return spaced("an unknown time")
    fallback = utc(at, "%H:%M:%S UTC")
    return {"type": "date", "timestamp": at, "format": shape, "fallback": fallback}


def line(*leaves: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(leaves)}


def bullets(lines: Sequence[Block]) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def preformatted(text: str) -> Block:
    return {"type": "rich_text_preformatted", "elements": [spaced(text)]}


def rich_text(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def plan(title: str, tasks: Sequence[Block]) -> Block:
    return {"type": "plan", "title": trim(clean(title), 150), "tasks": list(tasks)}


def within_limits(
    blocks: Sequence[Block], most: int = MOST_BLOCKS, room: int = MOST_TEXT
) -> tuple[Block, ...]:
    """As many of the blocks as Slack takes; what is left out is said."""
    kept: list[Block] = []
    for block in blocks:
        room -= sum(map(len, texts(block)))
        if room < 0 or len(kept) == most - 1 < len(blocks) - 1:
            left = context("There is more than one message can show.")
            return (*kept, left) if left else tuple(kept)
        kept.append(block)
    return tuple(kept)


def texts(value: Any) -> Iterator[str]:
    """Every text that a reader of the blocks would see."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            if name in ("text", "title", "label") and isinstance(inside, str):
                yield inside
            else:
                yield from texts(inside)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for inside in value:
            yield from texts(inside)
