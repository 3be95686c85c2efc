"""Releases: which versions there are, and where they run."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.messages.base import Question


@dataclass(frozen=True)
class ListReleases(Question):
    service: str = ""


@dataclass(frozen=True)
class ShowRelease(Question):
    service: str
    version: str
