"""``kill -9`` when a person's *Retry*, *Skip* or *Abort* of a stuck reset is carried out. Whatever
happens: the choice is made once, the work goes on from the step that failed or ends, the data is
what the choice makes of it, and nothing stays held."""

from __future__ import annotations

import shutil
from functools import partial

import pytest

from handlers.tables import Preparation
from tests.faults.ground import Ground, ask, check, newest, settle
from tests.faults.line import LONG, Ends
from tests.faults.sweep import sweep
from tests.workspace import elements, eventually

ENDS = {"Retry": "done", "Skip": "done", "Abort": "aborted"}


def decides(choice: str, ground: Ground, ends: Ends) -> None:
    """A reset that cannot find the baseline, which is there again before somebody decides."""
    line, baseline = ground.line, ground.team.parent / "baseline"
    (ground.data / "orders").write_text("7", encoding="utf-8")
    away = shutil.move(baseline, baseline.with_name("away"))
    try:
        line.begin()
        ask(line, f"/env reset {line.spot.name} because it is wrong", "U0OPAL")
        stuck = settle(line)
        assert stuck.state == "stuck"
    finally:
        shutil.move(away, baseline)
    line.begin(ends)
    click(ground, choice, stuck)
    row = settle(line)
    check(ground, row, ENDS[choice])
    assert row.attempt == stuck.attempt + (choice != "Abort")
    kept = ["catalogue.json"] if choice == "Retry" else ["catalogue.json", "orders"]
    assert ground.files == kept


def click(ground: Ground, choice: str, stuck: Preparation) -> None:
    """Click it until it is on record."""
    line = ground.line

    def moved() -> bool:
        line.keep_alive()
        card = line.workspace.cards(line.spot.channel)[-1]
        for element in elements(card):
            if element.label == choice:
                line.workspace.presses(element, card["ts"], "U0OPAL", line.spot.channel)
        row = newest(line)
        return row is not None and (row.state, row.attempt) != (stuck.state, stuck.attempt)

    eventually(moved, choice, within=LONG, every=0.1)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("choice", ENDS)
def test_whenever_it_is_killed_what_was_chosen_is_done_once(
    grounds: list[Ground], choice: str
) -> None:
    sweep(grounds, partial(decides, choice), at_least=15)
