"""Going back to a version that was live before."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import hooks
from handlers.ask import Ask, stamp
from handlers.deployment_rows import live
from handlers.deployments import new_row, place_for, submit
from handlers.messages import Outcome, ProposeRollback, Refusal, RequestRollback
from handlers.releases import known_release
from handlers.tables import Deployment


def request(ask: Ask, command: RequestRollback) -> Outcome:
    """Go back to a version that was live here. It needs the role, and no second person: while
    something is broken, waiting for one would keep it broken (the change record says who)."""
    place = place_for(ask, command.service, command.environment)
    target = _was_live(ask, command)
    row = new_row(ask, command, "rollback", target.version, target.commit)
    row.artefact = target.artefact
    return submit(ask, row, place)


def propose(ask: Ask, question: ProposeRollback) -> Outcome:
    """The version a rollback would bring back: the newest that was live and well here, is not
    live now, and was not itself left by a rollback, unless there is no other."""
    place_for(ask, question.service, question.environment)
    there = live(ask.session, question.service, question.environment)
    served = _served(ask.session, question.service, question.environment)
    left = _left(served)
    others = [row for row in _well(served) if there is None or row.commit != there.commit]
    others.sort(key=lambda row: row.commit in left)
    others = _open(ask, question, others)
    if not others:
        raise Refusal(
            "nothing_to_roll_back_to",
            service=question.service,
            environment=question.environment,
            live=there.version if there else "",
        )
    best = others[0]
    return Outcome(
        "rollback_proposed",
        {
            "service": question.service,
            "environment": question.environment,
            "live": there.version if there else "",
            "live_since": stamp(there.live_at) if there else None,
            "version": best.version,
            "commit": best.commit,
            "was_live": stamp(best.live_at),
            "reason": question.reason.strip()[:500],
            "others": sorted({row.version for row in others[1:]} - {best.version}, reverse=True)[
                :3
            ],
        },
    )


def _open(ask: Ask, question: ProposeRollback, others: list[Deployment]) -> list[Deployment]:
    """Those that no hook which cannot be taken back stands before; a refusal where that leaves
    none."""
    ways = [(row, hooks.closed(ask.session, ask.setup, _back_to(row))) for row in others]
    found = [row for row, closed in ways if closed is None]
    if others and not found:
        raise Refusal(
            "blocked",
            kind="rollback",
            service=question.service,
            version=others[0].version,
            environment=question.environment,
            blockers=[{"code": "closed", "facts": ways[0][1]}],
        )
    return found


def _back_to(row: Deployment) -> Deployment:
    """A rollback to it, as the gates look at one."""
    where = {"service": row.service, "environment": row.environment}
    return Deployment(kind="rollback", version=row.version, commit=row.commit, **where)


def _served(session: Session, service: str, environment: str) -> list[Deployment]:
    """Deployments that serve here or served for good, newest first."""
    return list(
        session.scalars(
            select(Deployment)
            .where(
                Deployment.service == service,
                Deployment.environment == environment,
                Deployment.state.in_(("live", "replaced")),
            )
            .order_by(Deployment.live_at.desc())
        )
    )


def _well(served: list[Deployment]) -> list[Deployment]:
    """Those that stayed well under watch."""
    return [row for row in served if not row.failure]


def _left(served: list[Deployment]) -> set[str]:
    """Commits that people left by a rollback, and have not deployed here since."""
    by_id = {row.id: row for row in served}
    back, left = set[str](), set[str]()
    for row in served:
        replaced = by_id.get(row.replaces or 0)
        if row.kind == "rollback" and replaced is not None and replaced.commit not in back:
            left.add(replaced.commit)
        back.add(row.commit)
    return left


def _was_live(ask: Ask, command: RequestRollback) -> Deployment:
    """What to go back to; a version that the repository no longer has is one, if it served."""
    good = _well(_served(ask.session, command.service, command.environment))
    wanted = command.version.removeprefix("v")
    for row in good:
        if row.version == wanted:
            return row
    known_release(ask.session, ask.setup, command.service, wanted)
    raise Refusal(
        "never_live_here",
        service=command.service,
        environment=command.environment,
        version=command.version,
        known=list(dict.fromkeys(row.version for row in good)),
    )
