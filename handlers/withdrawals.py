"""Taking back a preparation or a reset that waits: for approval, or for its turn."""

from __future__ import annotations

from sqlalchemy import select

from handlers import show
from handlers.ask import Ask
from handlers.deployment_rows import touch_queue
from handlers.environments import known_environment
from handlers.messages import Outcome, Refusal, WithdrawPreparation
from handlers.preparation_rows import move, open_one, told
from handlers.stop_rows import require_power
from handlers.subjects import preparation
from handlers.tables import Preparation

WAITS = ("waiting", "queued")


def withdraw(ask: Ask, command: WithdrawPreparation) -> Outcome:
    """It ends now, and its place in the queue is others'. What has begun is not withdrawn: it is
    aborted where a step fails."""
    row = _wanted(ask, command)
    if ask.actor.user != row.requester:
        require_power(ask, row)
    ended = {"ended_at": ask.now, "ended_by": ask.actor.user}
    if row.started_at is not None or not any(
        move(ask.session, row, state, "withdrawn", **ended) for state in WAITS
    ):
        raise Refusal("not_withdrawable", **told(ask.session, row))
    show.note(ask.session, preparation(row.id), ask.now, "preparation_withdrawn", by=ask.actor.user)
    touch_queue(ask.session, row.environment)
    return Outcome("preparation_withdrawn", told(ask.session, row))


def _wanted(ask: Ask, command: WithdrawPreparation) -> Preparation:
    if command.preparation:
        row = ask.session.get(Preparation, command.preparation)
        if row is None:
            raise Refusal("preparation_moved_on")
        return row
    waits = select(Preparation).where(
        Preparation.environment == command.environment,
        Preparation.state.in_(WAITS),
        Preparation.started_at.is_(None),
    )
    rows = sorted(
        ask.session.scalars(waits), key=lambda row: (row.requester != ask.actor.user, -row.id)
    )
    if rows:
        return rows[0]
    known_environment(ask.setup, command.environment)
    begun = open_one(ask.session, command.environment)
    if begun is not None:
        raise Refusal("not_withdrawable", **told(ask.session, begun))
    raise Refusal("nothing_to_withdraw", environment=command.environment)
