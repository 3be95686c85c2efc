"""Slack's rules for what is posted and what is open: done for real, and refused for real."""

from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground.clock import StandingClock
from playground.server import Playground
from tests.playground.blockkit import CALLS, by_rule
from tests.playground.blockkit.stage import Stage, attend
from tests.playground.conftest import MANIFEST, listening
from tests.workspace import PATIENCE

ALL = by_rule(CALLS)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Playground(MANIFEST, clock=StandingClock(), ack_seconds=PATIENCE) as running:
        stage = Stage(running.base_url)
        app = App(client=WebClient(token="xoxb-playground", base_url=running.api_url))
        attend(app, stage)
        with listening(app, running):
            yield stage


@pytest.mark.parametrize("rule", ALL)
def test_a_call_works_or_is_refused(rule: str, stage: Stage) -> None:
    for call in ALL[rule]:
        stage.close_all()
        answer = call.do(stage)
        assert answer["ok"] is call.taken, (call, answer)
        assert call.said in str(answer), (call, answer)
