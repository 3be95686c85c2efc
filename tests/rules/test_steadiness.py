"""What counts as down, and what as going up and down."""

from __future__ import annotations

import pytest

from handlers.rules.steadiness import is_down, is_flapping


def looks(text: str) -> list[bool]:
    return [letter == "+" for letter in text]


@pytest.mark.parametrize(
    ("seen", "down", "flapping"),
    [
        ("", False, False),
        ("--", False, False),
        ("---", True, False),
        ("+++---", True, False),
        ("---+", False, False),
        ("-+-+-", False, False),
        ("-+-+-+-", False, True),
        ("--+--", False, True),
        ("-++-++-++-", False, True),
        ("-++++-+++++-+++++-+++++-", False, False),
        ("----" + "+" * 8, False, True),
        ("----" + "+" * 9, False, False),
    ],
)
def test_one_bad_look_is_an_accident_and_many_are_none(
    seen: str, down: bool, flapping: bool
) -> None:
    assert (is_down(looks(seen)), is_flapping(looks(seen))) == (down, flapping)
