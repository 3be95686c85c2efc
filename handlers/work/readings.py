"""Readings: what the outside says, written down with the time it was said. They decide nothing;
losing one is made good by the next."""

from __future__ import annotations

import logging

from dbos import DBOS
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handlers.people import DIRECTORY, directory_age
from handlers.ports import Person, PortError
from handlers.releases import Version, catalogue, record_versions, without_needs
from handlers.setup import RELEASE_FILE
from handlers.tables import Account, Deployment, GroupMember, Reading, Stop
from handlers.work.bench import Bench, bench, operation
from handlers.work.images import read_images

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds for which a reading of the directory is good enough for the moment before an effect."""


def read_directory(tools: Bench) -> bool:
    """Read people and groups; a partial answer changes nothing but the error that is on record."""
    try:
        people = tools.directory.people()
        groups = {name: tools.directory.members(name) for name in tools.setup.groups}
    except PortError as error:
        log.warning("the directory could not be read: %s", error.message)
        with tools.store.write() as session:
            _failed(session, DIRECTORY, error.message)
        return False
    with tools.store.write() as session:
        _record_people(session, people, groups)
        _done(tools, session, DIRECTORY)
    return True


def _record_people(
    session: Session, people: tuple[Person, ...], groups: dict[str, tuple[str, ...]]
) -> None:
    session.execute(delete(Account))
    session.execute(delete(GroupMember))
    session.add_all(Account(**vars(person)) for person in people)
    session.add_all(
        GroupMember(group=group, user=user)
        for group, members in groups.items()
        for user in sorted(set(members))
    )


def read_catalogue(tools: Bench) -> None:
    """Read the versions of every service."""
    for service in tools.setup.services:
        read_versions(tools, service)


def read_unread_catalogue(tools: Bench) -> None:
    """Read the versions of the services that were never read."""
    with tools.store.read() as session:
        read = set(session.scalars(select(Reading.of).where(Reading.at.is_not(None))))
    for service in tools.setup.services:
        if catalogue(service) not in read:
            read_versions(tools, service)


def read_versions(tools: Bench, service: str) -> None:
    """Read the versions of a service, and of those that are new what they say they need."""
    name, repository = catalogue(service), tools.setup.services[service].repository
    try:
        found = tools.source.versions(repository)
        tags = [Version(tag.version, tag.commit, tag.subject, tag.at) for tag in found]
        with tools.store.read() as session:
            unread = tuple(dict.fromkeys(without_needs(session, service, tags)))
        files = tools.source.read(repository, unread, RELEASE_FILE) if unread else {}
    except PortError as error:
        log.warning("the versions of %s could not be read: %s", service, error.message)
        with tools.store.write() as session:
            _failed(session, name, error.message)
        return
    texts = {c: (f.text, f.problem) if f else (None, "") for c, f in files.items()}
    with tools.store.write() as session:
        record_versions(session, tools.now(), service, tags, texts)
        _done(tools, session, name)
    read_images(tools, service)


def not_running(tools: Bench) -> list[int]:
    """The live deployments whose instance the runtime does not have any more. A runtime that
    cannot say is not proof of absence. Asking what serves also has a runtime mend its own
    machinery, should that have gone."""
    with tools.store.read() as session:
        asleep = select(Stop.environment).where(Stop.ended_at.is_(None))
        up = select(Deployment).where(Deployment.environment.not_in(asleep))
        rows = list(session.scalars(up.where(Deployment.state == "live")))
        session.expunge_all()
    missing = []
    for row in rows:
        try:
            runtime = tools.runtime(row.environment)
            runtime.serving(row.environment, row.service)
            there = runtime.instances(row.environment, row.service)
        except (PortError, KeyError) as error:
            log.warning("deployment %s could not be looked at: %s", row.id, error)
            continue
        if operation(row.id) not in there:
            missing.append(row.id)
    return missing


@DBOS.step(name="know_who_is_who")
def directory_is_fresh(deployment: int) -> bool:
    """Make sure that what we know of people is fresh, right before their power is used."""
    tools = bench()
    with tools.store.read() as session:
        age = directory_age(session, tools.now())
    return (age is not None and age <= FRESH) or read_directory(tools)


def _done(tools: Bench, session: Session, name: str) -> None:
    session.merge(Reading(of=name, at=tools.now(), error=""))


def _failed(session: Session, name: str, error: str) -> None:
    reading = session.get(Reading, name)
    if reading is None:
        session.add(Reading(of=name, at=None, error=error))
    else:
        reading.error = error
