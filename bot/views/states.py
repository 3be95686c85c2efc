"""What state a deployment is in, in words."""

from __future__ import annotations

from bot.views.told import Told

OPEN = {
    "building": "is being built",
    "waiting": "waits for approval",
    "queued": "is queued",
    "running": "is running",
}
STATES = {
    **OPEN,
    "not_built": "could not be built",
    "in_reset": "is brought back by a reset",
    "live": "live",
    "unwell": "live, but not healthy",
    "replaced": "was live, replaced",
    "removed": "was live; its environment is gone",
    "rejected": "rejected",
    "expired": "expired",
    "cancelled": "called off",
    "blocked": "blocked by a gate",
    "failed": "failed",
    "rolled_back": "failed, rolled back",
    "needs_attention": "needs a person",
}


def state(told: Told) -> str:
    return STATES.get(str(told.get("state")), told["state"] or "unknown")
