"""The board of one person: what waits for them, what they hold and until when, and how every
environment is. A fixed number of looks at the rows, however many environments there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from handlers import preparation_rows, reset_approvals, show
from handlers.ask import Ask, stamp
from handlers.bookings.rows import HOLDS, told, told_with_link
from handlers.gating import approvers
from handlers.messages import Outcome, ShowBoard
from handlers.people import roles_of
from handlers.places import told_places
from handlers.subjects import BOOKING, deployment
from handlers.tables import Approval, Booking, Deployment, Preparation, Wait

MOST = 20
"""Of each kind; nobody reads more of them on one page."""


def show_board(ask: Ask, question: ShowBoard) -> Outcome:
    """Everything that this person wants to see first."""
    roles = roles_of(ask.session, ask.setup, ask.actor.user)
    may = {
        permission: {
            name
            for name, environment in ask.setup.environments.items()
            if roles & set(environment.may(permission))
        }
        for permission in ("approve", "approve_booking", "approve_reset", "book")
    }
    mine = _mine(ask)
    return Outcome(
        "board",
        {
            "requests": _requests(ask, may["approve"]),
            "reset_requests": _reset_requests(ask, may["approve_reset"]),
            "booking_requests": _booking_requests(ask, may["approve_booking"]),
            "offers": [told(row) | _until(row) for row in mine if row.state == "offered"],
            "mine": [told_with_link(ask, row) for row in mine if row.state != "offered"],
            "waits": _waits(ask),
            "environments": _environments(ask, may["book"]),
        },
    )


def _until(row: Booking | Deployment) -> dict[str, Any]:
    return {"expires": stamp(row.expires_at)}


def _requests(ask: Ask, places: set[str]) -> list[dict[str, Any]]:
    """The deployments that this person may approve and has not approved yet, oldest first."""
    rows = ask.session.scalars(
        select(Deployment)
        .where(
            Deployment.state == "waiting",
            Deployment.environment.in_(places),
            Deployment.requester != ask.actor.user,
        )
        .order_by(Deployment.id)
        .limit(MOST)
    )
    said_yes = ((row, approvers(ask.session, row)) for row in rows)
    return [_request(ask, row, len(yes)) for row, yes in said_yes if ask.actor.user not in yes]


def _request(ask: Ask, row: Deployment, count: int) -> dict[str, Any]:
    return _until(row) | {
        "deployment": row.id,
        "kind": row.kind,
        "service": row.service,
        "version": row.version,
        "environment": row.environment,
        "requester": row.requester,
        "reason": row.reason,
        "fingerprint": row.fingerprint,
        "count": count,
        "needed": row.approvals_needed,
        "link": show.link(ask.session, deployment(row.id)),
    }


def _reset_requests(ask: Ask, places: set[str]) -> list[dict[str, Any]]:
    """The resets that this person may approve and has not approved yet, oldest first."""
    rows = ask.session.scalars(
        select(Preparation)
        .where(
            Preparation.state == "waiting",
            Preparation.environment.in_(places),
            Preparation.requester != ask.actor.user,
        )
        .order_by(Preparation.id)
        .limit(MOST)
    )
    said_yes = ((row, reset_approvals.said_yes(ask.session, row)) for row in rows)
    return [
        preparation_rows.told(ask.session, row)
        | {"reason": row.reason, "fingerprint": row.fingerprint, "count": len(yes)}
        for row, yes in said_yes
        if ask.actor.user not in yes
    ]


def _booking_requests(ask: Ask, places: set[str]) -> list[dict[str, Any]]:
    """The bookings that this person may approve and has not approved yet, oldest first."""
    rows = ask.session.scalars(
        select(Booking)
        .where(
            HOLDS,
            Booking.state == "asked",
            Booking.environment.in_(places),
            Booking.owner != ask.actor.user,
        )
        .order_by(Booking.id)
        .limit(MOST)
    )
    return [
        told_with_link(ask, row) | _until(row) | {"fingerprint": row.fingerprint}
        for row in rows
        if not ask.session.get(Approval, (BOOKING, row.id, row.fingerprint, ask.actor.user))
    ]


def _mine(ask: Ask) -> list[Booking]:
    """What this person has or was promised, what ends first before what comes later."""
    mine = select(Booking).where(HOLDS, Booking.owner == ask.actor.user, Booking.ends_at > ask.now)
    return list(ask.session.scalars(mine.order_by(Booking.starts_at, Booking.id).limit(MOST)))


def _waits(ask: Ask) -> list[dict[str, Any]]:
    """The wait-lists on which this person stands, and how many are before them."""
    mine = ask.session.scalars(
        select(Wait)
        .where(Wait.user == ask.actor.user, Wait.state == "waiting")
        .order_by(Wait.id)
        .limit(MOST)
    )
    return [
        {"environment": wait.environment, "since": stamp(wait.since), "place": _place(ask, wait)}
        for wait in mine
    ]


def _place(ask: Ask, wait: Wait) -> int:
    up_to_me = (
        Wait.environment == wait.environment,
        Wait.state.in_(("waiting", "offered")),
        Wait.id <= wait.id,
    )
    return ask.session.scalar(select(func.count()).select_from(Wait).where(*up_to_me)) or 0


def _environments(ask: Ask, bookable: set[str]) -> list[dict[str, Any]]:
    """Every environment, and what this person may do there."""
    user = ask.actor.user
    return [
        place
        | {
            "theirs": any(user in (one["owner"], *one["people"]) for one in place["bookings"]),
            "may_book": place["environment"] in bookable,
            "user": user,
        }
        for place in told_places(ask, list(ask.setup.environments))
    ]
