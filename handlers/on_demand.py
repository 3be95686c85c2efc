"""Environments on demand: making one from a blueprint, keeping it longer, and its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers import notices, show
from handlers.ask import Ask, Work, stamp
from handlers.bookings.rows import HOLDING, take_turns
from handlers.bookings.rows import move as move_booking
from handlers.bookings.terms import read_when
from handlers.created import created_row, told
from handlers.deployment_rows import move as move_deployment
from handlers.deployment_rows import next_place, note
from handlers.environments import MEANINGFUL_REASON, known_environment
from handlers.messages import (
    CreateEnvironment,
    DestroyEnvironment,
    KeepEnvironment,
    KeepRunning,
    Outcome,
    ReconcileDestruction,
    Refusal,
    SweepEnvironments,
)
from handlers.people import require, roles_of
from handlers.rests import keep_running
from handlers.rules.words import is_name, nearest
from handlers.setup import Blueprint
from handlers.stop_rows import forget_rest
from handlers.subjects import booking, created
from handlers.tables import Booking, Created, Deployment, TakenPort, Wait

REMIND = timedelta(hours=4)
"""How long before its end the owner of one is reminded; at most a quarter of its life."""

DESTROY = ("open", "stuck")
"""States in which one can be told to go."""


def create(ask: Ask, command: CreateEnvironment) -> Outcome:
    """Make it, with its own addresses and its card; nothing runs there before it is deployed."""
    name, blueprint = command.environment, known_blueprint(ask, command.blueprint)
    require(ask, "create", blueprint.create)
    _refuse_name(ask, name)
    take_turns(ask.session, ["from blueprints"])
    _refuse_too_many(ask, command.blueprint, blueprint)
    ends_at = ask.now + timedelta(seconds=blueprint.ttl)
    if command.when:
        ends_at = _end(ask, command.when, blueprint)
    ports = _free_ports(ask, command.blueprint, blueprint)
    row = Created(
        environment=name, blueprint=command.blueprint, shape=blueprint.at(ports).kept(),
        state="open", team=ask.actor.team, owner=ask.actor.user,
        reason=command.reason.strip()[:500], created_at=ask.now, ends_at=ends_at,
    )  # fmt: skip
    ask.session.add(row)
    ask.session.flush()
    ask.session.add_all(TakenPort(port=port, created=row.id) for port in ports)
    show.open_card(ask.session, created(row.id), ask.now, blueprint.channel, row.owner)
    return Outcome("environment_created", told(ask.session, row) | {"services": _spots(row)})


def known_blueprint(ask: Ask, name: str) -> Blueprint:
    """The blueprint of that name, or a refusal that says which there are."""
    found = ask.setup.blueprints.get(name)
    if found is None:
        known = sorted(ask.setup.blueprints)
        raise Refusal("unknown_blueprint", name=name, nearest=nearest(name, known), known=known)
    return found


def _refuse_name(ask: Ask, name: str) -> None:
    """Names are exactly those of the file; those that locks use for scopes are none."""
    if not is_name(name) or name == "all":
        raise Refusal("not_a_name", name=name)
    if name in ask.setup.environments:
        row = created_row(ask.session, name)
        raise Refusal("name_taken", **(told(ask.session, row) if row else {"environment": name}))


def _refuse_too_many(ask: Ask, name: str, blueprint: Blueprint) -> None:
    there = list(
        ask.session.scalars(
            select(Created).where(Created.blueprint == name, Created.state != "gone")
        )
    )
    mine = [row for row in there if row.owner == ask.actor.user]
    facts = {"blueprint": name, "there": [told(ask.session, row) for row in there]}
    if len(mine) >= blueprint.per_person:
        names = [row.environment for row in mine]
        raise Refusal("too_many_of_yours", limit=blueprint.per_person, names=names, **facts)
    if len(there) >= blueprint.most:
        raise Refusal("too_many_of_blueprint", limit=blueprint.most, **facts)


def _end(ask: Ask, when: str, blueprint: Blueprint) -> datetime:
    end = read_when(ask, when).end
    if end > ask.now + timedelta(seconds=blueprint.longest):
        raise Refusal("lives_too_long", longest=blueprint.longest, until=stamp(end))
    return end


def _free_ports(ask: Ask, name: str, blueprint: Blueprint) -> list[int]:
    taken = set(ask.session.scalars(select(TakenPort.port)))
    free = [port for port in blueprint.ports if port not in taken][: len(blueprint.services)]
    if len(free) < len(blueprint.services):
        raise Refusal("no_address_free", blueprint=name, addresses=blueprint.addresses)
    return free


def _spots(row: Created) -> list[dict[str, str]]:
    return [
        {"service": name, "address": place["address"]}
        for name, place in row.shape["services"].items()
    ]


def keep(ask: Ask, command: KeepEnvironment) -> Outcome:
    """Another end, sooner or later; the owner is reminded of that one anew. What stands in the file
    has no end: it is kept running."""
    declared = command.environment in ask.setup.environments
    if declared and created_row(ask.session, command.environment) is None:
        return keep_running(ask, KeepRunning(command.environment, command.when))
    row = _touchable(ask, command)
    blueprint = ask.setup.blueprints.get(row.blueprint)
    if row.state != "open":
        raise Refusal("environment_going", **told(ask.session, row))
    if blueprint is None:
        raise Refusal("blueprint_gone", **told(ask.session, row))
    row.ends_at, row.reminded_at = _end(ask, command.when, blueprint), None
    ask.session.flush()
    show.note(ask.session, created(row.id), ask.now, "environment_kept", **_by(ask, row))
    notices.change_all(
        ask.session, created(row.id), "environment_ends", "environment_ends_done",
        **told(ask.session, row),
    )  # fmt: skip
    return Outcome("environment_kept", told(ask.session, row))


def _by(ask: Ask, row: Created) -> dict[str, Any]:
    return told(ask.session, row) | {"by": ask.actor.user}


def _touchable(ask: Ask, command: KeepEnvironment | DestroyEnvironment) -> Created:
    """One that this person may keep or destroy: its owner, or whom its blueprint lets."""
    name = command.environment
    known_environment(ask.setup, name)
    row = created_row(ask.session, name)
    if row is None:
        raise Refusal("declared_environment", environment=name)
    if command.created not in (0, row.id):
        raise Refusal("another_environment", **told(ask.session, row))
    blueprint = ask.setup.blueprints.get(row.blueprint)
    roles = blueprint.destroy if blueprint else ask.setup.environments[name].unlock
    if ask.actor.user != row.owner or not roles_of(ask.session, ask.setup, row.owner):
        require(ask, "destroy", roles)
    return row


def destroy(ask: Ask, command: DestroyEnvironment) -> Outcome:
    """Queue its end behind what runs there; whatever waits there is called off."""
    row = _touchable(ask, command)
    if len(command.reason.strip()) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=row.environment, what="destroy it")
    if row.state not in DESTROY:
        raise Refusal("environment_going", **told(ask.session, row))
    _let_go(ask, row, command.reason.strip()[:500])
    return Outcome("destroying", told(ask.session, row))


def _let_go(ask: Ask, row: Created, reason: str) -> None:
    row.state, row.attempt, row.failure = "going", row.attempt + 1, ""
    row.ended_by, row.ending = ask.actor.user, reason
    row.going_at, row.queue_place = ask.now, next_place(ask.session)
    call_off(ask.session, ask.now, row)
    forget_rest(ask.session, ask.now, row.environment, row.ended_by)
    ask.session.flush()
    show.note(ask.session, created(row.id), ask.now, "environment_goes", **_by(ask, row))
    notices.change_all(
        ask.session, created(row.id), "environment_ends", "environment_ends_gone",
        **told(ask.session, row),
    )  # fmt: skip
    if row.owner != ask.actor.user:
        notices.tell(
            ask.session, row.owner, ask.now, "environment_goes", about=created(row.id),
            **_by(ask, row),
        )  # fmt: skip
    _start(ask, row)


def _start(ask: Ask, row: Created) -> None:
    work = Work("take_down", work_name(row), row.id, row.environment, row.queue_place)
    ask.start(ask.session, work)


def work_name(row: Created) -> str:
    """What one attempt of its end is called."""
    return f"destroy:{row.id}:{row.attempt}"


def call_off(session: Session, now: datetime, row: Created) -> None:
    """What waits there, what is booked and who waits for it: all that is over with it."""
    name, by = row.environment, row.ended_by
    waiting = select(Deployment).where(
        Deployment.environment == name, Deployment.state.in_(("building", "waiting", "queued"))
    )
    for one in session.scalars(waiting).all():
        if move_deployment(session, one.id, one.state, "cancelled", ended_at=now, ended_by=by):
            note(session, one.id, now, "cancelled", by=by)
    booked = select(Booking).where(Booking.environment == name, Booking.state.in_(HOLDING))
    for held in session.scalars(booked).all():
        move_booking(session, held, HOLDING, "freed", ended_at=now, ended_by=by, ending=row.ending)
        show.note(session, booking(held.id), now, "freed", by=by)
        if held.owner != by:
            facts = told(session, row) | {"by": by}
            notices.tell(session, held.owner, now, "environment_goes", **facts)
    session.execute(
        update(Wait)
        .where(Wait.environment == name, Wait.state.in_(("waiting", "offered")))
        .values(state="left")
        .execution_options(synchronize_session=False)
    )


def sweep(ask: Ask, command: SweepEnvironments) -> Outcome:
    """Remind owners of ends that come near; what is over goes."""
    rows = ask.session.scalars(select(Created).where(Created.state == "open")).all()
    over = [row for row in rows if row.ends_at <= ask.now]
    soon = [row for row in rows if row not in over and _is_near(row, ask.now)]
    for row in over:
        _let_go(ask, row, "its time was over")
    for row in soon:
        row.reminded_at = ask.now
        notices.tell(
            ask.session, row.owner, ask.now, "environment_ends", about=created(row.id),
            **told(ask.session, row), longer=stamp(row.ends_at + timedelta(days=1)),
        )  # fmt: skip
    found = {"over": [row.id for row in over], "soon": [row.id for row in soon]}
    return Outcome("environments_swept" if over or soon else "nothing_due", found)


def _is_near(row: Created, now: datetime) -> bool:
    before = min(REMIND, (row.ends_at - row.created_at) / 4)
    return row.reminded_at is None and row.ends_at - now <= before


def reconcile(ask: Ask, command: ReconcileDestruction) -> Outcome:
    """Start work that the engine has never heard of; have a person ask again for what it gave
    up on."""
    row = ask.session.get(Created, command.created)
    if row is None or row.state != "going":
        return Outcome("nothing_due")
    if not command.engine:
        _start(ask, row)
        return Outcome("started_again", {"created": row.id})
    row.state = "stuck"
    row.failure = f"The work ended as {command.engine} and left no outcome."
    sentence = row.failure
    show.note(ask.session, created(row.id), ask.now, "destruction_stuck", sentence=sentence)
    return Outcome("needs_attention", {"created": row.id, "engine": command.engine})
