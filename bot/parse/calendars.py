"""``/env calendar``."""

from __future__ import annotations

from bot.parse.line import Said, Words, check
from handlers.messages import LinkCalendar, PostCalendar

AND = frozenset({"and", ","})


def calendar(said: Words) -> Said:
    """Names in any number; ``in channel`` has it posted where everybody reads it. ``link`` in
    front asks for addresses instead, ``link new`` for others."""
    if said.bare and said.bare[0].lower() == "link":
        names = [word.strip(",") for word in said.bare[1:] if word.lower() not in AND]
        names += [word for _, word in said.behind]
        renew = any(name.lower() == "new" for name in names)
        wanted = [check("environment", n) for n in names if n and n.lower() != "new"]
        return LinkCalendar(wanted, renew)
    words = [word.strip(",") for word in said.bare if word.lower() not in AND]
    openly = ("in", "channel") in [(joint, word.lower()) for joint, word in said.behind]
    words += [word for joint, word in said.behind if (joint, word.lower()) != ("in", "channel")]
    return PostCalendar([check("environment", word) for word in words if word], openly)
