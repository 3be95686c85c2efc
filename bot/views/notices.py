"""Private messages to one person: what each says, with its buttons while they can do something."""

from __future__ import annotations

from collections.abc import Callable

from bot.views.bookings.notices import BOOKING_NOTICES
from bot.views.builds import BUILD_NOTICES
from bot.views.calendar.replies import CALENDAR_NOTICES
from bot.views.created import CREATED_NOTICES
from bot.views.drift import DRIFT_NOTICES
from bot.views.file_changes import SETUP_NOTICES
from bot.views.idle import IDLE_NOTICES
from bot.views.instances import INSTANCE_NOTICES
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.messages import Facts


def draw_notice(code: str, facts: Facts) -> Message:
    """The notice as it is now. A code without an entry below is a bug, and raises KeyError."""
    said = NOTICES[code](Told(facts))
    return said if isinstance(said, Message) else message(said)


NOTICES: dict[str, Callable[[Told], str | Message]] = {
    **BOOKING_NOTICES,
    **BUILD_NOTICES,
    **CREATED_NOTICES,
    **CALENDAR_NOTICES,
    **INSTANCE_NOTICES,
    **DRIFT_NOTICES,
    **IDLE_NOTICES,
    **SETUP_NOTICES,
}
"""A sentence, or a message with buttons, for each code of ``handlers.notices``."""
