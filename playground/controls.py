"""What people click and choose: a control found in what they see, and what becomes of it."""

from dataclasses import dataclass, field
from typing import Any

from playground import blockkit, choices, forms, payloads
from playground.channels import Channel
from playground.delivery import Delivery, Shown
from playground.envelope import Envelope
from playground.payloads import Source
from playground.people import Person
from playground.shapes import JSON
from playground.timeline import NoSuchMessage
from playground.views import View

_OFFERS_KEPT = 1_000
_MIN_QUERY = 3  # Slack's default of `min_query_length`


@dataclass(frozen=True)
class Target:
    """One control as a page addresses it: in a view, or in a message of a channel."""

    user: Person
    block_id: str
    action_id: str
    view_id: str = ""
    channel: Channel | None = None
    ts: str = ""


@dataclass(frozen=True)
class Control:
    """One control found in what its user sees, with the values around it."""

    source: Source
    view: View | None
    block: JSON
    element: JSON
    values: JSON

    @property
    def place(self) -> str:
        """A key that names the control for this user."""
        where = self.view.id if self.view else (self.source.message or {})["ts"]
        ids = (self.source.user.id, where, self.block["block_id"], self.element["action_id"])
        return "/".join(ids)

    @property
    def is_heard(self) -> bool:
        """Whether the app is told of it at once: an input's value comes with the submission."""
        if self.element["type"] == "workflow_button":
            return False  # it starts a workflow of Slack's, not the app
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))


@dataclass(frozen=True)
class Controls:
    """Every control of every message and view, as each person has set it."""

    delivery: Delivery
    _message_values: dict[str, JSON] = field(default_factory=dict)
    _offered: dict[str, list[JSON]] = field(default_factory=dict)

    async def act(self, target: Target, raw: Any) -> None:
        """Click a button or choose a value; raise Shown when it cannot be or the app fails."""
        control, delivery = self._find(target), self.delivery
        chosen = self._choose(control, raw)
        if not control.is_heard:
            return
        action = payloads.action(control.block, control.element, chosen, delivery.stamps.next())
        source = control.source
        if control.view is not None:
            source = Source(source.user, view=delivery.views.slack(control.view))
        payload = delivery.payloads.block_actions(source, action, control.values)
        if source.view is None:
            channel, message = source.on_message()
            payload["response_url"] = delivery.hooks.for_action(source.user.id, channel, message)
        await delivery.interact(payload, source.user, source.channel)

    def set_value(self, target: Target, raw: Any) -> None:
        """Enter a value without telling the app; raise Shown when it cannot be entered."""
        self._choose(self._find(target), raw)

    def _find(self, target: Target) -> Control:
        view, source, blocks, before = self._place(target)
        found = forms.find(blocks, target.block_id, target.action_id)
        if found is None:
            raise Shown("There is no such control here.")
        if view is not None:
            return Control(source, view, *found, view.values)
        key = f"{target.user.id}/{target.ts}"
        near = target.channel.id if target.channel else ""
        values = self._message_values[key] = forms.state_of(blocks, before, near)
        return Control(source, None, *found, values)

    def _place(self, target: Target) -> tuple[View | None, Source, list[JSON], JSON]:
        if target.channel is None:
            view = self.own_view(target.user, target.view_id)
            slack = self.delivery.views.slack(view)
            return view, Source(target.user, view=slack), view.blocks, {}
        try:
            timeline = self.delivery.chat.timeline
            message = timeline.seen_by(target.user.id, target.channel.id, target.ts)
        except NoSuchMessage:
            raise Shown("There is no such message here.") from None
        source = Source(target.user, channel=target.channel, message=message)
        before = self._message_values.get(f"{target.user.id}/{target.ts}", {})
        return None, source, message.get("blocks") or [], before

    def own_view(self, user: Person, view_id: str) -> View:
        """Return the view this person has in front of them; raise Shown for any other."""
        views = self.delivery.views
        for view in [*views.stack(user.id)[-1:], views.home(user.id)]:
            if view is not None and view.id == view_id:
                return view
        raise Shown("This view is not open.")

    def _choose(self, control: Control, raw: Any) -> JSON:
        element = control.element
        try:
            if element["type"] not in forms.KINDS:
                return forms.picked(element, raw)
            entry = forms.entry(element, raw, self._offered.get(control.place, []))
            choices.check(self.delivery.workspace, element, entry)
            if element["type"] == "file_input":
                user, files = control.source.user.id, self.delivery.files
                entry["files"] = choices.chosen_files(files, user, element, entry["files"])
        except forms.NotAChoice as problem:
            raise Shown(str(problem)) from None
        control.values[control.block["block_id"]][element["action_id"]] = entry
        return entry

    async def suggest(self, target: Target, text: str) -> JSON:
        """Return the ``options`` or ``option_groups`` the app suggests; raise Shown."""
        control = self._find(target)
        if not control.element["type"].endswith("external_select"):
            raise Shown("This control has no suggestions.")
        if len(text) < control.element.get("min_query_length", _MIN_QUERY):
            return {"options": []}
        payload = self.delivery.payloads.suggestion(
            control.source, control.block["block_id"], control.element, text
        )
        body = await self.delivery.ask(Envelope("interactive", payload, True, "block_suggestion"))
        if problems := blockkit.check_options(body):
            self.delivery.violation("block_suggestion", body, str(problems[0]))
            raise Shown("Something went wrong when we tried to load your options.")
        answer: JSON = body
        # Answers may overtake each other: whatever was offered may have been chosen.
        before = self._offered.get(control.place, [])
        self._offered[control.place] = [*before, *forms.options_of(answer)][-_OFFERS_KEPT:]
        return answer
