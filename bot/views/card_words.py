"""The words of a deployment's card: what goes where, who decides, what the steps are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.views import hooks, words
from handlers.snapshots import DeploymentView, StepView

HEADLINES = {
    "building": ("🔨", "Building"),
    "not_built": ("❌", "Not built"),
    "waiting": ("⏳", "Waiting for approval"),
    "queued": ("🕒", "Queued"),
    "running": ("🚂", "Running"),
    "going_back": ("↩️", "Going back"),
    "live": ("✅", "Live"),
    "unwell": ("🚨", "Live, but not healthy"),
    "replaced": ("📦", "Replaced"),
    "removed": ("📦", "Removed with its environment"),
    "rejected": ("⛔", "Rejected"),
    "expired": ("⌛", "Expired"),
    "cancelled": ("⏹️", "Cancelled"),
    "blocked": ("🚧", "Blocked"),
    "failed": ("❌", "Failed"),
    "rolled_back": ("↩️", "Failed and rolled back"),
    "needs_attention": ("🚨", "Needs a person"),
}
"""A sign and a word for each state; the word alone is enough."""


def journey(card: DeploymentView) -> str:
    """What goes where."""
    service, version = words.escape(card.service, 60), words.escape(card.version, 80)
    place = words.escape(card.environment, 60)
    if card.kind == "rollback":
        return f"rollback of {service} to {version} in {place}"
    return f"{service} {version} → {place}"


def command_again(card: DeploymentView) -> str:
    """The exact words to type for the same thing once more."""
    service, version = words.escape(card.service, 60), words.escape(card.version, 80)
    place = words.escape(card.environment, 60)
    if card.kind == "rollback":
        return f"`/rollback {service} in {place} to {version}`"
    return f"`/deploy {service} {version} to {place}`"


def asked(card: DeploymentView) -> str:
    """Who asked for it, when and why."""
    said = f"#{card.id} · {words.person(card.requester)} asked {words.when(card.requested_at)}"
    reason = words.escape(card.reason, 300)
    return f"{said} · “{reason}”" if reason else said


def approvals(card: DeploymentView) -> str:
    """How many of how many, by whom, and who may give the rest until when."""
    said = words.one_of(map(words.person, card.approved_by), "and")
    left = max(0, card.needed - len(card.approved_by))
    yes = f" {said} said yes." if said else ""
    count = f"*{len(card.approved_by)} of {words.plural(card.needed, 'approval')}.*{yes}"
    until = f" until {words.when(card.expires_at)}" if card.expires_at else ""
    more = "more " if said else ""
    asked = f"{words.person(card.requester)} asked, so may not approve"
    return f"{count} {left} {more}needed from {who_may(card)}{until}; {asked}."


def who_may(card: DeploymentView) -> str:
    """Groups are called by their name once; people only where there is no group."""
    if card.decider_groups:
        return words.one_of(map(words.group, card.decider_groups))
    left = [user for user in card.deciders if user not in card.approved_by]
    return words.one_of(map(words.person, left), most=6) or "an approver"


def approved_by(card: DeploymentView) -> str:
    said = words.one_of(map(words.person, card.approved_by), "and")
    return f"approved by {said}" if said else ""


def size(card: DeploymentView) -> str:
    """What it changes, in a few words."""
    changes = card.changes or {}
    parts = [
        words.plural(count, "commit") + said
        for name, said in (("ahead", ""), ("behind", " taken away"))
        if isinstance(count := changes.get(name), int) and count
    ]
    return ", ".join(parts)


def before(card: DeploymentView) -> str:
    """The version that serves while this one comes, or served before it."""
    return card.previous_version or card.live_version


def answers(card: DeploymentView) -> str:
    """Which version people reach while it runs; nothing while that is just being changed."""
    new, old = words.escape(card.version, 80), words.escape(before(card), 80)
    state = {step.name: step.state for step in card.steps}
    if state.get("switch", "pending") == "pending":
        return f"{old} serves meanwhile" if old else ""
    if state["switch"] != "complete" or "go_back" in state:
        return ""
    kept = old and state.get("watch") in ("pending", "in_progress")
    return f"{new} answers now" + (f", {old} is kept until the watch is over" if kept else "")


def step_title(card: DeploymentView, step: StepView) -> str:
    """A step in plain words: what is done to which version."""
    new, old = card.version, before(card)
    titles = {
        "look": "See whether its image is there already",
        "fetch": f"Fetch the commit of {new}",
        "build": f"Build the image of {new}",
        "push": "Push it to the registry",
        "resolve": "Ask the registry for its digest",
        "wake": "Start again what ran before",
        "prepare": f"Fetch {new}",
        "start": f"Start {new} beside {old}" if old else f"Start {new}",
        "health": f"Wait until {new} is healthy",
        "switch": f"Lead traffic to {new}",
        "watch": f"Watch {new} under traffic",
        "retire": f"Let {old} finish and stop it" if old else "Tidy up",
        "go_back": f"Make sure {old} answers" if old else "Go back",
        "discard": f"Stop {new}",
    }
    return titles.get(step.name) or hooks.title(step.name) or step.name


def elapsed(step: StepView) -> str:
    if step.started_at is None or step.ended_at is None:
        return ""
    return f"took {words.span((step.ended_at - step.started_at).total_seconds())}"


def usually(seconds: float | None) -> str:
    return "" if seconds is None else f"usually {words.span(seconds)}"


def took(card: DeploymentView) -> str:
    """From the first change until it was live, against what is usual."""
    if card.started_at is None or card.live_at is None:
        return ""
    said = f"took {words.span((card.live_at - card.started_at).total_seconds())}"
    return f"{said} ({usually(card.usual)})" if card.usual is not None else said


def place_in_queue(ahead: tuple[Mapping[str, Any], ...]) -> str:
    if not ahead:
        return "It is next, and starts in a moment."
    first = words.one_of(map(_train, ahead), "and", most=5)
    return f"It starts by itself after {first}."


def _train(other: Mapping[str, Any]) -> str:
    state = " (running)" if other.get("state") == "running" else ""
    if other.get("preparation"):
        noun = "reset" if other.get("kind") == "reset" else "preparation"
        return f"the {noun} of the environment by {words.person(other.get('requester'))}{state}"
    service, version = (words.escape(other.get(name, ""), 80) for name in ("service", "version"))
    what = f"*{service} {version}*"
    if other.get("kind") == "rollback":
        what = f"the rollback of *{service} to {version}*"
    return f"{what} by {words.person(other.get('requester'))}{state}"
