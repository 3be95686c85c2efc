"""Versions and ranges of them, as Python's own packages are compared (PEP 440): the order holds
for what databases, queues and releases call their versions as well."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

ANY = "any"
"""The range that every version is in."""

LONGEST = 100


def is_version(text: str) -> bool:
    return _version(text) is not None


def is_range(text: str) -> bool:
    """``>=15,<17``, ``==15.*``, ``~=7.2`` or ``any``; a bare version is none."""
    return _range(text) is not None


def within(version: str, wanted: str) -> bool | None:
    """Is the version in the range? None where it is no version that has a place in the order."""
    found, allowed = _version(version), _range(wanted)
    if found is None or allowed is None:
        return None
    # What runs, runs: a pre-release is judged by its place in the order like any other.
    return allowed.contains(found, prereleases=True)


def first_within(versions: Iterable[str], wanted: str) -> str:
    """The first of ``versions`` that is in the range, or nothing."""
    return next((version for version in versions if within(version, wanted)), "")


def both(one: str, other: str) -> str:
    """The range of the versions that are in both."""
    asked = list(dict.fromkeys(part.strip() for part in f"{one},{other}".split(",")))
    return ",".join(part for part in asked if part != ANY) or ANY


def _version(text: str) -> Version | None:
    try:
        return Version(text) if len(text) <= LONGEST else None
    except InvalidVersion:
        return None


def _range(text: str) -> SpecifierSet | None:
    if text == ANY:
        return SpecifierSet()
    # Text that is only equal to itself (``===``) has no place in an order.
    if not text.strip() or len(text) > LONGEST or "===" in text:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None
