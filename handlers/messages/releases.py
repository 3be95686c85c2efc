"""Releases: which versions there are, where they run, and where they could."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Command, Question


@dataclass(frozen=True)
class ListReleases(Question):
    service: str = ""


@dataclass(frozen=True)
class ShowRelease(Question):
    service: str
    version: str


@dataclass(frozen=True)
class ReadBuildLog(Command):
    """Have what the newest build of a version wrote told to oneself."""

    service: str
    version: str


@dataclass(frozen=True)
class PlanRelease(Question):
    """Which environments does this release fit, and what stands in the way in the others?"""

    service: str
    version: str
