"""The parts of a card that need more than a sentence: commits, steps, log lines, buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.views import blocks, card_words, hooks, words
from bot.views.actions import APPROVE, CANCEL, REJECT, pack
from bot.views.blocks import Block
from handlers.snapshots import DeploymentView, StepView

COMMITS, LOG_LINES = 5, 10
STATUSES = ("pending", "in_progress", "complete", "error")
LAST_CALL = ("retire", "go_back", "discard")
"""Steps that nobody can call off any more."""


def headline(card: DeploymentView, state: str = "", detail: str = "") -> tuple[str, Block]:
    """The text for notifications, and the first line of the card."""
    sign, word = card_words.HEADLINES.get(state or card.state, ("▫️", words.escape(card.state)))
    said = f"{word}: {card_words.journey(card)}"
    return f"{said}{detail}", blocks.section(f"{sign} *{said}*")


def changes(card: DeploymentView) -> list[Block | None]:
    """What it would change: commits since what is live, and what it would take away."""
    found = card.changes
    if found is None:
        return [blocks.context("Reading which commits it brings …")]
    since = words.escape(found.get("since") or "", 80)
    if found.get("error"):
        return [blocks.section(_unread(found, since))]
    drawn: list[Block | None] = [_brings(found)]
    behind = int(found.get("behind") or 0)
    if behind:
        live = f"live now with {since}" if since else "live now"
        warning = f"⚠️ *Takes away {words.plural(behind, 'commit')}* that are {live}."
        drawn.append(blocks.section(warning))
    return drawn


def _unread(found: Mapping[str, Any], since: str) -> str:
    error = words.escape(found["error"], 400).rstrip(".")
    what = f"The commits since {since}" if since else "Its commits"
    return f"⚠️ {what} could not be read: {error}. Look at them yourself before you say yes."


def _brings(found: Mapping[str, Any]) -> Block:
    since = words.trim(words.clean(found.get("since") or ""), 80)
    ahead, commits = int(found.get("ahead") or 0), list(found.get("commits") or [])[:COMMITS]
    count = words.plural(ahead, "commit")
    if not ahead:
        said = f"Brings no commit that {since or 'what is live'} does not have."
        return blocks.rich_text(blocks.line(blocks.text_leaf(said)))
    intro = f"{count} since {since}:" if since else f"First time here, with {count}:"
    lines = [_commit(commit) for commit in commits]
    if ahead > len(commits):
        lines.append(blocks.line(blocks.spaced(f"and {ahead - len(commits)} more")))
    return blocks.rich_text(blocks.line(blocks.text_leaf(intro)), blocks.bullets(lines))


def _commit(commit: Mapping[str, Any]) -> Block:
    return blocks.line(
        blocks.text_leaf(str(commit.get("commit", ""))[:8], code=True),
        blocks.spaced(" "),
        blocks.text_leaf(commit.get("subject") or "without a subject", 100),
        blocks.spaced(" · "),
        blocks.text_leaf(commit.get("author") or "somebody", 40),
    )


def going_back(card: DeploymentView) -> bool:
    return any(step.name == "go_back" for step in card.steps)


def current(card: DeploymentView) -> tuple[int, StepView] | None:
    """The step under way, or the next one, counted from 1."""
    counted = list(enumerate(card.steps, 1))
    for state in ("in_progress", "pending"):
        for number, step in counted:
            if step.state == state:
                return number, step
    return counted[-1] if counted else None


def where(card: DeploymentView) -> str:
    """The plan's title: where the work is."""
    now = current(card)
    if now is None:
        return "Getting ready"
    return f"Step {now[0]} of {len(card.steps)}: {card_words.step_title(card, now[1])}"


def steps(card: DeploymentView) -> Block | None:
    """The plan: every step with its state, and its time against the usual one."""
    if not card.steps:
        return None
    return blocks.plan(where(card), [_task(card, step) for step in card.steps[:40]])


def _task(card: DeploymentView, step: StepView) -> Block:
    task: Block = {
        "type": "task_card",
        "task_id": words.trim(words.clean(step.name), 60) or "step",
        "title": words.trim(words.clean(card_words.step_title(card, step)), 150) or "Step",
        "status": step.state if step.state in STATUSES else "pending",
    }
    leaves = _timing(step)
    if leaves:
        task["details"] = blocks.rich_text(blocks.line(*leaves))
    if step.state == "error" and words.clean(step.detail):
        task["output"] = blocks.rich_text(blocks.line(blocks.text_leaf(step.detail, 400)))
    return task


def _timing(step: StepView) -> list[Block]:
    usual = card_words.usually(step.usual)
    if step.state == "in_progress" and step.started_at is not None:
        began = blocks.date_leaf(step.started_at, "{time_secs}")
        far = words.trim(words.clean(step.detail), 200)
        more = [blocks.spaced(f" · {text}") for text in (usual, far) if text]
        return [blocks.spaced("since "), began, *more]
    said = [card_words.elapsed(step), usual]
    if step.state == "complete":
        said.append(words.trim(words.clean(step.detail), 200))
    shown = " · ".join(filter(None, said))
    return [blocks.spaced(shown)] if shown else []


def failed_step(card: DeploymentView) -> str:
    """At which step it failed."""
    for number, step in enumerate(card.steps, 1):
        if step.state == "error":
            title = words.escape(card_words.step_title(card, step))
            return f"It failed at step {number}, _{title}_."
    return ""


def log(card: DeploymentView) -> Block | None:
    """The last lines it wrote, as they are: nothing in them is markup."""
    lines = [words.trim(words.clean(line), 160) for line in card.log[-LOG_LINES:]]
    shown = "\n".join(line for line in lines if line)
    if not shown:
        return None
    who = "the build" if card.state == "not_built" else card.service
    intro = blocks.line(blocks.text_leaf(f"The last lines {who} wrote:"))
    return blocks.rich_text(intro, blocks.preformatted(shown))


def decide(card: DeploymentView) -> Block | None:
    """The buttons of a request: they carry what was seen, so that they decide about no more."""
    value = pack(deployment=card.id, fingerprint=card.fingerprint)
    what = card_words.journey(card)
    return blocks.actions(
        blocks.button("Approve", APPROVE, value, f"Approve {what}", "primary"),
        blocks.button("Reject", REJECT, value, f"Reject {what}", "danger"),
        cancel(card),
    )


def cancel(card: DeploymentView) -> Block:
    """Before it runs it simply ends; running, it is asked once more."""
    dialog: dict[str, Any] = {}
    if card.state == "running":
        old = words.escape(card.live_version, 80)
        after = f"{old} serves again." if old else "nothing serves there."
        text = f"The step under way ends first, then what was changed is taken back: {after}"
        dialog["confirm"] = blocks.confirm("Stop it?", text, "Stop it", "Let it run", True)
    value = pack(deployment=card.id)
    return blocks.button("Cancel", CANCEL, value, f"Cancel {card_words.journey(card)}", **dialog)


def can_stop(card: DeploymentView) -> bool:
    """May Cancel still change anything?"""
    began = (step.name for step in card.steps if step.state != "pending")
    late = going_back(card) or any(name in LAST_CALL for name in began)
    late = late or bool(hooks.final_one(card))
    return not late and not card.cancelled_by
