"""What the page hears: one queue of events for each open page."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from playground.shapes import JSON

Mailbox = asyncio.Queue[JSON | None]


class Bus:
    """Hands events to the pages of the people they concern. Lives in one event loop."""

    def __init__(self) -> None:
        self._mailboxes: list[tuple[str, Mailbox]] = []

    @contextmanager
    def subscribe(self, user: str) -> Iterator[Mailbox]:
        """Give a page its mailbox; None in it means that the server closes."""
        entry = (user, Mailbox())
        self._mailboxes.append(entry)
        try:
            yield entry[1]
        finally:
            self._mailboxes.remove(entry)

    def has(self, user: str) -> bool:
        """Say whether this person has a page open."""
        return any(owner == user for owner, _ in self._mailboxes)

    def publish(self, event: JSON, users: Collection[str] | None = None) -> None:
        """Put an event into the mailboxes of these users, or of everyone."""
        for user, mailbox in self._mailboxes:
            if users is None or user in users:
                mailbox.put_nowait(event)

    def close(self) -> None:
        """Tell every page that the server closes."""
        for _, mailbox in self._mailboxes:
            mailbox.put_nowait(None)
