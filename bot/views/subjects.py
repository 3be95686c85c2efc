"""One row for each kind of subject: how it is read, and how its card and its history are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.views.bookings.card import draw_booking, draw_booking_note, draw_lock, draw_lock_note
from bot.views.cards import draw_deployment
from bot.views.created import draw_created, draw_created_note
from bot.views.history import draw_note
from bot.views.message import Message
from bot.views.preparations import draw_preparation, draw_preparation_note
from handlers import snapshots
from handlers.messages import Facts
from handlers.subjects import BOOKING, CREATED, DEPLOYMENT, LOCK, PREPARATION


@dataclass(frozen=True)
class Shown:
    """``read`` gives the read model that ``draw`` takes; ``draw_note`` gives None for what the
    card says well enough by itself."""

    read: Callable[..., Any]
    draw: Callable[[Any], Message]
    draw_note: Callable[[str, Facts], Message | None]


SUBJECTS: dict[str, Shown] = {
    DEPLOYMENT: Shown(snapshots.deployment_view, draw_deployment, draw_note),
    BOOKING: Shown(snapshots.booking_view, draw_booking, draw_booking_note),
    PREPARATION: Shown(snapshots.preparation_view, draw_preparation, draw_preparation_note),
    CREATED: Shown(snapshots.created_view, draw_created, draw_created_note),
    LOCK: Shown(snapshots.lock_view, draw_lock, draw_lock_note),
}
