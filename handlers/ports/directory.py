"""Who people are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Person:
    """A Slack account as the directory reports it; the ids are its identity, never the name."""

    team: str
    user: str
    name: str
    timezone: str = "UTC"
    is_bot: bool = False
    is_guest: bool = False
    is_deactivated: bool = False
    is_stranger: bool = False


class Directory(Protocol):
    """Who is who: the workspace's people and user groups."""

    def people(self) -> tuple[Person, ...]:
        """Every account of the workspace, deactivated ones included. PortError when unsure."""

    def members(self, group: str) -> tuple[str, ...]:
        """User ids in the user group ``group``. PortError when unsure, never a partial list."""
