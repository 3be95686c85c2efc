"""What the one who asked for a calendar is told."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import blocks, words
from bot.views.calendar.words import ENOUGH
from bot.views.message import Message, message
from bot.views.told import Told


def _coming(told: Told) -> str:
    names = words.one_of((f"*{words.escape(name)}*" for name in told.items("environments")), "and")
    where = words.channel(told.get("channel")) if told.has("channel") else "your direct messages"
    return f"📅 The calendar of {names} is being drawn and comes to {where} in a moment."


def _several(told: Told) -> str:
    places = words.one_of(map(words.channel, told.items("channels")), "and")
    names = " ".join(map(words.escape, told.items("environments")[:8]))
    return (
        f"These environments belong to several channels: {places}. Name those of one channel, or"
        f" leave out `in channel` and the picture comes to you: `/env calendar {names}`."
    )


def _in_words(told: Told) -> str:
    return (
        f"📅 Slack did not take the picture that you asked for ({told.code('error')}); `python -m"
        f" bot doctor` checks what I may do. In words: {words.escape(told.get('said'), ENOUGH)}"
    )


def _links(told: Told) -> Message:
    """The addresses stand in the blocks alone: the text of a message may be logged."""
    addresses = told.each("addresses")
    if not addresses:
        return message(
            "Calendar addresses are off here: whoever runs the bot has to set `STATION_WEB`."
            " `/env calendar` posts a picture."
        )
    said = "Your calendar addresses"
    if told.has("renewed"):
        said = "Your new calendar addresses; the old ones lead nowhere now"
    lines = [
        f"• {one['environment'] or 'what you have booked'}: `{one['url']}`" for one in addresses
    ]
    about = (
        "Subscribe to them in your calendar. Who knows one reads it: keep them to yourself;"
        " `/env calendar link new` makes all of yours anew. Those of an environment:"
        " `/env calendar link staging`"
    )
    return message(
        f"{said}.", [blocks.section("\n".join([f"*{said}*", *lines])), blocks.context(about)]
    )


CALENDAR_REPLIES: dict[str, Callable[[Told], str | Message]] = {
    "calendar_coming": _coming,
    "several_channels": _several,
    "calendar_links": _links,
}
CALENDAR_NOTICES: dict[str, Callable[[Told], str | Message]] = {"calendar_in_words": _in_words}
