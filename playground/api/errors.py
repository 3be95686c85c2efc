"""Refusals: how Slack says no, and in which envelope (SLACK.md 4.1)."""

from collections.abc import Iterable

from playground.blockkit import Problem
from playground.shapes import JSON


class Refused(Exception):
    """A request Slack refuses; ``body()`` is its answer."""

    def __init__(
        self,
        code: str,
        messages: Iterable[str] = (),
        *,
        status: int = 200,
        retry_after: int | None = None,
        extra: JSON | None = None,
    ) -> None:
        self.code = code
        self.messages = [f"[ERROR] {message}" for message in messages]
        self.status = status
        self.retry_after = retry_after
        self.extra = extra or {}
        super().__init__(" ".join([code, *self.messages]))

    def body(self) -> JSON:
        """Return the JSON Slack answers with."""
        body = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


def missing(field: str) -> Refused:
    """Return the refusal of a request without a required argument."""
    return Refused("invalid_arguments", [f"missing required field: {field}"])


def missing_scope(needed: str, provided: Iterable[str]) -> Refused:
    """Return the refusal of an app that does not have a scope."""
    return Refused("missing_scope", extra={"needed": needed, "provided": ",".join(provided)})


def bad_type(field: str, expected: str) -> Refused:
    """Return the refusal of an argument that is not, say, ``a string``."""
    return Refused("invalid_arguments", [f"must provide {expected} [json-pointer:/{field}]"])


def bad_blocks(problems: list[Problem]) -> Refused:
    """Return the refusal of a message with broken blocks."""
    texts = [str(problem) for problem in problems]
    return Refused("invalid_blocks", texts, extra={"errors": texts})


def bad_view(problems: list[Problem]) -> Refused:
    """Return the refusal of a view with broken rules."""
    head = "failed to match all allowed schemas [json-pointer:/view]"
    return Refused("invalid_arguments", [head, *map(str, problems)])
