"""The board of one person: what waits for them, what they hold and until when, and how every
environment is. A fixed number of looks at the rows, however many environments there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from handlers import locks, show
from handlers.ask import Ask, stamp
from handlers.bookings.look import AHEAD
from handlers.bookings.rows import HOLDS, is_theirs, told, told_with_link
from handlers.environments import told_places
from handlers.gating import approvers
from handlers.messages import Outcome, ShowBoard
from handlers.people import roles_of
from handlers.subjects import BOOKING, deployment
from handlers.tables import Approval, Booking, Deployment, Wait

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
        for permission in ("approve", "approve_booking", "book")
    }
    mine = _mine(ask)
    return Outcome(
        "board",
        {
            "requests": _requests(ask, may["approve"]),
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
    """What runs there and how it is, what locks it, who has it, and who has it next."""
    running, coming, waiting = _running(ask), _coming(ask), _waiting(ask)
    held = locks.by_place(ask.session, ask.setup, ask.now)
    return [
        place
        | {
            "held": held[name],
            "bookings": [told_with_link(ask, row) for row in running.get(name, ())],
            "theirs": any(is_theirs(row, ask.actor.user) for row in running.get(name, ())),
            "next": told(coming[name]) if name in coming else None,
            "waiting": waiting.get(name, 0),
            "bookable": ask.setup.environments[name].bookings is not None,
            "may_book": name in bookable,
            "user": ask.actor.user,
        }
        for place in told_places(ask, list(ask.setup.environments))
        if (name := str(place["environment"]))
    ]


def _running(ask: Ask) -> dict[str, list[Booking]]:
    """Who has what now."""
    return _by_place(
        ask.session.scalars(
            select(Booking)
            .where(
                HOLDS,
                Booking.state == "booked",
                Booking.starts_at <= ask.now,
                Booking.ends_at > ask.now,
            )
            .order_by(Booking.starts_at, Booking.id)
        )
    )


def _by_place(rows: Iterable[Booking]) -> dict[str, list[Booking]]:
    found: dict[str, list[Booking]] = {}
    for row in rows:
        found.setdefault(row.environment, []).append(row)
    return found


def _coming(ask: Ask) -> dict[str, Booking]:
    """Of each environment the booking that begins next."""
    order = (Booking.starts_at, Booking.id)
    nth = func.row_number().over(partition_by=Booking.environment, order_by=order).label("nth")
    ahead = (HOLDS, Booking.starts_at > ask.now, Booking.starts_at < ask.now + AHEAD)
    first = select(Booking.id, nth).where(*ahead).subquery()
    rows = ask.session.scalars(
        select(Booking).join(first, first.c.id == Booking.id).where(first.c.nth == 1)
    )
    return {row.environment: row for row in rows}


def _waiting(ask: Ask) -> dict[str, int]:
    """How many wait for each environment."""
    count = select(Wait.environment, func.count()).where(Wait.state.in_(("waiting", "offered")))
    return dict(ask.session.execute(count.group_by(Wait.environment)).all())
