"""Did you mean: what a refusal proposes."""

from __future__ import annotations

import pytest

from handlers.rules.words import nearest

PLACES = ["production", "preview", "staging"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("prodution", "production"),
        ("PROD", "production"),
        ("pr", ""),
        ("stage", "staging"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_a_slip_or_the_beginning_of_one_known_word_is_recognised(word: str, meant: str) -> None:
    assert nearest(word, PLACES) == meant
