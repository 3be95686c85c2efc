"""Block Kit as tables: each rule of Slack with what it lets through and what it refuses."""

from typing import TypeVar

from tests.playground.blockkit import (
    blocks,
    buttons,
    charts,
    common,
    inputs,
    layouts,
    objects,
    open_views,
    pickers,
    rich_text,
    selects,
    surfaces,
    tables,
    views,
)
from tests.playground.blockkit.case import Case
from tests.playground.blockkit.rules import RULES
from tests.playground.blockkit.stage import Call

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
CALLS: list[Call] = [*open_views.CASES]

Either = TypeVar("Either", Case, Call)


def by_rule(cases: list[Either]) -> dict[str, list[Either]]:
    """The cases of each rule, in the order of the tables."""
    found: dict[str, list[Either]] = {}
    for case in cases:
        found.setdefault(case.rule, []).append(case)
    return found


def counted() -> str:
    """How many rules there are, and how many cases show them."""
    verdicts = [case.taken for case in CASES] + [call.taken for call in CALLS]
    return f"{len(RULES)} rules: {sum(verdicts)} accepted and {verdicts.count(False)} refused cases"
