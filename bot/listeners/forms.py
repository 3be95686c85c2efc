"""Forms: what opens them, and what happens to what was filled in."""

from __future__ import annotations

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.desk import Desk
from bot.listeners.wrap import Body, actor_of
from bot.parse import OpenForm
from bot.reply import reply
from bot.views import actions, forms
from bot.views.bookings import forms as booking_forms
from bot.views.fields import View
from bot.views.message import Message
from handlers.messages import (
    Actor,
    ChooseBooking,
    ChooseDeployment,
    Outcome,
    ShowLock,
    TakeOver,
)


def register(app: App, desk: Desk) -> None:
    def submit(ack: Ack, body: Body) -> None:
        view = body["view"]
        message = forms.read_form(view)
        # Not the view's id or hash: they stay when a refused form is mended and submitted again.
        key = f"form:{body['trigger_id']}"
        outcome = desk.take(message, actor_of(body), key)
        errors = forms.form_errors(view, outcome) if outcome.refused else {}
        if errors:
            ack(response_action="errors", errors=errors)
        else:
            ack(response_action="update", view=forms.answer_view(reply(outcome)))

    for form in actions.ALL_FORMS:
        app.view(form)(submit)


def draw_form(desk: Desk, wanted: OpenForm, actor: Actor) -> tuple[View | None, Message | None]:
    """The form with what was said already filled in; or what to say instead when the person may
    not, a word is wrong, or there is nothing to fill in."""
    if wanted.form == "unlock":
        outcome = desk.take(ShowLock(wanted.environment, wanted.claim), actor, "")
    elif wanted.form == "take_over":
        no = desk.refusal(TakeOver(wanted.environment, "", wanted.claim), actor)
        outcome = no or Outcome("take_over")
    elif wanted.form == "book":
        said = (wanted.environments, wanted.when, wanted.shared, wanted.purpose, wanted.reason)
        outcome = desk.take(ChooseBooking(*said), actor, "")
    else:
        question = ChooseDeployment(wanted.service, wanted.version, wanted.environment, True)
        outcome = desk.take(question, actor, "")
    if outcome.refused:
        return None, reply(outcome)
    return _view(wanted, outcome), None


def _view(wanted: OpenForm, outcome: Outcome) -> View:
    if wanted.form == "unlock":
        return forms.unlock_form(outcome.facts)
    if wanted.form == "book":
        return booking_forms.book_form(outcome.facts)
    if wanted.form == "take_over":
        return booking_forms.take_over_form(wanted.claim, wanted.environment)
    if wanted.form == "rollback":
        return forms.rollback_form({**outcome.facts, "reason": wanted.reason})
    return forms.deploy_form({**outcome.facts, "reason": wanted.reason})


def redraw_deploy_form(desk: Desk, client: WebClient, body: Body, actor: Actor) -> None:
    """Another service was chosen: offer its versions and its environments."""
    chosen = forms.chosen(body["view"])
    question = ChooseDeployment(
        chosen.get("service", ""), chosen.get("version", ""), chosen.get("environment", "")
    )
    outcome = desk.take(question, actor, "")
    if not outcome.refused:
        view = forms.deploy_form({**outcome.facts, "reason": chosen.get("reason", "")})
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)
