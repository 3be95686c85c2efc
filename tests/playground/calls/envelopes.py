"""4.1: in which words a request is refused."""

import json
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.playground.calls.stage import (
    AS_FORM,
    AS_JSON,
    BOT,
    Call,
    Stage,
    calls,
    elsewhere,
    fails,
    holds,
    manifest,
    works,
)
from tests.playground.kit import modal, section
from tests.workspace import JSON, request

_LONG = section(text={"type": "mrkdwn", "text": "x" * 3_001})
_TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
_WORDS = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
_MESSAGE = {
    "ok": False,
    "error": "invalid_blocks",
    "errors": [_WORDS],
    "response_metadata": {"messages": [f"[ERROR] {_WORDS}"]},
}
_VIEW = {
    "ok": False,
    "error": "invalid_arguments",
    "response_metadata": {
        "messages": [
            "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
            "[ERROR] invalid additional property: submit_disabled [json-pointer:/view]",
        ]
    },
}


def _judged(answer: JSON, whole: JSON) -> JSON:
    """A refusal has to be this one to the letter."""
    assert answer["ok"] or answer == whole, answer
    return answer


def _call(stage: Stage, token: str, method: str = "auth.test") -> JSON:
    return stage.raw(method, headers={"Authorization": f"Bearer {token}"} if token else {})


def _text(stage: Stage, body: bytes, kind: str) -> JSON:
    return stage.raw("chat.postMessage", body, {**BOT, "Content-Type": kind})


def _untyped(stage: Stage) -> JSON:
    """Post something without saying what it is."""
    at = urlsplit(stage.base_url)
    connection = HTTPConnection(str(at.hostname), at.port or 80, timeout=10)
    with closing(connection):
        connection.request("POST", "/api/chat.postMessage", b"x", BOT)
        answer: JSON = json.loads(connection.getresponse().read())
        return answer


def _bare(method: str) -> JSON:
    """Call a method as an app that may hardly do anything."""
    made = manifest()
    made["oauth_config"]["scopes"]["bot"] = ["chat:write", "commands"]
    made["settings"]["event_subscriptions"] = {"bot_events": []}
    with elsewhere(made) as other:
        answer = other.form(method, "text=x&channel=C0OPS")
        if not answer["ok"]:
            assert (answer["needed"], answer["provided"]) == ("users:read", "chat:write,commands")
        return answer


def _limited(stage: Stage, *, fault: bool) -> JSON:
    if fault:
        stage.ana.do("control", action="fault", method="auth.test", mode="429", retry_after=7)
    status, body = request(f"{stage.base_url}/api/auth.test", b"", BOT | AS_JSON)
    answer: JSON = json.loads(body)
    assert status == (429 if fault else 200)
    assert not fault or answer == {"ok": False, "error": "ratelimited"}
    return answer


def _warned(stage: Stage, kind: str) -> JSON:
    answer = stage.raw("api.test", b"{}", {"Content-Type": kind})
    return holds("warning" not in answer, str(answer.get("warning")))


def _view(stage: Stage, **fields: Any) -> JSON:
    return stage.api("views.open", trigger_id=stage.trigger(), view=modal(**fields))


CASES: list[Call] = [
    *calls(
        "4.1 messages: invalid_blocks, with what is wrong and where, twice",
        works(lambda s: _judged(s.post(blocks=[section()]), _MESSAGE)),
        fails("invalid_blocks", lambda s: _judged(s.post(blocks=[_LONG]), _MESSAGE)),
    ),
    *calls(
        "4.1 blocks that are no array",
        works(lambda s: s.form("chat.postMessage", "channel=C0OPS&text=x&blocks=[]")),
        fails("invalid_blocks_format", lambda s: s.post(blocks={"type": "divider"})),
        fails(
            "invalid_blocks_format", lambda s: s.form("chat.postMessage", "channel=C0OPS&blocks=x")
        ),
    ),
    *calls(
        "4.1 views: invalid_arguments, with a head and what is wrong where",
        works(lambda s: _judged(_view(s), _VIEW)),
        fails("invalid_arguments", lambda s: _judged(_view(s, submit_disabled=True), _VIEW)),
    ),
    *calls(
        "4.1 an argument that is missing is named",
        works(lambda s: s.post(text="x")),
        fails(
            "[ERROR] missing required field: channel", lambda s: s.api("chat.postMessage", text="x")
        ),
    ),
    *calls(
        "4.1 more than one table: invalid_attachments",
        works(lambda s: s.post(blocks=[_TABLE])),
        fails("'error': 'invalid_attachments'", lambda s: s.post(blocks=[_TABLE] * 2)),
        fails("only_one_table_allowed", lambda s: s.post(blocks=[_TABLE] * 2)),
    ),
    *calls(
        "4.1 a request that can be read",
        works(lambda s: _text(s, b'{"channel": "C0OPS", "text": "x"}', AS_JSON["Content-Type"])),
        works(lambda s: _text(s, b"channel=C0OPS&text=x", AS_FORM["Content-Type"])),
        fails("invalid_post_type", lambda s: _text(s, b"a,b", "text/csv")),
        fails("missing_post_type", _untyped),
        fails("invalid_charset", lambda s: _text(s, b"{}", "application/json; charset=latin-9")),
        fails("invalid_form_data", lambda s: _text(s, b"x", "multipart/form-data")),
        fails("invalid_array_arg", lambda s: s.form("chat.postMessage", "channel[]=C0OPS")),
        fails("invalid_arg_name", lambda s: s.form("chat.postMessage", "x" * 300 + "=1")),
    ),
    *calls(
        "4.1 a method that there is",
        works(lambda s: s.api("api.test")),
        fails("'req_method': 'chat.fly'", lambda s: s.api("chat.fly")),
        fails("'error': 'unknown_method'", lambda s: s.api("chat.fly")),
    ),
    *calls(
        "4.1 a token that is known",
        works(lambda s: _call(s, "xoxb-playground")),
        fails("not_authed", lambda s: _call(s, "")),
        fails("invalid_auth", lambda s: _call(s, "xoxb-stolen")),
    ),
    *calls(
        "4.1 a token of the right kind",
        works(lambda s: _call(s, "xapp-playground", "apps.connections.open")),
        fails("not_allowed_token_type", lambda s: _call(s, "xapp-playground", "chat.postMessage")),
        fails(
            "not_allowed_token_type", lambda s: _call(s, "xoxb-playground", "apps.connections.open")
        ),
    ),
    *calls(
        "4.1 a scope that the app has",
        works(lambda s: _bare("chat.postMessage")),
        fails("missing_scope", lambda s: _bare("users.list")),
    ),
    *calls(
        "4.1 too many requests: HTTP 429",
        works(lambda s: _limited(s, fault=False)),
        fails("ratelimited", lambda s: _limited(s, fault=True)),
    ),
    *calls(
        "4.1 JSON says its charset",
        works(lambda s: _warned(s, "application/json; charset=utf-8")),
        fails("missing_charset", lambda s: _warned(s, "application/json")),
    ),
]
