"""Taking secrets out of text that is about to be shown, logged or recorded: by value where the
value is known, by shape where it is not (DESIGN 12: at every sink)."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"

SHAPES = re.compile(
    r"xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+"  # Slack
    r"|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"  # GitHub, GitLab
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"  # a JSON web token
    r"|https?://hooks\.[\w.-]+/\S+|(?<=ticket=)[\w.-]+"
    r"|(?<=/calendar/)[\w.-]{20,}"  # a calendar's address
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password@ in an address
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
)
NAMED = re.compile(
    r"(?i)((?:password|passwd|secret|token|api[_-]?key|authorization)[\"']?\s*[:=]\s*[\"']?"
    r"(?:bearer |basic )?)[^\s\"',;&]{4,}"
)
TELLING = re.compile(r"(?i)secret|token|password|passwd|key|credential")
"""Names of variables whose values are not for other eyes."""


def hide(text: str, values: Iterable[str] = ()) -> str:
    """``text`` with every known value and everything that has the shape of a secret hidden."""
    for value in sorted({v for v in values if len(v) >= 4}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return NAMED.sub(rf"\1{HIDDEN}", SHAPES.sub(HIDDEN, text))


def secret_values(variables: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The values of those variables whose name says that they are secret."""
    return tuple(value for name, value in variables if TELLING.search(name))
