"""What strangers may write into subjects, reasons, names and log lines, and what Slack may take."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bot.views.message import Message
from playground.blockkit import check_blocks, check_view, text_length

NASTY = (
    "",
    " ",
    "\n\n",
    "\0",
    "```",
    "`" * 500,
    "<!channel>",
    "<!here|x> <@U0ANA> <#C0OPS>",
    "<https://evil.example|your card>",
    "&&&&" * 900,
    "<<<<" * 900,
    "\u202egnorw\u202c",
    "\u200b\u200d\ufeff\u2060",
    "\u3164",
    "\ud800",
    ":tada: @here #general",
    "*" * 90,
    "x" * 100_000,
    "ש" * 4000,
    "👩‍👩‍👧" * 400,
    "a\u0301" * 3000,
    "line\nline\r\nline\u2028line",
)

TEXT = st.sampled_from(NASTY) | st.text(max_size=40)
NUMBER = st.integers(-5, 2**40)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBER | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=6,
)


def problems(message: Message) -> list[object]:
    """What Slack would refuse in a message."""
    found: list[object] = [*check_blocks(list(message.blocks), "message")]
    if not message.text.strip() or len(message.text) > 4000:
        found.append(f"a text of {len(message.text)} characters")
    if text_length(list(message.blocks)) > 13_000:
        found.append("msg_blocks_too_long")
    return found + harmful(message.text) + [h for b in message.blocks for h in harmful(b)]


UNSEEN = ("value", "task_id", "action_id", "block_id", "accessibility_label")
"""Ids, which come back to us as they are, and what is only read out loud, as it is."""


def harmful(part: Any) -> list[object]:
    """Markup that a stranger got in, and characters that nobody can see."""
    if isinstance(part, str):
        seen = [bad for bad in ("<!channel", "<!here", "<https://evil") if bad in part]
        return [*seen, *(hex(ord(c)) for c in "\0\u202e\u200b\ud800\u2028" if c in part)]
    if isinstance(part, dict):
        # A text leaf of rich text is literal: Slack reads no markup in it.
        literal = part.get("type") in ("text", "plain_text", "plan", "task_card")
        bad = [h for name, v in part.items() if name not in UNSEEN for h in harmful(v)]
        return [h for h in bad if not (literal and str(h).startswith("<"))]
    return [h for v in part for h in harmful(v)] if isinstance(part, list | tuple) else []


def view_problems(view: dict[str, Any]) -> list[object]:
    return [*check_view(view)]
