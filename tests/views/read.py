"""What a person reads in blocks, as lines of text: buttons in brackets, times in UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

DATE = re.compile(r"<!date\^[^|]*\|([^>]*)>")


def lines(blocks: Sequence[dict[str, Any]]) -> list[str]:
    return [line for block in blocks for line in DATE.sub(r"\1", _read(block)).split("\n")]


def _read(part: dict[str, Any]) -> str:
    match part.get("type"):
        case "section":
            beside = f" {_read(part['accessory'])}" if "accessory" in part else ""
            return str(part["text"]["text"]) + beside
        case "header":
            return str(part["text"]["text"])
        case "context":
            return "~ " + str(part["elements"][0]["text"])
        case "actions":
            return " ".join(map(_read, part["elements"]))
        case "button":
            return f"[{part['text']['text']}]"
        case "plan":
            return "\n".join([f"# {part['title']}", *map(_read, part["tasks"])])
        case "task_card":
            said = [_read(part[name]) for name in ("details", "output") if name in part]
            return ": ".join([f"{part['status']} {part['title']}", *said])
        case "rich_text" | "rich_text_list":
            return "\n".join(map(_read, part["elements"]))
        case "date":
            return str(part["fallback"])
    return str(part["text"]) if "text" in part else "".join(map(_read, part["elements"]))
