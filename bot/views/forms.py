"""The forms: what they ask for, and reading back what was chosen.

What a form was opened for travels in its ``private_metadata``: ids only, checked again on arrival.
"""

from __future__ import annotations

from bot.reply import reply
from bot.views import actions, blocks, words
from bot.views.bookings import forms as booking_forms
from bot.views.fields import View, error_line, form, given, number, reason_field, select, text_field
from bot.views.message import Message
from bot.views.told import Told
from bot.views.verbs import VERBS
from handlers.messages import (
    ClearLock,
    Command,
    Facts,
    Outcome,
    ProposeRollback,
    Question,
    RejectDeployment,
    RejectReset,
    RequestDeploy,
    RequestRollback,
)


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
        error_line(error),
        select(
            "service", "Service", _services(told), service, actions.CHOOSE_SERVICE, dispatch=True
        ),
        select("version", "Version", versions, chosen, f"version.{service}")
        or blocks.section(f"{told.code('service')} has no version yet. Tag one, such as `v1.0.0`."),
        select("environment", "To", places, str(told.get("environment")), f"place.{service}")
        or blocks.section(f"{told.code('service')} has no environment in `team.yml`."),
        text_field("reason", "Why", str(told.get("reason") or ""), optional=True),
    ]
    return form(actions.DEPLOY_FORM, "Deploy", "Deploy", drawn)


def rollback_form(facts: Facts, error: str = "") -> View:
    """What to roll back, and where; the answer proposes the version where none was said."""
    told = Told(facts)
    version = str(told.get("version") or "")
    places = dict.fromkeys(map(str, told.items("environments")), "")
    drawn = [
        error_line(error),
        select("service", "Service", _services(told), str(told.get("service")), "service"),
        select("environment", "In", places, str(told.get("environment")), "environment")
        or blocks.section(f"{told.code('service')} has no environment in `team.yml`."),
        blocks.section(f"To the version {told.code('version')}.") if version else None,
        text_field("reason", "Why", str(told.get("reason") or ""), optional=True),
    ]
    verb = "Roll back" if version else "Propose a version"
    return form(actions.ROLLBACK_FORM, "Roll back", verb, drawn, actions.pack(version=version))


def reject_form(deployment: int, fingerprint: str) -> View:
    seen = actions.pack(deployment=deployment, fingerprint=fingerprint)
    drawn = [
        text_field("reason", "Why not?", hint="It is shown on the card; whoever asked reads it."),
        blocks.context("A rejection ends the request at once. It can be asked for anew."),
    ]
    return form(actions.REJECT_FORM, "Reject", "Reject", drawn, seen)


def unlock_form(lock: Facts) -> View:
    told = Told(lock)
    seen = actions.pack(environment=lock["environment"], claim=lock["claim"])
    drawn = [
        blocks.section(
            f"*{told['environment']}* is locked since {told.when('since')}: {told.long('reason')}"
        ),
        text_field("reason", "Why is it safe to deploy again?", hint="It is kept with the lock."),
    ]
    return form(actions.UNLOCK_FORM, "Clear the lock", "Clear the lock", drawn, seen)


def answer_view(said: Message) -> View:
    """The answer to a form, in its place."""
    drawn = list(said.blocks) or [blocks.section(said.text)]
    return {
        "type": "modal",
        "title": blocks.plain_text("Stationmaster", 24),
        "close": blocks.plain_text("Close", 24),
        "blocks": drawn,
    }


def reject_reset_form(preparation: int, fingerprint: str) -> View:
    seen = actions.pack(preparation=preparation, fingerprint=fingerprint)
    drawn = [reason_field("Why not?", "Whoever asked reads it.")]
    return form(actions.REJECT_RESET_FORM, "Reject", "Reject", drawn, seen)


def read_form(view: View) -> Command | Question:
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
            fingerprint = str(seen.get("fingerprint", ""))
            return RejectDeployment(number(seen.get("deployment")), fingerprint, reason)
        case actions.UNLOCK_FORM:
            # Without the lock that was seen, -1 names one that never was: nothing is opened.
            return ClearLock(
                str(seen.get("environment", "")), number(seen.get("claim")) or -1, reason
            )
        case actions.BOOK_FORM:
            return booking_forms.read_book_form(view)
        case actions.TAKE_OVER_FORM:
            return booking_forms.read_take_over(seen, reason)
        case actions.OVERRIDE_FORM:
            return booking_forms.read_override(seen, reason)
        case actions.REJECT_BOOKING_FORM:
            return booking_forms.read_reject_booking(seen, reason)
        case actions.REJECT_RESET_FORM:
            fingerprint = str(seen.get("fingerprint", ""))
            return RejectReset(number(seen.get("preparation")), fingerprint, reason)
    raise ValueError(f"no form of ours: {view.get('callback_id')!r}")


def chosen(view: View) -> dict[str, str]:
    """What stands in the form now: service, version, environment and reason."""
    filled = given(view)
    return {name: filled.one(name) for name in FIELDS}


FIELDS = ("service", "version", "environment", "reason")


def form_errors(view: View, outcome: Outcome) -> dict[str, str]:
    """The refusal beside the field that can mend it. Nothing where no field can: then the whole
    answer, with its buttons, takes the form's place."""
    inputs = [b["block_id"] for b in view.get("blocks") or [] if b.get("type") == "input"]
    outcome = _alone(outcome)
    if not inputs or outcome.code in UNMENDABLE:
        return {}
    field = MENDS.get(outcome.code, inputs[0])
    return {field if field in inputs else inputs[0]: words.plain(_in_plain_text(outcome))}


def _alone(outcome: Outcome) -> Outcome:
    """The one blocker that stands in the way, where a field can mend it; else the outcome."""
    match outcome.facts.get("blockers"):
        case [{"code": str(code), "facts": dict(facts)}] if code in MENDS:
            return Outcome(code, facts, refused=True)
    return outcome


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
    "already_live": "version",
    "unknown_environment": "environment",
    "service_not_here": "environment",
    "not_permitted": "environment",
    "nothing_to_roll_back_to": "environment",
    "never_live_here": "environment",
    "reason_needed": "reason",
    "no_environment": "environments",
    "not_bookable": "environments",
    "unreadable_time": "until",
    "too_short": "until",
    "too_long_booking": "until",
    "too_far_ahead": "day",
    "unknown_purpose": "purpose",
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
        "booked_already",
        "booking_over",
        "own_booking_request",
        "booking_already_decided",
        "booking_approval_expired",
        "booking_request_changed",
        "booking_already_approved_by_you",
    }
)


def _services(told: Told) -> dict[str, str]:
    return dict.fromkeys(map(str, told.items("services")), "")
