"""One case of a rule, and short ways to write its edges."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from tests.workspace import JSON

TOO_SHORT = "must be more than 0 characters"
STRING = "must provide a string"
OBJECT = "must provide an object"
ARRAY = "must provide an array"
BOOLEAN = "must provide a boolean"
INTEGER = "must provide an integer"
NUMBER = "must provide a number"


def too_long(most: int) -> str:
    return f"must be less than {most + 1} characters"


def too_many(most: int) -> str:
    return f"no more than {most} items allowed"


def too_few(least: int) -> str:
    return f"no fewer than {least} items allowed"


def missing(name: str) -> str:
    return f"missing required field: {name}"


def additional(name: str) -> str:
    return f"invalid additional property: {name}"


def unsupported(kind: str) -> str:
    return f"unsupported type: {kind}"


@dataclass(frozen=True)
class Case:
    """Blocks on a surface, or a whole view: Slack takes them, or says words about a pointer.

    The pointer starts at the first block, or at the view.
    """

    payload: Any
    surface: str = "message"
    words: str = ""
    pointer: str | None = None
    rule: str = ""

    @property
    def taken(self) -> bool:
        return self.pointer is None

    @property
    def view(self) -> JSON | None:
        """The whole view, or the smallest around the blocks; None for a message."""
        if self.surface == "view":
            whole: JSON = self.payload
            return whole
        if self.surface == "message":
            return None
        shown = {"type": self.surface, "blocks": self.payload}
        text = {"type": "plain_text", "text": "x"}
        return {**shown, "title": text, "submit": text} if self.surface == "modal" else shown


Cases = Iterable[Case]


def rule(name: str, *given: Case | Cases) -> list[Case]:
    """Cases of one rule, named after its place in Slack's reference and what it says."""
    cases = [c for part in given for c in ([part] if isinstance(part, Case) else part)]
    return [replace(case, rule=name) for case in cases]


def takes(*payload: Any, on: str = "message") -> Case:
    return Case(payload[0] if on == "view" else list(payload), on)


def refuses(words: str, pointer: str, *payload: Any, on: str = "message") -> Case:
    return replace(takes(*payload, on=on), words=words, pointer=pointer)


def of_each(kinds: Iterable[str], cases: Callable[[str], Cases]) -> list[Case]:
    """The same cases for each of several kinds."""
    return [case for kind in kinds for case in cases(kind)]


def letters(
    make: Callable[[str], Any], least: int, most: int, pointer: str, on: str = "message"
) -> list[Case]:
    """A text at both edges of its length, and just over them."""
    below = [refuses(TOO_SHORT, pointer, make(""), on=on)] if least else []
    return [
        takes(make("x" * least), on=on),
        takes(make("x" * most), on=on),
        *below,
        refuses(too_long(most), pointer, make("x" * (most + 1)), on=on),
        refuses(STRING, pointer, make(7), on=on),  # type: ignore[arg-type]
    ]


def amount(
    make: Callable[[int], Any], least: int, most: int, pointer: str, on: str = "message"
) -> list[Case]:
    """An array at both edges of its length, and just over them."""
    below = [refuses(too_few(least), pointer, make(least - 1), on=on)] if least else []
    return [
        takes(make(least), on=on),
        takes(make(most), on=on),
        *below,
        refuses(too_many(most), pointer, make(most + 1), on=on),
    ]


def whole(
    make: Callable[[int], Any], least: int, most: int, pointer: str, on: str = "message"
) -> list[Case]:
    """A whole number at both edges of its range, and just over them."""
    return [
        takes(make(least), on=on),
        takes(make(most), on=on),
        refuses(f"must be {least} or more", pointer, make(least - 1), on=on),
        refuses(f"must be {most} or less", pointer, make(most + 1), on=on),
        refuses(INTEGER, pointer, make(float(least)), on=on),  # type: ignore[arg-type]
        refuses(INTEGER, pointer, make(True), on=on),
    ]


def flag(make: Callable[[Any], Any], pointer: str, on: str = "message") -> list[Case]:
    """A boolean."""
    return [
        takes(make(True), on=on),
        takes(make(False), on=on),
        refuses(BOOLEAN, pointer, make("true"), on=on),
        refuses(BOOLEAN, pointer, make(1), on=on),
    ]


def one_of(
    make: Callable[[Any], Any], allowed: Iterable[str], pointer: str, on: str = "message"
) -> list[Case]:
    """One of a few words."""
    refused = refuses("must be one of", pointer, make("no_such_word"), on=on)
    kind = refuses("must be one of", pointer, make(["x"]), on=on)
    return [*(takes(make(word), on=on) for word in allowed), refused, kind]


def plain_only(make: Callable[[JSON], Any], pointer: str, on: str = "message") -> list[Case]:
    """A text object that is plain_text."""
    return [
        takes(make({"type": "plain_text", "text": "x", "emoji": False}), on=on),
        refuses(unsupported("mrkdwn"), f"{pointer}/type", make(_MRKDWN), on=on),
        refuses(OBJECT, pointer, make("x"), on=on),  # type: ignore[arg-type]
    ]


def either_text(make: Callable[[JSON], Any], pointer: str, on: str = "message") -> list[Case]:
    """A text object that is plain_text or mrkdwn."""
    return [
        takes(make({"type": "plain_text", "text": "x"}), on=on),
        takes(make(_MRKDWN), on=on),
        refuses(unsupported("html"), f"{pointer}/type", make({"type": "html", "text": "x"}), on=on),
        refuses(OBJECT, pointer, make("x"), on=on),  # type: ignore[arg-type]
    ]


_MRKDWN = {"type": "mrkdwn", "text": "x"}


def needs(*names: str, of: JSON, at: str, make: Callable[[JSON], Any] | None = None) -> list[Case]:
    """Each of these properties is required."""
    put = make or (lambda value: value)
    return [takes(put(of))] + [
        refuses(missing(name), at, put({k: v for k, v in of.items() if k != name}))
        for name in names
    ]
