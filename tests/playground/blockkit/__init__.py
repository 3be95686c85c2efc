"""Block Kit as tables: each rule of Slack with what it lets through and what it refuses."""

from tests.playground.blockkit import (
    blocks,
    buttons,
    charts,
    common,
    inputs,
    layouts,
    objects,
    pickers,
    rich_text,
    selects,
    surfaces,
    tables,
    views,
)
from tests.playground.blockkit.case import Case

CASES: list[Case] = [
    *surfaces.CASES,
    *common.CASES,
    *blocks.CASES,
    *layouts.CASES,
    *tables.CASES,
    *charts.CASES,
    *buttons.CASES,
    *selects.CASES,
    *pickers.CASES,
    *inputs.CASES,
    *objects.CASES,
    *rich_text.CASES,
    *views.CASES,
]
