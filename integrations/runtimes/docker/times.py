"""Times as an Engine writes them."""

from __future__ import annotations

import re
from datetime import datetime

NEVER = "0001-"


def moment(text: str) -> datetime | None:
    """Engines write nanoseconds; six places are enough."""
    if not text or text.startswith(NEVER):
        return None
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text).replace("Z", "+00:00"))
