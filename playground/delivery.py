"""What people do reaches the app: commands, clicks, choices; and what its answers change."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from playground import blockkit, forms, payloads, typed
from playground.api.content import read_content
from playground.api.errors import Refused
from playground.api.request import Args
from playground.channels import Channel
from playground.chat import Chat
from playground.clock import Stamps
from playground.hooks import Hooks
from playground.inspector import Exchange, Inspector
from playground.manifest import Manifest
from playground.payloads import Payloads, Source
from playground.people import Person
from playground.shapes import JSON
from playground.socket_mode import DeliveryFailed, Envelope
from playground.timeline import NoSuchMessage
from playground.triggers import Triggers
from playground.views import View, Views
from playground.workspace import Workspace

_MIN_QUERY = 3  # Slack's default of `min_query_length`


class Shown(Exception):
    """Something a person tried did not work; the text is what Slack shows them."""


class Transport(Protocol):
    """A way to the app: Socket Mode, or signed HTTP requests."""

    async def send(self, envelope: Envelope) -> Any:
        """Deliver and return the body of the ack; raise DeliveryFailed."""


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


@dataclass(frozen=True)
class Delivery:
    """Turns what people do into payloads, and acks into what people see."""

    manifest: Manifest
    workspace: Workspace
    chat: Chat
    views: Views
    triggers: Triggers
    hooks: Hooks
    payloads: Payloads
    transport: Transport
    inspector: Inspector
    stamps: Stamps
    _message_values: dict[str, JSON] = field(default_factory=dict)
    _offered: dict[str, list[JSON]] = field(default_factory=dict)

    async def command(self, user: Person, channel: Channel, line: str) -> None:
        """Run a slash command; raise Shown with Slack's sentence when it fails."""
        name, text = [*line.split(maxsplit=1), "", ""][:2]
        if (command := self.manifest.commands.get(name)) is None:
            raise Shown(f"{name} is not a valid command")
        if command.should_escape:
            text = typed.command_text(self.workspace, text)
        payload = self.payloads.slash(user, channel, name, text.strip())
        payload["response_url"] = self.hooks.issue(user.id, channel)
        payload["trigger_id"] = self.triggers.issue(user.id)
        try:
            body = await self.transport.send(Envelope("slash_commands", payload, True, name))
            self._answer_command(user, channel, line, body)
        except DeliveryFailed as failed:
            raise Shown(f'{name} failed with the error "{failed.code}"') from None
        except Refused as refused:
            self.violation(name, body, f"invalid_command_response: {refused}")
            raise Shown(f'{name} failed with the error "invalid_command_response"') from None

    def _answer_command(self, user: Person, channel: Channel, line: str, body: Any) -> None:
        if not isinstance(body, dict | None):
            raise Refused("the body is not an object")
        if not body:
            return
        args = Args(body)
        content = read_content(args)
        if args.text("response_type") == "in_channel":
            self.chat.post_as_person(channel, user, {"text": typed.escape(line)})
            self.chat.post_as_app(channel, content)
        else:
            self.chat.whisper(user.id, channel, content)

    async def act(self, target: Target, raw: Any) -> None:
        """Click a button or choose a value; raise Shown when it cannot be or the app fails."""
        control = self._find(target)
        chosen = self._choose(control, raw)
        if control.block["type"] == "input" and not control.block.get("dispatch_action"):
            return
        action = payloads.action(control.block, control.element, chosen, self.stamps.next())
        source = control.source
        if control.view is not None:
            source = Source(source.user, view=self.views.slack(control.view))
        payload = self.payloads.block_actions(source, action, control.values)
        if source.channel is not None:
            user = source.user.id
            payload["response_url"] = self.hooks.issue(user, source.channel, source.message)
        await self.interact(payload, source.user)

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
        values = self._message_values[key] = forms.state_of(blocks, before)
        return Control(source, None, *found, values)

    def _place(self, target: Target) -> tuple[View | None, Source, list[JSON], JSON]:
        if target.channel is None:
            view = self.own_view(target.user, target.view_id)
            return view, Source(target.user, view=self.views.slack(view)), view.blocks, {}
        try:
            message = self.chat.timeline.seen_by(target.user.id, target.channel.id, target.ts)
        except NoSuchMessage:
            raise Shown("There is no such message here.") from None
        source = Source(target.user, channel=target.channel, message=message)
        before = self._message_values.get(f"{target.user.id}/{target.ts}", {})
        return None, source, message.get("blocks") or [], before

    def own_view(self, user: Person, view_id: str) -> View:
        """Return the view this person has in front of them; raise Shown for any other."""
        in_front = [*self.views.stack(user.id)[-1:], self.views.home(user.id)]
        for view in in_front:
            if view is not None and view.id == view_id:
                return view
        raise Shown("This view is not open.")

    def _choose(self, control: Control, raw: Any) -> JSON:
        element = control.element
        try:
            if element["type"] in forms.KINDS:
                entry = forms.entry(element, raw, self._offered.get(control.place, []))
                control.values[control.block["block_id"]][element["action_id"]] = entry
                return entry
            return forms.picked(element, raw)
        except forms.NotAChoice as problem:
            raise Shown(str(problem)) from None

    async def suggest(self, target: Target, text: str) -> JSON:
        """Return the ``options`` or ``option_groups`` the app suggests; raise Shown."""
        control = self._find(target)
        if not control.element["type"].endswith("external_select"):
            raise Shown("This control has no suggestions.")
        if len(text) < control.element.get("min_query_length", _MIN_QUERY):
            return {"options": []}
        payload = self.payloads.suggestion(
            control.source, control.block["block_id"], control.element, text
        )
        body = await self._send(Envelope("interactive", payload, True, "block_suggestion"))
        if problems := blockkit.check_options(body):
            self.violation("block_suggestion", body, str(problems[0]))
            raise Shown("Something went wrong when we tried to load your options.")
        answer: JSON = body
        self._offered[control.place] = forms.options_of(answer)
        return answer

    async def interact(self, payload: JSON, user: Person) -> None:
        """Send an interactive payload with a fresh trigger; raise Shown when the app fails."""
        payload["trigger_id"] = self.triggers.issue(user.id)
        await self._send(Envelope("interactive", payload, False, payload["type"]))

    async def _send(self, envelope: Envelope) -> Any:
        if not self.manifest.interactive:
            raise Shown("This app is not configured to handle interactive responses.")
        try:
            return await self.transport.send(envelope)
        except DeliveryFailed as failed:
            raise Shown(f"The app did not respond ({failed.code}).") from None

    def violation(self, name: str, body: Any, why: str) -> None:
        """Record an ack Slack would not accept."""
        self.inspector.log(Exchange("ack", name, ok=False, response=body, violation=why))
