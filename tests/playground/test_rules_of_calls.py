"""Slack's rules for what is posted and what is open: done for real, and refused for real."""

from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground.clock import StandingClock
from playground.server import Playground
from tests.playground.calls import CALLS
from tests.playground.calls.stage import Stage, attend, manifest, seed
from tests.playground.conftest import listening
from tests.playground.rules import by_rule
from tests.workspace import PATIENCE

ALL = by_rule(CALLS)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Playground(manifest(), seed(), clock=StandingClock(), ack_seconds=PATIENCE) as running:
        stage = Stage(running.base_url)
        app = App(client=WebClient(token="xoxb-playground", base_url=running.api_url))
        attend(app, stage)
        with listening(app, running):
            yield stage


@pytest.mark.parametrize("rule", ALL)
def test_a_call_works_or_is_refused(rule: str, stage: Stage) -> None:
    for call in ALL[rule]:
        stage.begin()
        answer = call.do(stage)
        assert answer["ok"] is call.taken, (call, answer)
        assert call.said in str(answer), (call, answer)
