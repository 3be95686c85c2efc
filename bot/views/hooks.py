"""Hooks on a deployment's card: what runs once, how it is taken back, and what cannot be."""

from __future__ import annotations

from bot.views import blocks, words
from bot.views.blocks import Block
from handlers.snapshots import DeploymentView, HookView

PHASES = {
    "before": "Runs once before it starts",
    "after": "Runs once when it was watched under traffic",
}
TITLES = {
    "hook": "Run {hook}",
    "keep": "Keep a copy of the data before {hook}",
    "undo": "Take {hook} back",
    "put_back": "Put the data back to before {hook}",
}


def title(step: str) -> str:
    """What the step of a hook is called; empty for any other step."""
    kind, _, rest = step.partition(":")
    return TITLES[kind].format(hook=rest.rpartition(":")[2]) if kind in TITLES and rest else ""


def draw_hooks(card: DeploymentView) -> list[Block | None]:
    """For whoever decides: each with its way back, and in bold what has none."""
    drawn: list[Block | None] = []
    for phase, said in PHASES.items():
        here = [one for one in card.hooks if one.phase == phase]
        if here:
            lines = "\n".join(f"• {_line(card, one)}" for one in here)
            drawn.append(blocks.section(f"*{said}:*\n{lines}"))
    final = [one.name for one in card.hooks if one.way_back == "irreversible"]
    if final:
        names = words.one_of((f"`{words.escape(name, 40)}`" for name in final), "and")
        text = (
            f"⚠️ *This cannot be taken back.* Once {names} has begun, no rollback goes behind it:"
            f" whatever fails then needs a person, and {words.escape(card.environment, 60)} is"
            " locked."
        )
        drawn.append(blocks.section(text))
    return drawn


def _line(card: DeploymentView, hook: HookView) -> str:
    name, service = f"`{words.escape(hook.name, 40)}`", words.escape(card.service, 60)
    if hook.way_back == "irreversible":
        return f"{name}: cannot be taken back"
    if hook.way_back == "needs_backup":
        return (
            f"{name}: a copy of the data is kept first, while {service} stands still; going back"
            " puts that in place, and what was written since is lost"
        )
    if hook.has_undo:
        return f"{name}: is undone on the way back"
    return f"{name}: has nothing to take back"


def final_one(card: DeploymentView) -> str:
    """The hook that has begun and that nothing goes behind; empty where there is none."""
    began = {step.name for step in card.steps if step.state not in ("pending", "")}
    final = [one.name for one in card.hooks if one.way_back == "irreversible"]
    return next((name for name in reversed(final) if f"hook:{name}" in began), "")
