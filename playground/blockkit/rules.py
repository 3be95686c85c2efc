"""The small language the tables of Block Kit are written in.

A rule takes a value and its JSON pointer and yields the problems it finds. Wording is Slack's where
it was seen (SLACK.md 4.1); the rest says the same in the same style.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

from playground.blockkit.problems import Problem

Problems = Iterator[Problem]
Rule = Callable[[Any, str], Problems]


def string(most: int | None = None, least: int = 1) -> Rule:
    """A string of so many characters."""

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, str):
            yield Problem("must provide a string", pointer)
        elif len(value) < least:
            yield Problem(f"must be more than {least - 1} characters", pointer)
        elif most is not None and len(value) > most:
            yield Problem(f"must be less than {most + 1} characters", pointer)

    return check


def matching(pattern: str, what: str) -> Rule:
    """A string of one form; the digits in it are those of ASCII."""
    form = re.compile(pattern, re.ASCII)

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, str):
            yield Problem("must provide a string", pointer)
        elif not form.fullmatch(value):
            yield Problem(f"must be {what}", pointer)

    return check


def choice(*allowed: str) -> Rule:
    """One of these strings."""

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, str) or value not in allowed:
            yield Problem(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def boolean(value: Any, pointer: str) -> Problems:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem("must provide a boolean", pointer)


def integer(least: int, most: int | None = None) -> Rule:
    """A whole number in a range."""

    def check(value: Any, pointer: str) -> Problems:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem("must provide an integer", pointer)
        elif value < least:
            yield Problem(f"must be {least} or more", pointer)
        elif most is not None and value > most:
            yield Problem(f"must be {most} or less", pointer)

    return check


def number(value: Any, pointer: str) -> Problems:
    """Any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem("must provide a number", pointer)


def items(rule: Rule, least: int = 0, most: int | None = None) -> Rule:
    """An array of so many items that each keep a rule."""

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, list):
            yield Problem("must provide an array", pointer)
            return
        if len(value) < least:
            yield Problem(f"no fewer than {least} items allowed", pointer)
        if most is not None and len(value) > most:
            yield Problem(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value[:most]):
            yield from rule(item, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule], *also: Rule) -> Rule:
    """An object with these properties and no others; ``also`` judges it as a whole."""
    known = {**required, **optional}

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, dict):
            yield Problem("must provide an object", pointer)
            return
        sound = True
        for problem in _parts(value, pointer):
            sound = False
            yield problem
        if sound:
            yield from chain.from_iterable(rule(value, pointer) for rule in also)

    def _parts(value: Mapping[str, Any], pointer: str) -> Problems:
        for name in required:
            if name not in value:
                yield Problem(f"missing required field: {name}", pointer)
        for name, item in value.items():
            if name in known:
                yield from known[name](item, f"{pointer}/{name}")
            else:
                yield Problem(f"invalid additional property: {name}", pointer)

    return check


def by_type(table: Mapping[str, Rule]) -> Rule:
    """An object whose ``type`` says which rule it keeps."""

    def check(value: Any, pointer: str) -> Problems:
        if not isinstance(value, dict):
            yield Problem("must provide an object", pointer)
        elif "type" not in value:
            yield Problem("missing required field: type", pointer)
        elif not isinstance(value["type"], str):
            yield Problem("must provide a string", f"{pointer}/type")
        elif value["type"] not in table:
            yield unsupported(value["type"], pointer)
        else:
            rest = {name: item for name, item in value.items() if name != "type"}
            yield from table[value["type"]](rest, pointer)

    return check


def unsupported(kind: str, pointer: str) -> Problem:
    """Return the problem of something that is no such thing, or is not allowed here."""
    return Problem(f"unsupported type: {kind}", f"{pointer}/type")


def either(*names: str) -> Rule:
    """Exactly one of these properties."""
    said = " or ".join(f"`{name}`" for name in names)

    def check(value: Any, pointer: str) -> Problems:
        if sum(name in value for name in names) != 1:
            yield Problem(f"must define either {said}", pointer)

    return check


def any_of(*names: str) -> Rule:
    """At least one of these properties."""
    said = ", ".join(f"`{name}`" for name in names)

    def check(value: Any, pointer: str) -> Problems:
        if not any(name in value for name in names):
            yield Problem(f"must define at least one of {said}", pointer)

    return check


def ordered(low: str, high: str) -> Rule:
    """Two numbers (or numbers written as strings) of which the first is not the greater."""

    def check(value: Any, pointer: str) -> Problems:
        if low in value and high in value and Decimal(value[low]) > Decimal(value[high]):
            yield Problem(f"must not be more than `{high}`", f"{pointer}/{low}")

    return check


def unique(values: Iterable[tuple[Any, str]], name: str) -> Problems:
    """Check that no (value, pointer) repeats an earlier value."""
    seen = set()
    for value, pointer in values:
        if not isinstance(value, str):
            continue
        if value in seen:
            yield Problem(f'`{name}` "{value}" already exists', f"{pointer}/{name}")
        seen.add(value)
