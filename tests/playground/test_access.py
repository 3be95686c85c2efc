"""Who may call and how often: tokens, rotation, scopes, plans, rate limits, limited workspaces."""

import json
from collections.abc import Iterator

import pytest
import requests

from playground.api.registry import METHODS
from playground.clock import StandingClock
from playground.limits import TIERS
from playground.server import Playground
from tests.playground.webapi.accepted import ACCEPTED
from tests.playground.webapi.seed import SCOPES, manifest, seed
from tests.playground.webapi.stage import CLIENT, Stage
from tests.workspace import JSON, request

TEXT = {"channel": "C0OPS", "text": "x"}
# Methods that need no scope of their own, or no bot token.
FREE = {
    *("api.test", "apps.connections.open", "auth.test", "blocks.validate", "chat.getPermalink"),
    *("chat.scheduledMessages.list", "oauth.v2.access", "views.open", "views.publish"),
    *("views.push", "views.update"),
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Playground(manifest(), seed(), clock=StandingClock()) as playground:
        yield Stage(playground)


@pytest.fixture(scope="module")
def bare() -> Iterator[Stage]:
    """A workspace whose app has next to no scopes."""
    with Playground(manifest("commands"), seed()) as playground:
        yield Stage(playground)


@pytest.mark.parametrize("method", sorted(set(METHODS) - FREE))
def test_a_method_tells_which_scope_is_missing(bare: Stage, method: str) -> None:
    answer = bare.call(method)
    assert (answer["error"], answer["provided"]) == ("missing_scope", "commands")
    assert answer["needed"] in SCOPES.split()


@pytest.mark.parametrize("method", sorted(FREE - {"apps.connections.open"}))
def test_some_methods_need_no_scope(bare: Stage, method: str) -> None:
    assert bare.call(method).get("error") != "missing_scope"


@pytest.mark.parametrize(
    ("types", "needed"),
    [
        ("public_channel", "channels:read"),
        ("private_channel", "groups:read"),
        ("im", "im:read"),
        ("mpim", "mpim:read"),
    ],
)
def test_each_kind_of_channel_needs_its_own_scope(types: str, needed: str) -> None:
    others = " ".join(scope for scope in SCOPES.split() if scope != needed)
    with Playground(manifest(others), seed()) as playground:
        stage = Stage(playground)
        assert stage.call("conversations.list", types=types)["needed"] == needed


def test_looks_of_its_own_need_a_scope() -> None:
    with Playground(manifest("chat:write commands"), seed()) as playground:
        answer = Stage(playground).call("chat.postMessage", **TEXT, username="Robot")
    assert answer["needed"] == "chat:write.customize"


def test_answers_name_the_scopes_and_the_request(stage: Stage) -> None:
    answer = requests.post(
        f"{stage.playground.api_url}users.info",
        data={"token": "xoxb-playground", "user": "U0ANA"},
        timeout=10,
    )
    assert answer.headers["x-accepted-oauth-scopes"] == "users:read"
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert answer.headers["x-slack-req-id"]


def test_the_bot_of_a_deactivated_app_is_inactive(stage: Stage) -> None:
    edit = {"user": "U0STATION", "fields": {"deleted": True}}
    stage.ana.do("control", action="edit_user", **edit)
    assert stage.call("auth.test")["error"] == "account_inactive"


def test_a_code_is_good_once_and_for_ten_minutes(stage: Stage) -> None:
    code = stage.code()
    answer = stage.done("oauth.v2.access", **CLIENT, code=code)
    assert answer["access_token"] == "xoxb-playground" and "expires_in" not in answer
    assert stage.call("oauth.v2.access", **CLIENT, code=code)["error"] == "invalid_code"
    late = stage.code()
    stage.advance(601)
    assert stage.call("oauth.v2.access", **CLIENT, code=late)["error"] == "invalid_code"


def test_the_client_may_prove_itself_in_the_header(stage: Stage) -> None:
    answer = requests.post(
        f"{stage.playground.api_url}oauth.v2.access",
        data={"code": stage.code()},
        auth=(CLIENT["client_id"], CLIENT["client_secret"]),
        timeout=10,
    )
    assert answer.json()["ok"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("client_id=1.1", "invalid_client_id"),
        (f"client_id={CLIENT['client_id']}&redirect_uri=https://x.example", "bad_redirect_uri"),
    ],
)
def test_consent_sends_people_only_where_the_manifest_says(
    stage: Stage, query: str, refusal: str
) -> None:
    url = f"{stage.playground.base_url}/oauth/v2/authorize?{query}"
    assert request(url) == (400, refusal.encode())


