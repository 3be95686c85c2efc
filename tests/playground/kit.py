"""Short ways to write Block Kit in the tables of these tests."""

from typing import Any

from tests.workspace import JSON


def plain(text: str = "x") -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "a", text: str = "A", **more: Any) -> JSON:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[JSON]:
    return [option(str(n), str(n)) for n in range(count)]


def section(**fields: Any) -> JSON:
    return {"type": "section", "text": mrkdwn(), **fields}


def button(**fields: Any) -> JSON:
    return {"type": "button", "text": plain(), **fields}


def actions(*elements: JSON, **fields: Any) -> JSON:
    return {"type": "actions", "elements": list(elements), **fields}


def action(kind: str, **fields: Any) -> JSON:
    """An actions block with one element."""
    return actions({"type": kind, **fields})


def asks(kind: str, **fields: Any) -> JSON:
    """An input block with one element."""
    return {"type": "input", "label": plain(), "element": {"type": kind, **fields}}


def context(*elements: JSON) -> JSON:
    return {"type": "context", "elements": list(elements)}


def image(**fields: Any) -> JSON:
    return {"type": "image", "alt_text": "a", "image_url": "https://x.example/a.png", **fields}


def confirm(**fields: Any) -> JSON:
    parts = dict.fromkeys(("title", "text", "confirm", "deny"), plain())
    return {**parts, **fields}


def rich(*parts: JSON) -> JSON:
    return {"type": "rich_text", "elements": list(parts)}


def leaf(kind: str = "text", **fields: Any) -> JSON:
    return rich({"type": "rich_text_section", "elements": [{"type": kind, **fields}]})


def cell(text: str = "x") -> JSON:
    return {"type": "raw_text", "text": text}


def table(rows: list[list[JSON]], **fields: Any) -> JSON:
    return {"type": "table", "rows": rows, **fields}


def task(**fields: Any) -> JSON:
    return {"type": "task_card", "task_id": "t", "title": "T", **fields}


def lines(**series: Any) -> JSON:
    chart = {"type": "line", "series": [series], "axis_config": {"categories": ["a"]}}
    return {"type": "data_visualization", "title": "T", "chart": chart}


def modal(*blocks: JSON, **fields: Any) -> JSON:
    shown = list(blocks) or [section()]
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": shown, **fields}


def home(*blocks: JSON, **fields: Any) -> JSON:
    return {"type": "home", "blocks": list(blocks), **fields}


def without(value: JSON, name: str) -> JSON:
    return {key: item for key, item in value.items() if key != name}
