"""Reads the setup file again while the bot runs. A good one counts from the next question on; a bad
one changes nothing. Operators are told of either, once."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.orm import Session

from handlers import notices
from handlers.moved import home_of, is_under_way, moved, refused
from handlers.people import holders
from handlers.ports import PortError
from handlers.setup import News, Setup, missing_folders, missing_secrets, say_at
from handlers.work import measure, readings
from handlers.work.bench import Bench, volume_of
from handlers.work.measure import attempt

log = logging.getLogger(__name__)

PARTS = ("services", "environments", "blueprints", "freezes", "roles", "engines", "registries")
"""What of the file is told by its names."""
_turn = threading.Lock()
"""The clock and a person may have it read at the same moment."""


def read_setup(tools: Bench, at_once: bool = False) -> bool:
    """Take what the file says anew; whether it counts from now on. Unless ``at_once``, it has to
    have stayed the same since the last look: it may still be being written."""
    with _turn:
        news = tools.in_force.news(at_once)
        if news is None:
            return False
        before = tools.in_force.setup
        news = _kept_where_it_is(tools, before, news)
        if tools.in_force.is_known(news):
            return False
        if news.setup is None or news.setup.policy != before.policy:
            with tools.store.write() as session:
                _tell(tools, session, before, news)
        tools.in_force.take(news)
    if news.setup is not None:
        _look(tools)
    tools.wake()
    return news.setup is not None


def _kept_where_it_is(tools: Bench, before: Setup, news: News) -> News:
    """The same, or why it cannot be taken: where an environment gets another runtime or Engine,
    nothing may be there that the other one has."""
    path, after = tools.in_force.path, news.setup
    if path is None or after is None:
        return news
    with tools.store.read() as session:
        found = moved(session, after)
        for name, there in after.environments.items():
            old = before.environments.get(name)
            if old is None or home_of(old) == home_of(there):
                continue
            if any(place[1] == name for place in found):
                continue
            kept = ["work is under way"] if is_under_way(session, name) else []
            if kept := [*kept, *_data(tools, before, name)]:
                found |= refused(name, home_of(old), home_of(there), kept)
    said = tuple(say_at(path, path.name, place, why_not) for place, why_not in found.items())
    return News(news.digest, problems=said) if said else news


def _data(tools: Bench, before: Setup, name: str) -> list[str]:
    """Whose data is there; what cannot be read counts as there."""
    found = []
    for service in before.environments[name].services:
        volume = volume_of(before, name, service)
        files = attempt(lambda: tools.volumes.files(volume)) if volume else None  # noqa: B023
        if isinstance(files, PortError):
            found.append(f"{service} may have data (it cannot be read now)")
        elif files:
            found.append(f"{service} has data")
    return found


def _look(tools: Bench) -> None:
    """As at the start, so that nobody and nothing new is refused for being unknown for long."""
    readings.read_directory(tools)
    readings.read_unread_catalogue(tools)
    measure.measure_all(tools)


def _tell(tools: Bench, session: Session, before: Setup, news: News) -> None:
    people = _keepers(tools, session, before)
    if news.setup is None:
        problems = list(news.problems)
        log.error("the setup file cannot be used: %s", " ".join(problems))
        for user in sorted(people):
            notices.tell(session, user, tools.now(), "setup_refused", problems=problems)
        tools.record(session, "read_setup", "setup_refused", problems=problems)
        return
    changed = differences(before, news.setup)
    for user in sorted(people | _keepers(tools, session, news.setup)):
        notices.tell(session, user, tools.now(), "setup_read", changed=changed)
    tools.record(session, "read_setup", "setup_read", policy=news.setup.policy, changed=changed)
    for missing in missing_folders(news.setup):
        log.warning("%s Environments cannot be filled from it until it is there.", missing)
    for missing in missing_secrets(news.setup):
        log.warning("%s Nothing that needs it can be deployed until it is there.", missing)


def _keepers(tools: Bench, session: Session, setup: Setup) -> frozenset[str]:
    """Who looks after environments."""
    roles = {role for one in setup.environments.values() for role in one.may("prepare")}
    return holders(session, setup, tools.now(), tuple(sorted(roles)))


def differences(before: Setup, after: Setup) -> list[dict[str, str]]:
    """Which parts were added, removed or changed; not what stands in them, which may be secret."""
    found = []
    for part in PARTS:
        old, new = getattr(before, part), getattr(after, part)
        for name in sorted({*old, *new}):
            how = "added" if name not in old else "removed" if name not in new else "changed"
            if old.get(name) != new.get(name):
                found.append({"part": part, "name": name, "how": how})
    return found
