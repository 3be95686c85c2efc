"""Asking for an environment to be prepared or reset, and deciding about a step that failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import artefacts, freezes, locks, show
from handlers.ask import Ask, Work
from handlers.bookings.look import booking_of_others
from handlers.created import going
from handlers.deployment_rows import ahead_of, next_place, touch_queue
from handlers.environments import MEANINGFUL_REASON, known_environment, release_hold
from handlers.messages import (
    CLOCK,
    DecidePreparation,
    Outcome,
    PrepareEnvironment,
    ReconcilePreparation,
    Refusal,
    ResetEnvironment,
)
from handlers.people import holders
from handlers.preparation_rows import (
    asked_for,
    baseline_release,
    baselines,
    close_parts,
    move,
    open_one,
    told,
    work_name,
)
from handlers.releases import known_release
from handlers.rest_rows import rest_facts
from handlers.rules.approvals import canonical_hash
from handlers.rules.gates import Blocker
from handlers.rules.rest import KINDS, due
from handlers.setup import Setup
from handlers.stop_rows import require_power
from handlers.subjects import preparation
from handlers.suitability import suited
from handlers.tables import Deployment, Preparation, Step


def prepare(ask: Ask, command: PrepareEnvironment) -> Outcome:
    """Queue it among the deployments of its environment."""
    return submit(ask, "prepare", command.environment, command.reason)


def reset(ask: Ask, command: ResetEnvironment) -> Outcome:
    """Likewise; what is there is lost to everybody, so a reason has to be given, and the versions
    that it brings back have to be there."""
    if len(command.reason.strip()) < MEANINGFUL_REASON:
        raise Refusal("reason_needed", environment=command.environment, what="reset it")
    known_environment(ask.setup, command.environment)
    for service, version in baselines(ask.setup, command.environment).items():
        known_release(ask.session, ask.setup, service, version)
    return submit(ask, "reset", command.environment, command.reason)


def submit(ask: Ask, kind: str, environment: str, reason: str, service: str = "") -> Outcome:
    """Put it on record with its card, and queue it where nobody has to approve it."""
    known_environment(ask.setup, environment)
    refuse_second(ask, environment)
    if kind == "reset" and (asked := asked_for(ask.session, environment)):
        raise Refusal("preparing_already", **told(ask.session, asked))
    rules = ask.setup.environments[environment].reset.approvals
    needed = rules.needed if kind == "reset" else 0
    row = Preparation(
        kind=kind, environment=environment, state="waiting" if needed else "queued",
        team=ask.actor.team, requester=ask.actor.user, reason=reason.strip()[:500],
        requested_at=ask.now,
        queue_place=0 if needed else next_place(ask.session), attempt=1, approvals_needed=needed,
        service=service,
    )  # fmt: skip
    refuse_blocked(ask, row)
    ask.session.add(row)
    ask.session.flush()
    channel = ask.setup.environments[environment].channel
    owner = "" if row.requester == CLOCK.user else row.requester
    show.open_card(ask.session, preparation(row.id), ask.now, channel, owner)
    if not row.approvals_needed:
        return _queued(ask, row)
    renew(ask.session, ask.setup, ask.now, row)
    return Outcome("reset_asked", told(ask.session, row))


def refuse_second(ask: Ask, environment: str) -> None:
    there = open_one(ask.session, environment)
    if there is not None:
        raise Refusal("preparing_already", **told(ask.session, there))


def refuse_blocked(ask: Ask, row: Preparation) -> None:
    found = blockers(ask.session, ask.setup, ask.now, row)
    if found:
        listed = [{"code": b.code, "facts": dict(b.facts)} for b in found]
        raise Refusal("preparation_blocked", **told(ask.session, row), blockers=listed)


def enqueue(ask: Ask, row: Preparation) -> Outcome:
    """Its place in the queue and the start of its work, in the transaction that made it legal."""
    place = next_place(ask.session)
    if not move(ask.session, row, "waiting", "queued", queue_place=place):
        raise Refusal("preparation_already_decided", **told(ask.session, row))
    return _queued(ask, row)


def _queued(ask: Ask, row: Preparation) -> Outcome:
    _start(ask, row)
    behind = len(ahead_of(ask.session, row.environment, row.queue_place))
    return Outcome("preparation_queued", told(ask.session, row) | {"behind": behind})


def renew(session: Session, setup: Setup, now: datetime, row: Preparation) -> None:
    """Ask for approval of what would be done now, from now on."""
    length = setup.environments[row.environment].reset.approvals.expire
    row.expires_at = now + timedelta(seconds=length)
    row.fingerprint = current_fingerprint(session, setup, row)
    session.flush()
    show.touch(session, preparation(row.id))


def current_fingerprint(session: Session, setup: Setup, row: Preparation) -> str:
    """What an approval of it is bound to: all that goes, and all that comes."""
    live = select(Deployment).where(
        Deployment.environment == row.environment, Deployment.state == "live"
    )
    there = {one.service: f"{one.id}:{one.commit}" for one in session.scalars(live)}
    back = {
        service: f"{release.commit}:{artefacts.artefact(setup, release)}"
        for service in baselines(setup, row.environment)
        if (release := baseline_release(session, setup, row, service))
    }
    return canonical_hash(
        {
            "action": row.kind,
            "environment": row.environment,
            "live": there,
            "back": back,
            "policy": setup.policy,
            "requester": row.requester,
            "expires_at": row.expires_at.isoformat() if row.expires_at else "",
        }
    )


def _start(ask: Ask, row: Preparation) -> None:
    work = Work("bring_up", work_name(row), row.id, row.environment, row.queue_place)
    ask.start(ask.session, work)


def blockers(
    session: Session, setup: Setup, now: datetime, row: Preparation
) -> tuple[Blocker, ...]:
    """Why it may not begin now. The lock that a failed deployment leaves is none: this may be how
    its cause goes away, and the lock stays."""
    if row.environment not in setup.environments:
        return (Blocker("environment_gone", {"environment": row.environment}),)
    if row.requester == CLOCK.user:
        return _not_due(session, setup, now, row)
    held = locks.on(session, setup, now, row.environment, row.requester)
    booked = booking_of_others(session, now, row.environment, row.requester)
    gone = going(session, row.environment)
    found = [Blocker("going", gone)] if gone else []
    found += [Blocker("locked_by_person", lock) for lock in held]
    closed = freezes.on(setup, now, row.environment) if row.kind in ("prepare", "reset") else ()
    found += [Blocker("frozen", one) for one in closed]
    found += [Blocker("booked", booked)] if booked else []
    return (
        *found,
        *_baseline_blockers(session, setup, now, row),
        *_nobody(session, setup, now, row),
    )


def _not_due(
    session: Session, setup: Setup, now: datetime, row: Preparation
) -> tuple[Blocker, ...]:
    """What the clock asked for has to be wanted still."""
    why = due(rest_facts(session, setup, now, row.environment, row.id or 0))
    return () if KINDS.get(why) == row.kind else (Blocker("not_due"),)


def _nobody(session: Session, setup: Setup, now: datetime, row: Preparation) -> list[Blocker]:
    """Too few can say yes to it."""
    if not row.approvals_needed:
        return []
    roles = setup.environments[row.environment].may("approve_reset")
    able = holders(session, setup, now, roles) - {row.requester}
    if len(able) >= row.approvals_needed:
        return []
    told_able = {"needed": row.approvals_needed, "able": sorted(able)}
    return [Blocker("nobody_can_approve", told_able)]


def _baseline_blockers(
    session: Session, setup: Setup, now: datetime, row: Preparation
) -> list[Blocker]:
    """A version that it brings back has to suit the environment like any other; what preparing
    brings is no reason, for this does."""
    found: list[Blocker] = []
    back = baselines(setup, row.environment) if row.kind == "reset" else {}
    for service, version in back.items():
        release = baseline_release(session, setup, row, service)
        if release is None:
            found.append(Blocker("baseline_unknown", {"service": service, "version": version}))
            continue
        wanted = Deployment(
            kind="deploy", service=service, environment=row.environment,
            version=release.version, commit=release.commit,
        )  # fmt: skip
        wanted.artefact = artefacts.for_request(session, setup, wanted)
        if unknown := artefacts.problem(session, setup, wanted):
            found.append(Blocker("no_artefact", unknown))
        fits = suited(session, setup, now, wanted)
        missing = [miss.told() for miss in fits.misses if not miss.prepare]
        found += [Blocker(fits.problem, fits.told)] if fits.problem else []
        found += [Blocker("unsuitable", {**fits.told, "misses": missing})] if missing else []
    return found


def decide(ask: Ask, command: DecidePreparation) -> Outcome:
    """Try the step that failed again, go on without it, or leave it all as it is now."""
    row = ask.session.get(Preparation, command.preparation)
    if row is None or row.state != "stuck" or row.attempt != command.attempt:
        raise Refusal("preparation_moved_on", **(told(ask.session, row) if row else {}))
    require_power(ask, row)
    if command.choice == "abort":
        return _abort(ask, row)
    if command.choice == "skip":
        _skip(ask, row)
    won = move(ask.session, row, "stuck", "queued", attempt=row.attempt + 1, failure="")
    if not won:
        raise Refusal("preparation_moved_on", **told(ask.session, row))
    _tell(ask, row, "preparation_retried" if command.choice == "retry" else "preparation_skipped")
    _start(ask, row)
    return Outcome("preparation_goes_on", told(ask.session, row) | {"choice": command.choice})


def reconcile(ask: Ask, command: ReconcilePreparation) -> Outcome:
    """Start work that the engine has never heard of; hand to a person what it gave up on."""
    row = ask.session.get(Preparation, command.preparation)
    if row is None or row.state not in ("queued", "running"):
        return Outcome("nothing_due")
    if not command.engine:
        _start(ask, row)
        return Outcome("started_again", {"preparation": row.id})
    close_parts(ask.session, row, ask.now, "Its work was lost.")
    failure = f"The work ended as {command.engine} and left no outcome."
    for step in ask.session.query(Step).filter_by(of=preparation(row.id), state="in_progress"):
        step.state, step.detail = "error", failure
    move(ask.session, row, row.state, "stuck", failure=failure)
    show.note(ask.session, preparation(row.id), ask.now, "preparation_stuck", sentence=failure)
    return Outcome("needs_attention", {"preparation": row.id, "engine": command.engine})


def _skip(ask: Ask, row: Preparation) -> None:
    failed = ask.session.query(Step).filter_by(of=preparation(row.id), state="error")
    for step in failed:
        step.state = "skipped"


def _abort(ask: Ask, row: Preparation) -> Outcome:
    if not move(ask.session, row, "stuck", "aborted", ended_at=ask.now, ended_by=ask.actor.user):
        raise Refusal("preparation_moved_on", **told(ask.session, row))
    close_parts(ask.session, row, ask.now, "The reset was aborted.")
    release_hold(ask.session, ask.now, row.environment, preparation(row.id))
    touch_queue(ask.session, row.environment)
    _tell(ask, row, "preparation_aborted")
    return Outcome("preparation_aborted", told(ask.session, row))


def _tell(ask: Ask, row: Preparation, code: str) -> None:
    show.note(ask.session, preparation(row.id), ask.now, code, by=ask.actor.user)
