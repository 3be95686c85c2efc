"""One message: a text that says it all, and blocks that say it better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.views.blocks import within_limits
from bot.views.words import fit

TEXT = 3000
"""Characters of the summarising text; ``chat.update`` refuses more than 4,000."""


@dataclass(frozen=True)
class Message:
    """``text`` is what notifications and screen readers get: the outcome first."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()


def message(text: str, blocks: Iterable[dict[str, Any] | None] = ()) -> Message:
    """A message that Slack takes, whatever is in it; what is None is left out."""
    drawn = [block for block in blocks if block is not None]
    return Message(fit(text, TEXT), within_limits(drawn))
