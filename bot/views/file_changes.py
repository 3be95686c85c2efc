"""Where the setup file has changed under what was made by it: what differs, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.views import blocks, words
from bot.views.message import Message, message
from bot.views.suitability import amount
from bot.views.told import Told

MOST = 12
SIZES = {"container.memory": "memory", "container.cpu": "cpu"}
SECRET = ("variables", "secrets")
"""Kept as a hash: what they are is nobody's business here."""


def draw_file_changes(told: Told) -> str:
    """What differs in an environment, and what to do; empty where nothing does."""
    changes = told.each("file_changes")
    if not changes:
        return ""
    head = "📝 *`team.yml` has changed since this was made*; what is there stays as it was:"
    return "\n".join([head, *_lines(changes), *_remedies(told, changes)])


def _lines(changes: list[Told]) -> list[str]:
    more = [f"and {len(changes) - MOST} more"] if len(changes) > MOST else []
    return [*(f"• {_say(one)}" for one in changes[:MOST]), *more]


def _say(told: Told) -> str:
    what, service = str(told.get("what")), told["service"]
    if what == "blueprint":
        return f"the blueprint {told['was']} is not there any more"
    if what == "service":
        return _service(told, service)
    whose = f" of {service}" if service else ""
    if what in SECRET:
        return f"{what}{whose} are others now"
    was, now = (_value(what, told.get(name)) for name in ("was", "now"))
    return f"{words.escape(what, 80)}{whose}: was {was}, is {now}"


def _service(told: Told, service: str) -> str:
    if told.has("now"):
        return f"{service} is to be there too now"
    return f"{service} is not to be there any more"


def _value(what: str, value: object) -> str:
    if what in SIZES:
        return amount(SIZES[what], value)
    if value in (None, "", [], {}):
        return "nothing"
    return words.code(words.trim(str(value), 80))


def _remedies(told: Told, changes: Iterable[Told]) -> list[str]:
    name, live = told["environment"], told.part("live")
    return [f"→ {one}" for one in dict.fromkeys(_remedy(c, told, name, live) for c in changes)]


def _remedy(one: Told, told: Told, name: str, live: Told) -> str:
    service = one["service"]
    match one.get("remedy"):
        case "deploy":
            version = live[service] or "&lt;version&gt;"
            return f"`/deploy {service} {version} to {name}` makes it by the file of now"
        case "reset":
            return f"`/env reset {name} because …` fills its data in anew"
        case "create":
            blueprint = told["blueprint"] or "&lt;blueprint&gt;"
            return (
                f"`/env destroy {name} because …`, then `/env create {name} from {blueprint}`, if"
                " you want it by the file of now"
            )
    if one.get("what") == "blueprint":
        return "it lives on until its end; nobody can have it live longer"
    return f"put {service} back into `team.yml`, or see what is left: `/ops leftovers`"


def _changed(told: Told) -> Message:
    name = told["environment"]
    facts = {**told.facts, "file_changes": told.items("changes")}
    said = f"*{name}*\n{draw_file_changes(Told(facts))}"
    text = f"The setup file has changed under {name}"
    return message(text, [blocks.section(said)])


def _removed(told: Told) -> str:
    name, live = told["environment"], told.part("live")
    runs = words.one_of(
        (f"{words.escape(s)} {words.escape(v)}" for s, v in live.facts.items()), "and"
    )
    facts = [
        f"{runs} still run there, and nobody looks after them" if runs else "",
        f"{words.plural(told.number('waiting'), 'deployment')} to it cannot go on"
        if told.number("waiting") else "",
        f"{words.plural(told.number('booked'), 'booking')} of it mean nothing now"
        if told.number("booked") else "",
    ]  # fmt: skip
    said = "; ".join(filter(None, facts))
    said = f" {said}." if said else ""
    return (
        f"🗑️ *{name}* is not in `team.yml` any more.{said} Nothing was stopped or lost: put it back"
        " there and all is as before, or see what is left of it with `/ops leftovers`."
    )


def _read(told: Told) -> str:
    by_part: dict[str, list[str]] = {}
    for one in told.each("changed"):
        by_part.setdefault(one["part"], []).append(f"{one['name']} {one['how']}")
    lines = [f"• {part}: {words.one_of(said, 'and', most=MOST)}" for part, said in by_part.items()]
    return "\n".join(
        [
            "📝 *`team.yml` was read again* and counts from now on:",
            *lines,
            "What is under way ends as it began. Approvals that were given before are void: whoever"
            " clicks next is shown the request as it stands now.",
        ]
    )


def _refused(told: Told) -> str:
    problems = told.items("problems")
    more = [f"• and {len(problems) - MOST} more"] if len(problems) > MOST else []
    return "\n".join(
        [
            "⛔ *`team.yml` was changed and cannot be used.* The setup of before stays in force:",
            *(f"• {words.escape(str(one), 400)}" for one in problems[:MOST]),
            *more,
            "Mend the file, and it is read again by itself; until then the bot does not start with"
            " it either. `python -m bot doctor` checks it.",
        ]
    )


SETUP_NOTICES: dict[str, Callable[[Told], str | Message]] = {
    "setup_changed": _changed,
    "environment_removed": _removed,
    "setup_read": _read,
    "setup_refused": _refused,
}
SETUP_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "environment_removed": _removed,
    "setup_compared": lambda told: "What was made was compared with the setup file.",
}
