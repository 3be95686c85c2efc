"""The one message of a deployment, edited in place from request to end. Pure: same row, same card.

A button is there only while it can do something.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.views import blocks, card_parts, card_words, hooks, words
from bot.views.blockers import clear_button, list_blockers, who_may_clear
from bot.views.blocks import Block
from bot.views.builds import draw_building, draw_not_built
from bot.views.drift import draw_changed
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.snapshots import DeploymentView


def draw_deployment(card: DeploymentView) -> Message:
    """The card as it is now."""
    return STATES.get(card.state, _other)(card)


def _waiting(card: DeploymentView) -> Message:
    detail = f", {len(card.approved_by)} of {card.needed}"
    text, head = card_parts.headline(card, detail=detail)
    drawn = [head, blocks.context(card_words.asked(card)), *card_parts.changes(card)]
    drawn += [*_changed(card), *hooks.draw_hooks(card)]
    drawn += [blocks.section(card_words.approvals(card)), _now(card), card_parts.decide(card)]
    return message(text, drawn)


def _changed(card: DeploymentView) -> list[Block]:
    """What it replaces does not run as it is to: whoever decides has to know."""
    said = draw_changed(map(Told, card.changed))
    return [blocks.section(f"{said}. This deployment makes it anew.")] if said else []


def _now(card: DeploymentView) -> Block | None:
    """What an approval is bound to, and what is there now."""
    live = words.escape(card.live_version, 80)
    return blocks.context(
        f"{words.escape(card.version, 80)} is commit `{words.escape(card.commit[:8])}`",
        f"image `{words.digest(card.artefact)}`" if card.artefact else "",
        f"live there now: {live}" if live else "nothing live there yet",
        card_words.usually(card.usual),
    )


def _queued(card: DeploymentView) -> Message:
    behind = f", behind {len(card.ahead)}" if card.ahead else ""
    text, head = card_parts.headline(card, detail=behind)
    drawn = [head, blocks.context(card_words.asked(card), card_words.approved_by(card))]
    drawn += [*(card_parts.changes(card) if card.changes else []), *_changed(card)]
    drawn += hooks.draw_hooks(card)
    drawn += [blocks.section(card_words.place_in_queue(card.ahead)), _now(card)]
    return message(text, [*drawn, blocks.actions(card_parts.cancel(card))])


def _running(card: DeploymentView) -> Message:
    state = "going_back" if card_parts.going_back(card) else "running"
    text, head = card_parts.headline(card, state, f". {words.escape(card_parts.where(card))}")
    drawn = [head, blocks.context(card_words.asked(card), card_words.approved_by(card))]
    if state == "going_back":
        drawn.append(blocks.section(_why_back(card)))
    drawn += _changed(card)
    began = f"began {words.when(card.started_at, '{time_secs}')}" if card.started_at else ""
    answers = card_words.answers(card)
    drawn += [
        card_parts.steps(card),
        blocks.context(began, card_words.usually(card.usual), answers, _stopping(card)),
        blocks.actions(card_parts.cancel(card)) if card_parts.can_stop(card) else None,
    ]
    return message(text, drawn)


def _stopping(card: DeploymentView) -> str:
    return f"{words.person(card.cancelled_by)} asked to stop it" if card.cancelled_by else ""


def _why_back(card: DeploymentView) -> str:
    old = words.escape(card.live_version, 80)
    why = card_parts.failed_step(card) or "It failed."
    if card.cancelled_by:
        why = f"{words.person(card.cancelled_by)} called it off."
    return f"{why} {f'Going back to {old}.' if old else 'Taking it back.'}"


def _unwell(card: DeploymentView) -> Message:
    """What serves, is not well and stays all the same: a person is needed."""
    text, head = card_parts.headline(card, "unwell")
    new, old = words.escape(card.version, 80), words.escape(card.previous_version, 80)
    service, place = words.escape(card.service, 60), words.escape(card.environment, 60)
    because = f"{old or 'what was there'} is what this rollback was to leave"
    if final := hooks.final_one(card):
        because = f"its hook {words.escape(final, 40)} cannot be taken back"
    what = (
        f"*{new} stays*, because {because}.\n"
        f"*What to do:* look at {service} in {place}. Then go back to another version that worked,"
        f" `/rollback {service} in {place} to &lt;version&gt;`, or clear the lock and deploy one."
    )
    drawn = [head, blocks.section(words.escape(card.failure, 600)), blocks.section(what)]
    opened = blocks.open_button(f"Open {card.service}", card.url)
    after = blocks.actions(opened, clear_button(card.lock))
    return message(text, [*drawn, *_lock(card), card_parts.log(card), _small_print(card), after])


def _live(card: DeploymentView) -> Message:
    if card.failure:
        return _unwell(card)
    old = words.escape(card.previous_version, 80)
    text, head = card_parts.headline(card)
    facts = [
        f"since {words.when(card.live_at)}" if card.live_at else "",
        f"replaced {old}" if old else "the first version here",
        card_words.took(card),
        card_words.size(card),
    ]
    drawn = [
        head,
        blocks.section(" · ".join(filter(None, facts))),
        blocks.context(card_words.asked(card), card_words.approved_by(card)),
        blocks.actions(blocks.open_button(f"Open {card.service}", card.url)),
    ]
    return message(text, drawn)


def _replaced(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card)
    times = f"Was live from {words.when(card.live_at)} to {words.when(card.ended_at)}"
    return message(text, [head, blocks.context(times, card_words.asked(card))])


def _failed(card: DeploymentView) -> Message:
    """Failed with nothing to go back to, or rolled back by itself."""
    text, head = card_parts.headline(card, detail=f". {words.escape(card.failure, 300)}")
    why = words.escape(card.failure, 600) or "Nobody knows why."
    body = " ".join(filter(None, [why, card_parts.failed_step(card)]))
    drawn = [head, blocks.section(f"{body}\n{_serves(card)}"), card_parts.log(card)]
    return message(text, [*drawn, *_lock(card), _small_print(card), _after(card)])


def _serves(card: DeploymentView) -> str:
    """What it left behind: true for good, whatever is deployed there later."""
    old = words.escape(card.previous_version, 80)
    if old:
        return f"*{old} was left serving*, as before."
    service, place = words.escape(card.service, 60), words.escape(card.environment, 60)
    return (
        "*Nothing served there before.* Deploy a version that works:"
        f" `/deploy {service} &lt;version&gt; to {place}`."
    )


def _lock(card: DeploymentView) -> list[Block]:
    if card.cleared is not None:
        told = Told(card.cleared)
        because = words.escape(told.get("because") or "", 300)
        said = f"🔓 {told.who('by')} cleared the lock {told.when('at')}: “{because}”"
        return [blocks.section(said)]
    if card.lock is None:
        return []
    place = words.escape(card.environment, 60)
    since = words.when(card.lock.get("since"))
    said = (
        f"🔒 *{place} is locked* since {since}, because of this. {who_may_clear(Told(card.lock))}"
    )
    back = f"`/rollback {words.escape(card.service, 60)} in {place}` stays possible."
    return [blocks.section(f"{said} {back}")]


def _small_print(card: DeploymentView) -> Block | None:
    return blocks.context(card_words.asked(card), card_words.approved_by(card))


def _after(card: DeploymentView) -> Block | None:
    return blocks.actions(clear_button(card.lock))


def _needs_attention(card: DeploymentView) -> Message:
    """The bot does not know what is true, and says so; a person has to look."""
    text, head = card_parts.headline(card)
    reason = card.lock.get("reason") if card.lock else card.failure
    place, service = words.escape(card.environment, 60), words.escape(card.service, 60)
    then = ", then clear the lock" if card.lock else ""
    what = (
        f"*What to do:* look at what really answers for {service} in {place}, put it right{then}."
        f" `/env show {place}` shows what is on record."
    )
    drawn = [head, blocks.section(words.escape(reason or card.failure, 900) or "Nobody knows why.")]
    drawn += [blocks.section(what), *_lock(card)]
    return message(text, [*drawn, card_parts.log(card), _small_print(card), _after(card)])


def _rejected(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card, detail=f" by {words.person(_no_sayer(card))}")
    reason = words.escape(card.failure, 500)
    said = f"{words.person(_no_sayer(card))} said no {words.when(card.ended_at)}"
    said += f": “{reason}”" if reason else "."
    return _ended(card, text, head, f"{said}\nNothing was changed. It can be asked for anew.")


def _no_sayer(card: DeploymentView) -> str:
    return card.rejected_by or card.ended_by


def _expired(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card)
    count = f"{len(card.approved_by)} of {words.plural(card.needed, 'approval')}"
    said = f"It had {count} when its time ended {words.when(card.expires_at or card.ended_at)}."
    again = f"Nothing was changed. To ask again: {card_words.command_again(card)}"
    return _ended(card, text, head, f"{said} {again}")


def _cancelled(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card)
    by = words.person(card.cancelled_by or card.ended_by)
    after = _serves(card) if card.started_at else "Nothing was changed."
    return _ended(card, text, head, f"{by} called it off {words.when(card.ended_at)}. {after}")


def _blocked(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card)
    why = list_blockers(card.blockers)
    said = f"Right before the first change it was looked at again, and stopped:\n{why}"
    again = f"Nothing was changed. When that is dealt with: {card_words.command_again(card)}"
    return _ended(card, text, head, f"{said}\n{again}")


def _ended(card: DeploymentView, text: str, head: Block, said: str) -> Message:
    return message(text, [head, blocks.section(said), _small_print(card)])


def _other(card: DeploymentView) -> Message:
    text, head = card_parts.headline(card)
    return message(text, [head, _small_print(card)])


STATES: dict[str, Callable[[DeploymentView], Message]] = {
    "building": draw_building,
    "not_built": draw_not_built,
    "waiting": _waiting,
    "queued": _queued,
    "running": _running,
    "live": _live,
    "replaced": _replaced,
    "rejected": _rejected,
    "expired": _expired,
    "cancelled": _cancelled,
    "blocked": _blocked,
    "failed": _failed,
    "rolled_back": _failed,
    "needs_attention": _needs_attention,
}
