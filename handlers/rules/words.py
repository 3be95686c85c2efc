"""Did you mean: the nearest known word, for a refusal that helps. Never used to guess."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` was probably meant to be, or the one it begins, or nothing."""
    by_folded = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    if word and not found:
        begun = [folded for folded in by_folded if folded.startswith(word.lower())]
        found = begun if len(begun) == 1 else []
    return by_folded[found[0]] if found else ""


NAME = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)


def is_name(word: str) -> bool:
    """Is it a name as the setup file has them: small letters, digits and hyphens?"""
    return NAME.fullmatch(word) is not None
