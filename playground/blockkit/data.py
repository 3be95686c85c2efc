"""Tables and charts (SLACK.md 4.3): blocks made of rows, cells and series."""

from typing import Any

from playground.blockkit.problems import Problem
from playground.blockkit.rich_text import RICH_TEXT
from playground.blockkit.rules import (
    Problems,
    Rule,
    boolean,
    by_type,
    choice,
    integer,
    items,
    number,
    shape,
    string,
    unique,
)

_MAX_CELLS = 20
_MAX_CHARACTERS = 10_000
_RAW: dict[str, Rule] = {
    "raw_text": shape({"text": string()}, {}),
    "raw_number": shape({"value": number, "text": string()}, {}),
}
_CELL = by_type({**_RAW, "rich_text": RICH_TEXT})
_ROW = items(_CELL, 1, _MAX_CELLS)
_COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, pointer: str) -> Problems:
    if value is not None:
        yield from _COLUMN(value, pointer)


def text_in(value: Any) -> int:
    """Count the characters of every ``text`` in a part of a payload."""
    if isinstance(value, list):
        return sum(map(text_in, value))
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    rest = sum(text_in(item) for item in value.values())
    return rest + len(own) if isinstance(own, str) else rest


def _few_characters(value: Any, pointer: str) -> Problems:
    if text_in(value["rows"]) > _MAX_CHARACTERS:
        yield Problem(f"must be less than {_MAX_CHARACTERS + 1} characters", f"{pointer}/rows")


def _rectangular(value: Any, pointer: str) -> Problems:
    width = len(value["rows"][0])
    for index, row in enumerate(value["rows"]):
        if len(row) != width:
            yield Problem(f"must have {width} cells", f"{pointer}/rows/{index}")


def _plain_header(value: Any, pointer: str) -> Problems:
    for index, cell in enumerate(value["rows"][0]):
        if cell["type"] == "rich_text":
            yield Problem("unsupported type: rich_text", f"{pointer}/rows/0/{index}/type")


def _unique_names(value: Any, pointer: str) -> Problems:
    named = ((s["name"], f"{pointer}/series/{i}") for i, s in enumerate(value["series"]))
    yield from unique(named, "name")


def _labels_are_categories(value: Any, pointer: str) -> Problems:
    categories = value["axis_config"]["categories"]
    for index, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != categories:
            yield Problem("labels must be the categories", f"{pointer}/series/{index}/data")


def _positive(value: Any, pointer: str) -> Problems:
    wrong = list(number(value, pointer))
    yield from wrong
    if not wrong and value <= 0:
        yield Problem("must be more than 0", pointer)


_POINT = shape({"label": string(20), "value": number}, {})
_SERIES = shape({"name": string(20), "data": items(_POINT, 1, 20)}, {})
_AXES = shape(
    {"categories": items(string(20), 1, 20)}, {"x_label": string(50), "y_label": string(50)}
)
_LINES = shape(
    {"series": items(_SERIES, 1, 6), "axis_config": _AXES},
    {},
    _unique_names,
    _labels_are_categories,
)
_SEGMENT = shape({"label": string(20), "value": _positive}, {})
_CHART = by_type(
    {
        **dict.fromkeys(("line", "bar", "area"), _LINES),
        "pie": shape({"segments": items(_SEGMENT, 1, 6)}, {}),
    }
)

DATA_BLOCKS: dict[str, Rule] = {
    "table": shape(
        {"rows": items(_ROW, 1, 100)},
        {"block_id": string(255), "column_settings": items(_column, 0, _MAX_CELLS)},
        _few_characters,
    ),
    "data_table": shape(
        {"caption": string(), "rows": items(_ROW, 2, 101)},
        {
            "block_id": string(255),
            "page_size": integer(1, 100),
            "row_header_column_index": integer(0, 19),
        },
        _few_characters,
        _rectangular,
        _plain_header,
    ),
    "data_visualization": shape({"title": string(50), "chart": _CHART}, {"block_id": string(255)}),
}
