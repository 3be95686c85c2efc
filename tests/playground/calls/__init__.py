"""Web API and delivery as tables: each rule of Slack with what is done and what is refused."""

from tests.playground.calls import (
    commands,
    edits,
    envelopes,
    files,
    hooks,
    limits,
    messages,
    open_views,
    payloads,
    places,
    states,
    submissions,
    whispers,
)
from tests.playground.calls.stage import Call

CALLS: list[Call] = [
    *envelopes.CASES,
    *open_views.CASES,
    *submissions.CASES,
    *states.CASES,
    *messages.CASES,
    *edits.CASES,
    *whispers.CASES,
    *places.CASES,
    *hooks.CASES,
    *commands.CASES,
    *limits.CASES,
    *files.CASES,
    *payloads.CASES,
]