def test_rotating_tokens_expire_and_are_refreshed_once() -> None:
    with Playground(manifest(token_rotation_enabled=True), seed()) as playground:
        stage = Stage(playground)
        first = stage.done("oauth.v2.access", **CLIENT, code="$code")
        assert first["expires_in"] == 43_200
        stage.done("auth.test", _token=first["access_token"])
        stage.advance(43_201)
        expired = stage.call("auth.test", _token=first["access_token"])
        assert expired["error"] == "token_expired"
        again = {**CLIENT, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = stage.done("oauth.v2.access", **again)
        stage.done("auth.test", _token=second["access_token"])
        assert stage.call("oauth.v2.access", **again)["error"] == "invalid_refresh_token"


def test_every_method_has_its_rate() -> None:
    tiered = {method for methods in TIERS.values() for method in methods}
    special = {"auth.test", "blocks.validate", "chat.getPermalink", "chat.postMessage"}
    assert set(METHODS) - tiered == special


@pytest.mark.parametrize(("method", "burst"), [("conversations.list", 20), ("users.info", 100)])
def test_a_strict_workspace_slows_a_method_down(stage: Stage, method: str, burst: int) -> None:
    stage.ana.do("control", action="strict_rate_limits", on=True)
    args = ACCEPTED[method][0]
    for _ in range(burst):
        stage.done(method, **args)
    url, headers = (
        f"{stage.playground.api_url}{method}",
        {"Authorization": "Bearer xoxb-playground"},
    )
    refused = requests.get(url, headers=headers, params=args, timeout=10)
    assert (refused.status_code, refused.json()) == (429, {"ok": False, "error": "ratelimited"})
    stage.advance(int(refused.headers["Retry-After"]))
    stage.done(method, **args)


def test_a_channel_takes_a_burst_of_messages_and_then_one_a_second(stage: Stage) -> None:
    stage.ana.do("control", action="strict_rate_limits", on=True)
    for _ in range(5):
        stage.done("chat.postMessage", **TEXT)
    assert stage.call("chat.postMessage", **TEXT)["error"] == "ratelimited"
    stage.done("chat.postMessage", channel="C0INNER", text="another channel")
    stage.advance(1)
    stage.done("chat.postMessage", **TEXT)


@pytest.mark.parametrize(
    ("method", "refusal"),
    [
        ("usergroups.list", "plan_upgrade_required"),
        ("usergroups.users.list", "plan_upgrade_required"),
        ("usergroups.create", "plan_upgrade_required"),
        ("usergroups.update", "paid_teams_only"),
        ("usergroups.users.update", "plan_upgrade_required"),
    ],
)
def test_a_free_workspace_has_no_user_groups(free: Stage, method: str, refusal: str) -> None:
    assert free.call(method, usergroup="S0APPROVERS", name="x")["error"] == refusal


@pytest.fixture(scope="module")
def free() -> Iterator[Stage]:
    """A workspace that nobody pays for, whose messages can be edited for five minutes."""
    with Playground(_without_messages_tab(), seed(plan="free", edit_minutes=5)) as playground:
        yield Stage(playground)


def _without_messages_tab() -> JSON:
    made = json.loads(json.dumps(manifest()))
    made["features"]["app_home"] = {"home_tab_enabled": False, "messages_tab_enabled": False}
    found: JSON = made
    return found


def test_a_message_cannot_be_edited_after_the_window(free: Stage) -> None:
    ts = free.said()
    free.done("chat.update", **TEXT, ts=ts)
    free.advance(301)
    assert free.call("chat.update", **TEXT, ts=ts)["error"] == "edit_window_closed"


@pytest.mark.parametrize(
    ("method", "args", "refusal"),
    [
        ("chat.postMessage", {"channel": "U0ANA", "text": "x"}, "messages_tab_disabled"),
        ("chat.postEphemeral", {"channel": "D0ANA", "user": "U0ANA"}, "messages_tab_disabled"),
        ("views.publish", {"user_id": "U0ANA", "view": {}}, "not_enabled"),
    ],
)
def test_an_app_without_these_tabs_cannot_write_there(
    free: Stage, method: str, args: JSON, refusal: str
) -> None:
    assert free.call(method, **args)["error"] == refusal


def test_an_app_that_gets_requests_opens_no_sockets() -> None:
    with Playground(manifest(), seed(), request_url="http://127.0.0.1:9/slack") as playground:
        answer = Stage(playground).call("apps.connections.open", _token="xapp-playground")
    assert answer["error"] == "access_denied"
