"""Permissions as sentences name them."""

from __future__ import annotations

VERBS = {
    "deploy": "deploy there",
    "rollback": "roll back there",
    "approve": "decide about this request",
    "unlock": "lock and unlock there",
    "book": "book there",
    "take_over": "take bookings over there",
    "approve_booking": "decide about bookings there",
    "cancel": "call this off",
    "prepare": "prepare it",
    "logs": "read logs there",
    "stop": "stop, start and restart it",
    "scale": "scale services there",
    "reset": "reset it",
    "approve_reset": "decide about resets there",
    "create": "make environments from that blueprint",
    "destroy": "keep or destroy an environment of somebody else",
}
