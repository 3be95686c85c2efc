"""Names as the picture can write them. Its font knows the letters of English alone; others lose
their accents, and who is called by no letter of it becomes a number that the message explains."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from bot.views.words import clean, trim

ALIKE = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae",
        "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ı": "i",
        "–": "-", "—": "-", "→": "->", "×": "x",
    }
)  # fmt: skip
LONGEST = 60


def drawable(text: object) -> str:
    """``text`` in the letters of the font; what has none is left out."""
    known = unicodedata.normalize("NFKD", clean(text).translate(ALIKE))
    said = "".join(c for c in known if c in "…·" or (c.isascii() and c.isprintable()))
    return trim(" ".join(said.split()), LONGEST)


def is_drawable(name: str) -> bool:
    """Does most of it survive?"""
    letters = [c for c in clean(name) if c.isalpha()]
    kept = [c for c in drawable(name) if c.isalpha()]
    return bool(kept) and len(kept) * 2 > len(letters)


def numbered(people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What to call those whose ``(user, name)`` cannot be drawn."""
    unknown = sorted({user for user, name in people if clean(name) and not is_drawable(name)})
    return {user: f"person {number}" for number, user in enumerate(unknown, 1)}
