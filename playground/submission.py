"""Modals: submitting and closing them, and what the app's answer does to the stack."""

import asyncio
from dataclasses import dataclass
from typing import Any

from playground import forms, views
from playground.controls import Controls, Target
from playground.delivery import Delivery, Shown
from playground.envelope import DeliveryFailed, Envelope
from playground.people import Person
from playground.shapes import JSON
from playground.views import View, ViewRefused, Views

TROUBLE = "We had some trouble connecting. Try again?"


class BadAnswer(ValueError):
    """The ack of a view_submission is not one Slack understands; the text says why."""


@dataclass(frozen=True)
class Submission:
    """Submits and closes the modal a person has in front of them."""

    controls: Controls

    @property
    def delivery(self) -> Delivery:
        """The way to the app."""
        return self.controls.delivery

    @property
    def views(self) -> Views:
        """What everyone has open."""
        return self.delivery.views

    async def submit(self, user: Person, view_id: str, given: JSON) -> JSON:
        """Submit a modal with these values on top of what was entered; raise Shown.

        Returns ``{"ok": True, "closed": bool}``, or the errors and the banner the person sees.
        """
        view = self.controls.own_view(user, view_id)
        if not view.spec.get("submit"):
            raise Shown("This view has no submit button.")
        self._enter(user, view, given)
        if errors := forms.client_errors(view.blocks, view.values):
            return self._refuse(view, errors, "")
        payload = self.delivery.payloads.submission(user, self.views.slack(view))
        payload["trigger_id"] = self.delivery.triggers.issue(user.id)
        payload["response_urls"] = self._response_urls(user, view)
        envelope = Envelope("interactive", payload, True, "view_submission")
        try:
            body = await self.delivery.send(envelope)
            return self._answer(view, body)
        except DeliveryFailed:
            return self._refuse(view, {}, TROUBLE)
        except BadAnswer as problem:
            self.delivery.violation("view_submission", body, str(problem))
            return self._refuse(view, {}, TROUBLE)

    def _enter(self, user: Person, view: View, given: JSON) -> None:
        for block_id, entries in given.items():
            for action_id, value in entries.items():
                target = Target(user, block_id, action_id, view_id=view.id)
                self.controls.set_value(target, value)

    def _response_urls(self, user: Person, view: View) -> list[JSON]:
        """Return a response URL for each chosen channel whose select asked for one."""
        urls = []
        for block, element in forms.elements(view.blocks):
            entry = view.values.get(block["block_id"], {}).get(element["action_id"], {})
            chosen = entry.get("selected_conversation") or entry.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                channel = self.delivery.workspace.channel(chosen)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                url = self.delivery.hooks.for_app(user.id, channel)
                urls.append({**ids, "channel_id": chosen, "response_url": url})
        return urls

    def _refuse(self, view: View, errors: dict[str, str], banner: str) -> JSON:
        self.views.refuse(view, errors, banner)
        return {"ok": False, "errors": errors, **({"banner": banner} if banner else {})}

    def _answer(self, view: View, body: Any) -> JSON:
        if not isinstance(body, dict | None):
            raise BadAnswer("the body is not an object")
        answers = {"errors": self._errors, "update": self._update, "push": self._push}
        action = (body or {}).get("response_action")
        if action in answers:
            return answers[action](view, body or {})
        if action == "clear":
            self.views.close_all(view.user)
        elif body:
            raise BadAnswer(f"unknown answer to a view_submission: {sorted(body)}")
        else:
            self.views.close(view)
        return {"ok": True, "closed": True}

    def _errors(self, view: View, body: JSON) -> JSON:
        errors = body.get("errors")
        inputs = {b["block_id"] for b in view.blocks if b["type"] == "input"}
        if not isinstance(errors, dict) or not errors:
            raise BadAnswer("errors must be an object of block ids and texts")
        if unknown := set(errors) - inputs:
            raise BadAnswer(f"errors for blocks that are no inputs: {', '.join(sorted(unknown))}")
        if not all(isinstance(text, str) and text for text in errors.values()):
            raise BadAnswer("an error must be a text")
        return self._refuse(view, errors, "")

    def _update(self, view: View, body: JSON) -> JSON:
        spec = _checked(body)
        if view in self.views.stack(view.user):
            _apply(lambda: self.views.update(view, spec))
        return {"ok": True, "closed": False}

    def _push(self, view: View, body: JSON) -> JSON:
        spec = _checked(body)
        self.views.refuse(view, {}, "")
        _apply(lambda: self.views.push(view.user, spec))
        return {"ok": True, "closed": False}

    async def close(self, user: Person, view_id: str, *, everything: bool) -> None:
        """Close the modal in front, or the whole stack; tell the app where it asked to know."""
        view = self.controls.own_view(user, view_id)
        cleared = everything or bool(view.spec.get("clear_on_close"))
        if cleared:
            closed = self.views.close_all(user.id)
        else:
            self.views.close(view)
            closed = [view]
        wanted = [v for v in closed if v.spec.get("notify_on_close")]
        await asyncio.gather(*(self._tell_closed(user, v, cleared) for v in wanted))

    async def _tell_closed(self, user: Person, view: View, cleared: bool) -> None:
        payload = self.delivery.payloads.closed(user, self.views.slack(view), cleared=cleared)
        try:
            envelope = Envelope("interactive", payload, False, "view_closed")
            await self.delivery.send(envelope)
        except DeliveryFailed:
            return  # nobody sees it; the transport has recorded it


def _checked(body: JSON) -> JSON:
    try:
        return views.checked(body.get("view"), "modal")
    except ViewRefused as refused:
        raise BadAnswer("; ".join(map(str, refused.problems)) or refused.code) from None


def _apply(change: Any) -> None:
    try:
        change()
    except ViewRefused as refused:
        raise BadAnswer(refused.code) from None
