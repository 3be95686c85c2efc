"""The board of one person, at their App Home and as a private message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.board_places import draw_places
from bot.views.bookings.words import button, place, time, what_for
from bot.views.message import Message, message
from bot.views.told import Told

MOST = 10
"""Of what waits and of what is held; the rest is counted."""


def draw_home(said: Message) -> dict[str, Any]:
    """What stands at somebody's App Home: their board, or why there is none for them."""
    drawn = list(said.blocks) or [blocks.section(said.text)]
    return {"type": "home", "blocks": drawn}


def draw_board(told: Told) -> Message:
    """What waits for this person first, then what they hold, then every environment."""
    due, held = _due(told), _held(told)
    top = list(filter(None, [*due, *held])) or [blocks.section(NOTHING)]
    places = draw_places(told.each("environments"), blocks.MOST_IN_HOME - len(top) - 1)
    drawn = _told_apart(block for block in [*top, *places] if block is not None)
    kept = blocks.within_limits(drawn, blocks.MOST_IN_HOME, blocks.MOST_HOME_TEXT)
    return Message(_in_short(told), kept)


def _told_apart(drawn: Iterable[Block]) -> list[Block]:
    """Slack takes no block id twice; the second one gets one from Slack."""
    seen: set[object] = set()
    found = []
    for block in drawn:
        name = block.get("block_id")
        found.append({k: v for k, v in block.items() if k != "block_id" or name not in seen})
        seen.add(name)
    return found


def short_board(told: Told) -> Message:
    """The same within the limits of a message."""
    whole = draw_board(told)
    return message(whole.text, whole.blocks)


NOTHING = (
    "*Nothing waits for you, and you hold nothing.*\n"
    "`/env book` books an environment, `/deploy` asks for a deployment, `help` behind any command"
    " shows what you may do."
)


def _in_short(told: Told) -> str:
    waits = sum(len(told.items(name)) for name, _ in DUE)
    waiting = f"{words.plural(waits, 'thing')} {'waits' if waits == 1 else 'wait'} for you"
    has = words.plural(len(told.items("mine")), "booking")
    return f"Your board: {waiting if waits else 'nothing waits for you'}, you have {has}"


def _due(told: Told) -> list[Block | None]:
    """The offers first: they are the ones that run out soonest."""
    drawn = [draw(one) for name, draw in DUE for one in told.each(name)]
    return _part("Waits for you", drawn)


def _part(title: str, items: list[list[Block | None]]) -> list[Block | None]:
    if not items:
        return []
    shown = [block for item in items[:MOST] for block in item]
    more = f"and {len(items) - MOST} more" if len(items) > MOST else ""
    return [blocks.header(title), *shown, blocks.context(more)]


def _offer(told: Told) -> list[Block | None]:
    said = f"👋 {place(told)} is offered to you, {time(told)}{what_for(told)}."
    until = f"It is kept for you until {told.when('expires')}."
    return [
        blocks.section(f"{said} {until}"),
        blocks.actions(
            button("Claim", actions.OFFER_CLAIM, told, "primary"),
            button("Pass", actions.OFFER_DECLINE, told),
            name=_name("offer", told),
        ),
    ]


def _name(kind: str, told: Told) -> str:
    return f"{kind}-{told.number('booking')}"


def _request(told: Told) -> list[Block | None]:
    because = f"\n“{told['reason']}”" if told.has("reason") else ""
    said = f"⏳ {told.deployment} {told.journey}, asked for by {told.who('requester')}{because}"
    value = actions.pack(
        deployment=told.number("deployment"), fingerprint=str(told.get("fingerprint") or "")
    )
    what = words.plain(told.journey, 60)
    return [
        blocks.section(f"{said}\n{_count(told)}"),
        blocks.actions(
            blocks.button("Approve", actions.APPROVE, value, f"Approve {what}", "primary"),
            blocks.button("Reject", actions.REJECT, value, f"Reject {what}", "danger"),
            name=f"deployment-{told.number('deployment')}",
        ),
    ]


def _reset_request(told: Told) -> list[Block | None]:
    said = (
        f"⏳ {told.deployment} {told.journey}, asked for by {told.who('requester')}"
        f"\n“{told['reason']}”\n{_count(told)}"
    )
    value = actions.pack(
        preparation=told.number("preparation"), fingerprint=str(told.get("fingerprint") or "")
    )
    what = f"the reset of {told.get('environment')}"
    return [
        blocks.section(said),
        blocks.actions(
            blocks.button("Approve", actions.RESET_APPROVE, value, f"Approve {what}", "primary"),
            blocks.button("Reject", actions.RESET_REJECT, value, f"Reject {what}", "danger"),
            name=f"preparation-{told.number('preparation')}",
        ),
    ]


def _count(told: Told) -> str:
    until = f", until {told.when('expires')}" if told.has("expires") else ""
    return f"{told.number('count')} of {words.plural(told.number('needed'), 'approval')}{until}"


def _booking_request(told: Told) -> list[Block | None]:
    asks = words.link(told.get("link"), "asks")
    said = f"⏳ {told.who('owner')} {asks} for {place(told)}, {time(told)}{what_for(told)}"
    until = f"\nuntil {told.when('expires')}" if told.has("expires") else ""
    value = actions.pack(
        booking=told.number("booking"), fingerprint=str(told.get("fingerprint") or "")
    )
    what = f"{told.get('environment')} for this booking"
    return [
        blocks.section(f"{said}{until}"),
        blocks.actions(
            blocks.button("Approve", actions.BOOKING_APPROVE, value, f"Give {what}", "primary"),
            blocks.button("Reject", actions.BOOKING_REJECT, value, f"Refuse {what}", "danger"),
            name=_name("request", told),
        ),
    ]


DUE: tuple[tuple[str, Callable[[Told], list[Block | None]]], ...] = (
    ("offers", _offer),
    ("requests", _request),
    ("reset_requests", _reset_request),
    ("booking_requests", _booking_request),
)


def _held(told: Told) -> list[Block | None]:
    drawn = _part("You have", [_booking(one) for one in told.each("mine")])
    waits = words.one_of((_wait(one) for one in told.each("waits")), "and")
    return [*drawn, blocks.context(f"You wait for {waits}" if waits else "")]


def _booking(told: Told) -> list[Block | None]:
    asked = told.get("state") == "asked"
    icon, state = ("⏳", ", waits for approval") if asked else ("📌", "")
    it = words.link(told.get("link"), f"#{told.number('booking')}")
    return [
        blocks.section(f"{icon} {place(told)}, {time(told)}{what_for(told)}{state} · {it}"),
        blocks.actions(
            None if asked else button("Extend 1 h", actions.BOOKING_EXTEND, told),
            button("Give back", actions.BOOKING_FREE, told),
            name=_name("booking", told),
        ),
    ]


def _wait(told: Told) -> str:
    nth = told.number("place")
    return f"{place(told)} ({'you are next' if nth == 1 else f'place {nth}'})"
