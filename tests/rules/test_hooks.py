"""Which way leads back from hooks, and behind which of them nobody goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.rules.hooks import Act, Ran, end_of_the_way, in_the_way, way_back

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def ran(name: str, kind: str = "reversible", minutes: int = 0, **more: bool) -> Ran:
    facts = {"is_done": True, "has_undo": kind == "reversible", **more}
    return Ran(7, name, kind, facts["is_done"], facts["has_undo"], AT + timedelta(minutes=minutes))


A, B = ran("a"), ran("b")
COPY, END = ran("copy", "needs_backup"), ran("end", "irreversible")


@pytest.mark.parametrize(
    ("there", "acts"),
    [
        ((), ()),
        ((A, B), ("undo b", "undo a")),
        ((A, ran("b", has_undo=False)), ("undo a",)),
        ((A, ran("b", is_done=False)), ("undo a",)),
        ((A, COPY, B), ("undo b", "put_back copy", "undo a")),
        ((ran("copy", "needs_backup", is_done=False),), ("put_back copy",)),
        ((A, END, B), ("undo b",)),
        ((A, ran("end", "irreversible", is_done=False), B), ("undo b",)),
        ((COPY, END), ()),
    ],
)
def test_the_way_back_is_the_last_first_and_ends_at_what_cannot_be_taken_back(
    there: tuple[Ran, ...], acts: tuple[str, ...]
) -> None:
    found = way_back(there)
    assert tuple(f"{act.kind} {act.name}" for act in found) == acts
    assert all(act == Act(act.kind, 7, act.name) for act in found)


def test_the_end_of_the_way_is_the_last_that_cannot_be_taken_back_whether_it_ended_well() -> None:
    assert end_of_the_way((A, COPY)) is None
    assert end_of_the_way((END, A)) == END
    failed = replace(END, is_done=False, name="later")
    assert end_of_the_way((END, failed)) == failed


@pytest.mark.parametrize(
    ("there", "name"),
    [
        ((), ""),
        ((ran("a", minutes=5),), ""),
        ((ran("end", "irreversible", -1),), ""),
        ((ran("end", "irreversible", 0),), ""),
        ((ran("end", "irreversible", 1),), "end"),
        ((ran("copy", "needs_backup", 1), ran("a", minutes=2)), "copy"),
        ((ran("end", "irreversible", 1), ran("copy", "needs_backup", 2)), "copy"),
    ],
)
def test_a_person_goes_behind_nothing_that_ran_since_and_is_not_reversible(
    there: tuple[Ran, ...], name: str
) -> None:
    found = in_the_way(there, AT)
    assert (found.name if found else "") == name
