"""Blocks (SLACK.md 4.3): what each must and may have, and on which surfaces it may stand."""

from typing import Any

from playground.blockkit.data import DATA_BLOCKS
from playground.blockkit.elements import (
    ACCESSORY,
    ACTION,
    CARD_ACTION,
    CONTEXT_ACTION,
    INPUT,
)
from playground.blockkit.objects import IMAGE, SLACK_FILE, URL, plain, texts, words
from playground.blockkit.problems import Problem
from playground.blockkit.rich_text import RICH_TEXT
from playground.blockkit.rules import (
    Problems,
    Rule,
    any_of,
    boolean,
    by_type,
    choice,
    either,
    integer,
    items,
    matching,
    shape,
    string,
)

_HTTPS = matching(r"https://\S{1,2992}", "an https URL")
_RICH = by_type({"rich_text": RICH_TEXT})
_IMAGE = by_type({"image": IMAGE})


def _block(required: dict[str, Rule], optional: dict[str, Rule], *also: Rule) -> Rule:
    return shape(required, {**optional, "block_id": string(255)}, *also)


def _text_or_fields(value: Any, pointer: str) -> Problems:
    if "text" not in value and "fields" not in value:
        yield Problem("must define either `text` or `fields`", pointer)


def _no_dispatch_of_files(value: Any, pointer: str) -> Problems:
    if value.get("dispatch_action") and value["element"]["type"] == "file_input":
        yield Problem("must not be set for a file_input", f"{pointer}/dispatch_action")


def _collapsed_only_if_collapsible(value: Any, pointer: str) -> Problems:
    if "default_collapsed" in value and not value.get("is_collapsible"):
        yield Problem("needs `is_collapsible`", f"{pointer}/default_collapsed")
    if "has_header_divider" in value and value.get("is_collapsible"):
        yield Problem("not with `is_collapsible`", f"{pointer}/has_header_divider")


_SMALL = by_type({**texts(3000), "image": IMAGE})
_SOURCE = by_type({"url": shape({"url": URL, "text": string()}, {})})
_TASK: dict[str, Rule] = {"task_id": string(), "title": string()}
_TASK_MORE: dict[str, Rule] = {
    "status": choice("pending", "in_progress", "complete", "error"),
    "details": _RICH,
    "output": _RICH,
    "sources": items(_SOURCE),
}
# In a plan the type may be left out.
_PLANNED_TASK = _block(_TASK, {**_TASK_MORE, "type": choice("task_card")})
_CARD = _block(
    {},
    {
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "title": words(150),
        "subtitle": words(150),
        "body": words(200),
        "actions": items(CARD_ACTION, 1, 2),
    },
    any_of("hero_image", "title", "actions", "body"),
)

BLOCKS: dict[str, Rule] = {
    "section": _block(
        {},
        {
            "text": words(3000),
            "fields": items(words(2000), 1, 10),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
        _text_or_fields,
    ),
    "header": _block({"text": plain(150)}, {"level": integer(1, 4)}),
    "divider": _block({}, {}),
    "context": _block({"elements": items(_SMALL, 1, 10)}, {}),
    "actions": _block({"elements": items(ACTION, 1, 25)}, {}),
    "image": _block(
        {"alt_text": string(2000)},
        {"image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        either("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": INPUT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        _no_dispatch_of_files,
    ),
    "rich_text": RICH_TEXT,
    "markdown": _block({"text": string(12_000)}, {}),
    "video": _block(
        {
            "alt_text": string(2000),
            "title": plain(199),
            "thumbnail_url": URL,
            "video_url": _HTTPS,
        },
        {
            "title_url": _HTTPS,
            "author_name": string(49),
            "description": plain(199),
            "provider_name": string(),
            "provider_icon_url": URL,
        },
    ),
    "alert": _block(
        {"text": words(3000)},
        {"level": choice("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": _block({"elements": items(by_type({"card": _CARD}), 1, 10)}, {}),
    "context_actions": _block({"elements": items(CONTEXT_ACTION, 1, 5)}, {}),
    "task_card": _block(_TASK, _TASK_MORE),
    "plan": _block({"title": string()}, {"tasks": items(_PLANNED_TASK)}),
    **DATA_BLOCKS,
}
_CHILDREN = (
    "actions",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)
_TITLE = by_type({"plain_text": texts(150)["plain_text"], "rich_text": RICH_TEXT})
BLOCKS["container"] = _block(
    {
        "title": _TITLE,
        "child_blocks": items(by_type({kind: BLOCKS[kind] for kind in _CHILDREN}), 1, 10),
    },
    {
        "subtitle": words(150),
        "icon": _IMAGE,
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    _collapsed_only_if_collapsible,
)

_EVERYWHERE = (
    "actions",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
)
# SLACK.md 4.2. Slack's own skill shows alerts in messages although its docs do not list them.
SURFACES: dict[str, Rule] = {
    "message": by_type(BLOCKS),
    "modal": by_type({kind: BLOCKS[kind] for kind in (*_EVERYWHERE, "alert")}),
    "home": by_type({kind: BLOCKS[kind] for kind in (*_EVERYWHERE, "card", "carousel")}),
}
