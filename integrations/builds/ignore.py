"""``.dockerignore``: which files of a context stay behind. Pure.

The last pattern that fits decides; ``!`` takes a file back in. A pattern that fits a folder fits
all that is in it. ``**`` stands for any number of folders, ``*`` and ``?`` stay within one name.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    fits: re.Pattern[str]
    is_exception: bool


class Ignored:
    """What the text of a ``.dockerignore`` leaves out."""

    def __init__(self, text: str) -> None:
        lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
        found = (_pattern(line) for line in lines if line and not line.startswith("#"))
        self._patterns = tuple(one for one in found if one is not None)

    @property
    def has_exceptions(self) -> bool:
        """Whether a file may come along out of a folder that stays behind."""
        return any(one.is_exception for one in self._patterns)

    def leaves_out(self, path: str) -> bool:
        """``path`` is relative to the context, with slashes."""
        out = False
        for one in self._patterns:
            if out == one.is_exception and one.fits.fullmatch(path):
                out = not one.is_exception
        return out


def _pattern(line: str) -> Pattern | None:
    is_exception = line.startswith("!")
    cleaned = posixpath.normpath(line.removeprefix("!").strip()).lstrip("/")
    if cleaned in ("", "."):
        return None
    return Pattern(re.compile(f"{_expression(cleaned)}(?:/.*)?", re.DOTALL), is_exception)


def _expression(pattern: str) -> str:
    said, rest = "", pattern
    while rest:
        if rest.startswith("**/"):
            said, rest = f"{said}(?:.*/)?", rest[3:]
        elif rest.startswith("**"):
            said, rest = f"{said}.*", rest[2:]
        elif rest[0] == "*":
            said, rest = f"{said}[^/]*", rest[1:]
        elif rest[0] == "?":
            said, rest = f"{said}[^/]", rest[1:]
        elif (group := re.match(r"\[(\^?)((?:\\.|[^\]\\])+)\]", rest)) is not None:
            inner = group[2].replace("[", r"\[").replace("&&", r"&\&").replace("~~", r"~\~")
            said, rest = f"{said}[{group[1]}{inner}]", rest[group.end() :]
        elif rest[0] == "\\" and len(rest) > 1:
            said, rest = said + re.escape(rest[1]), rest[2:]
        else:
            said, rest = said + re.escape(rest[0]), rest[1:]
    return said
