"""Questions that only the network can answer. An ask may not reach it, so it puts the question on
record and has durable work find the answer, which is then told in private.

Another kind of question needs: a command that calls ``ask_outside``, a row in ``KINDS`` of
``handlers/work/inquire.py`` that finds the answer, and a notice that tells it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from handlers import builds
from handlers.ask import Ask, Work, stamp
from handlers.environments import known_environment
from handlers.file_changes import refuse_removed
from handlers.messages import (
    CleanUp,
    FindLeftovers,
    Outcome,
    PlanEnvironment,
    ReadBuildLog,
    ReadLog,
    Refusal,
)
from handlers.people import require
from handlers.releases import known_release
from handlers.rules.words import nearest
from handlers.tables import Inquiry

KEPT = timedelta(days=1)
"""How long an answer is kept: it may hold what a service wrote."""
AT_ONCE = 5
"""Questions that one person may have under way."""
MOST_LINES = 5000


def ask_outside(ask: Ask, kind: str, **words: Any) -> int:
    """Put a question on record; its answer is a private message to the one who asks."""
    under_way = select(func.count()).where(
        Inquiry.user == ask.actor.user,
        Inquiry.state == "asked",
        Inquiry.at > ask.now - timedelta(minutes=2),
    )
    count = ask.session.scalar(under_way) or 0
    if count >= AT_ONCE:
        raise Refusal("asked_too_much", count=count)
    row = Inquiry(
        kind=kind, words=words, team=ask.actor.team, user=ask.actor.user, at=ask.now,
        state="asked", found={},
    )  # fmt: skip
    ask.session.add(row)
    ask.session.flush()
    ask.start(ask.session, Work("inquire", f"inquiry:{row.id}", row.id, queue="inquiries"))
    return row.id


def read_log(ask: Ask, command: ReadLog) -> Outcome:
    """Have the last lines of a service read."""
    environment = known_environment(ask.setup, command.environment)
    known = sorted(environment.services)
    if command.service not in environment.services:
        raise Refusal(
            "unknown_service", name=command.service, known=known,
            nearest=nearest(command.service, known),
        )  # fmt: skip
    if command.since and environment.runtime == "process":
        raise Refusal("log_without_times", environment=command.environment, service=command.service)
    words = {
        "environment": command.environment,
        "service": command.service,
        "since": command.since,
        "tail": max(1, min(command.tail, MOST_LINES)),
        "words": command.words[:200],
    }
    return Outcome("log_asked", {"inquiry": ask_outside(ask, "log", **words)} | words)


def read_build_log(ask: Ask, command: ReadBuildLog) -> Outcome:
    """Have what the newest build of a version wrote told; it is on record already, but may be too
    long for an answer."""
    release = known_release(ask.session, ask.setup, command.service, command.version)
    places = [e for e in ask.setup.environments.values() if release.service in e.services]
    require(ask, "logs", tuple(dict.fromkeys(role for e in places for role in e.may("logs"))))
    words = {"service": release.service, "version": release.version}
    there = builds.last_of(ask.session, release.service, release.commit)
    if there is None:
        raise Refusal("never_built", **words)
    if not there.said:
        facts = {"at": stamp(there.requested_at), "state": there.state, "failure": there.failure}
        raise Refusal("no_build_log", **words, **facts)
    found = ask_outside(ask, "build_log", **words, build=there.id)
    return Outcome("build_log_asked", {"inquiry": found} | words)


def plan_environment(ask: Ask, command: PlanEnvironment) -> Outcome:
    """Have what runs compared with what is to run."""
    refuse_removed(ask, command.environment)
    known_environment(ask.setup, command.environment)
    words = {"environment": command.environment}
    return Outcome("plan_asked", {"inquiry": ask_outside(ask, "plan", **words)} | words)


def find_leftovers(ask: Ask, command: FindLeftovers) -> Outcome:
    return Outcome("leftovers_asked", {"inquiry": ask_outside(ask, "leftovers")})


def clean_up(ask: Ask, command: CleanUp) -> Outcome:
    """Only what was listed to this person goes, and only once."""
    listed = ask.session.get(Inquiry, command.inquiry)
    if listed is None or listed.kind != "leftovers" or ask.now - listed.at > KEPT:
        raise Refusal("list_too_old")
    if listed.user != ask.actor.user:
        raise Refusal("not_your_list", by=listed.user, at=stamp(listed.at))
    if listed.state != "answered" or not listed.found.get("left"):
        raise Refusal("cleaned_already")
    listed.state = "used"
    words = {"left": listed.found["left"], "list": listed.id}
    return Outcome("clean_up_asked", {"inquiry": ask_outside(ask, "clean_up", **words)})


def forget(session: Session, before: Any) -> None:
    session.execute(delete(Inquiry).where(Inquiry.at < before - KEPT))
