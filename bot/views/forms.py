"""The forms: what they ask for, and reading back what was chosen.

What a form was opened for travels in its ``private_metadata``: ids only, checked again on arrival.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.reply import reply
from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.message import Message
from bot.views.refusals import VERBS
from bot.views.told import Told
from handlers.messages import (
    ClearLock,
    Facts,
    Outcome,
    ProposeRollback,
    RejectDeployment,
    RequestDeploy,
    RequestRollback,
)

View = dict[str, Any]

REASON, LONGEST_REASON, MOST_OPTIONS = 4, 500, 100
"""Characters of a reason that means something, of the longest one kept; options of a select."""

LONGEST_VALUE = 75
"""Characters of an option's value that every Slack client takes."""


def deploy_form(facts: Facts, error: str = "") -> View:
    """Which version of what, to where, and why."""
    told = Told(facts)
    service = str(told.get("service") or "")
    versions = {str(v.get("version")): str(v.get("subject") or "") for v in told.each("versions")}
    places = dict.fromkeys(map(str, told.items("environments")), "")
    chosen = str(told.get("version") or "")
    # A select whose options follow the service has an id that follows it too: Slack keeps what
    # was chosen wherever the ids stay the same, also where it is no option any more.
    drawn = [
        _error(error),
        _select(
            "service", "Service", _services(told), service, actions.CHOOSE_SERVICE, dispatch=True
        ),
        _select("version", "Version", versions, chosen, f"version.{service}")
        or blocks.section(f"{told.code('service')} has no version yet. Tag one, such as `v1.0.0`."),
        _select("environment", "To", places, str(told.get("environment")), f"place.{service}")
        or blocks.section(f"{told.code('service')} has no environment in `team.yml`."),
        _text("reason", "Why", str(told.get("reason") or ""), optional=True),
    ]
    return _form(actions.DEPLOY_FORM, "Deploy", "Deploy", drawn)


def rollback_form(facts: Facts, error: str = "") -> View:
    """What to roll back, and where; the answer proposes the version where none was said."""
    told = Told(facts)
    version = str(told.get("version") or "")
    places = dict.fromkeys(map(str, told.items("environments")), "")
    drawn = [
        _error(error),
        _select("service", "Service", _services(told), str(told.get("service")), "service"),
        _select("environment", "In", places, str(told.get("environment")), "environment")
        or blocks.section(f"{told.code('service')} has no environment in `team.yml`."),
        blocks.section(f"To the version {told.code('version')}.") if version else None,
        _text("reason", "Why", str(told.get("reason") or ""), optional=True),
    ]
    verb = "Roll back" if version else "Propose a version"
    return _form(actions.ROLLBACK_FORM, "Roll back", verb, drawn, actions.pack(version=version))


def reject_form(deployment: int, fingerprint: str) -> View:
    seen = actions.pack(deployment=deployment, fingerprint=fingerprint)
    drawn = [
        _text("reason", "Why not?", hint="It is shown on the card; whoever asked reads it."),
        blocks.context("A rejection ends the request at once. It can be asked for anew."),
    ]
    return _form(actions.REJECT_FORM, "Reject", "Reject", drawn, seen)


def unlock_form(lock: Facts) -> View:
    told = Told(lock)
    seen = actions.pack(environment=lock["environment"], claim=lock["claim"])
    drawn = [
        blocks.section(
            f"*{told['environment']}* is locked since {told.when('since')}: {told.long('reason')}"
        ),
        _text("reason", "Why is it safe to deploy again?", hint="It is kept with the lock."),
    ]
    return _form(actions.UNLOCK_FORM, "Clear the lock", "Clear the lock", drawn, seen)


def answer_view(said: Message) -> View:
    """The answer to a form, in its place."""
    drawn = list(said.blocks) or [blocks.section(said.text)]
    return {
        "type": "modal",
        "title": blocks.plain_text("Stationmaster", 24),
        "close": blocks.plain_text("Close", 24),
        "blocks": drawn,
    }


Filled = RequestDeploy | RequestRollback | ProposeRollback | RejectDeployment | ClearLock


def read_form(view: View) -> Filled:
    """What the submitted form asks for; what is missing stays empty and is refused further on."""
    given, seen = chosen(view), actions.unpack(view.get("private_metadata"))
    reason = given["reason"]
    match view.get("callback_id"):
        case actions.DEPLOY_FORM:
            return RequestDeploy(given["service"], given["version"], given["environment"], reason)
        case actions.ROLLBACK_FORM:
            place, version = (given["service"], given["environment"]), str(seen.get("version", ""))
            if version:
                return RequestRollback(*place, version, reason)
            return ProposeRollback(*place, reason)
        case actions.REJECT_FORM:
            number, fingerprint = _number(seen.get("deployment")), str(seen.get("fingerprint", ""))
            return RejectDeployment(number, fingerprint, reason)
        case actions.UNLOCK_FORM:
            # Without the lock that was seen, -1 names one that never was: nothing is opened.
            return ClearLock(
                str(seen.get("environment", "")), _number(seen.get("claim")) or -1, reason
            )
    raise ValueError(f"no form of ours: {view.get('callback_id')!r}")


