"""Finds the answer to a question that is on record, and tells whoever asked. Asking changes nothing
outside but for a clean-up, and may be done again after a crash; the answer is told once."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from dbos import DBOS
from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers import built, notices
from handlers.ask import stamp
from handlers.messages import Facts
from handlers.ports import Leftover, PortError, Wanted
from handlers.rules.secrets import hide, secret_values
from handlers.setup import secret_words
from handlers.tables import Build, Inquiry
from handlers.work import tidy
from handlers.work.bench import Bench, bench
from handlers.work.engine import workflow
from handlers.work.survey import survey

log = logging.getLogger(__name__)

SHORT, NARROW = 30, 2400
"""Lines and characters that fit into a message; what is longer becomes a file."""
LAST = 8
"""Lines of a long answer that are shown beside its file."""
TOLD = 25
"""Leftovers that a message lists."""


@dataclass(frozen=True)
class Found:
    """An answer: ``facts`` for the message, ``kept`` for what may be asked about it later."""

    facts: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)


@workflow("inquire")
def inquire(number: int) -> str:
    return find_out(number)


@DBOS.step(name="find_out")
def find_out(number: int) -> str:
    tools = bench()
    with tools.store.read() as session:
        row = session.get(Inquiry, number)
        if row is None or row.state != "asked":
            return "answered before"
        kind, words = row.kind, row.words
    find, tell = KINDS[kind]
    try:
        found = find(tools, {**words, "inquiry": number})
    except PortError as error:
        return _conclude(tools, number, "failed", Found({"sentence": error.message}), _tell_failed)
    except Exception:
        crash = secrets.token_hex(4)
        log.exception("crash %s in inquiry %s", crash, number)
        said = Found({"sentence": f"The bot itself failed; its log has the details under {crash}."})
        return _conclude(tools, number, "failed", said, _tell_failed)
    return _conclude(tools, number, "answered", found, tell)


Tell = Callable[[Bench, Session, str, Facts], None]


def _conclude(tools: Bench, number: int, state: str, found: Found, tell: Tell) -> str:
    """Record and tell in one transaction, and only once."""
    with tools.store.write() as session:
        row = session.get_one(Inquiry, number)
        won = session.execute(
            update(Inquiry)
            .where(Inquiry.id == number, Inquiry.state == "asked")
            .values(state=state, found=found.kept)
            .execution_options(synchronize_session=False)
        )
        if getattr(won, "rowcount", 0):
            words = {k: v for k, v in row.words.items() if isinstance(v, str | int | float)}
            tell(tools, session, row.user, words | {"inquiry": number, **found.facts})
            tools.record(session, "inquire", state, inquiry=number, kind=row.kind)
    tools.wake()
    return state


def _read_log(tools: Bench, words: Facts) -> Found:
    """Secrets are hidden before the words are looked for a second time: otherwise one could guess
    them by what is found."""
    environment, service = str(words["environment"]), str(words["service"])
    wanted = Wanted(int(words["tail"]), float(words["since"]), str(words["words"]))
    read = tools.runtime(environment).log(environment, service, wanted)
    values = (
        *secret_values(tools.setup.services[service].variables.items()),
        *secret_words(tools.setup, [environment]),
    )
    sought = wanted.words.casefold()
    safe = hide("\n".join(read.lines), values).split("\n") if read.lines else []
    lines = [line for line in safe if sought in line.casefold()]
    facts: dict[str, Any] = {"count": len(lines), "cut": read.is_cut, "lines": lines}
    return _told_whole(facts, lines, f"{environment}-{service}.log")


def _told_whole(facts: dict[str, Any], lines: list[str], file: str) -> Found:
    """What is too long for a message is shown by its last lines, with all of it in a file."""
    text = "\n".join(lines)
    if len(lines) <= SHORT and len(text) <= NARROW:
        return Found(facts)
    return Found(facts | {"lines": lines[-LAST:], "file": file}, {"text": text})


def _tell_log(tools: Bench, session: Session, user: str, facts: Facts) -> None:
    notices.tell(session, user, tools.now(), "log_read", **facts)


def _read_build_log(tools: Bench, words: Facts) -> Found:
    """Its secrets were hidden before it was put on record."""
    with tools.store.read() as session:
        row = session.get_one(Build, int(words["build"]))
        facts = {"state": row.state, "began": stamp(row.started_at), "ended": stamp(row.ended_at)}
        lines, file = row.said.splitlines(), built.file_name(row)
    return _told_whole(facts | {"count": len(lines), "lines": lines}, lines, file)


def _tell_build_log(tools: Bench, session: Session, user: str, facts: Facts) -> None:
    notices.tell(session, user, tools.now(), "build_log_read", **facts)


def _plan(tools: Bench, words: Facts) -> Found:
    return Found(survey(tools, str(words["environment"])))


def _tell_plan(tools: Bench, session: Session, user: str, facts: Facts) -> None:
    notices.tell(session, user, tools.now(), "environment_planned", **facts)


def _find_leftovers(tools: Bench, words: Facts) -> Found:
    left = tidy.find(tools)
    told = [{"host": one.host, "name": one.name, "size": one.size} for one in left[:TOLD]]
    size = sum(one.size for one in left)
    places = sorted({one.environment for one in left if one.environment})
    facts = {"left": told, "count": len(left), "size": size, "environments": places}
    return Found(facts, {"left": [asdict(one) for one in left]})


def _tell_leftovers(tools: Bench, session: Session, user: str, facts: Facts) -> None:
    notices.tell(session, user, tools.now(), "leftovers_found", **facts)


def _clean_up(tools: Bench, words: Facts) -> Found:
    wanted = tuple(Leftover(**one) for one in words["left"])
    had = _at_first(tools, int(words["inquiry"]), wanted)
    gone = tidy.clean(tools, wanted, f"tidied-{words['list']}", had)
    size = sum(one.size for one in gone)
    return Found({"count": len(gone), "size": size, "stayed": len(wanted) - len(gone)})


def _at_first(tools: Bench, number: int, wanted: Collection[Leftover]) -> list[Leftover]:
    """Those that were left over still when the first try began, put on record then: what a try has
    removed before the bot was killed, the next one does not find."""
    with tools.store.read() as session:
        kept = session.get_one(Inquiry, number).found
    if "had" not in kept:
        left = tidy.find(tools)
        kept = {"had": [asdict(one) for one in wanted if one in left]}
        with tools.store.write() as session:
            session.get_one(Inquiry, number).found = kept
    return [Leftover(**one) for one in kept["had"]]


def _tell_cleaned(tools: Bench, session: Session, user: str, facts: Facts) -> None:
    notices.tell(session, user, tools.now(), "leftovers_removed", **facts)


def _tell_failed(tools: Bench, session: Session, user: str, facts: Facts) -> None:
    notices.tell(session, user, tools.now(), "inquiry_failed", **facts)


KINDS: dict[str, tuple[Callable[[Bench, Facts], Found], Tell]] = {
    "log": (_read_log, _tell_log),
    "build_log": (_read_build_log, _tell_build_log),
    "plan": (_plan, _tell_plan),
    "leftovers": (_find_leftovers, _tell_leftovers),
    "clean_up": (_clean_up, _tell_cleaned),
}
