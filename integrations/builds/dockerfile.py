"""Which images a Dockerfile begins with and copies from, and whether those may be used. Pure.

Engines of different age read some lines differently: all readings are gone through, and what any of
them would fetch has to be allowed. What cannot be judged is refused with what to write instead.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from handlers.ports import PortError

PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
IMAGE = re.compile(
    rf"(?:(?P<registry>localhost(?::\d{{1,5}})?|(?=[a-z0-9-]*[.:])[a-z0-9.-]+(?::\d{{1,5}})?)/)?"
    rf"{PART}(?:/{PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)
STAGE = re.compile(r"[a-z][a-z0-9._-]*", re.ASCII)
ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S+)\s*", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*[A-Za-z][A-Za-z0-9]*\s*=\s*.+")
USE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::-([A-Za-z0-9._/:@-]*))?\})", re.ASCII)
SPACE = re.compile(r"[\t\r ]+")
ADDRESS = re.compile(r"://|[$\"'\\`]")
HUB = "docker.io"


@dataclass
class Reading:
    """One way to read the file, as far as it has come."""

    given: Mapping[str, str]
    arguments: dict[str, str | None] = field(default_factory=dict)
    """Those before the first FROM; None is what cannot be told."""
    stages: list[str] = field(default_factory=list)
    images: dict[str, None] = field(default_factory=dict)
    addresses: bool = False


def images_of(text: str, given: Mapping[str, str], network: bool) -> tuple[str, ...]:
    """All images that building it fetches. ``given`` are the arguments of the build; without
    ``network``, the Engine may not be sent to fetch other things either."""
    if any(unicodedata.category(c) == "Cc" and c not in "\n\r\t" for c in text):
        raise _no("has control characters in it")
    found: dict[str, None] = {}
    for old_comments, old_ends in itertools.product((False, True), repeat=2):
        reading = Reading(given)
        for word, rest in _instructions(text, old_comments, old_ends):
            _take(reading, word, rest)
        if reading.addresses and not network:
            raise _no(
                "has the Engine fetch an address, or what may be one (ADD): use COPY, or `network:"
                " bridge` in the setup file"
            )
        if not reading.stages:
            raise _no("has no FROM")
        found |= reading.images
    return tuple(found)


def registry_of(image: str) -> str:
    """Where an image comes from; empty where its name does not say it: the Engine has it itself,
    and would else ask Docker's own registry."""
    match = IMAGE.fullmatch(image)
    return (match["registry"] or "") if match else ""


def _no(what: str) -> PortError:
    return PortError(f"The Dockerfile {what}.", permanent=True)


def _instructions(text: str, old_comments: bool, old_ends: bool) -> Iterator[tuple[str, str]]:
    """The first word of each instruction in small letters, and the rest of it in one line."""
    lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
    escape = re.escape(_escape(lines))
    more = re.compile(rf"{escape}[\t ]*$" if old_ends else rf"(?<!{escape}){escape}[\t ]*$")
    rest = iter(lines)
    for line in rest:
        line = line.lstrip()
        if line.startswith("#") or not line:
            continue
        whole = more.sub("", line)
        is_open = whole != line
        while is_open and (following := next(rest, None)) is not None:
            is_comment = (following if old_comments else following.lstrip()).startswith("#")
            if is_comment or not following.strip():
                continue
            piece = more.sub("", following)
            whole, is_open = whole + piece, piece != following
        word, _, arguments = SPACE.sub(" ", whole.strip()).partition(" ")
        if not word.isascii():
            raise _no(f"has an instruction that is none: {word[:40]!r}")
        if word:
            yield word.lower(), arguments.strip()


def _escape(lines: list[str]) -> str:
    for line in lines:
        if found := ESCAPE.fullmatch(line.strip()):
            if found[1] not in ("\\", "`"):
                raise _no("says an escape that there is not")
            return found[1]
        if not DIRECTIVE.fullmatch(line.strip()):
            break
    return "\\"


def _take(reading: Reading, word: str, rest: str) -> None:
    if word == "arg" and not reading.stages:
        _argument(reading, rest)
    elif word == "from":
        _stage(reading, rest)
    elif word in ("copy", "add"):
        flags, sources = _flags(rest)
        for flag in flags:
            if flag.startswith("--from="):
                _use(reading, flag.removeprefix("--from="))
        reading.addresses |= word == "add" and _may_be_address(sources)


def _argument(reading: Reading, rest: str) -> None:
    """What cannot be told from here is refused only where an image depends on it."""
    for said in rest.split(" ") if "'" not in rest and '"' not in rest else [rest]:
        name, has_value, value = said.partition("=")
        known: str | None = value
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            known = value[1:-1]
        if known and re.search(r"[\"'\\`\s]", known):
            known = None
        if known and "$" in known:
            known = _expanded(reading, known)
        if name in reading.given:
            known = reading.given[name]
        elif not has_value:
            known = ""
        reading.arguments[name] = known


def _expanded(reading: Reading, text: str) -> str | None:
    """With the arguments filled in; None where that cannot be told."""
    unknown = False

    def fill(match: re.Match[str]) -> str:
        nonlocal unknown
        value = reading.arguments.get(match[1] or match[2], "")
        unknown = unknown or value is None
        return value or match[3] or ""

    filled = USE.sub(fill, text)
    return None if unknown or "$" in USE.sub("", text) else filled


def _stage(reading: Reading, rest: str) -> None:
    _, words = _flags(rest)
    said = words.split(" ")
    image = _expanded(reading, said[0])
    if image is None or not said[0]:
        raise _no(f"begins with an image that cannot be told from here: FROM {rest[:80]}")
    name = said[2].lower() if len(said) == 3 and said[1].lower() == "as" else ""
    if len(said) not in (1, 3) or (len(said) == 3 and not STAGE.fullmatch(name)):
        raise _no(f"has a FROM that cannot be read: FROM {rest[:80]}")
    if image.lower() not in reading.stages and image != "scratch":
        _fetch(reading, image)
    reading.stages.append(name)


def _use(reading: Reading, source: str) -> None:
    """A stage before this one by its name or number, or an image."""
    if source.isdigit() or source.lower() in reading.stages[:-1]:
        return
    _fetch(reading, source)


def _fetch(reading: Reading, image: str) -> None:
    if not IMAGE.fullmatch(image):
        raise _no(f"names an image that cannot be one: {image[:120]}")
    reading.images[image] = None


def _flags(rest: str) -> tuple[list[str], str]:
    """The options before the words, as they stand there: none of them may need reading twice."""
    flags = []
    while rest.startswith("--"):
        flag, _, rest = rest.partition(" ")
        if re.search(r"[\"'\\`]", flag) or (flag.startswith("--from=") and "$" in flag):
            raise _no(f"has an option that cannot be read: {flag[:80]}")
        flags.append(flag)
        rest = rest.lstrip()
    return flags, rest


def _may_be_address(sources: str) -> bool:
    if sources.startswith("["):
        try:
            words = [str(word) for word in json.loads(sources)]
        except ValueError:
            return True
    else:
        words = sources.split(" ")
    return any(ADDRESS.search(word) for word in words[:-1])
