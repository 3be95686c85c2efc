"""Outcome -> what the one who asked is told. One entry for each code; pure."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import blocks, words
from bot.views.actions import CONFIRM_ROLLBACK, pack
from bot.views.blockers import BLOCKERS, clear_button, clearing
from bot.views.board import short_board
from bot.views.bookings.replies import BOOKING_REPLIES
from bot.views.bookings.usage import draw_usage
from bot.views.builds import BUILD_REFUSALS, BUILD_REPLIES
from bot.views.calendar.replies import CALENDAR_REPLIES
from bot.views.created import CREATED_REPLIES
from bot.views.drift import DRIFT_REPLIES
from bot.views.file_changes import SETUP_REPLIES
from bot.views.fitting import draw_plan
from bot.views.help import draw_help
from bot.views.instances import INSTANCE_REFUSALS, INSTANCE_REPLIES
from bot.views.lists import LISTS
from bot.views.message import Message, message
from bot.views.preparation_replies import PREPARATION_REPLIES
from bot.views.refusals import REFUSALS
from bot.views.rest import REST_REPLIES
from bot.views.told import Told
from handlers.messages import Outcome

Sentence = Callable[[Told], str | Message]


def reply(outcome: Outcome) -> Message:
    """The private answer to one command, click or form."""
    told = Told(outcome.facts)
    sentence = SENTENCES.get(outcome.code)
    said = sentence(told) if sentence else _no_sentence(outcome)
    return said if isinstance(said, Message) else message(said)


def known_codes() -> set[str]:
    return set(SENTENCES)


def _no_sentence(outcome: Outcome) -> str:
    done = "That was refused" if outcome.refused else "Done"
    return f"{done}: {words.code(outcome.code)}. `/ops status` shows what is under way."


def _card(told: Told) -> str:
    """Where to go on reading; the card may not be posted yet."""
    if told.has("link"):
        return f" {words.link(told.get('link'), 'Its card')} shows how it goes."
    return f" Its card in the channel of *{told['environment']}* shows how it goes."


def _waiting(told: Told) -> str:
    count = words.plural(told.number("needed"), "approval")
    them = "it" if told.number("needed") == 1 else "them"
    until = f" until {told.when('expires')}" if told.has("expires") else ""
    where = "Its card"
    if told.has("link"):
        where = words.link(told.get("link"), where)
    return (
        f"Asked for: {told.journey} ({told.deployment}) waits for {count}{until}. {where} in the"
        f" channel of *{told['environment']}* names who may give {them}."
    )


def _queued(told: Told) -> str:
    return f"Asked for: {told.journey} ({told.deployment}) {_turn(told)}.{_card(told)}"


def _turn(told: Told) -> str:
    ahead = [
        f"#{o['deployment'] or o['preparation']} {o.journey} by {o.who('requester')}"
        for o in told.each("ahead")
    ]
    if not ahead:
        return "starts now"
    return f"is queued behind {words.one_of(ahead, 'and', most=4)} and starts by itself"


def _approved(told: Told) -> str:
    return f"Your approval was the last one needed: {told.journey} {_turn(told)}.{_card(told)}"


def _approval_counted(told: Told) -> str:
    count, needed = told.number("count"), told.number("needed")
    until = f" until {told.when('expires')}" if told.has("expires") else ""
    return (
        f"Your approval of {told.journey} ({told.deployment}) counts: {count} of {needed}."
        f" {words.plural(max(0, needed - count), 'more approval')} needed{until}."
    )


def _rejected(told: Told) -> str:
    return (
        f"Rejected: {told.journey} ({told.deployment}) is over, and nothing was changed. Your"
        f" reason is on its card, where {told.who('requester')} reads it."
    )


def _cancelled(told: Told) -> str:
    return f"Called off: {told.journey} ({told.deployment}). Nothing was changed."


def _cancel_asked(told: Told) -> str:
    return (
        f"{told.deployment}, {told.journey}, is told to stop. The step under way ends first, then"
        f" what was changed is taken back.{_card(told)}"
    )


def _lock_cleared(told: Told) -> str:
    return (
        f"*{told['environment']}* is open again. It was locked since {told.when('since')}:"
        f" {told.long('reason')} Your reason is kept: “{told['because']}”."
    )


def _blocked(told: Told) -> Message:
    said = str(REFUSALS["blocked"](told))
    return message(said, [blocks.section(said), clearing(told.items("blockers"))])


def _lock_changed(told: Told) -> Message:
    said = REFUSALS["lock_changed"](told)
    return message(said, [blocks.section(said), blocks.actions(clear_button(told.facts))])


def _rollback_proposed(told: Told) -> Message:
    """What would be brought back, and a button that asks once more."""
    where = f"{told['service']} in {told['environment']}"
    live = f" Live now: {told.code('live')}" if told.has("live") else ""
    since = f" since {told.when('live_since')}." if told.has("live_since") else "."
    others = (
        f"Another one: `/rollback {where} to &lt;version&gt;`, with {told.codes('others')}."
        if told.items("others")
        else ""
    )
    commit = words.escape(str(told.get("commit") or "")[:8])
    said = (
        f"Roll {where} back to *{told['version']}*? It went live there {told.when('was_live')}"
        f" (commit `{commit}`).{live}{since if live else ''} No approval is needed."
    )
    drawn = [blocks.section(said), blocks.actions(_roll_back(told)), blocks.context(others)]
    return message(said, drawn)


def _roll_back(told: Told) -> blocks.Block:
    names = {name: str(told.get(name) or "") for name in ("service", "environment", "version")}
    if told.has("reason"):
        names["reason"] = str(told.get("reason"))[:500]
    what = f"{told['service']} in {told['environment']}"
    return blocks.button(
        f"Roll back to {names['version']}",
        CONFIRM_ROLLBACK,
        pack(**names),
        f"Roll back {names['service']} to {names['version']}",
        "danger",
        confirm=blocks.confirm(
            f"Roll back {names['service']}?",
            f"*{told['version']}* replaces {told['live'] or 'what is live'} for {what}.",
            "Roll back",
            "Leave it",
            True,
        ),
    )


def _fixed(sentence: str) -> Sentence:
    return lambda told: sentence


SENTENCES: dict[str, Sentence] = {
    **BLOCKERS,
    **REFUSALS,
    **LISTS,
    **BOOKING_REPLIES,
    **BUILD_REPLIES,
    **BUILD_REFUSALS,
    **PREPARATION_REPLIES,
    **CALENDAR_REPLIES,
    **INSTANCE_REPLIES,
    **DRIFT_REPLIES,
    **SETUP_REPLIES,
    **INSTANCE_REFUSALS,
    **CREATED_REPLIES,
    **REST_REPLIES,
    "board": short_board,
    "usage": draw_usage,
    "help": draw_help,
    "plan": draw_plan,
    "blocked": _blocked,
    "lock_changed": _lock_changed,
    "waiting_for_approval": _waiting,
    "queued": _queued,
    "approved": _approved,
    "approval_counted": _approval_counted,
    "rejected": _rejected,
    "cancelled": _cancelled,
    "cancel_asked": _cancel_asked,
    "lock_cleared": _lock_cleared,
    "rollback_proposed": _rollback_proposed,
    "choose_deployment": _fixed("Choose in the form what goes where."),
    "choose_booking": _fixed("Choose in the form what to book, and when."),
    "take_over": _fixed("Say in the form why you need it now."),
    "clear_lock": _fixed("Say in the form why it is safe to open it."),
    # What only the clock asks for; `bot say` and the log show these.
    "words_missing": _fixed(
        "Some words are missing. Slack would open a form now; here, type the whole command:"
        " `/deploy &lt;service&gt; &lt;version&gt; to &lt;environment&gt;`, `/rollback"
        " &lt;service&gt; in &lt;environment&gt;`, `/env book &lt;environment&gt; for 2h`, or `/env"
        " unlock &lt;environment&gt; because &lt;reason&gt;`."
    ),
    "nothing_due": _fixed("Nothing is due."),
    "expired": _fixed("The requests whose time is over have ended."),
    "started_again": _fixed("Work that had been lost was started again."),
    "needs_attention": _fixed("The work ended without an outcome; a person has to look."),
    "revival_started": _fixed("What should serve and does not run is being started again."),
    "receipts_forgotten": _fixed("Old receipts are gone."),
}
