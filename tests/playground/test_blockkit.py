"""Block Kit rule by rule: what Slack takes, and where it points when it refuses."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.blockkit import check_blocks, check_view
from playground.server import Playground
from tests.playground.blockkit import CASES
from tests.playground.blockkit.case import Case
from tests.playground.conftest import MANIFEST
from tests.playground.rules import RULES, by_rule, counted, lacking, verdicts
from tests.playground.webapi.stage import DOT
from tests.workspace import JSON

ALL = by_rule(CASES)


@pytest.fixture(scope="module")
def slack() -> Iterator[WebClient]:
    with Playground(MANIFEST) as running:
        yield WebClient(token="xoxb-playground", base_url=running.api_url)


def answer(slack: WebClient, method: str, **sent: object) -> JSON:
    try:
        found: JSON = slack.api_call(method, json=sent).data  # type: ignore[assignment]
    except SlackApiError as refused:
        found = refused.response.data
    return found


def judged(case: Case) -> list[tuple[str, str]]:
    """What is wrong with a case, pointers starting where the case's do."""
    if case.surface == "view":
        return [(p.message, p.pointer) for p in check_view(case.payload, "")]
    return [(p.message, p.pointer) for p in check_blocks(case.payload, case.surface, "")]


def test_every_rule_has_cases_that_pass_and_cases_that_fail() -> None:
    assert lacking(RULES, verdicts()) == []


def test_a_rule_with_one_side_and_cases_of_no_rule_are_named() -> None:
    shown = {"whole": [True, False], "half": [True, True], "unknown": [True, False]}
    assert lacking(["whole", "half", "none"], shown) == ["half", "none", "unknown"]


def test_every_rule_is_counted_and_so_is_every_case() -> None:
    head, *lines = counted(each=True)
    of_rules = [line for line in lines if line.startswith(" " * 8)]
    assert len(of_rules) == len(RULES) and f"{len(RULES)} rules" in head
    every = [taken for cases in verdicts().values() for taken in cases]
    assert f"{sum(every)} accepted and {every.count(False)} refused" in head


@pytest.mark.parametrize("rule", ALL)
def test_a_rule_lets_through_and_refuses(rule: str) -> None:
    for case in ALL[rule]:
        before = copy.deepcopy(case.payload)
        found = judged(case)
        assert [pointer for _, pointer in found] == ([] if case.taken else [case.pointer]), case
        assert all(case.words in message for message, _ in found), (case, found)
        assert case.payload == before


def first(rule: str, *, taken: bool) -> Case:
    return next(case for case in ALL[rule] if case.taken is taken)


@pytest.fixture(scope="module")
def picture(slack: WebClient) -> str:
    """The id of an image the app has uploaded."""
    sent = slack.files_upload_v2(filename="dot.gif", content=DOT)
    return str(sent["files"][0]["id"])


def showing(payload: Any, picture: str) -> Any:
    """The same payload, where images of files show one that exists."""
    if isinstance(payload, list):
        return [showing(item, picture) for item in payload]
    if not isinstance(payload, dict):
        return payload
    files = {"slack_file": {"id": picture}} if "slack_file" in payload else {}
    return {key: showing(value, picture) for key, value in payload.items()} | files


@pytest.mark.parametrize("rule", ALL)
def test_slack_takes(rule: str, slack: WebClient, picture: str) -> None:
    case = first(rule, taken=True)
    assert validated(slack, case) == {"ok": True}
    if case.surface == "message":
        sent = {"channel": "C0OPS", "text": "x", "blocks": showing(case.payload, picture)}
        assert answer(slack, "chat.postMessage", **sent)["ok"]
    elif (case.view or {})["type"] == "home":
        assert answer(slack, "views.publish", user_id="U0ANA", view=case.view)["ok"]


def validated(slack: WebClient, case: Case) -> JSON:
    sent = {"view": case.view} if case.view else {"blocks": case.payload}
    return answer(slack, "blocks.validate", **sent)


@pytest.mark.parametrize("rule", ALL)
def test_slack_refuses(rule: str, slack: WebClient) -> None:
    case = first(rule, taken=False)
    found = validated(slack, case)["errors"]
    place = "" if case.surface in ("message", "view") else "/blocks"
    assert [error["pointer"] for error in found] == [f"{place}{case.pointer}"]
    if case.surface == "message":
        refused_message(
            answer(slack, "chat.postMessage", channel="C0OPS", blocks=case.payload), case
        )
    elif (case.view or {}).get("type") == "home":
        refused_view(answer(slack, "views.publish", user_id="U0ANA", view=case.view), case)


def refused_message(found: JSON, case: Case) -> None:
    (said,) = found["response_metadata"]["messages"]
    assert said.startswith("[ERROR] ") and case.words in said
    assert said.endswith(f"[json-pointer:/blocks{case.pointer}]")
    if case.words == "only_one_table_allowed":
        assert found["error"] == "invalid_attachments"
    else:
        assert found["error"] == "invalid_blocks" and said == f"[ERROR] {found['errors'][0]}"


def refused_view(found: JSON, case: Case) -> None:
    head, said = found["response_metadata"]["messages"]
    place = "/view" if case.surface == "view" else "/view/blocks"
    assert found["error"] == "invalid_arguments"
    assert head == "[ERROR] failed to match all allowed schemas [json-pointer:/view]"
    assert said.startswith("[ERROR] ") and said.endswith(f"[json-pointer:{place}{case.pointer}]")
