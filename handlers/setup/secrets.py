"""Files of this machine that services find as secrets: which version of each there is, and which
words must be shown to nobody. What is in them is never kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from handlers.setup.parts import Setup, Spot

LONG = 8
"""Characters of a line of a secret that is hidden wherever it stands alone; all of it always is."""


def version_of(place: Spot, given: datetime | None = None) -> str:
    """Names the versions of a place's secrets, by when their files were written, and so tells
    nothing of what is in them; empty where it has none. What was written after ``given``, when they
    were, is no version that anybody has."""
    if not place.secrets:
        return ""
    until = given.timestamp() * 1e9 if given else float("inf")
    told = [f"{name}={_written(Path(path), until)}" for name, path in sorted(place.secrets.items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _written(path: Path, until: float) -> str:
    try:
        at = path.stat().st_mtime_ns
    except OSError:
        return "nothing"
    return str(at) if at <= until else "meanwhile"


def secret_words(setup: Setup, environments: Iterable[str] = ()) -> tuple[str, ...]:
    """All that is in the secrets of these environments, or of all there are, whole and by its
    lines; what cannot be read has not been given to anybody either."""
    shapes = [setup.environments[name] for name in environments or setup.environments]
    paths = {
        path for one in shapes for spot in one.services.values() for path in spot.secrets.values()
    }
    found: list[str] = []
    for path in sorted(paths):
        try:
            text = Path(path).read_text("utf-8", "replace").strip()
        except OSError:
            continue
        lines = (line.strip() for line in text.splitlines())
        found += [text, *(line for line in lines if len(line) >= LONG)]
    return tuple(found)
