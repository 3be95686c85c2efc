"""Whole payloads: the blocks of a message, a view, the options of a suggestion."""

import re
from collections import Counter
from itertools import islice
from typing import Any

from playground.blockkit.blocks import SURFACES
from playground.blockkit.data import text_in
from playground.blockkit.nesting import Placed, placed_blocks, placed_elements
from playground.blockkit.objects import OPTION, OPTION_GROUP, plain
from playground.blockkit.problems import Problem
from playground.blockkit.rules import (
    Problems,
    Rule,
    boolean,
    by_type,
    either,
    items,
    shape,
    string,
    unique,
)
from playground.shapes import JSON

ONE_TABLE = "only_one_table_allowed"
TABLES = ("table", "data_table")
_MOST = {"message": 50, "modal": 100, "home": 100}
_LEAST = {"message": 0, "modal": 1, "home": 0}
_AT_MOST = {"plan": 1, "data_visualization": 2}
_MAX_MARKDOWN = 12_000
# A heading or a rule in a markdown block becomes a block of its own.
_MARKDOWN_BLOCK = re.compile(r"^(#{1,6} .*|(-{3,}|\*{3,}|_{3,}))$", re.MULTILINE)
# Enough for whoever mends them; a payload of a million faults is not answered with a million.
_MAX_PROBLEMS = 100


def check_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> list[Problem]:
    """Return what is wrong with the blocks of a ``message``, ``modal`` or ``home``."""
    return list(islice(_block_problems(blocks, surface, pointer), _MAX_PROBLEMS))


def _block_problems(blocks: Any, surface: str, pointer: str) -> Problems:
    sound = True
    for problem in items(SURFACES[surface], _LEAST[surface], _MOST[surface])(blocks, pointer):
        sound = False
        yield problem
    if sound:
        placed = list(placed_blocks(blocks, pointer))
        yield from _check_ids(placed)
        yield from _check_elements(placed, surface)
        yield from _check_counts(placed, pointer)
        yield from _check_markdown(blocks, surface, pointer)


def _check_ids(placed: list[Placed]) -> Problems:
    yield from unique(((block.get("block_id"), place) for block, place in placed), "block_id")
    for block, place in placed:
        own = ((e.get("action_id"), p) for e, p in placed_elements(block, place))
        yield from unique(own, "action_id")


def _check_elements(placed: list[Placed], surface: str) -> Problems:
    focused = []
    for block, place in placed:
        for element, pointer in placed_elements(block, place):
            if element["type"] == "file_input" and surface != "modal":
                yield Problem("unsupported type: file_input", f"{pointer}/type")
            in_modal_input = surface == "modal" and block["type"] == "input"
            if element.get("response_url_enabled") and not in_modal_input:
                yield Problem(
                    "only in an input block of a modal", f"{pointer}/response_url_enabled"
                )
            if element.get("focus_on_load"):
                focused.append(pointer)
    for pointer in focused[1:]:
        yield Problem("only one element may be focused", f"{pointer}/focus_on_load")


def _check_counts(placed: list[Placed], pointer: str) -> Problems:
    kinds = Counter(block.get("type") for block, _ in placed)
    tables = [place for block, place in placed if block.get("type") in TABLES]
    for place in tables[1:]:
        yield Problem(ONE_TABLE, place)
    for kind, most in _AT_MOST.items():
        if kinds[kind] > most:
            yield Problem(f"no more than {most} {kind} allowed", pointer)


def _check_markdown(blocks: list[JSON], surface: str, pointer: str) -> Problems:
    texts = [block["text"] for block in blocks if block["type"] == "markdown"]
    if sum(map(len, texts)) > _MAX_MARKDOWN:
        yield Problem(f"must be less than {_MAX_MARKDOWN + 1} characters", pointer)
    expanded = sum(max(len(_MARKDOWN_BLOCK.findall(text)), 1) for text in texts)
    if len(blocks) - len(texts) + expanded > _MOST[surface]:
        yield Problem(f"no more than {_MOST[surface]} items allowed", pointer)


_COMMON = {
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "private_metadata": string(3000, 0),
}


def _blocks_of(surface: str) -> Rule:
    return lambda value, pointer: _block_problems(value, surface, pointer)


def _submit_for_inputs(value: Any, pointer: str) -> Problems:
    if "submit" not in value and any(b["type"] == "input" for b in value["blocks"]):
        yield Problem("missing required field: submit", pointer)


_VIEWS = {
    "modal": shape(
        {"title": plain(24), "blocks": _blocks_of("modal")},
        {
            **_COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
        _submit_for_inputs,
    ),
    "home": shape({"blocks": _blocks_of("home")}, _COMMON),
}
_VIEW = by_type(_VIEWS)


def check_view(view: Any, pointer: str = "/view") -> list[Problem]:
    """Return what is wrong with a modal or a Home tab."""
    return list(islice(_VIEW(view, pointer), _MAX_PROBLEMS))


_SUGGESTED = shape(
    {},
    {"options": items(OPTION, 0, 100), "option_groups": items(OPTION_GROUP, 0, 100)},
    either("options", "option_groups"),
)


def check_options(answer: Any) -> list[Problem]:
    """Return what is wrong with the answer to a block_suggestion."""
    return list(islice(_SUGGESTED(answer, ""), _MAX_PROBLEMS))


def text_length(blocks: list[JSON]) -> int:
    """Return how many characters of text the blocks of a message carry."""
    return text_in(blocks)


def doubts(blocks: list[JSON], pointer: str = "/blocks") -> list[Problem]:
    """Return what Slack takes in the blocks of a message although its docs do not say so."""
    places = [f"{pointer}/{i}" for i, block in enumerate(blocks) if block["type"] == "alert"]
    return [Problem("alert is not documented for messages", place) for place in places]
