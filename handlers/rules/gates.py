"""The gates before an effect: asked at request, at approval and right before the first change.

All blockers are named at once, each with who can clear it. A gate that cannot be answered blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.rules.suitability import Suited, standing_in_the_way


@dataclass(frozen=True)
class Blocker:
    """One reason why it may not go ahead now; ``code`` has its sentence in ``bot/reply.py``."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GateFacts:
    """What the gates look at, read in one transaction."""

    kind: str
    version: str
    commit: str
    live_version: str = ""
    live_commit: str = ""
    lock: Mapping[str, Any] | None = None
    suited: Suited = field(default_factory=Suited)
    approvals_needed: int = 0
    approvers: frozenset[str] = frozenset()
    requester: str = ""
    held: tuple[Mapping[str, Any], ...] = ()
    """Locks that other people took."""
    frozen: tuple[Mapping[str, Any], ...] = ()
    """Windows in which nothing changes there."""
    booked: Mapping[str, Any] | None = None
    """The booking of others that runs now."""
    held_up: Mapping[str, Any] | None = None
    """A preparation that waits for a person."""
    going: Mapping[str, Any] | None = None
    """The environment is being destroyed."""
    closed: Mapping[str, Any] | None = None
    """A hook that a rollback cannot go behind."""
    without_data: Mapping[str, Any] | None = None
    """A hook that needs a copy of data, where none is kept."""
    no_artefact: Mapping[str, Any] | None = None
    """What is known of an image that is needed and not known."""
    is_otherwise: bool = False
    """What is live there does not run, or was not made, as it is to be now."""


def blockers(facts: GateFacts) -> tuple[Blocker, ...]:
    """Every gate's no, in the order people should deal with them; empty means go ahead."""
    return tuple(b for gate in GATES for b in gate(facts))


def _not_live_already(facts: GateFacts) -> tuple[Blocker, ...]:
    # Deploying the same version anew is how what was changed outside the bot is put right.
    if facts.live_commit and facts.live_commit == facts.commit and not facts.is_otherwise:
        return (Blocker("already_live", {"version": facts.live_version}),)
    return ()


def _not_locked(facts: GateFacts) -> tuple[Blocker, ...]:
    # Going back must stay possible exactly when a failure has locked the way forward.
    if facts.lock is None or facts.kind == "rollback":
        return ()
    return (Blocker("locked", facts.lock),)


def _needs_are_known(facts: GateFacts) -> tuple[Blocker, ...]:
    # What was live before is judged by that: a rollback asks no file any more.
    if not facts.suited.problem or facts.kind == "rollback":
        return ()
    return (Blocker(facts.suited.problem, facts.suited.told),)


def _suitable(facts: GateFacts) -> tuple[Blocker, ...]:
    missing = standing_in_the_way(facts.suited.misses, facts.kind)
    if not missing:
        return ()
    told = {**facts.suited.told, "misses": [miss.told() for miss in missing]}
    return (Blocker("unsuitable", told),)


def _somebody_can_approve(facts: GateFacts) -> tuple[Blocker, ...]:
    able = facts.approvers - {facts.requester}
    if len(able) >= facts.approvals_needed:
        return ()
    return (
        Blocker("nobody_can_approve", {"needed": facts.approvals_needed, "able": sorted(able)}),
    )


def _not_held(facts: GateFacts) -> tuple[Blocker, ...]:
    return tuple(Blocker("locked_by_person", lock) for lock in facts.held)


def _not_frozen(facts: GateFacts) -> tuple[Blocker, ...]:
    # What was well before must always be able to come back.
    if facts.kind == "rollback":
        return ()
    return tuple(Blocker("frozen", one) for one in facts.frozen)


def _not_booked(facts: GateFacts) -> tuple[Blocker, ...]:
    return () if facts.booked is None else (Blocker("booked", facts.booked),)


def _not_held_up(facts: GateFacts) -> tuple[Blocker, ...]:
    return () if facts.held_up is None else (Blocker("held_up", facts.held_up),)


def _not_going(facts: GateFacts) -> tuple[Blocker, ...]:
    return () if facts.going is None else (Blocker("going", facts.going),)


def _artefact_is_known(facts: GateFacts) -> tuple[Blocker, ...]:
    return () if facts.no_artefact is None else (Blocker("no_artefact", facts.no_artefact),)


def _way_is_open(facts: GateFacts) -> tuple[Blocker, ...]:
    return () if facts.closed is None else (Blocker("closed", facts.closed),)


def _copy_can_be_kept(facts: GateFacts) -> tuple[Blocker, ...]:
    return () if facts.without_data is None else (Blocker("without_data", facts.without_data),)


GATES = (
    _not_going,
    _not_live_already,
    _artefact_is_known,
    _way_is_open,
    _copy_can_be_kept,
    _not_locked,
    _not_held,
    _not_frozen,
    _not_booked,
    _not_held_up,
    _needs_are_known,
    _suitable,
    _somebody_can_approve,
)