def chosen(view: View) -> dict[str, str]:
    """What stands in the form now: service, version, environment and reason."""
    values = (view.get("state") or {}).get("values") or {}
    return {name: _value(values.get(name)) for name in FIELDS}


FIELDS = ("service", "version", "environment", "reason")


def form_errors(view: View, outcome: Outcome) -> dict[str, str]:
    """The refusal beside the field that can mend it. Nothing where no field can: then the whole
    answer, with its buttons, takes the form's place."""
    inputs = [b["block_id"] for b in view.get("blocks") or [] if b.get("type") == "input"]
    if not inputs or outcome.code in UNMENDABLE:
        return {}
    field = MENDS.get(outcome.code, inputs[0])
    return {field if field in inputs else inputs[0]: words.plain(_in_plain_text(outcome))}


def _in_plain_text(outcome: Outcome) -> str:
    """The sentence of a refusal where no mention can be shown: roles stand for the people."""
    told = Told(outcome.facts)
    if outcome.code != "not_permitted" or not told.items("roles"):
        return reply(outcome).text
    role = "role" if len(told.items("roles")) == 1 else "roles"
    what = VERBS.get(str(told.get("permission")), "do this")
    nobody = "" if told.items("holders") else " Nobody has it today."
    return f"Only the {role} {told.codes('roles')} may {what}.{nobody}"


MENDS = {
    "unknown_service": "service",
    "unknown_version": "version",
    "bad_version": "version",
    "unknown_environment": "environment",
    "service_not_here": "environment",
    "not_permitted": "environment",
    "nothing_to_roll_back_to": "environment",
    "never_live_here": "environment",
    "reason_needed": "reason",
}
UNMENDABLE = frozenset(
    {
        "blocked",
        "already_asked",
        "already_decided",
        "already_approved_by_you",
        "approval_expired",
        "request_changed",
        "own_request",
        "not_locked",
        "lock_changed",
        "crashed",
    }
)


def _number(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 2**63 else 0


def _value(block: Any) -> str:
    """The one value of an input block, whatever its element is called."""
    for element in (block or {}).values():
        option = element.get("selected_option") or {}
        given = option.get("value") or element.get("value") or ""
        return words.trim(words.clean(given), 600)
    return ""


def _form(
    callback: str, title: str, submit: str, drawn: Iterable[Block | None], seen: str = ""
) -> View:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": blocks.plain_text(title, 24),
        "submit": blocks.plain_text(submit, 24),
        "close": blocks.plain_text("Never mind", 24),
        "private_metadata": seen,
        "blocks": [block for block in drawn if block is not None],
    }


def _error(sentence: str) -> Block | None:
    return blocks.section(f"⚠️ {words.escape(sentence, 600)}") if sentence else None


def _services(told: Told) -> dict[str, str]:
    return dict.fromkeys(map(str, told.items("services")), "")


def _select(
    name: str, label: str, choices: dict[str, str], now: str, action: str, dispatch: bool = False
) -> Block | None:
    """A select of ``choices`` (value: description) with ``now`` chosen; None without any."""
    usable = [v for v in choices if 0 < len(v) <= LONGEST_VALUE and words.clean(v) == v]
    shown = usable[:MOST_OPTIONS]
    if now in usable and now not in shown:
        shown[-1] = now
    if not shown:
        return None
    element: Block = {
        "type": "static_select",
        "action_id": action[:255],
        "options": [blocks.option(value, choices[value]) for value in shown],
    }
    if now in shown:
        element["initial_option"] = blocks.option(now, choices[now])
    drawn = {"type": "input", "block_id": name, "label": blocks.plain_text(label, 100)}
    return drawn | {"element": element} | ({"dispatch_action": True} if dispatch else {})


def _text(name: str, label: str, now: str = "", hint: str = "", optional: bool = False) -> Block:
    """Where a reason is typed."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": LONGEST_REASON,
    }
    if not optional:
        element["min_length"] = REASON
    if words.clean(now):
        element["initial_value"] = words.trim(words.clean(now), LONGEST_REASON)
    drawn = {"type": "input", "block_id": name, "label": blocks.plain_text(label, 100)}
    extra: Block = {"optional": True} if optional else {}
    return (
        drawn
        | extra
        | {"element": element}
        | ({"hint": blocks.plain_text(hint, 150)} if hint else {})
    )
