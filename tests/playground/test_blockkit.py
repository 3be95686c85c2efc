"""Block Kit rule by rule: what Slack takes, and where it points when it refuses."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.blockkit import check_blocks, check_options, check_view, normalise
from playground.server import Playground
from tests.playground.blockkit_cases import ACCEPTED, BAD_VIEWS, DATA, GOOD_VIEWS, GROUP, REFUSED
from tests.playground.conftest import MANIFEST
from tests.playground.kit import button, cell, home, image, mrkdwn, options, plain, section, table
from tests.workspace import JSON


@pytest.fixture(scope="module")
def slack() -> Iterator[WebClient]:
    with Playground(MANIFEST) as running:
        yield WebClient(token="xoxb-playground", base_url=running.api_url)


def refusal(slack: WebClient, **sent: object) -> JSON:
    with pytest.raises(SlackApiError) as refused:
        slack.api_call("chat.postMessage", json={"channel": "C0OPS", "text": "x", **sent})
    answer: JSON = refused.value.response.data
    return answer


@pytest.mark.parametrize("name", ACCEPTED)
def test_slack_takes(name: str, slack: WebClient) -> None:
    sent = slack.chat_postMessage(channel="C0OPS", text="x", blocks=ACCEPTED[name])
    assert sent["ok"]


@pytest.mark.parametrize("name", REFUSED)
def test_slack_refuses(name: str, slack: WebClient) -> None:
    blocks, words, pointer = REFUSED[name]
    answer = refusal(slack, blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert any(
        words in error and error.endswith(f"[json-pointer:{pointer}]") for error in answer["errors"]
    ), answer
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {e}" for e in answer["errors"]]


def test_a_message_has_one_table(slack: WebClient) -> None:
    answer = refusal(slack, blocks=[table([[cell()]]), DATA])
    assert answer["error"] == "invalid_attachments"
    assert "only_one_table_allowed" in answer["response_metadata"]["messages"][0]


def test_blocks_must_be_an_array(slack: WebClient) -> None:
    assert refusal(slack, blocks={"type": "divider"})["error"] == "invalid_blocks_format"
    assert refusal(slack, blocks="[{")["error"] == "invalid_blocks_format"


def test_all_blocks_together_have_a_limit(slack: WebClient) -> None:
    long = [section(text=mrkdwn("x" * 3000))] * 5
    assert refusal(slack, blocks=long)["error"] == "msg_blocks_too_long"


@pytest.mark.parametrize("name", GOOD_VIEWS)
def test_a_view_may_be(name: str) -> None:
    assert check_view(GOOD_VIEWS[name]) == []


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_a_view_may_not_be(name: str) -> None:
    view, pointer = BAD_VIEWS[name]
    assert pointer in [problem.pointer for problem in check_view(view)]


def test_a_refused_view_says_so_in_the_envelope_of_views(slack: WebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        slack.views_publish(user_id="U0ANA", view=home(title=plain()))
    answer = refused.value.response.data
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] invalid additional property: title [json-pointer:/view]",
    ]


def test_suggestions_are_at_most_100_options_or_groups() -> None:
    assert check_options({"options": options(100)}) == []
    assert check_options({"option_groups": [GROUP]}) == []
    assert check_options({"options": options(101)})[0].pointer == "/options"
    assert check_options({})[0].message.startswith("must define either")
    assert check_options(None)[0].message == "must provide an object"


def test_what_slack_fills_in() -> None:
    (block,) = normalise([section(text=mrkdwn(), accessory=button())])
    assert len(block["block_id"]) == 5 and len(block["accessory"]["action_id"]) == 5
    assert block["text"]["verbatim"] is False
    assert block["accessory"]["text"]["emoji"] is True
    assert normalise([section(block_id="mine")])[0]["block_id"] == "mine"
    assert normalise([image()])[0]["image_width"] > 0


def test_judging_changes_nothing() -> None:
    block = section(accessory=button())
    before = repr(block)
    check_blocks([block], "message")
    normalise([block])
    assert repr(block) == before
