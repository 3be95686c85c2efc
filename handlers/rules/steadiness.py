"""Whether a version that is looked at again and again stays well."""

from __future__ import annotations

from collections.abc import Sequence

IN_A_ROW = 3
"""Bad looks one after the other that count as a failure; one may be an accident."""
RECENT, MOST_BAD = 12, 4
"""So many bad looks among so many recent ones are no accident either: it goes up and down."""


def is_down(looks: Sequence[bool]) -> bool:
    """Whether the last looks, of which the good ones are true, were all bad."""
    return len(looks) >= IN_A_ROW and not any(looks[-IN_A_ROW:])


def is_flapping(looks: Sequence[bool]) -> bool:
    """Whether bad looks come again and again between good ones."""
    return list(looks[-RECENT:]).count(False) >= MOST_BAD
