"""An environment that is prepared or reset: its card, its history, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.blockers import list_blockers
from bot.views.blocks import Block
from bot.views.message import Message, message
from bot.views.told import NOUNS, Told
from handlers.messages import Facts
from handlers.snapshots import PreparationView, StepView

HEADS = {
    "waiting": ("⏳", "Waits for approval"),
    "rejected": ("🚫", "Rejected"),
    "expired": ("⌛", "Not approved in time"),
    "queued": ("🕒", "Queued"),
    "running": ("🧰", "Running"),
    "stuck": ("🚨", "Needs a person"),
    "done": ("✅", "Done"),
    "aborted": ("⏹️", "Aborted"),
    "withdrawn": ("↩️", "Withdrawn"),
    "blocked": ("🚧", "Blocked"),
}
STEPS = {
    "wake_up": "Start again what ran before",
    "take_stock": "Look at what runs",
    "roll": "Restart a few instances at a time, and wait until they are healthy",
    "put_data": "Fill in data where there is none",
    "shut_down": "Stop what runs",
    "back_up": "Keep a copy of the data",
    "restore": "Put the data back to its baseline",
    "start_up": "Start what is live and wait until it is healthy",
    "smoke_test": "Ask at the addresses as users do",
}
PARTS = {
    "prepare": "Fetch {what}",
    "start": "Start {what}",
    "health": "Wait until {what} is healthy",
    "switch": "Lead traffic to {what}",
    "watch": "Watch {what} under traffic",
    "retire": "Tidy up what was there before {what}",
    "discard": "Stop {what}",
}
"""The steps of a deployment that is a part of a reset: what was there before is stopped."""
SHOWN = {"error": "error", "in_progress": "in_progress", "pending": "pending"}


def draw_preparation(card: PreparationView) -> Message:
    """The preparation or reset as it is now."""
    sign, word = HEADS.get(card.state, ("▫️", words.escape(card.state)))
    title = f"{word}: {_what(card)} of {words.escape(card.environment, 60)}"
    reason = f" · “{words.escape(card.reason, 300)}”" if card.reason else ""
    asked = f"{words.person(card.requester)} asked {words.when(card.requested_at)}{reason}"
    lines = [f"{sign} *{title}*", *filter(None, [_state(card)])]
    buttons = {"stuck": _buttons, "waiting": _decide, "queued": _queued}.get(card.state)
    return message(
        title,
        [
            blocks.section("\n".join(lines)),
            _plan(card),
            blocks.context(f"#{card.id}", asked, *_times(card), *_end(card)),
            buttons(card) if buttons else None,
        ],
    )


def _what(card: PreparationView) -> str:
    return NOUNS.get(card.kind, "preparation")


def _times(card: PreparationView) -> list[str]:
    """Who said yes, since when it is under way, and what is usual."""
    by = words.one_of(map(words.person, card.approved_by), "and")
    said = [f"approved by {by}"] if by and card.state != "waiting" else []
    if card.ended_at is None and card.started_at is not None:
        said.append(f"under way since {words.when(card.started_at)}")
    if card.ended_at is None and card.usual is not None:
        said.append(f"usually {words.span(card.usual)}")
    return said


def _waiting(card: PreparationView) -> str:
    """What would go and what would come, and who may say yes to that until when."""
    loses = "All data there goes back to its baseline."
    back = words.one_of((_back(card, service) for service in card.back), "and")
    brings = f" It brings back {back}." if back else ""
    yes = words.one_of(map(words.person, card.approved_by), "and")
    count = f"{len(card.approved_by)} of {words.plural(card.needed, 'approval')}"
    left = [user for user in card.deciders if user not in card.approved_by]
    may = words.one_of(map(words.person, left), most=6) or "nobody today"
    until = f" until {words.when(card.expires_at)}" if card.expires_at else ""
    return (
        f"{loses}{brings}\n*{count}*{f' ({yes})' if yes else ''}; who may approve: {may}{until}."
        f" {words.person(card.requester)} asked, so may not approve."
    )


def _back(card: PreparationView, service: str) -> str:
    new, old = card.back[service], card.live.get(service)
    where = "which is live" if new == old else f"in place of {old}" if old else "to nothing live"
    return words.escape(f"{service} {new} ({where})", 200)


def _decide(card: PreparationView) -> Block | None:
    value = actions.pack(preparation=card.id, fingerprint=card.fingerprint)
    what = f"the reset of {card.environment}"
    dialog = blocks.confirm(
        f"Reset {card.environment}?", "What is there now goes.", "Approve", "Not yet", True
    )
    return blocks.actions(
        blocks.button(
            "Approve", actions.RESET_APPROVE, value, f"Approve {what}", "primary", confirm=dialog
        ),
        blocks.button("Reject", actions.RESET_REJECT, value, f"Reject {what}", "danger"),
        _withdraw(card),
    )


def _queued(card: PreparationView) -> Block | None:
    return None if card.started_at else blocks.actions(_withdraw(card))


def _withdraw(card: PreparationView) -> Block:
    value = actions.pack(environment=card.environment, preparation=card.id)
    about = f"Withdraw the {_what(card)} of {card.environment}"
    return blocks.button("Withdraw", actions.PREPARATION_WITHDRAW, value, about)


def _state(card: PreparationView) -> str:
    if card.state == "waiting":
        return _waiting(card)
    if card.state == "rejected":
        return f"Nothing was changed: “{words.escape(card.failure, 400)}”"
    if card.state == "expired":
        return "Nothing was changed. Ask again if it is still wanted."
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
    if card.state == "withdrawn":
        return "Nothing was changed."
    if card.state == "done" and card.kind == "stop":
        return "What ran comes back as it was: `/env start`, or with the next deployment."
    if card.state == "aborted":
        return "It stays as the last step left it. What is live is started again by itself."
    return ""


def _plan(card: PreparationView) -> Block | None:
    if not card.steps:
        return None
    done = sum(step.state in ("complete", "skipped") for step in card.steps)
    title = f"{done} of {words.plural(len(card.steps), 'step')} done"
    return blocks.plan(title, [_task(step) for step in card.steps[:40]])


def step_title(name: str) -> str:
    """A step in plain words; of a version that comes back, the steps of a deployment."""
    if name.startswith("release:"):
        return f"Bring the baseline version of {name.removeprefix('release:')} back"
    service, _, rest = name.partition(":")
    version, _, inner = rest.partition(":")
    if inner:
        return PARTS.get(inner, inner).format(what=f"{service} {version}")
    return STEPS.get(name, name)


def _task(step: StepView) -> Block:
    task: Block = {
        "type": "task_card",
        "task_id": words.trim(step.name, 60),
        "title": words.trim(step_title(step.name), 150),
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
    what = f"the {_what(card)} of {card.environment}"
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
    "preparation_withdrawn": lambda told: f"{told.who('by')} withdrew it before it began.",
    "preparation_aborted": lambda told: f"{told.who('by')} aborted it; what was done stays.",
    # Nor reset_rejected and reset_expired.
    "reset_approved": lambda told: (
        f"{told.who('by')} approved: {told['count']} of {told['needed']}."
    ),
    "reset_approvals_void": lambda told: (
        f"What it would do has changed, or who may approve has: {told['given']} given so far count"
        " no more. Please look again."
    ),
}
