"""What runs, what it wrote, and how many there are to be."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.hosts import draw_hosts
from bot.views.message import Message, message
from bot.views.suitability import amount
from bot.views.told import Told

MOST = 24
"""Instances that a page lists; the rest is counted."""
STATES = {
    "running": "",
    "starting": "⏳ starts",
    "unhealthy": "🚨 not healthy",
    "ended": "🚨 ended",
}
WIDTH = 200


def draw_instances(told: Told) -> list[str]:
    """One line for each instance that was there when it was last read."""
    there = told.each("there")
    lines = [_instance(one) for one in there[:MOST]]
    if len(there) > MOST:
        lines.append(f"and {words.plural(len(there) - MOST, 'more instance')}")
    if told.has("error"):
        lines.append(f"⚠️ cannot be read now: {told.long('error')}")
    read = f" (read {told.when('read')})" if told.has("read") else ""
    return [f"*What runs*{read}", *lines] if lines else []


def _instance(told: Told) -> str:
    number = f" #{told.number('number')}" if told.number("number") else ""
    state = STATES.get(str(told.get("state")), "")
    restarts = told.number("restarts")
    facts = [
        state,
        "" if told.get("serves") else "does not serve",
        _exact(told),
        f"since {told.when('since')}" if told.has("since") else "",
        f"⚠️ {words.plural(restarts, 'restart')}" if restarts else "",
        *_cost(told),
        f"on {told['host']}" if told.has("host") else "",
    ]
    return f"• {told['service']} {told['version']}{number} · " + " · ".join(filter(None, facts))


def _exact(told: Told) -> str:
    """The bytes that run: the digest of an image, or else the commit."""
    image = str(told.get("image") or "")
    if "sha256:" in image:
        return f"image `{words.escape(image.rpartition('sha256:')[2][:12])}`"
    return f"commit `{words.escape(str(told.get('commit') or '')[:8])}`"


def _cost(told: Told) -> list[str]:
    if told.get("state") == "ended":
        return []
    said = []
    cpu, memory = told.get("cpu"), told.get("memory")
    if isinstance(cpu, int | float):
        of = f" of {told.get('cores'):g}" if told.has("cores") else ""
        said.append(f"cpu {cpu:.2f}{of}")
    if isinstance(memory, int):
        of = f" of {amount('memory', told.get('limit'))}" if told.has("limit") else ""
        said.append(f"memory {amount('memory', memory)}{of}")
    return said


def _log_asked(told: Told) -> str:
    return (
        f"The log of {told['service']} in *{told['environment']}* is being read; it comes to your"
        " direct messages from me in a few seconds."
    )


def _log_read(told: Told) -> Message:
    whose = f"{told['service']} in *{told['environment']}*"
    sought = f" with “{told['words']}”" if told.has("words") else ""
    count = told.number("count")
    cut = (
        " Older ones could not be looked through: the log is too large." if told.get("cut") else ""
    )
    if not count:
        said = f"The log of {whose} has no lines{sought}.{cut}"
        return message(said, [blocks.section(said)])
    lines = [_line(line) for line in told.items("lines")]
    rest = f" All of them are in the file below; the last {len(lines)}:" if told.has("file") else ""
    said = f"{words.plural(count, 'line')} of {whose}{sought}.{cut}{rest}"
    code = "\n".join(lines)
    drawn = [blocks.section(said), blocks.section(f"```\n{words.fit(code, 2900)}\n```")]
    return message(said, drawn)


def _line(line: object) -> str:
    return words.escape(str(line), WIDTH) or " "


def _failed(told: Told) -> str:
    return f"⚠️ What you asked for could not be found out: {told.long('sentence')} Try again soon."


def _leftovers(told: Told) -> Message:
    left, count = told.each("left"), told.number("count")
    if not count:
        said = "Nothing is left over: all that is there runs, or may be needed to roll back."
        return message(said, [blocks.section(said)])
    size = amount("disk", told.number("size"))
    lines = [f"• {one['name']} on {one['host']}{_size(one)}" for one in left]
    if count > len(left):
        lines.append(f"and {count - len(left)} more")
    said = f"{words.plural(count, 'thing')} of {size} could be removed; nothing was removed yet."
    if told.items("environments"):
        places = words.one_of((f"*{words.escape(p)}*" for p in told.items("environments")), "and")
        lines.insert(0, f"{places}: not in `team.yml` any more, or destroyed; all of it is listed.")
    sure = blocks.confirm(
        "Remove them?",
        _sure(told),
        "Remove",
        "Keep",
        danger=True,
    )
    value = actions.pack(inquiry=told.number("inquiry"))
    button = blocks.button("Remove them", actions.CLEAN_UP, value, style="danger", confirm=sure)
    drawn = [blocks.section("\n".join([said, *lines])), blocks.actions(button)]
    return message(said, drawn)


def _size(told: Told) -> str:
    return f", {amount('disk', told.number('size'))}" if told.number("size") else ""


def _sure(told: Told) -> str:
    places = words.one_of(map(str, told.items("environments")), "and")
    ends = f" What still runs of {words.trim(places, 120)} is stopped." if places else ""
    return f"What has come into use meanwhile, and what a rollback needs, stays.{ends}"


def _cleaned(told: Told) -> str:
    stayed = told.number("stayed")
    rest = f" {words.plural(stayed, 'other')} stayed: in use, or needed, by now." if stayed else ""
    size = amount("disk", told.number("size"))
    return f"Removed {words.plural(told.number('count'), 'thing')} of {size}.{rest}"


def _disk(told: Told) -> str:
    places = words.one_of(map(words.escape, told.items("environments")), "and")
    free, whole = (amount("disk", told.number(name)) for name in ("free_disk", "disk"))
    return (
        f"🚨 The disk of {told['host']}, where {places} run, is nearly full: {free} of {whole} are"
        " free. `/ops leftovers` lists what can be removed safely."
    )


def _scaling_asked(told: Told) -> str:
    return (
        f"{told['service']} in *{told['environment']}* goes from {told.number('before')} to"
        f" {words.plural(told.number('replicas'), 'instance')}, after what goes on there; you are"
        " told when it is done."
    )


def _scaling_done(told: Told) -> str:
    return (
        f"{told['service']} in *{told['environment']}* runs as"
        f" {words.plural(told.number('replicas'), 'instance')} now; there were"
        f" {told.number('before')}. Later deployments keep that."
    )


def _scaling_failed(told: Told) -> str:
    return (
        f"⚠️ {told['service']} in *{told['environment']}* was not scaled to"
        f" {told.number('replicas')}: {told.long('sentence')} It runs as before."
    )


INSTANCE_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "hosts": draw_hosts,
    "log_asked": _log_asked,
    "leftovers_asked": lambda told: (
        "The hosts are being looked through; the list comes to your direct messages from me."
    ),
    "clean_up_asked": lambda told: "They are being removed; you are told what became of it.",
    "scaling_asked": _scaling_asked,
}

INSTANCE_NOTICES: dict[str, Callable[[Told], str | Message]] = {
    "log_read": _log_read,
    "inquiry_failed": _failed,
    "leftovers_found": _leftovers,
    "leftovers_removed": _cleaned,
    "disk_nearly_full": _disk,
    "scaling_done": _scaling_done,
    "scaling_failed": _scaling_failed,
}


def _where(told: Told) -> str:
    return f"{told['service']} in *{told['environment']}*"


def _locked(told: Told) -> str:
    until = f" until {told.when('until')}" if told.has("until") else ""
    return (
        f"*{told['environment']}* is locked by {told.who('owner')} since {told.when('since')}"
        f"{until}: {told.long('reason')} {told.people('clearers') or 'Somebody'} may unlock it."
    )


INSTANCE_REFUSALS: dict[str, Callable[[Told], str]] = {
    "asked_too_much": lambda told: (
        f"You have {told.number('count')} questions under way; wait for their answers first."
    ),
    "log_without_times": lambda told: (
        f"{_where(told)} runs as a process, and processes do not write when they wrote a line."
        f" Leave `since` out: `/env logs {told['environment']} {told['service']} tail 50`."
    ),
    "list_too_old": lambda told: (
        "That list is too old to act on. Make a new one: `/ops leftovers`."
    ),
    "not_your_list": lambda told: (
        f"That list was made for {told.who('by')}. Make your own: `/ops leftovers`."
    ),
    "cleaned_already": lambda told: (
        "That list was acted on already. See what is left: `/ops leftovers`."
    ),
    "not_scalable": lambda told: (
        f"{_where(told)} runs as a process, and there is one of each. Containers can be scaled:"
        " runtime docker or swarm in `team.yml`."
    ),
    "never_to_none": lambda told: (
        f"{_where(told)} keeps at least one instance. To have none for a while:"
        f" `/env stop {told['environment']}`."
    ),
    "too_many_instances": lambda told: (
        f"At most {told.number('most')} instances of {_where(told)}."
    ),
    "nothing_to_scale": lambda told: (
        f"{told['service']} is not live in *{told['environment']}*; deploy it first."
    ),
    "scaling_locked": _locked,
    "scaling_held": lambda told: (
        f"*{told['environment']}* is held by {told.journey} since {told.when('since')}; say on its"
        " card what becomes of it first."
    ),
    "scaling_already": lambda told: (
        f"{told.who('requester')} has asked already for"
        f" {words.plural(told.number('replicas'), 'instance')} of {_where(told)},"
        f" {told.when('at')}; that comes first."
    ),
    "as_many_already": lambda told: (
        f"{_where(told)} has {words.plural(told.number('replicas'), 'instance')} already."
    ),
    "second_word_needed": lambda told: (
        f"That takes {_where(told)} from {told.number('before')} to {told.number('replicas')}, less"
        " than half. If you are sure, say why:"
        f" `/env scale {told['environment']} {told['service']} {told.number('replicas')} because …`"
    ),
    "bad_age": lambda told: f"{told.code('word')} is no age. Say it as `since 10m`, `2h` or `1d`.",
    "bad_number": lambda told: f"{told.code('word')} is no whole number such as `3`.",
}
