"""What stands inside what: blocks in blocks, and the elements of each block."""

from collections.abc import Iterator
from typing import Any

from playground.shapes import JSON

Placed = tuple[JSON, str]
"""A part of a payload and its JSON pointer."""

INNER_BLOCKS = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}
_ELEMENTS = {
    "section": ("accessory",),
    "input": ("element",),
    "actions": ("elements",),
    "context_actions": ("elements",),
    "card": ("actions",),
}


def placed_blocks(blocks: list[JSON], pointer: str) -> Iterator[Placed]:
    """Yield every block, those inside other blocks after the one they are in."""
    for index, block in enumerate(blocks):
        place = f"{pointer}/{index}"
        yield block, place
        # In a plan a task may leave its type out; it has no blocks inside.
        if name := INNER_BLOCKS.get(block.get("type", "")):
            yield from placed_blocks(block.get(name, []), f"{place}/{name}")


def placed_elements(block: JSON, pointer: str) -> Iterator[Placed]:
    """Yield the elements that stand in one block itself."""
    for name in _ELEMENTS.get(block.get("type", ""), ()):
        part: Any = block.get(name)
        if isinstance(part, dict):
            yield part, f"{pointer}/{name}"
        elif part:
            yield from ((element, f"{pointer}/{name}/{i}") for i, element in enumerate(part))
