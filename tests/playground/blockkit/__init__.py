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
from tests.playground.blockkit.rules import RULES

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


def by_rule(cases: list[Case]) -> dict[str, list[Case]]:
    """The cases of each rule, in the order of the tables."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.rule, []).append(case)
    return found


def counted() -> str:
    """How many rules there are, and how many cases show them."""
    taken = sum(case.taken for case in CASES)
    return f"{len(RULES)} rules: {taken} accepted and {len(CASES) - taken} refused cases"
