"""The card of a preparation in every state, and every sentence about one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.reply import reply
from bot.views import actions
from bot.views.preparations import HEADS, PREPARATION_NOTES, draw_preparation, draw_preparation_note
from handlers.messages import Outcome
from handlers.snapshots import PreparationView, StepView
from tests.views.read import lines
from tests.views.samples import ANA, AT, OPAL
from tests.workspace import elements

STUCK = PreparationView(
    id=3,
    kind="reset",
    environment="staging",
    state="stuck",
    attempt=2,
    requester=OPAL,
    reason="the orders are <wrong>",
    requested_at=AT,
    ended_at=None,
    ended_by="",
    failure="There is no folder /june.",
    behind=0,
    steps=(
        StepView("shut_down", "complete", AT, AT, "api stopped", None),
        StepView("back_up", "skipped", AT, AT, "The disk is full.", None),
        StepView("restore", "error", AT, AT, "There is no folder /june.", None),
        StepView("start_up", "pending", None, None, "", None),
    ),
    blockers=(),
)
TOLD = {
    "preparation": 3, "kind": "reset", "environment": "staging", "state": "stuck", "attempt": 2,
    "requester": ANA, "requested": 1_790_000_000, "since": 1_790_000_000,
    "failure": "The disk is full.", "link": "",
}  # fmt: skip


def text(card: PreparationView) -> str:
    return "\n".join(lines(draw_preparation(card).blocks))


def test_stuck_it_says_why_what_is_held_and_offers_three_ways_on() -> None:
    said = text(STUCK)
    assert "Needs a person: reset of staging" in said
    assert "There is no folder /june." in said
    assert "held until somebody says" in said
    assert "&lt;wrong&gt;" in said
    drawn = {"blocks": list(draw_preparation(STUCK).blocks)}
    assert [e.label for e in elements(drawn)] == ["Retry", "Skip", "Abort"]
    for element in elements(drawn):
        assert actions.unpack(element.raw["value"]) == {"preparation": 3, "attempt": 2}


def test_its_steps_tell_what_was_done_what_was_skipped_and_what_failed() -> None:
    (plan,) = [b for b in draw_preparation(STUCK).blocks if b["type"] == "plan"]
    assert plan["title"] == "2 of 4 steps done"
    assert [task["status"] for task in plan["tasks"]] == [
        "complete", "complete", "error", "pending",
    ]  # fmt: skip
    assert "skipped; it had failed: The disk is full." in str(plan["tasks"][1])


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("queued", "It starts by itself after 2 deployments."),
        ("running", "deployments wait until this is over"),
        ("done", "Done: reset of staging"),
        ("aborted", "It stays as the last step left it."),
        ("blocked", "Nothing was changed."),
    ],
)
def test_every_other_state_has_its_words_and_nothing_to_press(state: str, said: str) -> None:
    card = replace(STUCK, state=state, behind=2, started_at=STUCK.requested_at)
    assert said in text(card)
    assert elements({"blocks": list(draw_preparation(card).blocks)}) == []
    assert state in HEADS


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("preparation_queued", "Asked for: the reset of *staging* (#3) starts now."),
        ("preparing_already", "waits for a person: *Retry*, *Skip* or *Abort*"),
        ("preparation_blocked", "*staging* cannot be touched now"),
        ("preparation_moved_on", "has moved on since that card was drawn"),
        ("preparation_goes_on", "The reset of *staging* (#3) goes on."),
        ("preparation_aborted", "It stays as the last step left it, and is free again."),
        ("held_up", "The disk is full. Somebody has to choose *Retry*, *Skip* or *Abort*"),
    ],
)
def test_what_is_said_of_it(code: str, said: str) -> None:
    assert said in reply(Outcome(code, TOLD)).text


def test_every_line_of_its_history_can_be_drawn() -> None:
    facts = {"sentence": "The disk is full", "by": ANA, "blockers": []}
    for code in PREPARATION_NOTES:
        drawn = draw_preparation_note(code, facts)
        assert drawn is not None
        assert drawn.text
    assert draw_preparation_note("preparation_started", {}) is None
