"""The Web API: who may call what, how requests are encoded, and what each method answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.server import Playground
from tests.playground.kit import modal, section
from tests.workspace import JSON, Person, Workspace, request

BOT = {"Authorization": "Bearer xoxb-playground"}
AS_JSON = {"Content-Type": "application/json; charset=utf-8"}
AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def call(
    playground: Playground, method: str, body: Any = b"", headers: dict[str, str] | None = None
) -> JSON:
    status, answer = request(f"{playground.api_url}{method}", body, headers or {})
    assert status == 200
    found: JSON = json.loads(answer)
    if not found["ok"]:
        _is_recorded(playground.base_url, f"{method.partition('?')[0]}: {found['error']}")
    return found


def error(client: WebClient, method: str, **fields: Any) -> JSON:
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, params=fields)
    answer: JSON = refused.value.response.data
    _is_recorded(client.base_url.removesuffix("/api/"), f"{method}: {answer['error']}")
    return answer


def _is_recorded(base_url: str, beginning: str) -> None:
    """Every refusal is a violation, here one that was meant."""
    (violation,) = Workspace(base_url).violated()
    assert violation.startswith(beginning)


def test_the_token_may_be_in_the_header_or_in_the_form_but_not_in_the_url(
    playground: Playground,
) -> None:
    assert call(playground, "auth.test", b"", {**BOT, **AS_JSON})["user_id"] == "U0STATION"
    assert call(playground, "auth.test", b"token=xoxb-playground", AS_FORM)["bot_id"] == "B0STATION"
    assert call(playground, "auth.test?token=xoxb-playground")["error"] == "not_authed"


@pytest.mark.parametrize(
    ("token", "method", "refusal"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-stolen", "auth.test", "invalid_auth"),
        ("xapp-playground", "chat.postMessage", "not_allowed_token_type"),
        ("xoxb-playground", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-playground", "chat.fly", "unknown_method"),
    ],
)
def test_a_call_without_the_right_token_is_refused(
    playground: Playground, token: str, method: str, refusal: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert call(playground, method, b"", headers)["error"] == refusal


def test_a_scope_the_manifest_does_not_ask_for_is_missing(tmp_path: Path) -> None:
    manifest = {
        "display_information": {"name": "Bare"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    with Playground(manifest) as bare:
        client = WebClient(token="xoxb-playground", base_url=bare.api_url)
        answer = error(client, "users.list")
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
        assert answer["provided"] == "chat:write"
        assert error(client, "views.publish", user_id="U0ANA", view="{}")["error"] == "not_enabled"
        said = client.chat_postMessage(channel="C0OPS", text="x")
        assert error(client, "conversations.history", channel="C0OPS")["needed"].endswith("history")
        assert said["ok"]


MALFORMED: dict[str, tuple[bytes, dict[str, str], str]] = {
    "broken json": (b"{", AS_JSON, "invalid_json"),
    "json array": (b"[]", AS_JSON, "json_not_object"),
    "not utf-8": (b'{"channel": "\xff"}', AS_JSON, "invalid_json"),
    "deep json": (b"[" * 100_000, AS_JSON, "invalid_json"),
    "rather deep json": (b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}", AS_JSON, "invalid_json"),
    "csv": (b"a,b", {"Content-Type": "text/csv"}, "invalid_post_type"),
    "latin-9": (b"{}", {"Content-Type": "application/json; charset=latin-9"}, "invalid_charset"),
    "broken multipart": (
        b"nothing",
        {"Content-Type": "multipart/form-data"},
        "invalid_form_data",
    ),
    "no arguments": (b"{}", AS_JSON, "invalid_arguments"),
    "a list for a string": (b'{"channel": ["C0OPS"]}', AS_JSON, "invalid_arguments"),
    "an object for a string": (b'{"channel": "C0OPS", "text": {}}', AS_JSON, "invalid_arguments"),
    "no text": (b'{"channel": "C0OPS"}', AS_JSON, "no_text"),
    "no channel": (b'{"channel": "C0NONE", "text": "x"}', AS_JSON, "channel_not_found"),
    "array argument": (b"channel[]=C0OPS", AS_FORM, "invalid_array_arg"),
    "huge name": (b"x" * 300 + b"=1", AS_FORM, "invalid_arg_name"),
    "blocks are text": (b"channel=C0OPS&blocks=hello", AS_FORM, "invalid_blocks_format"),
    "metadata is text": (
        b'{"channel": "C0OPS", "text": "x", "metadata": "x"}',
        AS_JSON,
        "invalid_metadata_format",
    ),
    "attachments are text": (
        b'{"channel": "C0OPS", "text": "x", "attachments": "x"}',
        AS_JSON,
        "invalid_attachments",
    ),
    "reply to nothing": (
        b'{"channel": "C0OPS", "text": "x", "thread_ts": "1.0"}',
        AS_JSON,
        "cannot_reply_to_message",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_refused_in_slacks_words(name: str, playground: Playground) -> None:
    body, headers, refusal = MALFORMED[name]
    assert call(playground, "chat.postMessage", body, {**BOT, **headers})["error"] == refusal


def test_a_huge_request_is_refused(playground: Playground) -> None:
    body = b'{"text": "' + b"x" * 5_000_000 + b'"}'
    status, _ = request(f"{playground.api_url}chat.postMessage", body, {**BOT, **AS_JSON})
    assert status == 413


def test_a_missing_argument_is_named(client: WebClient) -> None:
    answer = error(client, "chat.postMessage", text="x")
    messages = ["[ERROR] missing required field: channel"]
    assert answer["response_metadata"]["messages"] == messages


def test_read_methods_ignore_a_json_body(playground: Playground) -> None:
    body = json.dumps({"user": "U0ANA"}).encode()
    answer = call(playground, "users.info", body, {**BOT, **AS_JSON})
    assert answer["error"] == "invalid_arguments"


def test_json_without_a_charset_gets_a_warning(playground: Playground) -> None:
    headers = {**BOT, "Content-Type": "application/json"}
    assert call(playground, "api.test", b"{}", headers)["warning"] == "missing_charset"


def test_text_without_blocks_removes_the_blocks(client: WebClient, ana: Person) -> None:
    sent = client.chat_postMessage(channel="C0OPS", text="old", blocks=[section()])
    blocks = [section(block_id="new")]
    client.api_call("chat.update", json={"channel": "C0OPS", "ts": sent["ts"], "blocks": blocks})
    assert ana.newest()["text"] == "old" and "edited" not in ana.newest()
    answer = client.chat_update(channel="C0OPS", ts=sent["ts"], text="new")
    assert "blocks" not in ana.newest() and "edited" in ana.newest()
    assert "ts" not in answer["message"]


def test_only_the_apps_own_messages_can_be_changed(client: WebClient, ana: Person) -> None:
    ts = ana.do("message", channel="C0OPS", text="mine")["ts"]
    fields = {"channel": "C0OPS", "ts": ts}
    assert error(client, "chat.update", **fields, text="x")["error"] == "cant_update_message"
    assert error(client, "chat.delete", **fields)["error"] == "cant_delete_message"
    gone = {"channel": "C0OPS", "ts": "1.000000"}
    assert error(client, "chat.delete", **gone)["error"] == "message_not_found"


def test_a_long_text_is_truncated_and_a_long_update_refused(client: WebClient) -> None:
    sent = client.chat_postMessage(channel="C0OPS", text="x" * 40_001)
    assert sent["warning"] == "message_truncated" and len(sent["message"]["text"]) == 40_000
    answer = error(client, "chat.update", channel="C0OPS", ts=sent["ts"], text="x" * 4_001)
    assert answer["error"] == "msg_too_long"


def test_a_reply_to_a_reply_joins_the_thread_of_the_root(client: WebClient, ana: Person) -> None:
    root = client.chat_postMessage(channel="C0OPS", text="root")["ts"]
    reply = client.chat_postMessage(channel="C0OPS", text="one", thread_ts=root)["ts"]
    client.chat_postMessage(channel="C0OPS", text="two", thread_ts=reply, reply_broadcast=True)
    thread = client.conversations_replies(channel="C0OPS", ts=root)["messages"]
    assert [m["text"] for m in thread] == ["root", "one", "two"]
    assert thread[0]["reply_count"] == 2
    assert [m["text"] for m in ana.messages()] == ["root", "two"]


def test_metadata_is_kept_and_returned_on_request(client: WebClient) -> None:
    metadata = {"event_type": "deployment", "event_payload": {"id": 7}}
    sent = client.chat_postMessage(channel="C0OPS", text="x", metadata=metadata)
    client.chat_update(channel="C0OPS", ts=sent["ts"], text="y")
    found = client.conversations_history(channel="C0OPS", include_all_metadata=True)["messages"]
    assert found[0]["metadata"] == metadata
    plain = client.conversations_history(channel="C0OPS")["messages"]
    assert "metadata" not in plain[0]


def test_history_pages_from_the_newest_back(client: WebClient) -> None:
    for n in range(5):
        client.chat_postMessage(channel="C0OPS", text=str(n))
    pages = [
        [m["text"] for m in page["messages"]]
        for page in client.conversations_history(channel="C0OPS", limit=2)
    ]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_people_are_listed_in_pages(client: WebClient) -> None:
    pages = [[user["id"] for user in page["members"]] for page in client.users_list(limit=4)]
    assert [len(page) for page in pages] == [4, 4, 1]
    assert len({user for page in pages for user in page}) == 9
    assert error(client, "users.list", cursor="nonsense")["error"] == "invalid_cursor"
    assert error(client, "users.list", limit="many")["error"] == "invalid_limit"


def test_profiles_tell_guests_strangers_and_the_deactivated(client: WebClient) -> None:
    assert client.users_info(user="U0GUEST")["user"]["is_restricted"]
    stranger = client.users_info(user="U0STRANGE")["user"]
    assert stranger["is_stranger"] and stranger["team_id"] == "T0OTHER"
    assert client.users_info(user="U0GONE")["user"]["deleted"]
    assert error(client, "users.info", user="U0NOBODY")["error"] == "user_not_found"
    email = client.users_info(user="U0ANA")["user"]["profile"]["email"]
    assert client.users_lookupByEmail(email=email)["user"]["id"] == "U0ANA"
    assert error(client, "users.lookupByEmail", email="x@y.z")["error"] == "users_not_found"


def test_groups_channels_and_direct_messages_can_be_found(client: WebClient) -> None:
    assert client.usergroups_users_list(usergroup="S0APPROVERS")["users"] == ["U0CLEO", "U0DEVI"]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["user_count"] == 2
    names = [c["name"] for c in client.conversations_list()["channels"]]
    assert names == ["releases", "staging", "production", "ops"]
    assert "U0STRANGE" in client.conversations_members(channel="C0RELEASES")["members"]
    assert client.conversations_open(users="U0ANA")["channel"]["id"] == "D0ANA"
    assert error(client, "conversations.open", users="U0GONE")["error"] == "user_disabled"
    assert client.conversations_info(channel="C0RELEASES")["channel"]["is_ext_shared"]
    assert client.team_info()["team"]["domain"] == "station"
    assert client.bots_info(bot="B0STATION")["bot"]["user_id"] == "U0STATION"


def test_reactions_appear_once_per_user(client: WebClient, ana: Person) -> None:
    ts = client.chat_postMessage(channel="C0OPS", text="x")["ts"]
    where = {"channel": "C0OPS", "timestamp": ts}
    client.reactions_add(name="tada", **where)
    assert error(client, "reactions.add", name="tada", **where)["error"] == "already_reacted"
    assert error(client, "reactions.add", name="No No", **where)["error"] == "invalid_name"
    assert client.reactions_get(**where)["message"]["reactions"][0]["count"] == 1
    client.reactions_remove(name="tada", **where)
    assert "reactions" not in ana.newest()
    assert error(client, "reactions.add", name="tada")["error"] == "no_item_specified"


def test_an_ephemeral_is_for_members_and_not_in_the_history(
    client: WebClient, ana: Person, ben: Person
) -> None:
    client.chat_postEphemeral(channel="C0OPS", user="U0ANA", text="psst")
    assert ana.newest()["ephemeral"] and ben.messages() == []
    assert client.conversations_history(channel="C0OPS")["messages"] == []
    fields = {"channel": "C0OPS", "user": "U0GUEST", "text": "x"}
    assert error(client, "chat.postEphemeral", **fields)["error"] == "user_not_in_channel"


def test_a_view_needs_a_trigger_of_its_own(client: WebClient) -> None:
    view = json.dumps(modal())
    assert error(client, "views.open", view=view)["error"] == "invalid_arguments"
    answer = error(client, "views.open", view=view, trigger_id="1.2.3")
    assert answer["error"] == "invalid_trigger_id"
    answer = error(client, "views.update", view=view, view_id="V0", external_id="x")
    assert "both `view_id` and `external_id`" in answer["response_metadata"]["messages"][0]
    assert error(client, "views.update", view=view, view_id="V0")["error"] == "not_found"


def test_blocks_can_be_validated_without_sending_them(client: WebClient) -> None:
    blocks = json.dumps([section()])
    assert client.api_call("blocks.validate", params={"blocks": blocks})["ok"]
    answer = error(client, "blocks.validate", blocks='[{"type": "x"}]')
    assert answer["errors"][0]["pointer"] == "/0/type"
    assert error(client, "blocks.validate")["error"] == "invalid_arguments"


def test_every_refusal_is_a_violation_and_the_log_holds_no_token(
    client: WebClient, playground: Playground, ana: Person
) -> None:
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C0NONE", text="x")
    call(playground, "auth.test", b"token=xoxb-playground", AS_FORM)
    entries = ana.get("inspector", since="0")["entries"]
    assert [e["name"] for e in entries] == ["chat.postMessage", "auth.test"]
    assert "xoxb" not in json.dumps(entries)
    assert ana.workspace.violated() == ["chat.postMessage: channel_not_found"]
    assert ana.workspace.violations == []
