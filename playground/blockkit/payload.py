"""Whole payloads: the blocks of a message, a view, the options of a suggestion."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from playground.blockkit.blocks import SURFACES
from playground.blockkit.data import text_in
from playground.blockkit.objects import OPTION, OPTION_GROUP, plain
from playground.blockkit.problems import Problem
from playground.blockkit.rules import (
    Problems,
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
_MOST = {"message": 50, "modal": 100, "home": 100}
_LEAST = {"message": 0, "modal": 1, "home": 0}
_AT_MOST = {"plan": 1, "data_visualization": 2}
_MAX_MARKDOWN = 12_000
# A heading or a rule in a markdown block becomes a block of its own.
_MARKDOWN_BLOCK = re.compile(r"^(#{1,6} .*|(-{3,}|\*{3,}|_{3,}))$", re.MULTILINE)


def check_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> list[Problem]:
    """Return what is wrong with the blocks of a ``message``, ``modal`` or ``home``."""
    rule = items(SURFACES[surface], _LEAST[surface], _MOST[surface])
    problems = list(rule(blocks, pointer))
    if not problems:
        problems += _check_together(blocks, surface, pointer)
    return problems


def _check_together(blocks: list[JSON], surface: str, pointer: str) -> Problems:
    placed = [(block, f"{pointer}/{index}") for index, block in enumerate(blocks)]
    yield from unique(((b.get("block_id"), p) for b, p in placed), "block_id")
    for block, place in placed:
        own = ((e.get("action_id"), p) for e, p in _elements(block, place))
        yield from unique(own, "action_id")
    yield from _check_elements(placed, surface)
    yield from _check_counts(placed, surface, pointer)


def _elements(block: JSON, pointer: str) -> Iterator[tuple[JSON, str]]:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name], f"{pointer}/{name}"
    if block["type"] in ("actions", "context_actions"):
        for index, element in enumerate(block["elements"]):
            yield element, f"{pointer}/elements/{index}"
    for index, child in enumerate(block.get("child_blocks", ())):
        yield from _elements(child, f"{pointer}/child_blocks/{index}")


def _check_elements(placed: list[tuple[JSON, str]], surface: str) -> Problems:
    focused = []
    for block, place in placed:
        for element, pointer in _elements(block, place):
            if element["type"] == "file_input" and surface != "modal":
                yield Problem("unsupported type: file_input", f"{pointer}/type")
            in_modal_input = surface == "modal" and block["type"] == "input"
            if "response_url_enabled" in element and not in_modal_input:
                yield Problem(
                    "only in an input block of a modal", f"{pointer}/response_url_enabled"
                )
            if element.get("focus_on_load"):
                focused.append(pointer)
    for pointer in focused[1:]:
        yield Problem("only one element may be focused", f"{pointer}/focus_on_load")


def _check_counts(placed: list[tuple[JSON, str]], surface: str, pointer: str) -> Problems:
    kinds = Counter(block["type"] for block, _ in placed)
    tables = [place for block, place in placed if block["type"] in ("table", "data_table")]
    for place in tables[1:]:
        yield Problem(ONE_TABLE, place)
    for kind, most in _AT_MOST.items():
        if kinds[kind] > most:
            yield Problem(f"no more than {most} {kind} allowed", pointer)
    texts = [block["text"] for block, _ in placed if block["type"] == "markdown"]
    if sum(map(len, texts)) > _MAX_MARKDOWN:
        yield Problem(f"must be less than {_MAX_MARKDOWN + 1} characters", pointer)
    expanded = sum(max(len(_MARKDOWN_BLOCK.findall(text)), 1) for text in texts)
    if len(placed) - len(texts) + expanded > _MOST[surface]:
        yield Problem(f"no more than {_MOST[surface]} items allowed", pointer)


_COMMON = {
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "private_metadata": string(3000, 0),
}


def _blocks_of(surface: str) -> Any:
    def check(value: Any, pointer: str) -> Problems:
        yield from check_blocks(value, surface, pointer)

    return check


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


def check_view(view: Any, pointer: str = "/view") -> list[Problem]:
    """Return what is wrong with a modal or a Home tab."""
    return list(by_type(_VIEWS)(view, pointer))


_SUGGESTED = shape(
    {},
    {"options": items(OPTION, 0, 100), "option_groups": items(OPTION_GROUP, 0, 100)},
    either("options", "option_groups"),
)


def check_options(answer: Any) -> list[Problem]:
    """Return what is wrong with the answer to a block_suggestion."""
    return list(_SUGGESTED(answer, ""))


def text_length(blocks: list[JSON]) -> int:
    """Return how many characters of text the blocks of a message carry."""
    return text_in(blocks)
