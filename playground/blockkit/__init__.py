"""Block Kit as Slack judges it: pure functions from a payload to its problems."""

from playground.blockkit.normalise import filled, normalise
from playground.blockkit.payload import (
    ONE_TABLE,
    check_blocks,
    check_options,
    check_view,
    doubts,
    text_length,
)
from playground.blockkit.problems import Problem

__all__ = [
    "ONE_TABLE",
    "Problem",
    "check_blocks",
    "check_options",
    "check_view",
    "doubts",
    "filled",
    "normalise",
    "text_length",
]
