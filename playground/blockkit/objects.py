"""Composition objects (SLACK.md 4.5): text, options, confirmation dialogs, filters, files."""

import json
from typing import Any

from playground.blockkit.normalise import filled
from playground.blockkit.problems import Problem
from playground.blockkit.rules import (
    Problems,
    Rule,
    any_of,
    boolean,
    by_type,
    choice,
    either,
    items,
    matching,
    shape,
    string,
)

URL = string(3000)
ID = string(255)
STYLE = choice("primary", "danger")
_ANY_ID = matching(r"[A-Z][A-Z0-9]+", "an id")


def texts(most: int) -> dict[str, Rule]:
    """The two kinds of text objects, by type."""
    return {
        "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
        "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
    }


def plain(most: int) -> Rule:
    """A plain_text object."""
    return by_type({"plain_text": texts(most)["plain_text"]})


def words(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    return by_type(texts(most))


def _option(text: Rule, **more: Rule) -> Rule:
    return shape({"text": text, "value": string(150)}, {"description": text, **more})


OPTION = _option(plain(75))
RICH_OPTION = _option(words(75))  # checkboxes and radio buttons may use mrkdwn
LINK_OPTION = _option(plain(75), url=URL)  # only overflow menus open a URL
OPTION_GROUP = shape({"label": plain(75), "options": items(OPTION, 1, 100)}, {})

CONFIRM = shape(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": STYLE},
)
SLACK_FILE = shape(
    {},
    {"id": matching(r"F[A-Z0-9]{8,}", "a file id"), "url": URL},
    either("id", "url"),
)
DISPATCH_CONFIG = shape(
    {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 1, 2)}, {}
)
CONVERSATION_FILTER = shape(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
IMAGE = shape(
    {"alt_text": string(2000)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    either("image_url", "slack_file"),
)
IDS = items(_ANY_ID)
ONE_ID = _ANY_ID


def offered(initial: str, *, many: bool) -> Rule:
    """The initial option(s) must each equal one of the options offered."""

    def check(value: Any, pointer: str) -> Problems:
        if initial not in value:
            return
        chosen = value[initial] if many else [value[initial]]
        groups = value.get("option_groups", [])
        known = {_whole(o) for o in value.get("options", [])}
        known |= {_whole(o) for group in groups for o in group["options"]}
        if not known.issuperset(map(_whole, chosen)):
            yield Problem(f"`{initial}` must be one of the options", f"{pointer}/{initial}")

    return check


def _whole(option: Any) -> str:
    return json.dumps(filled(option), sort_keys=True)
