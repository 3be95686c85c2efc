"""The one door. The table below is the whole power of the bot: who may ask for what, and who
answers. Slack, the clock and the command line all come in here; what has no row cannot run."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from handlers import (
    approvals,
    audit,
    board,
    built,
    calendars,
    deployments,
    environments,
    feeds,
    file_changes,
    fitting,
    help,
    hosts,
    inquiries,
    locks,
    on_demand,
    places,
    preparations,
    releases,
    reset_approvals,
    rests,
    rollbacks,
    scaling,
    stops,
    upkeep,
    withdrawals,
)
from handlers import messages as asks
from handlers.ask import Ask, Start
from handlers.bookings import approve, book, change, look, offers, sweep, usage
from handlers.created import with_created
from handlers.messages import Actor, Command, Outcome, Question, Refusal
from handlers.people import holders, person_facts, require
from handlers.rules.people import may_act, may_with_role
from handlers.setup import InForce
from handlers.store import Store
from handlers.tables import Receipt

log = logging.getLogger(__name__)

CLOCK_ONLY, ANYBODY = "the clock", "anybody"

TABLE: dict[type, tuple[str, Callable[[Ask, Any], Outcome]]] = {
    # asks             who may        who answers
    asks.RequestDeploy: ("deploy", deployments.request),
    asks.RequestRollback: ("rollback", rollbacks.request),
    asks.ApproveDeployment: ("approve", approvals.approve),
    asks.RejectDeployment: ("approve", approvals.reject),
    asks.CancelDeployment: (ANYBODY, deployments.cancel),  # its requester, or who may deploy there
    asks.ClearLock: ("unlock", locks.clear),
    asks.BookEnvironments: (ANYBODY, book.book),  # who may book each of them, asked by the handler
    asks.FreeEnvironment: (ANYBODY, change.free),  # its owner, or the people it is shared with
    asks.ExtendBooking: (ANYBODY, change.extend),  # likewise
    asks.TakeOver: ("take_over", change.take_over),
    asks.OverrideBooking: (ANYBODY, change.override),  # who may take it over
    asks.AskHolder: (ANYBODY, change.ask_holder),
    asks.ApproveBooking: (ANYBODY, approve.approve),  # who may approve bookings there
    asks.RejectBooking: (ANYBODY, approve.reject),  # likewise
    asks.JoinWaitList: ("book", offers.join),
    asks.LeaveWaitList: (ANYBODY, offers.leave),
    asks.ClaimOffer: (ANYBODY, offers.claim),  # who was offered it
    asks.PassOffer: (ANYBODY, offers.pass_on),  # likewise
    asks.PrepareEnvironment: ("prepare", preparations.prepare),
    asks.ResetEnvironment: ("reset", preparations.reset),
    asks.StopEnvironment: (ANYBODY, stops.stop),  # who may stop there, and who made it
    asks.StartEnvironment: (ANYBODY, stops.start),  # likewise
    asks.KeepRunning: (ANYBODY, rests.keep_running),  # likewise
    asks.RestartEnvironment: (ANYBODY, stops.restart),  # likewise
    asks.DecidePreparation: (ANYBODY, preparations.decide),  # who may prepare or reset there
    asks.WithdrawPreparation: (ANYBODY, withdrawals.withdraw),  # its requester, or who may ask
    asks.ApproveReset: (ANYBODY, reset_approvals.approve),  # who may approve resets there
    asks.RejectReset: (ANYBODY, reset_approvals.reject),  # likewise, and its requester
    asks.CreateEnvironment: (ANYBODY, on_demand.create),  # whom the blueprint lets
    asks.KeepEnvironment: (ANYBODY, on_demand.keep),  # its owner, or who may destroy it
    asks.DestroyEnvironment: (ANYBODY, on_demand.destroy),  # likewise
    asks.LockEnvironment: ("unlock", locks.take),
    asks.ReadLog: ("logs", inquiries.read_log),
    asks.ReadBuildLog: (ANYBODY, inquiries.read_build_log),  # who may read what it writes
    asks.ScaleService: ("scale", scaling.scale),
    asks.PlanEnvironment: (ANYBODY, inquiries.plan_environment),
    asks.FindLeftovers: ("prepare", inquiries.find_leftovers),  # in every environment
    asks.CleanUp: ("prepare", inquiries.clean_up),  # likewise
    asks.ProposeRollback: ("rollback", rollbacks.propose),
    asks.ChooseDeployment: (ANYBODY, deployments.choose),
    asks.ShowBoard: (ANYBODY, board.show_board),
    asks.PostCalendar: (ANYBODY, calendars.post),
    asks.LinkCalendar: (ANYBODY, feeds.link),
    asks.ListReleases: (ANYBODY, releases.list_releases),
    asks.ShowRelease: (ANYBODY, releases.show_release),
    asks.PlanRelease: (ANYBODY, fitting.plan_release),
    asks.ListEnvironments: (ANYBODY, places.list_environments),
    asks.ShowEnvironment: (ANYBODY, places.show_environment),
    asks.ShowLock: ("unlock", locks.look),
    asks.ListBookings: (ANYBODY, look.list_bookings),
    asks.ShowUsage: (ANYBODY, usage.show_usage),
    asks.ChooseBooking: (ANYBODY, look.choose),
    asks.ShowHosts: (ANYBODY, hosts.show_hosts),
    asks.ShowStatus: (ANYBODY, upkeep.show_status),
    asks.ShowHelp: (ANYBODY, help.show_help),
    asks.SweepBookings: (CLOCK_ONLY, sweep.sweep),
    asks.ExpireApprovals: (CLOCK_ONLY, approvals.expire),
    asks.Reconcile: (CLOCK_ONLY, upkeep.reconcile),
    asks.ReconcilePreparation: (CLOCK_ONLY, preparations.reconcile),
    asks.ReconcileBuild: (CLOCK_ONLY, built.reconcile),
    asks.ReviveService: (CLOCK_ONLY, upkeep.revive_service),
    asks.ForgetReceipts: (CLOCK_ONLY, upkeep.forget_receipts),
    asks.SweepEnvironments: (CLOCK_ONLY, on_demand.sweep),
    asks.CompareSetup: (CLOCK_ONLY, file_changes.compare),
    asks.SweepStops: (CLOCK_ONLY, rests.sweep),
    asks.ReconcileDestruction: (CLOCK_ONLY, on_demand.reconcile),
}

QUIET = frozenset({"nothing_due"})
"""Outcomes of a clock tick that changed nothing: neither receipt nor audit entry is kept."""

ATTEMPTS = 3
"""Tries of one submit when the database says that two transactions met; each starts afresh."""


@dataclass(frozen=True)
class Gate:
    """``submit`` decides and records commands in one transaction; ``ask`` answers questions."""

    store: Store
    in_force: InForce
    now: Callable[[], datetime]
    start: Start
    wake: Callable[[], None] = lambda: None

    def submit(self, command: Command, actor: Actor, key: str) -> Outcome:
        """Claim the delivery ``key``, check permission, decide, audit. A twin of a delivery gets
        the first one's answer. Never raises: a bug becomes an outcome with an id to quote."""
        try:
            outcome = self._submit(command, actor, key)
        except Exception:
            outcome = self._crashed(command, actor)
        self.wake()
        return outcome

    def ask(self, question: Question, actor: Actor) -> Outcome:
        """Answer a question; nothing is written."""
        try:
            with self.store.read() as session:
                return self._decide(session, question, actor)
        except Exception:
            return self._crashed(question, actor)

    def refusal(self, command: Command, actor: Actor) -> Outcome | None:
        """What keeps ``actor`` from this command whatever its other words are, or None: asked
        before a form is opened, so that nobody types what will be refused. Nothing is written."""
        try:
            with self.store.read() as session:
                ask = self._ask_in(session, actor)
                self._permit(ask, TABLE[type(command)][0], command)
        except Refusal as refusal:
            return Outcome(refusal.code, refusal.facts, refused=True)
        except Exception:
            return self._crashed(command, actor)
        return None

    def _submit(self, command: Command, actor: Actor, key: str) -> Outcome:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.store.write() as session:
                    return self._claimed(session, command, actor, key)
            except (IntegrityError, OperationalError):
                # Two transactions met in a constraint (PostgreSQL): the next look sees the winner.
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _claimed(self, session: Session, command: Command, actor: Actor, key: str) -> Outcome:
        twin = session.get(Receipt, key)
        if twin is not None:
            return Outcome(twin.code, twin.facts, twin.refused)
        outcome = self._decide(session, command, actor)
        if outcome.code in QUIET:
            return outcome
        at = self.now()
        audit.append(session, at, actor, type(command).__name__, outcome.code, _told(command))
        session.add(
            Receipt(
                key=key, at=at, code=outcome.code,
                facts=dict(outcome.facts), refused=outcome.refused,
            )
        )  # fmt: skip
        return outcome

    def _decide(self, session: Session, message: Command | Question, actor: Actor) -> Outcome:
        permission, handle = TABLE[type(message)]
        ask = self._ask_in(session, actor)
        undo = session.begin_nested()
        try:
            self._permit(ask, permission, message)
            outcome = handle(ask, message)
            session.flush()
            undo.commit()
        except Refusal as refusal:
            undo.rollback()
            return Outcome(refusal.code, refusal.facts, refused=True)
        return outcome

    def _ask_in(self, session: Session, actor: Actor) -> Ask:
        seen = with_created(session, self.in_force.setup)
        return Ask(session, seen, self.now(), actor, self.start)

    def _permit(self, ask: Ask, permission: str, message: Command | Question) -> None:
        if permission == CLOCK_ONLY or ask.actor.is_clock:
            if not (ask.actor.is_clock and permission == CLOCK_ONLY):
                raise Refusal("clock_only")
            return
        person = person_facts(ask.session, ask.setup, ask.now, ask.actor)
        if code := may_act(person):
            raise Refusal(code, age=person.directory_age)
        if permission == ANYBODY:
            return
        for name in self._places(ask, message):
            roles = ask.setup.environments[name].may(permission)
            own = permission == "approve" and self._is_own(ask, message)
            if own and may_with_role(person, roles):
                raise Refusal("own_request", holders=self._able(ask, roles))
            require(ask, permission, roles)

    def _able(self, ask: Ask, roles: tuple[str, ...]) -> list[str]:
        return sorted(holders(ask.session, ask.setup, ask.now, roles) - {ask.actor.user})

    def _is_own(self, ask: Ask, message: Command | Question) -> bool:
        """Who asked is told that, whatever their role: it is the reason that will not change."""
        row = deployments.known_deployment(ask.session, getattr(message, "deployment", 0))
        return row.requester == ask.actor.user

    def _places(self, ask: Ask, message: Command | Question) -> list[str]:
        """The environments in which the permission is needed; a lock may cover several."""
        number = getattr(message, "deployment", None)
        if number is None:
            return locks.places(ask.setup, getattr(message, "environment", ""))
        name = deployments.known_deployment(ask.session, number).environment
        environments.known_environment(ask.setup, name)
        return [name]

    def _crashed(self, message: Command | Question, actor: Actor) -> Outcome:
        """Log with a short id, audit in a transaction of its own, and give the person the id."""
        number, kind = secrets.token_hex(4), type(message).__name__
        log.exception("crash %s in %s by %s", number, kind, actor.user)
        try:
            with self.store.write() as session:
                audit.append(session, self.now(), actor, kind, "crashed", {"id": number})
        except Exception:
            log.exception("crash %s could not be written to the audit log", number)
        return Outcome("crashed", {"id": number}, refused=True)


def _told(command: Command) -> dict[str, Any]:
    """The command's own words, as the audit log keeps them."""
    return {name: str(value)[:500] for name, value in vars(command).items()}
