"""An environment that is prepared or reset: its card, its history, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.blockers import list_blockers
from bot.views.blocks import Block
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.messages import Facts
from handlers.snapshots import PreparationView, StepView

HEADS = {
    "queued": ("🕒", "Queued"),
    "running": ("🧰", "Running"),
    "stuck": ("🚨", "Needs a person"),
    "done": ("✅", "Done"),
    "aborted": ("⏹️", "Aborted"),
    "blocked": ("🚧", "Blocked"),
}
STEPS = {
    "put_data": "Fill in data where there is none",
    "shut_down": "Stop what runs",
    "back_up": "Keep a copy of the data",
    "restore": "Put the data back to its baseline",
    "start_up": "Start what is live and wait until it is healthy",
    "smoke_test": "Ask at the addresses as users do",
}
SHOWN = {"error": "error", "in_progress": "in_progress", "pending": "pending"}
NOUNS = {"prepare": "preparation", "reset": "reset"}


def draw_preparation(card: PreparationView) -> Message:
    """The preparation or reset as it is now."""
    sign, word = HEADS.get(card.state, ("▫️", words.escape(card.state)))
    title = f"{word}: {NOUNS[card.kind]} of {words.escape(card.environment, 60)}"
    reason = f" · “{words.escape(card.reason, 300)}”" if card.reason else ""
    asked = f"{words.person(card.requester)} asked {words.when(card.requested_at)}{reason}"
    lines = [f"{sign} *{title}*", *filter(None, [_state(card)])]
    return message(
        title,
        [
            blocks.section("\n".join(lines)),
            _plan(card),
            blocks.context(f"#{card.id}", asked, *_end(card)),
            _buttons(card) if card.state == "stuck" else None,
        ],
    )


def _state(card: PreparationView) -> str:
    if card.state == "stuck":
        return (
            f"{words.escape(card.failure, 400)}\nThe environment is held until somebody says what"
            " becomes of this step; nothing is deployed there meanwhile."
        )
    if card.state == "queued" and card.behind:
        return f"It starts by itself after {words.plural(card.behind, 'deployment')}."
    if card.state == "running":
        return "The environment is held; deployments wait until this is over."
    if card.state == "blocked":
        return f"Nothing was changed.\n{list_blockers(card.blockers)}"
    if card.state == "aborted":
        return "It stays as the last step left it. What is live is started again by itself."
    return ""


def _plan(card: PreparationView) -> Block | None:
    if not card.steps:
        return None
    done = sum(step.state in ("complete", "skipped") for step in card.steps)
    title = f"{done} of {words.plural(len(card.steps), 'step')} done"
    return blocks.plan(title, [_task(step) for step in card.steps])


def _task(step: StepView) -> Block:
    task: Block = {
        "type": "task_card",
        "task_id": step.name,
        "title": STEPS.get(step.name, step.name),
        "status": SHOWN.get(step.state, "complete"),
    }
    detail = words.trim(words.clean(step.detail), 400)
    said = f"skipped; it had failed: {detail}" if step.state == "skipped" else detail
    if said:
        place = "output" if step.state == "error" else "details"
        task[place] = blocks.rich_text(blocks.line(blocks.text_leaf(said, 450)))
    return task


def _end(card: PreparationView) -> list[str]:
    if card.ended_at is None:
        return []
    by = f" by {words.person(card.ended_by)}" if card.ended_by else ""
    return [f"ended {words.when(card.ended_at)}{by}"]


def _buttons(card: PreparationView) -> Block | None:
    value = actions.pack(preparation=card.id, attempt=card.attempt)
    what = f"the {NOUNS[card.kind]} of {card.environment}"
    skip = blocks.confirm(
        "Skip this step?", "What it should have done is not done.", "Skip it", "Keep it", True
    )
    return blocks.actions(
        blocks.button("Retry", actions.PREPARATION_RETRY, value, f"Retry {what}", "primary"),
        blocks.button(
            "Skip", actions.PREPARATION_SKIP, value, f"Skip a step of {what}", confirm=skip
        ),
        blocks.button("Abort", actions.PREPARATION_ABORT, value, f"Abort {what}", "danger"),
    )


def draw_preparation_note(code: str, facts: Facts) -> Message | None:
    """A line of its history; None for what the card says well enough by itself."""
    line = PREPARATION_NOTES.get(code)
    return message(line(Told(facts))) if line else None


PREPARATION_NOTES: dict[str, Callable[[Told], str]] = {
    # Not here, because the card says it already: preparation_started.
    "preparation_stuck": lambda told: f"It stopped: {told.long('sentence')}",
    "preparation_done": lambda told: "Done; the environment is free again.",
    "preparation_blocked": lambda told: (
        "Stopped right before the first change; nothing was changed.\n"
        + list_blockers(told.items("blockers"))
    ),
    "preparation_retried": lambda told: f"{told.who('by')} had the step tried again.",
    "preparation_skipped": lambda told: f"{told.who('by')} had the step skipped.",
    "preparation_aborted": lambda told: f"{told.who('by')} aborted it; what was done stays.",
}


def _queued(told: Told) -> str:
    behind = told.number("behind")
    turn = (
        f"starts by itself after {words.plural(behind, 'deployment')}" if behind else "starts now"
    )
    return (
        f"Asked for: the {told.journey} ({told.deployment}) {turn}. Its card in the channel of"
        f" *{told['environment']}* shows how it goes."
    )


def _already(told: Told) -> str:
    state = {"queued": "is queued", "stuck": "waits for a person: *Retry*, *Skip* or *Abort*"}.get(
        str(told.get("state")), "is running"
    )
    return (
        f"The {told.journey} ({told.deployment}) by {told.who('requester')} {state}"
        f" since {told.when('since')}. See its card, and ask again when it is over."
    )


def _moved_on(told: Told) -> str:
    if not told.has("preparation"):
        return "There is no such preparation any more. `/env list` shows what is under way."
    return (
        f"Nothing to decide any more: the {told.journey} ({told.deployment}) has moved"
        " on since that card was drawn. Look at the card as it is now."
    )


def _blocked(told: Told) -> str:
    why = list_blockers(told.items("blockers"))
    return f"*{told['environment']}* cannot be touched now:\n{why}"


PREPARATION_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "preparation_queued": _queued,
    "preparing_already": _already,
    "preparation_blocked": _blocked,
    "preparation_moved_on": _moved_on,
    "preparation_goes_on": lambda told: f"The {told.journey} ({told.deployment}) goes on.",
    "preparation_aborted": lambda told: (
        f"Aborted: the {told.journey} ({told.deployment}). It stays as the last"
        " step left it, and is free again."
    ),
}
