"""What a release needs: what its service's entry in the setup file says, and beside that what the
release says itself, in a file of its own commit that is read once when the release is recorded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.rules.suitability import Needs
from handlers.setup import RELEASE_FILE, Setup, SetupError, load_release
from handlers.tables import Release

MOST_PROBLEMS = 3
"""Problems of a file that are kept; who mends those will see the rest."""


def kept(text: str) -> dict[str, Any]:
    """The needs in a release's file, as its row keeps them; SetupError when it cannot be used."""
    return asdict(load_release(text).needs.as_rule)


def declared(text: str | None, problem: str) -> tuple[dict[str, Any], str]:
    """What a row keeps of a release's file: its needs, and what is wrong with it. No file is no
    needs; ``problem`` is why there is one that cannot be read."""
    if text is None or problem:
        return {}, f"{RELEASE_FILE}: {problem}" if problem else ""
    try:
        return kept(text), ""
    except SetupError as error:
        return {}, " ".join(error.problems[:MOST_PROBLEMS])


def recorded(session: Session, service: str, version: str, commit: str) -> Release | None:
    """The release on record, where that version is still that commit."""
    return session.scalar(
        select(Release).where(
            Release.service == service, Release.version == version, Release.commit == commit
        )
    )


def doubt(release: Release | None) -> str:
    """Why nobody knows what a release needs, as a reason code, or nothing."""
    if release is None or release.needs is None:
        return "needs_unread"
    return "bad_needs" if release.needs_problem else ""


def all_needs(setup: Setup, service: str, release: Release | None) -> Needs:
    """Those of the service, and those of the release where they are known."""
    own = dict(release.needs or {}) if release else {}
    names = {key: tuple(own.get(key, ())) for key in ("networks", "features")}
    return setup.services[service].needs.as_rule.also(Needs(**own | names))
