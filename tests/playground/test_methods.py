"""Every method of the Web API: the calls it takes, and every reason it has to refuse one."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import playground
from playground.api.registry import METHODS
from tests.playground.test_api import MALFORMED
from tests.playground.webapi.accepted import ACCEPTED
from tests.playground.webapi.refused import BASICS, CHAT, FILES, VIEWS, Refusals
from tests.playground.webapi.refused_places import CHANNELS, ITEMS, PEOPLE
from tests.playground.webapi.stage import Stage, staged
from tests.workspace import JSON

CODE = re.compile(r"[a-z_]+")
REFERENCE = json.loads(Path(__file__).with_name("webapi").joinpath("methods.json").read_text())
REFUSED: Refusals = {**CHAT, **VIEWS, **FILES, **BASICS, **CHANNELS, **PEOPLE, **ITEMS}
TAKEN = [(method, args) for method, cases in ACCEPTED.items() for args in cases]
GIVEN = [(method, *case) for method, cases in REFUSED.items() for case in cases]
CALLS = [*TAKEN, *((method, args) for method, _, args in GIVEN)]

# Errors Slack gives that its reference does not list, by SLACK's guides and servers.
UNLISTED = {"invalid_arguments", "invalid_auth", "invalid_limit", "users_list_not_supplied"}
# What methods refuse as their siblings do, where the reference lists it for those alone.
SHARED = {
    "chat.postEphemeral": {"invalid_metadata_format", "metadata_too_large", "msg_blocks_too_long"},
    "chat.postMessage": {"invalid_attachments"},
    "chat.scheduleMessage": {
        *("cannot_reply_to_message", "invalid_attachments", "msg_blocks_too_long"),
    },
    "chat.update": {"msg_blocks_too_long"},
    "usergroups.update": {"name_already_exists", "no_such_subteam"},
    "usergroups.users.update": {"no_such_subteam"},
    "users.conversations": {"user_not_found"},
    "api.test": {"as_you_wish"},
}
# Errors shown elsewhere in this folder: they need another workspace, or are of no method.
APART = {
    *("access_denied", "account_inactive", "edit_window_closed", "expired_url", "used_url"),
    *("invalid_payload", "messages_tab_disabled", "missing_post_type", "missing_scope"),
    *("no_service", "not_enabled", "ratelimited", "token_expired", "token_revoked"),
    *("plan_upgrade_required", "unknown_method"),
}
# Arguments that change nothing where there is one team, one token and no organisation.
IDLE = {
    *("access_level", "additional_channels", "as_user", "assertion", "code_verifier"),
    *("current_draft_last_updated_ts", "enable_section", "exclude_muted", "file_comment", "full"),
    *("include_disabled", "interactivity_pointer", "is_shared", "team_id", "unfurl_links"),
    *("unfurl_media", "unfurled_attachments"),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.mark.parametrize(
    ("method", "args"), TAKEN, ids=[f"{m} {n}" for n, (m, _) in enumerate(TAKEN)]
)
def test_slack_takes(stage: Stage, method: str, args: JSON) -> None:
    stage.done(method, **args)


@pytest.mark.parametrize(
    ("method", "code", "args"), GIVEN, ids=[f"{m} {c} {n}" for n, (m, c, _) in enumerate(GIVEN)]
)
def test_slack_refuses(stage: Stage, method: str, code: str, args: JSON) -> None:
    answer = stage.call(method, **args)
    assert (answer["ok"], answer.get("error")) == (False, code), answer


REQUIRED = [
    (method, name) for method, facts in REFERENCE["methods"].items() for name in facts["required"]
]


@pytest.mark.parametrize(("method", "name"), REQUIRED)
def test_what_slack_requires_is_required(stage: Stage, method: str, name: str) -> None:
    args = {key: value for key, value in ACCEPTED[method][0].items() if key != name}
    assert not stage.call(method, **args)["ok"]


def test_every_method_is_shown_taking_and_refusing_calls() -> None:
    assert set(ACCEPTED) == set(REFUSED) == set(METHODS)
    assert set(REFERENCE["methods"]) <= set(METHODS)


def test_every_refusal_is_one_slack_documents() -> None:
    common = {*REFERENCE["errors"], *UNLISTED}
    undocumented = {
        f"{method}: {code}"
        for method, code, _ in GIVEN
        if method in REFERENCE["methods"]
        and code not in common
        and code not in {*REFERENCE["methods"][method]["errors"], *SHARED.get(method, ())}
    }
    assert undocumented == set()


def test_every_refusal_in_the_code_has_a_call_that_gets_it() -> None:
    provoked = {code for _, code, _ in GIVEN} | {code for *_, code in MALFORMED.values()}
    assert refusals() - provoked - APART == set()


def test_every_argument_slack_documents_is_used_in_a_call() -> None:
    unused = {
        f"{method}: {argument}"
        for method, facts in REFERENCE["methods"].items()
        for argument in set(facts["args"]) - IDLE
        if not any(argument in args for called, args in CALLS if called == method)
    }
    assert unused == set()


def refusals() -> set[str]:
    """Return every error code that the code of the workspace raises by name."""
    found = set()
    for path in Path(playground.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(name), args=[ast.Constant(str(code)), *_]):
                    if name.endswith("Refused") and CODE.fullmatch(code):
                        found.add(code)
    return found
