"""Where a release could go: every environment, the ones it fits first."""

from __future__ import annotations

from bot.views import blocks, words
from bot.views.blockers import say_blocker
from bot.views.blocks import Block
from bot.views.drift import draw_changed
from bot.views.message import Message, message
from bot.views.suitability import keepers, miss_lines, needs
from bot.views.told import Told

FITS = {
    "fits": ("✅", "fits"),
    "after_preparation": ("🧰", "fits after preparation"),
    "does_not_fit": ("⛔", "does not fit"),
}


def draw_plan(told: Told) -> Message:
    what, places = f"{told['service']} {told['version']}", told.each("places")
    wanted = needs(told.part("needs"))
    said = f"needs {wanted}" if wanted else "declares no needs: it fits wherever it has a place"
    drawn: list[Block | None] = [blocks.section(f"*{what}* {said}.")]
    drawn += [blocks.section(_place(place)) for place in places]
    free = [p for p in places if p.get("fit") == "fits" and not p.items("blockers")]
    there = free[0]["environment"] if free else ""
    go = f"Go: `/deploy {what} to {there}`" if there else "It can go nowhere just now."
    drawn.append(blocks.context(f"Nothing was written. {go}"))
    fitting = words.one_of((p["environment"] for p in places if p.get("fit") == "fits"), "and")
    return message(f"{what} fits {fitting or 'no environment just now'}", drawn)


def _place(told: Told) -> str:
    sign, verdict = FITS.get(str(told.get("fit")), ("▫️", told["fit"]))
    lines = [f"{sign} *{told['environment']}* {verdict}{_approvals(told)}"]
    lines += miss_lines(told.each("misses"), told["environment"])
    lines += [f"• {say_blocker(one.facts)}" for one in told.each("blockers")]
    lines += ["• its image is built first"] if told.get("builds") else []
    lines += [keepers(told)] if told.items("misses") else []
    if changed := draw_changed(told.each("changed")):
        lines.append(f"{changed}. `/env plan {told['environment']}` shows it.")
    return "\n".join(filter(None, lines))


def _approvals(told: Told) -> str:
    needed = told.number("approvals")
    return f" · needs {words.plural(needed, 'approval')}" if needed else ""
