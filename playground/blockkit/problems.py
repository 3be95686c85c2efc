"""A problem with a payload: what is wrong and where, in Slack's words."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One broken rule and the JSON pointer to what breaks it."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"
