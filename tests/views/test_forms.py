"""The forms: what they offer, and what comes back from them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reply import reply
from bot.views import actions, forms
from handlers.messages import (
    ClearLock,
    Outcome,
    ProposeRollback,
    RejectDeployment,
    RequestDeploy,
    RequestRollback,
)
from playground.blockkit import check_view
from playground.forms import state_of
from tests.views.samples import LOCK

FACTS = {
    "services": ["api", "web"],
    "service": "api",
    "versions": [
        {"version": "1.1.0", "subject": "Answer faster"},
        {"version": "1.0.0", "subject": "Begin"},
    ],
    "version": "1.1.0",
    "environments": ["production", "staging"],
    "environment": "staging",
    "reason": "it is time",
}


def submitted(view: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack sends it back when nothing was touched."""
    return view | {"state": {"values": state_of(view["blocks"])}}


FORMS = [
    (forms.deploy_form(FACTS), RequestDeploy("api", "1.1.0", "staging", "it is time")),
    (
        forms.rollback_form(FACTS | {"version": ""}),
        ProposeRollback("api", "staging", "it is time"),
    ),
    (forms.rollback_form(FACTS), RequestRollback("api", "staging", "1.1.0", "it is time")),
    (forms.reject_form(12, "f" * 64), RejectDeployment(12, "f" * 64, "")),
    (forms.unlock_form(LOCK), ClearLock("production", 5, "")),
]


@pytest.mark.parametrize(("view", "meant"), FORMS)
def test_what_a_form_was_filled_with_is_what_it_asks_for(view: Any, meant: object) -> None:
    assert check_view(view) == []
    assert forms.read_form(submitted(view)) == meant
    assert view["callback_id"] in actions.ALL_FORMS


def by_block(view: dict[str, Any]) -> dict[str, Any]:
    return {b["block_id"]: b for b in view["blocks"] if b["type"] == "input"}


def test_another_service_brings_other_versions_and_forgets_the_old_choice() -> None:
    before, after = forms.deploy_form(FACTS), forms.deploy_form(FACTS | {"service": "web"})
    assert by_block(before)["service"]["element"]["action_id"] == actions.CHOOSE_SERVICE
    assert by_block(before)["service"]["dispatch_action"] is True
    ids = [by_block(v)["version"]["element"]["action_id"] for v in (before, after)]
    assert ids[0] != ids[1], "Slack keeps a choice where the ids stay the same"


def test_versions_are_offered_with_what_they_bring() -> None:
    first = by_block(forms.deploy_form(FACTS))["version"]["element"]["options"][0]
    assert (first["value"], first["description"]["text"]) == ("1.1.0", "Answer faster")


def test_a_service_without_versions_says_so_and_can_still_be_changed() -> None:
    view = forms.deploy_form(FACTS | {"versions": [], "version": ""})
    assert "has no version yet" in str(view["blocks"])
    assert list(by_block(view)) == ["service", "environment", "reason"]
    assert forms.chosen(submitted(view))["version"] == ""


def test_an_unlock_that_lost_its_lock_names_one_that_never_was() -> None:
    view = submitted(forms.unlock_form(LOCK)) | {"private_metadata": "garbage"}
    assert forms.read_form(view) == ClearLock("", -1, "")


def test_a_view_without_state_is_an_empty_form() -> None:
    assert forms.chosen({}) == dict.fromkeys(("service", "version", "environment", "reason"), "")


UNKNOWN: dict[str, Any] = {
    "service": "api",
    "version": "9",
    "nearest": "",
    "known": [],
    "read": None,
    "error": "",
}
NO_ROLE = {"permission": "deploy", "roles": ["operator"], "holders": ["U0OPAL"]}
ERRORS: list[tuple[str, dict[str, Any], str, str]] = [
    ("unknown_version", UNKNOWN, "version", "api has no version 9."),
    ("service_not_here", {"service": "api", "known": ["web"]}, "environment", "api does not run"),
    ("reason_needed", {"what": "deploy"}, "reason", "Say in a few words why you deploy"),
    ("directory_stale", {"age": 700.0}, "service", "I cannot tell who may do what just now"),
    ("not_permitted", NO_ROLE, "environment", "Only the role operator may deploy there."),
    ("a_new_code", {}, "service", "That was refused: a_new_code."),
]


@pytest.mark.parametrize(("code", "facts", "block", "begins"), ERRORS)
def test_a_refusal_stands_beside_the_field_that_can_mend_it(
    code: str, facts: dict[str, Any], block: str, begins: str
) -> None:
    errors = forms.form_errors(forms.deploy_form(FACTS), Outcome(code, facts, refused=True))
    assert list(errors) == [block]
    assert errors[block].startswith(begins)
    assert len(errors[block]) <= 150


def test_where_no_mention_can_be_shown_the_roles_are_named() -> None:
    facts = {"permission": "unlock", "roles": ["operator", "approver"], "holders": ["U1", "U2"]}
    refused = Outcome("not_permitted", facts, refused=True)
    said = forms.form_errors(forms.unlock_form(LOCK), refused)
    assert said == {"reason": "Only the roles operator or approver may lock and unlock there."}
    nobody = Outcome("not_permitted", facts | {"holders": []}, refused=True)
    (said_then,) = forms.form_errors(forms.unlock_form(LOCK), nobody).values()
    assert said_then.endswith("Nobody has it today.")


def test_what_no_field_can_mend_is_answered_whole_with_its_button() -> None:
    blocked = Outcome("blocked", {"blockers": [{"code": "locked", "facts": LOCK}]}, refused=True)
    assert forms.form_errors(forms.deploy_form(FACTS), blocked) == {}
    view = forms.answer_view(reply(blocked))
    assert check_view(view) == []
    assert actions.CLEAR_LOCK in str(view)
