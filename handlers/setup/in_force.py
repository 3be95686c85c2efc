"""The setup that counts: one frozen value, exchanged as a whole when the file says another one.

Work that has begun keeps the one that it began with to its end; a question, a command or a card
takes one look, and so never sees parts of two.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from handlers.setup.load import SetupError, load
from handlers.setup.parts import Setup

VALUE = re.compile(r"(\.variables\b.*?); found .*", re.DOTALL)
_held: ContextVar[Setup | None] = ContextVar("setup", default=None)


@dataclass(frozen=True)
class News:
    """What the file says anew: another setup, or the problems for which it cannot be used."""

    digest: str
    setup: Setup | None = None
    problems: tuple[str, ...] = ()


class InForce:
    """The setup in force, and the file that it was read from, where it was."""

    def __init__(self, setup: Setup, path: Path | None = None, digest: str = "") -> None:
        self._setup = setup
        self.path = path
        self._used = self._seen = digest
        self._refused, self._problems = "", tuple[str, ...]()

    @property
    def setup(self) -> Setup:
        """For work that has begun the one that it began with, for everybody else the newest."""
        return _held.get() or self._setup

    @contextmanager
    def held(self) -> Iterator[None]:
        """Whoever asks within, in this thread, is told the one that is in force at the start."""
        token = _held.set(self._setup)
        try:
            yield
        finally:
            _held.reset(token)

    def news(self, at_once: bool = False) -> News | None:
        """What the file says that was not taken yet. None where there is nothing new, and, unless
        ``at_once``, while it may still be being written: two looks have to see the same. One that
        was refused may be taken when it is asked for anew: what kept it may have ended."""
        if self.path is None:
            return None
        digest, before = digest_of(self.path), self._seen
        self._seen = digest
        if digest == self._used:
            return None
        if not at_once and (digest == self._refused or digest != before):
            return None
        try:
            found = load(self.path)
        except SetupError as error:
            return News(digest, problems=self._named(error))
        if found.team != self._setup.team:
            said = f"team: is {found.team}, and this bot serves {self._setup.team}; start it anew."
            return News(digest, problems=(f"{self.path.name}: {said}",))
        return News(digest, found)

    def take(self, news: News) -> None:
        """From now on what it says counts, or it is known to be of no use."""
        if news.setup is None:
            self._refused, self._problems = news.digest, news.problems
        else:
            self._setup, self._used, self._refused = news.setup, news.digest, ""

    def is_known(self, news: News) -> bool:
        """Was it refused before for the same?"""
        return (news.digest, news.problems) == (self._refused, self._problems)

    def _named(self, error: SetupError) -> tuple[str, ...]:
        """Without the folders of this machine, and without what stands in variables: it is told to
        people and kept."""
        assert self.path is not None
        whole, name = str(self.path), self.path.name
        return tuple(VALUE.sub(r"\1.", one.replace(whole, name, 1)) for one in error.problems)


def digest_of(path: Path) -> str:
    """Names what stands in the file; what cannot be read has a name as well."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def open_setup(path: Path) -> InForce:
    """The setup of a file, which can be read again. Raises SetupError with what is wrong."""
    digest = digest_of(path)
    return InForce(load(path), path, digest)
