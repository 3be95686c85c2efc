"""4.3: tables."""

from typing import Any

from tests.playground.blockkit.case import (
    ARRAY,
    NUMBER,
    STRING,
    TOO_SHORT,
    amount,
    flag,
    letters,
    needs,
    one_of,
    refuses,
    rule,
    takes,
    too_long,
    too_many,
    unsupported,
    whole,
)
from tests.playground.blockkit.samples import BOX, CHART, DATA
from tests.playground.kit import cell, leaf, plain, table
from tests.workspace import JSON

_NUMBER: JSON = {"type": "raw_number", "value": 1.5, "text": "1.5"}
_ONE_TABLE = "only_one_table_allowed"


def _columns(*settings: Any) -> JSON:
    return table([[cell()]], column_settings=list(settings))


def _wide(count: int) -> JSON:
    return {**DATA, "rows": [[cell()] * count] * 2}


def _long(kind: JSON, more: int) -> list[JSON]:
    """Two cells of 5000 letters each, and one letter more."""
    rows = [[cell("x" * 5000)], [cell("x" * (5000 + more))]]
    return [{**kind, "rows": rows}]


CASES = [
    *rule(
        "4.3 table: 1 to 100 rows",
        amount(lambda n: table([[cell()]] * n), 1, 100, "/0/rows"),
        needs("rows", of=table([[cell()]]), at="/0"),
        refuses(ARRAY, "/0/rows/0", table([cell()])),  # type: ignore[list-item]
    ),
    *rule(
        "4.3 table: 1 to 20 cells in a row",
        amount(lambda n: table([[cell()] * n]), 1, 20, "/0/rows/0"),
        takes(table([[cell()], [cell(), cell()]])),
    ),
    *rule(
        "4.3 table: cells of raw_text, raw_number or rich_text",
        takes(table([[cell(), _NUMBER, leaf(text="x")]])),
        refuses(TOO_SHORT, "/0/rows/0/0/text", table([[cell("")]])),
        refuses(unsupported("plain_text"), "/0/rows/0/0/type", table([[plain()]])),
        refuses(NUMBER, "/0/rows/0/0/value", table([[{**_NUMBER, "value": "1"}]])),
        refuses(NUMBER, "/0/rows/0/0/value", table([[{**_NUMBER, "value": True}]])),
        refuses(TOO_SHORT, "/0/rows/0/0/text", table([[{**_NUMBER, "text": ""}]])),
        needs("value", "text", of=_NUMBER, at="/0/rows/0/0", make=lambda c: table([[c]])),
        needs("text", of=cell(), at="/0/rows/0/0", make=lambda c: table([[c]])),
    ),
    *rule(
        "4.3 table: up to 20 column settings or null",
        amount(lambda n: _columns(*[None] * n), 0, 20, "/0/column_settings"),
        one_of(
            lambda word: _columns({"align": word}),
            ("left", "center", "right"),
            "/0/column_settings/0/align",
        ),
        flag(lambda on: _columns(None, {"is_wrapped": on}), "/0/column_settings/1/is_wrapped"),
        refuses(
            "invalid additional property: width", "/0/column_settings/0", _columns({"width": 5})
        ),
    ),
    *rule(
        "4.3 table: 10000 characters in all",
        takes(*_long({"type": "table"}, 0)),
        refuses(too_long(10_000), "/0/rows", *_long({"type": "table"}, 1)),
    ),
    *rule(
        "4.3 one table or data table in a message",
        takes(table([[cell()]])),
        takes(DATA),
        refuses(_ONE_TABLE, "/1", table([[cell()]]), table([[cell()]])),
        refuses(_ONE_TABLE, "/2", table([[cell()]]), {"type": "divider"}, DATA),
        refuses(
            _ONE_TABLE, "/1/child_blocks/0", DATA, {**BOX, "child_blocks": [table([[cell()]])]}
        ),
    ),
    *rule(
        "4.3 data_table: 2 to 101 rows",
        amount(lambda n: {**DATA, "rows": [[cell()]] * n}, 2, 101, "/0/rows"),
        needs("rows", of=DATA, at="/0"),
    ),
    *rule(
        "4.3 data_table: caption",
        needs("caption", of=DATA, at="/0"),
        refuses(TOO_SHORT, "/0/caption", {**DATA, "caption": ""}),
        refuses(STRING, "/0/caption", {**DATA, "caption": plain()}),
    ),
    *rule(
        "4.3 data_table: rows of equal length, 1 to 20",
        takes(_wide(1)),
        takes(_wide(20)),
        refuses("must have 1 cells", "/0/rows/1", {**DATA, "rows": [[cell()], [cell(), cell()]]}),
        refuses(
            "must have 2 cells",
            "/0/rows/2",
            {**DATA, "rows": [[cell()] * 2, [cell()] * 2, [cell()]]},
        ),
        refuses("no fewer than 1", "/0/rows/1", {**DATA, "rows": [[cell()], []]}),
        refuses(too_many(20), "/0/rows/1", {**DATA, "rows": [[cell()], [cell()] * 21]}),
    ),
    *rule(
        "4.3 data_table: no rich_text in the header row",
        takes({**DATA, "rows": [[cell(), _NUMBER], [leaf(text="x"), leaf(text="x")]]}),
        refuses(
            unsupported("rich_text"),
            "/0/rows/0/1/type",
            {**DATA, "rows": [[cell(), leaf(text="x")], [cell(), cell()]]},
        ),
    ),
    *rule(
        "4.3 data_table: page_size 1 to 100",
        whole(lambda n: {**DATA, "page_size": n}, 1, 100, "/0/page_size"),
    ),
    *rule(
        "4.3 data_table: row_header_column_index 0 to 19",
        whole(
            lambda n: {**DATA, "row_header_column_index": n}, 0, 19, "/0/row_header_column_index"
        ),
    ),
    *rule(
        "4.3 data_table: 10000 characters in all",
        takes(*_long(DATA, 0)),
        refuses(too_long(10_000), "/0/rows", *_long(DATA, 1)),
    ),
    *rule(
        "4.3 data tables, charts and tables have a block_id of up to 255",
        letters(lambda text: {**DATA, "block_id": text}, 1, 255, "/0/block_id"),
        letters(lambda text: {**CHART, "block_id": text}, 1, 255, "/0/block_id"),
        letters(lambda text: table([[cell()]], block_id=text), 1, 255, "/0/block_id"),
    ),
]
