"""Every rule of Slack that the local workspace holds apps to, and how many cases show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from tests.playground import blockkit, calls
from tests.playground.blockkit.case import Case
from tests.playground.blockkit.rules import RULES as OF_BLOCKS
from tests.playground.calls.rules import RULES as OF_CALLS
from tests.playground.calls.stage import Call

RULES = (*OF_BLOCKS, *OF_CALLS)
Either = TypeVar("Either", Case, Call)


def by_rule(cases: list[Either]) -> dict[str, list[Either]]:
    """The cases of each rule, in the order of the tables."""
    found: dict[str, list[Either]] = {}
    for case in cases:
        found.setdefault(case.rule, []).append(case)
    return found


def verdicts() -> dict[str, list[bool]]:
    """Whether Slack takes it, for each case of each rule."""
    blocks = {rule: [c.taken for c in cases] for rule, cases in by_rule(blockkit.CASES).items()}
    return blocks | {rule: [c.taken for c in cases] for rule, cases in by_rule(calls.CALLS).items()}


def lacking(rules: Iterable[str], shown: Mapping[str, list[bool]]) -> list[str]:
    """The rules without a case on each side, and those that have cases and are no rule."""
    rules = list(rules)
    halves = [rule for rule in rules if set(shown.get(rule, [])) != {True, False}]
    return halves + [rule for rule in shown if rule not in rules]


def counted(*, each: bool) -> Iterator[str]:
    """How many cases Slack takes and refuses: in all, by section, and of each rule if wanted."""
    shown = verdicts()
    yield f"Slack's rules: {_line(RULES, shown)}"
    for section in sorted({rule.split()[0] for rule in RULES}, key=_number):
        of_it = [rule for rule in RULES if rule.split()[0] == section]
        yield f"  {section:<5} {_line(of_it, shown)}"
        if each:
            yield from (
                f"        {rule.partition(' ')[2]}: {_cases(shown[rule])}" for rule in of_it
            )


def _number(section: str) -> list[int]:
    return [int(part) for part in section.split(".")]


def _line(rules: Iterable[str], shown: Mapping[str, list[bool]]) -> str:
    rules = list(rules)
    return f"{len(rules):>3} rules, {_cases([taken for rule in rules for taken in shown[rule]])}"


def _cases(taken: list[bool]) -> str:
    return f"{sum(taken)} accepted and {taken.count(False)} refused cases"
