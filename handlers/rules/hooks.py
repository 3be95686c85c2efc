"""Which way leads back from hooks that have run, and which of them nothing goes behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

REVERSIBLE, NEEDS_BACKUP, IRREVERSIBLE = "reversible", "needs_backup", "irreversible"
UNDO, PUT_BACK = "undo", "put_back"


@dataclass(frozen=True)
class Ran:
    """A hook of a deployment that was begun ``at`` some time and was not taken back since.
    ``is_done`` when it ended well; one that failed may have done a part of its work."""

    deployment: int
    name: str
    way_back: str
    is_done: bool
    has_undo: bool
    at: datetime


@dataclass(frozen=True)
class Act:
    """One thing to do on the way back: run a hook's ``undo``, or put the copy of the data in place
    that was taken before it."""

    kind: str
    deployment: int
    name: str


def end_of_the_way(ran: Sequence[Ran]) -> Ran | None:
    """The last hook that nothing leads behind. One that failed counts: nobody knows how much of its
    work it did."""
    return next((one for one in reversed(ran) if one.way_back == IRREVERSIBLE), None)


def way_back(ran: Sequence[Ran]) -> tuple[Act, ...]:
    """What is to be done to lead back from hooks, given in the order in which they ran: the last
    one first, and nothing behind one that cannot be taken back. What failed is not undone: its undo
    may be made for what it did not come to do."""
    acts = []
    for one in reversed(ran):
        if one.way_back == IRREVERSIBLE:
            break
        if one.way_back == NEEDS_BACKUP:
            acts.append(Act(PUT_BACK, one.deployment, one.name))
        elif one.is_done and one.has_undo:
            acts.append(Act(UNDO, one.deployment, one.name))
    return tuple(acts)


def in_the_way(ran: Sequence[Ran], since: datetime) -> Ran | None:
    """The last hook that a person cannot go behind to what was live before ``since``. A copy that
    was taken before a hook does not help: people have written since, and it would be lost."""
    later = [one for one in ran if one.at > since]
    return next((one for one in reversed(later) if one.way_back != REVERSIBLE), None)
