"""Builds: on the card of a deployment that waits for one, in its thread, and what one wrote."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import blocks, card_parts, card_words, words
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.snapshots import DeploymentView

WIDTH = 200


def draw_building(card: DeploymentView) -> Message:
    where = f". {words.escape(card_parts.where(card))}" if card.steps else ""
    text, head = card_parts.headline(card, detail=where)
    began = next((step.started_at for step in card.steps if step.started_at), None)
    since = f"began {words.when(began, '{time_secs}')}" if began else "waits for its turn"
    drawn = [
        head,
        blocks.context(card_words.asked(card)),
        *(card_parts.changes(card) if card.changes else []),
        blocks.section(_then(card)),
        card_parts.steps(card),
        blocks.context(since, card_words.usually(card.usual)),
        blocks.actions(card_parts.cancel(card)),
    ]
    return message(text, drawn)


def _then(card: DeploymentView) -> str:
    commit = words.escape(card.commit[:8])
    first = f"Its image is built from commit `{commit}` first."
    if not card.needed:
        return f"{first} Then it is deployed by itself."
    count = words.plural(card.needed, "approval")
    return f"{first} Then it is asked for {count} of exactly that image."


def draw_not_built(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card, detail=f". {words.escape(card.failure, 300)}")
    why = words.escape(card.failure, 900) or "Nobody knows why."
    body = " ".join(filter(None, [why, card_parts.failed_step(card)]))
    what = f"{words.escape(card.service, 60)} {words.escape(card.version, 80)}"
    then = (
        "*What to do:* if the commit is at fault, mend it and deploy a new version of it. If not,"
        f" {card_words.command_again(card)} has it built again. All that it wrote:"
        f" `/release log {what}`."
    )
    drawn = [head, blocks.section(f"{body}\nNothing was changed."), card_parts.log(card)]
    drawn += [blocks.section(then), blocks.context(card_words.asked(card))]
    return message(text, drawn)


def _built(told: Told) -> str:
    image = f"image `{words.digest(told['artefact'])}`"
    if told.has("found"):
        return f"The registry had it already: {image}."
    return f"Built in {words.span(told.number('took'))}: {image}."


def _not_built(told: Told) -> str:
    whole = " All that it wrote is in the file below." if told.has("file") else ""
    return f"It could not be built: {told.long('sentence')} Nothing was changed.{whole}"


BUILD_NOTES: dict[str, Callable[[Told], str]] = {"built": _built, "not_built": _not_built}


def _building(told: Told) -> str:
    where = "Its card"
    if told.has("link"):
        where = words.link(told.get("link"), where)
    needed = told.number("needed")
    then = f"waits for {words.plural(needed, 'approval')}" if needed else "is deployed by itself"
    return (
        f"Asked for: {told.journey} ({told.deployment}). Nobody has built that version yet: its"
        f" image is built first, then it {then}. {where} in the channel of"
        f" *{told['environment']}* shows how it goes."
    )


BUILD_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "building": _building,
    "build_log_asked": lambda told: (
        f"What the build of {told['service']} {told['version']} wrote comes to your direct messages"
        " from me in a few seconds."
    ),
}


def _log(told: Told) -> Message:
    states = {
        "queued": "waits for its turn",
        "running": f"is under way since {told.when('began')}",
        "built": f"ended well {told.when('ended')}",
        "failed": f"failed {told.when('ended')}",
    }
    how = states.get(str(told.get("state")), f"was called off {told.when('ended')}")
    count = words.plural(told.number("count"), "line")
    lines = [words.escape(str(line), WIDTH) or " " for line in told.items("lines")]
    rest = f" All of them are in the file below; the last {len(lines)}:" if told.has("file") else ""
    said = f"The build of {told['service']} {told['version']} {how}. It wrote {count}.{rest}"
    code = words.fit("\n".join(lines), 2900)
    return message(said, [blocks.section(said), blocks.section(f"```\n{code}\n```")])


BUILD_NOTICES: dict[str, Callable[[Told], str | Message]] = {"build_log_read": _log}


def _no_log(told: Told) -> str:
    failure = f" It ended with: {told.long('failure')}" if told.has("failure") else ""
    return (
        f"What the build of {told['service']} {told['version']} wrote is not kept: it was asked for"
        f" {told.when('at')}, wrote nothing, or that was more than 30 days ago.{failure}"
    )


BUILD_REFUSALS: dict[str, Callable[[Told], str]] = {
    "never_built": lambda told: (
        f"I have not built {told['service']} {told['version']}: its image was pushed by somebody"
        " else, or no deployment of it to containers was asked for yet."
    ),
    "no_build_log": _no_log,
}
