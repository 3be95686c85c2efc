"""What the one who asked is told about bookings, and why not."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.bookings.card import scope_name
from bot.views.bookings.words import button, holder, place, slot_button, span, time, what_for
from bot.views.message import Message, message
from bot.views.told import Told

Sentence = Callable[[Told], str | Message]


def _booked(told: Told) -> str:
    said = [f"{place(one)} {time(one)}" for one in told.each("bookings")]
    first = (told.each("bookings") or [Told({})])[0]
    return (
        f"📌 Booked for you: {words.one_of(said, 'and')}{what_for(first)}. Give it back with"
        f" `/env free {first['environment']}` when you are done."
    )


def _asked(told: Told) -> str:
    said = [f"{place(one)} {time(one)}" for one in told.each("bookings")]
    count = words.plural(told.number("needed"), "approval")
    return (
        f"Asked for: {words.one_of(said, 'and')}. It needs {count}; its card names who may give"
        " them. The time is kept for you until then."
    )


def _freed(told: Told) -> str:
    next_ = f" {told.who('offered')} waited longest and is offered it." if told["offered"] else ""
    return f"Given back: {place(told)}.{next_ or ' It is free.'}"


def _extended(told: Told) -> str:
    return f"Extended: {place(told)} is yours until {told.when('end')}."


WHY_SHORTER = {
    "next_booking": "the next booking begins then",
    "longest": "that is as long as one booking may be",
}


def _extended_less(told: Told) -> str:
    why = WHY_SHORTER.get(told["why"], "more is not to be had")
    return f"{_extended(told)} You asked for {told.when('wanted')}, but {why}."


def _not_extended(told: Told) -> str:
    until = f"{place(told)} stays yours until {told.when('end')}"
    if told.items("waiting"):
        return (
            f"{until}, no longer: {told.people('waiting')} waits for it and is offered it then."
            f" Ask them, or wait as well: `/env wait {told['environment']} for 1h`."
        )
    following = told.part("next")
    if told["why"] == "next_booking" and following.facts:
        return f"{until}, no longer: then it is {holder(following)}. Ask {following.who('owner')}."
    longest = words.span(float(told.number("longest")))
    return (
        f"{until}, no longer: one booking may last {longest} here. Book again when it is over:"
        f" `/env book {told['environment']} …`."
    )


def _waiting_listed(told: Told) -> str:
    if told["offered"] and not told.items("ahead"):
        return f"{place(told)} is free: look at your direct messages, and claim it there."
    ahead = f" behind {told.people('ahead')}" if told.items("ahead") else ""
    until = f" It is booked until {told.when('until')}." if told.has("until") else ""
    return (
        f"You are number {told.number('place')} on the wait-list of {place(told)}{ahead}.{until} As"
        " soon as it is free you get a message with ten minutes to claim it. To stop waiting:"
        f" `/env leave {told['environment']}`."
    )


def _passed_on(told: Told) -> str:
    to = f" {told.who('offered')} is asked next." if told["offered"] else " Nobody else waits."
    return f"Passed on.{to}"


def _taken_over(told: Told) -> str:
    return (
        f"{place(told)} is yours until {told.when('end')}. {told.who('from')} was told, with your"
        f" reason: “{told['reason']}”."
    )


def _overridden(told: Told) -> str:
    return (
        f"You may deploy to {place(told)} until {told.when('end')}, although {told.who('owner')}"
        " has it; they were told, with your reason. Now ask for the deployment again."
    )


def _holder_asked(told: Told) -> str:
    return f"{told.who('owner')} was asked in private, with a button to give {place(told)} back."


def _locked_now(told: Told) -> str:
    return (
        f"🔒 *{scope_name(told.get('environment'))}* is locked until {told.when('until')}:"
        f" “{told['reason']}” You can deploy there all the same. To open it earlier:"
        f" `/env unlock {told['environment']} because …`."
    )


def _counted(told: Told) -> str:
    more = words.plural(max(0, told.number("needed") - told.number("count")), "more approval")
    return f"Your approval counts. {more} needed for {place(told)}, {time(told)}."


def _bookings(told: Told) -> Message:
    places = told.each("environments")
    lines = [block for one in places for block in _lines(one)]
    count = sum(len(one.items("bookings")) for one in places)
    hint = blocks.context('Book one: `/env book &lt;environment&gt; for 2h "what for"`')
    return message(f"{words.plural(count, 'booking')} in the next 14 days", [*lines, hint])


def _lines(told: Told) -> list[Block]:
    rows = [f"• {holder(one)}{_state(one)}" for one in told.each("bookings")]
    free = "free for the next 14 days" if told.get("bookable") else "not to be booked"
    waiting = [one.who("user") for one in told.each("waiting")]
    rows += [f"• waiting: {words.one_of(waiting, 'and')}"] if waiting else []
    return [blocks.section("\n".join([f"*{told['environment']}*", *(rows or [f"• {free}"])]))]


def _state(told: Told) -> str:
    states = {"asked": " · waits for approval", "offered": " · offered"}
    return states.get(str(told.get("state")), "")


def _booked_already(told: Told) -> Message:
    """Who has it until when, and every way on: other times, other places, the wait-list."""
    conflicts = told.each("conflicts")
    said = [_conflict(one) for one in conflicts]
    places = [name for name in told.items("environments") if isinstance(name, str)]
    buttons = _ways_on(told, conflicts, places)
    text = "Not booked. " + " ".join(said)
    return message(text, [blocks.section("\n".join(["*Not booked.*", *said])), buttons])


def _conflict(told: Told) -> str:
    by = words.one_of((holder(one) for one in told.each("by")), "and")
    slots = [span(*slot) for slot in told.items("slots") if len(slot) == 2]
    free = f" Free: {words.one_of(slots)}." if slots else " No time that long is free soon."
    others = told.codes("others")
    instead = f" Free at that time, and alike: {others}." if others else ""
    return f"{place(told)} is {by}.{free}{instead}"


def _ways_on(told: Told, conflicts: list[Told], places: list[str]) -> Block | None:
    if len(conflicts) != 1:
        return None
    (one,) = conflicts
    slots = [slot_button(n, slot, told.facts, places) for n, slot in enumerate(one.items("slots"))]
    wait = button("Wait for it", actions.WAIT_JOIN, one) if len(places) == 1 else None
    first = one.each("by")
    asking = button("Ask for it", actions.BOOKING_ASK, first[0]) if first else None
    return blocks.actions(*slots, wait, asking)


UNREADABLE = {
    "no_length": "I miss how long, or until when.",
    "no_such_day": "There is no such day: {word}.",
    "no_such_time": "There is no such time of day: {word}.",
    "left_out": "{word} does not exist: the clocks are put forward over it that night.",
    "in_the_past": "That time is over already.",
    "zero_length": "It would end when it begins.",
    "reversed": "It would end before it begins. If it goes over midnight, name the day it ends on.",
}


def _unreadable_time(told: Told) -> str:
    word = f"“{told['word']}”"
    why = UNREADABLE.get(str(told.get("why")), "I do not understand {word} as a time.")
    return f"{why.format(word=word)} Nothing was changed. Say it like {told.codes('examples')}."


def _length(told: Told, name: str) -> str:
    return words.span(float(told.number(name)))


BOOKING_REPLIES: dict[str, Sentence] = {
    "booked": _booked,
    "booking_asked": _asked,
    "freed": _freed,
    "extended": _extended,
    "extended_less": _extended_less,
    "taken_over": _taken_over,
    "overridden": _overridden,
    "holder_asked": _holder_asked,
    "booking_approval_counted": _counted,
    "booking_granted": lambda t: (
        f"Approved: {place(t)} is booked for {t.who('owner')}, {time(t)}. They were told."
    ),
    "booking_rejected": lambda t: f"Refused. {t.who('owner')} was told, with your reason.",
    "waiting_listed": _waiting_listed,
    "left_wait_list": lambda t: f"You do not wait for {place(t)} any more.",
    "claimed": lambda t: (
        f"📌 {place(t)} is yours, {time(t)}."
        f"{' It is stopped, and is being started.' if t.get('wakes') else ''}"
    ),
    "passed_on": _passed_on,
    "locked_now": _locked_now,
    "bookings": _bookings,
    "bad_days": lambda t: (
        f"I look back {t.number('most')} days at most, and one at least, as in `last 30d`."
    ),
    "bookings_swept": lambda t: "Bookings were looked through.",
    "booked_already": _booked_already,
    "unreadable_time": _unreadable_time,
    "no_environment": lambda t: f"Which environment? There are {t.codes('known', 'and')}.",
    "not_bookable": lambda t: (
        f"{place(t)} cannot be booked: `bookings` is empty for it in `team.yml`. See `/env list`."
    ),
    "unknown_purpose": lambda t: (
        f"{t.code('purpose')} is no purpose I know: say `as` {t.codes('known')}."
    ),
    "too_short": lambda t: "A booking lasts at least 5 minutes. Nothing was booked.",
    "too_long_booking": lambda t: (
        f"{place(t)} can be booked for {_length(t, 'longest')} at a time; that would be"
        f" {_length(t, 'length')}. Nothing was booked."
    ),
    "too_far_ahead": lambda t: (
        f"{place(t)} can be booked {_length(t, 'ahead')} ahead; {t.when('start')} is further off."
        " Nothing was booked."
    ),
    "unknown_booking": lambda t: (
        f"There is no booking #{t.number('booking')} there. `/env bookings` lists them."
    ),
    "booking_over": lambda t: f"That booking of {place(t)} is over already: `/env bookings`.",
    "not_booked_yet": lambda t: f"{place(t)} is not yours yet: it waits for approval.",
    "not_your_booking": lambda t: (
        f"{place(t)} is {holder(t)}. Ask {t.who('owner')}, or wait:"
        f" `/env wait {t['environment']} for 1h`."
    ),
    "no_booking_of_yours": lambda t: (
        f"You have no booking of {place(t)}."
        + "".join(f" It is {holder(one)}." for one in t.each("by"))
    ),
    "not_extended": _not_extended,
    "not_booked_now": lambda t: f"Nobody has {place(t)} now: just book it. `/env book …`",
    "your_own_booking": lambda t: f"{place(t)} is yours already, until {t.when('end')}.",
    "asked_before": lambda t: f"You asked {t.who('owner')} for {place(t)} already.",
    "waiting_already": lambda t: (
        f"You are on the wait-list of {place(t)} already, at number {t.number('place')}."
    ),
    "not_waiting": lambda t: f"You do not wait for {place(t)}.",
    "not_your_offer": lambda t: f"{place(t)} was offered to {t.who('owner')}, not to you.",
    "offer_over": lambda t: (
        f"That offer of {place(t)} is over. To wait again: `/env wait {t['environment']} for 1h`."
    ),
    "own_booking_request": lambda t: (
        f"You asked for {place(t)} yourself: somebody else has to approve it."
    ),
    "booking_already_decided": lambda t: f"That request for {place(t)} is decided already.",
    "booking_approval_expired": lambda t: f"The time to approve {place(t)} is over.",
    "booking_request_changed": lambda t: (
        f"The request for {place(t)} has changed since you saw it: look at its card again."
    ),
    "booking_own_request": lambda t: "You asked for it yourself: somebody else has to approve.",
    "booking_already_approved_by_you": lambda t: "You approved that already; it counts once.",
    "unknown_tier": lambda t: f"There is no tier {t.code('name')}: {t.codes('known', 'and')}.",
    "lock_begins_now": lambda t: (
        "A lock begins at once: say only how long or until when, as in `for 2h`."
        " For later, book the environment."
    ),
    "lock_too_long": lambda t: f"A lock lasts {_length(t, 'longest')} at most. Nothing was locked.",
    "locked_already": lambda t: (
        f"*{scope_name(t.get('environment'))}* is locked already by {t.who('owner')} until"
        f" {t.when('until')}: “{t['reason']}”"
    ),
}
