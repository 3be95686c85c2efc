"""What people ask to see: releases, environments, what is under way, and what they may do."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import blocks, words
from bot.views.blockers import clear_button, say_blocker
from bot.views.blocks import Block
from bot.views.drift import draw_changed, say_change
from bot.views.file_changes import draw_file_changes
from bot.views.instances import draw_instances
from bot.views.message import Message, message
from bot.views.place_lines import (
    draw_failure,
    draw_holders,
    draw_lock,
    draw_made,
    draw_open,
    draw_preparing,
    draw_queue,
    draw_running,
    locks_of,
)
from bot.views.rest import draw_stopped
from bot.views.states import state
from bot.views.suitability import conditions, needs
from bot.views.told import Told


def draw_releases(told: Told) -> Message:
    """The newest versions of each service, and where each is live."""
    services = told.each("services")
    drawn: list[Block | None] = [block for one in services for block in _service(one)]
    if len(services) > 1:
        drawn.append(blocks.context("Only one service: `/release list &lt;service&gt;`"))
    named = words.one_of((one["service"] for one in services), "and")
    return message(f"Releases of {named or 'no service'}", drawn)


def _service(told: Told) -> list[Block | None]:
    releases = told.each("releases")
    lines = [_release_line(one) for one in releases] or ["No version yet: tag one, as in `v1.0.0`."]
    more = told.number("more")
    read = f"read {told.when('read')}" if told.has("read") else "not read yet"
    wrong = f"⚠️ it cannot be read now: {told.long('error')}" if told.has("error") else ""
    return [
        blocks.section("\n".join([f"*{told['service']}*", *lines])),
        blocks.context(f"and {more} older" if more else "", f"Repository {read}", wrong),
    ]


def _release_line(told: Told) -> str:
    live, failed = (
        words.one_of((f"*{words.escape(place)}*" for place in told.items(where)), "and")
        for where in ("live", "failed")
    )
    parts = [
        told.code("version"),
        words.escape(told.get("subject") or "", 80),
        words.day(told.get("tagged")) if told.has("tagged") else "",
        f"live in {live}" if live else "",
        f"❌ failed in {failed}" if failed else "",
        "⚠️ its tag was moved" if told.has("moved_to") else "",
        "⚠️ its image was replaced" if told.has("artefact_moved") else "",
    ]
    return " · ".join(filter(None, parts))


def draw_release(told: Told) -> Message:
    """One release, and all that happened with it."""
    what = f"{told['service']} {told['version']}"
    live = words.one_of((f"*{words.escape(place)}*" for place in told.items("live")), "and")
    where = f"live in {live}" if live else "not live anywhere"
    lines = [f"*{what}*, {where}", words.escape(told.get("subject") or "", 200), _commit(told)]
    lines += [_image(told), _needs(told)]
    if told.has("moved_to"):
        lines.append(
            f"⚠️ Its tag names `{words.escape(told['moved_to'][:8])}` now. I go by the commit that"
            " it named first: make a new version for another one."
        )
    history = [_history(one, "environment") for one in told.each("deployments")]
    drawn = [blocks.section("\n".join(filter(None, lines)))]
    drawn += [blocks.section("\n".join(history))] if history else []
    hint = blocks.context(f"Where it fits: `/release plan {what}`")
    return message(f"{what}: {words.plain(where)}", [*drawn, hint])


def _image(told: Told) -> str:
    if told.has("artefact"):
        moved = told.has("artefact_moved")
        warning = (
            f"\n⚠️ Its image was pushed again, as `{words.digest(told['artefact_moved'])}`. I go by"
            " the one that was there first: make a new version for another one."
        )
        return f"image `{words.digest(told['artefact'])}`{warning if moved else ''}"
    if told.get("builds"):
        return "no image yet: it is built when a deployment of it is asked for"
    if told.has("artefact_problem"):
        return f"⚠️ no image: {told.long('artefact_problem')}"
    return ""


def _needs(told: Told) -> str:
    if told.has("doubt"):
        return say_blocker({"code": told.get("doubt"), "facts": told.facts})
    wanted = needs(told.part("needs"))
    return f"needs {wanted}" if wanted else ""


def _commit(told: Told) -> str:
    tagged = f", tagged {words.when(told.get('tagged'))}" if told.has("tagged") else ""
    return f"commit `{words.escape(str(told.get('commit') or '')[:8])}`{tagged}"


def _history(told: Told, *names: str) -> str:
    kind = "rollback" if told.get("kind") == "rollback" else ""
    what = " ".join([told[name] for name in names])
    said = [f"#{told['id']} {what}", kind, state(told), words.when(told.get("at"))]
    return "• " + " · ".join(filter(None, said)) + f" · by {told.who('requester')}"


def draw_environments(told: Told) -> Message:
    """Every environment: what runs there since when, its lock, and what is open."""
    places = told.each("environments")
    drawn = [block for place in places for block in _environment(place)]
    locked = [place["environment"] for place in places if locks_of(place)]
    text = f"{words.plural(len(places), 'environment')}"
    text += f", {words.one_of(locked, 'and')} locked" if locked else ", none locked"
    return message(text, drawn)


def _environment(told: Told) -> list[Block]:
    tier = f"{told['tier']} · " if told["tier"] != told["environment"] else ""
    lines = [f"*{told['environment']}* · {tier}{words.channel(told.get('channel'))}"]
    lines += [draw_made(told), *(draw_running(one) for one in told.each("services"))]
    lines.append(draw_stopped(told.part("stopped")))
    lines += [draw_preparing(one) for one in told.each("preparing")]
    lines += [draw_open(one) for one in told.each("open")]
    lines += [draw_queue(told), draw_changed(told.each("changed"))]
    locks = locks_of(told)
    lines += [*map(draw_lock, locks), draw_holders(told)]
    button = clear_button(locks[0].facts) if locks else None
    return [blocks.section("\n".join(filter(None, lines)), button)]


def draw_environment(told: Told) -> Message:
    """One environment with its rules and its last deployments."""
    rules = [_rule(told, *rule) for rule in RULES]
    last = [_history(one, "service", "version") for one in told.each("last")]
    services = [
        f"• {one['service']} at {_address(one)}{_approvals(one)}" for one in told.each("services")
    ]
    drawn: list[Block | None] = [*_environment(told)]
    drawn.append(blocks.section("\n".join(["*Addresses and rules*", *services])))
    drawn.append(blocks.context(*rules, f"runtime {told['runtime']}"))
    runs = [] if told.part("stopped").facts else draw_instances(told.part("instances"))
    drawn += [blocks.section("\n".join(runs))] if runs else []
    since = draw_file_changes(told)
    drawn += [blocks.section(since)] if since else []
    has = conditions(told.part("has"))
    drawn += [blocks.section("\n".join(["*What it has*", *has]))] if has else []
    if last:
        drawn.append(blocks.section("\n".join(["*Last deployments*", *last])))
    locked = "locked" if locks_of(told) else "not locked"
    live = words.one_of((_in_short(one) for one in told.each("services")), "and")
    return message(f"{told['environment']}, {locked}: {live}", drawn)


def _in_short(told: Told) -> str:
    return f"{told['service']} {told.part('live')['version'] or 'not live'}"


def _address(told: Told) -> str:
    """The address, and a way there while something answers at it."""
    return words.link(told.part("live").get("url"), told["address"])


RULES = (("deploy", "deploy"), ("approve", "approve"), ("rollback", "roll back"))


def _rule(told: Told, permission: str, verb: str) -> str:
    roles = told.part("may").items(permission)
    return f"{verb}: {words.one_of(map(words.escape, roles))}" if roles else ""


def _approvals(told: Told) -> str:
    needed = told.number("approvals")
    return f" · needs {words.plural(needed, 'approval')}" if needed else ""


def draw_status(told: Told) -> Message:
    """For the person on call: what is open, what is locked, and whether I am well."""
    rows, locks = told.each("open"), told.each("locks")
    preparing = told.each("preparing")
    stuck = [one for one in preparing if one.get("state") == "stuck"]
    drawn: list[Block | None] = [blocks.section(_under_way(rows, preparing))]
    for lock in locks[:10]:
        said = f"*{lock['environment']}*: {draw_failure(lock)}"
        drawn.append(blocks.section(said, clear_button(lock.facts)))
    asleep = [f"• *{x['environment']}*: {draw_stopped(x)}" for x in told.each("stopped")[:20]]
    if asleep:
        drawn.append(blocks.section("\n".join(asleep)))
    changed = [f"• *{x['environment']}*: {say_change(x)}" for x in told.each("changed")[:10]]
    if changed:
        drawn.append(blocks.section("\n".join(["⚠️ *Changed outside the bot*", *changed])))
    drawn.append(blocks.context(*_wellness(told)))
    locked = f", {words.one_of((x['environment'] for x in locks), 'and')} locked" if locks else ""
    trouble = ", I have trouble" if _troubles(told) else ""
    held = f", {words.one_of((x['environment'] for x in stuck), 'and')} stuck" if stuck else ""
    return message(f"{words.plural(len(rows), 'deployment')} open{held}{locked}{trouble}", drawn)


def _under_way(rows: list[Told], preparing: list[Told]) -> str:
    """What waits for a person comes first."""
    first = [f"• {draw_preparing(one)}" for one in preparing[:10]]
    if not rows and first:
        return "\n".join(["*No deployment open*", *first])
    if not rows:
        return "*Nothing is under way.*"
    lines = [
        f"• #{row['id']} {row.journey} {state(row)}"
        f" since {words.when(row.get('at'))} · by {row.who('requester')}"
        for row in rows[:20]
    ]
    more = [f"and {len(rows) - 20} more"] if len(rows) > 20 else []
    head = f"*{words.plural(len(rows), 'deployment')} open*"
    return "\n".join([head, *first, *lines, *more])


def _troubles(told: Told) -> list[str]:
    said = [
        f"⚠️ {_reading(one)} cannot be read: {one.long('error')}"
        f" Last read: {words.when(one.get('at')) if one.has('at') else 'never'}"
        for one in told.each("readings")
        if one.has("error")
    ]
    waiting = told.number("undelivered")
    if waiting:
        said.append(f"⚠️ {words.plural(waiting, 'message')} to Slack not delivered yet")
    return said


def _reading(told: Told) -> str:
    """What is read, in words; the facts name it as the code does."""
    service = told["of"].partition(":")[2]
    return "Who is who" if told.get("people") else f"The repository of {service or told['of']}"


def _wellness(told: Told) -> list[str]:
    audit = told.part("audit")
    people = [one for one in told.each("readings") if one.get("people")]
    well = [] if _troubles(told) else ["I am well"]
    well += [f"people read {words.when(one.get('at'))}" for one in people if one.has("at")]
    head = words.escape(str(audit.get("head") or "")[:12])
    count = audit.number("entries")
    return [*_troubles(told), *well, f"audit log: {count} entries, head `{head or 'none'}`"]


LISTS: dict[str, Callable[[Told], Message]] = {
    "releases": draw_releases,
    "release": draw_release,
    "environments": draw_environments,
    "environment": draw_environment,
    "status": draw_status,
}
