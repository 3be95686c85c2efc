"""What an environment is to be against what runs there, and what was changed outside the bot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.views import blocks, words
from bot.views.file_changes import draw_file_changes
from bot.views.message import Message, message
from bot.views.suitability import amount
from bot.views.told import Told

SIGNS = {
    "as_declared": "✅",
    "differs": "⚠️",
    "missing": "❌",
    "not_declared": "❓",
    "unknown": "❔",
}
MOST = 3
"""Changes that are told in one line of a list; the rest is counted."""
CHAPTER = 2900


def say_change(told: Told) -> str:
    """One change in a few words, such as: api runs 2 instances of 3."""
    say = CHANGES.get(str(told.get("what")), _some_change)
    return say(told)


def draw_changed(changes: Iterable[Told]) -> str:
    """The line of an environment that was changed outside the bot; empty where it was not."""
    there = list(changes)
    if not there:
        return ""
    said = [say_change(one) for one in there[:MOST]]
    said += [f"{len(there) - MOST} more"] if len(there) > MOST else []
    since = words.when(min(one.number("at") for one in there))
    return f"⚠️ *Changed outside the bot*, noticed {since}: {words.one_of(said, 'and', most=9)}"


def _exact(value: object) -> str:
    return f"`{words.escape(str(value or 'none')[:12])}`"


def _replicas(told: Told) -> str:
    count = words.plural(told.number("runs"), "instance")
    return f"{told['service']} runs {count} of {told.number('declared')}"


def _service(told: Told) -> str:
    return f"{told['service']} {told['declared']} does not run"


def _bytes(noun: str) -> Callable[[Told], str]:
    return lambda told: (
        f"{told['service']} runs from another {noun}: {_exact(told.get('runs'))} instead of"
        f" {_exact(told.get('declared'))}"
    )


def _limit(kind: str) -> Callable[[Told], str]:
    def say(told: Told) -> str:
        runs = amount(kind, told.get("runs")) if told.get("runs") else "no limit"
        return f"{told['service']} may use {runs} instead of {amount(kind, told.get('declared'))}"

    return say


def _mounted(told: Told) -> str:
    there, declared = (told[name] or "nothing" for name in ("runs", "declared"))
    return f"{told['service']} has {there} mounted instead of {declared}"


def _some_change(told: Told) -> str:
    return f"{told['service']} runs otherwise"


CHANGES: dict[str, Callable[[Told], str]] = {
    "service": _service,
    "replicas": _replicas,
    "image": _bytes("image"),
    "commit": _bytes("commit"),
    "cores": _limit("cpu"),
    "memory": _limit("memory"),
    "mounts": _mounted,
    "address": lambda told: (
        f"the address of {told['service']} does not lead to {told['declared']} any more"
    ),
    "beside": lambda told: f"{told['service']} ({told['runs']}) runs there and was not declared",
}


def _plan(told: Told) -> Message:
    """Service by service, then what it is attached to, then what to do."""
    name = told["environment"]
    lines = told.each("lines")
    odd = [one for one in lines if one.get("state") != "as_declared"]
    read = f"read {told.when('read')}"
    head = f"*{name}* as it is to be, against what runs ({read})"
    drawn = [head]
    if told.has("error"):
        drawn.append(f"❔ What runs cannot be read now: {told.long('error')}")
    for service in dict.fromkeys(one["service"] for one in lines):
        drawn.append(f"*{service}*")
        drawn += [_line(one) for one in lines if one["service"] == service]
    drawn += [*_attached(told), draw_changed(told.each("changed")), draw_file_changes(told)]
    drawn += _remedies(told, odd)
    said = "all as declared" if not odd else f"{words.plural(len(odd), 'line')} not as declared"
    text = f"{name}: {said}"
    return message(text, [blocks.section(part) for part in _chapters(filter(None, drawn))])


def _chapters(lines: Iterable[str]) -> list[str]:
    found = [""]
    for line in lines:
        if len(found[-1]) + len(line) > CHAPTER:
            found.append("")
        found[-1] += f"{line}\n"
    return found


def _line(told: Told) -> str:
    state = str(told.get("state"))
    said = _health(told, state) if told.get("what") == "health" else _said(told, state)
    return f"{SIGNS.get(state, '❔')} {said}"


def _health(told: Told, state: str) -> str:
    """What was asked, and what it said just now."""
    ends = "as declared" if state == "as_declared" else state
    return f"health check {told['declared']}: {ends}. {told.long('runs')}"


def _said(told: Told, state: str) -> str:
    noun, show = NOUNS.get(str(told.get("what")), (told["what"], words.escape))
    declared, runs = (show(told.get(name)) for name in ("declared", "runs"))
    match state:
        case "as_declared":
            return f"{noun}: {runs}, as declared"
        case "missing" if told.get("what") == "service" and not told.has("declared"):
            return "missing: nothing of it was deployed yet"
        case "missing":
            return f"{noun}: missing" + (f" (declared {declared})" if told.has("declared") else "")
        case "not_declared":
            return f"not declared: {runs} runs there"
        case "unknown":
            why = f" ({words.escape(told.get('runs'), 200)})" if told.has("runs") else ""
            return f"{noun}: unknown, it cannot be read now{why}"
    return f"{noun}: differs (declared {declared}, runs {runs})"


def _cores(value: object) -> str:
    return amount("cpu", value) if value else "no limit"


def _memory(value: object) -> str:
    return amount("memory", value) if value else "no limit"


def _text(value: object) -> str:
    return words.escape(value, 200) if value else "nothing"


def _files(value: object) -> str:
    count = value if isinstance(value, int) else 0
    return words.plural(count, "file")


NOUNS: dict[str, tuple[str, Callable[[object], str]]] = {
    "service": ("runs", _text),
    "version": ("version", _text),
    "baseline": ("version against its baseline", _text),
    "image": ("image", _exact),
    "commit": ("commit", lambda value: _exact(str(value or "none")[:8])),
    "replicas": ("instances", lambda value: words.escape(value or 0)),
    "cores": ("processor", _cores),
    "memory": ("memory", _memory),
    "mounts": ("mounted", _text),
    "address": ("its address leads to", _text),
    "data": ("data", _files),
    "beside": ("beside", _text),
}


def _attached(told: Told) -> list[str]:
    there = [_one_attached(one) for one in told.each("attached")]
    if told.has("data"):
        there.append(f"❔ data set {told['data']}, as `team.yml` says; nobody can read that")
    return ["*Attached*", *there] if there else []


def _one_attached(told: Told) -> str:
    if told.get("declared") is True:
        return f"❔ {told['name']} {told['value']}, as `team.yml` says; nobody reads it"
    if told.has("error"):
        last = f"; last read {told.when('read')}: {told['value']}" if told.has("read") else ""
        return f"❔ {told['name']}: unknown, {told.long('error')}{last}"
    if not told.has("read"):
        return f"❔ {told['name']}: not read yet"
    return f"✅ {told['name']} {told['value'] or 'answers'} (read {told.when('read')})"


def _remedies(told: Told, odd: list[Told]) -> list[str]:
    """Which commands bring it back; what nobody declared only people can judge."""
    name, live = told["environment"], told.part("live")
    found = dict.fromkeys(filter(None, (_remedy(one, name, live) for one in odd)))
    beside = [one["service"] for one in odd if one.get("what") == "beside"]
    if any(one.get("what") == "mounts" for one in odd):
        found[
            "What is made anew has what is declared mounted. What was written elsewhere meanwhile"
            " is lost with what runs now: save it before, if it is needed."
        ] = None
    if beside:
        found[
            f"What was not declared ({words.one_of(beside, 'and')}) is left alone: whoever added it"
            " removes it, or declares it in `team.yml`."
        ] = None
    return ["*What brings it back*", *(f"• {one}" for one in found)] if found else []


def _remedy(one: Told, name: str, live: Told) -> str:
    match one.get("remedy"):
        case "prepare":
            return f"`/env prepare {name}` starts what is missing and fills in data"
        case "reset":
            return f"`/env reset {name} because …` brings the baseline back, data included"
        case "deploy":
            service = one["service"]
            version = live[service] or "&lt;version&gt;"
            return f"`/deploy {service} {version} to {name}` makes it anew"
    return ""


def _noticed(told: Told) -> Message:
    name = told["environment"]
    said = [f"⚠️ *{name}* was changed outside the bot:"]
    said += [f"• {say_change(one)}, noticed {one.when('at')}" for one in told.each("lines")]
    said.append(f"`/env plan {name}` shows all of it, and what brings it back.")
    text = f"{name} was changed outside the bot"
    return message(text, [blocks.section("\n".join(said))])


def _over(told: Told) -> Message:
    name = told["environment"]
    said = [f"✅ *{name}* is as declared again in what was changed outside the bot:"]
    said += [f"• {say_change(one)}: over" for one in told.each("lines")]
    return message(f"{name} is as declared again", [blocks.section("\n".join(said))])


DRIFT_NOTICES: dict[str, Callable[[Told], str | Message]] = {
    "environment_planned": _plan,
    "drift_noticed": _noticed,
    "drift_over": _over,
}

DRIFT_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "plan_asked": lambda told: (
        f"What runs in *{told['environment']}* is being read; how it compares comes to your direct"
        " messages from me in a few seconds."
    ),
}
