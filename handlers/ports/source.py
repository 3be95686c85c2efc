"""Where the code of releases comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Tag:
    """A version name in a repository and the commit it names at the moment of reading."""

    version: str
    commit: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class Change:
    """One commit, as the approval card shows it."""

    commit: str
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Changes:
    """What a deployment brings (``ahead``) and takes away (``behind``), newest commit first.

    ``commits`` is cut at the asked limit; the counts are not.
    """

    commits: tuple[Change, ...]
    ahead: int
    behind: int


@dataclass(frozen=True)
class File:
    """One file as text; where it cannot be that, ``problem`` says why in one sentence."""

    text: str = ""
    problem: str = ""


class Source(Protocol):
    """Where releases come from: a version control system."""

    def check(self, repository: str) -> str:
        """One line saying the repository answers; PortError otherwise. Within 10 s."""

    def versions(self, repository: str) -> tuple[Tag, ...]:
        """Every release version, newest version first; fetches what is new before it answers.

        A tag ``v1.2.0`` and a tag ``1.2.0`` are both version ``1.2.0``; tags that are no
        version are left out. PortError when the repository cannot be reached. Within 30 s.
        """

    def changes(self, repository: str, since: str | None, until: str, limit: int) -> Changes:
        """The commits in ``until`` that are not in ``since`` (all of them when it is None).

        Both are full commit ids. An unknown commit is a permanent PortError.
        """

    def export(self, repository: str, commit: str, into: str) -> None:
        """Write the tree of ``commit`` to the folder ``into``, whole or not at all.

        Idempotent: a folder that is already there is a finished export and is left alone.
        Nothing outside ``into`` is written, whatever the tree contains.
        """

    def read(
        self, repository: str, commits: tuple[str, ...], path: str
    ) -> Mapping[str, File | None]:
        """What ``path`` is in the tree of each of ``commits``; None where there is no such file.

        A problem is what is no file, is larger than 64 KiB, or is not UTF-8; a link is the text
        that it is, and never followed. An unknown commit is a permanent PortError. Within 10 s.
        """
