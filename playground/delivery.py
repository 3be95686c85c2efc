"""What people do reaches the app: commands, shortcuts, clicks; and what its answers change."""

from dataclasses import dataclass
from typing import Any

from playground import typed
from playground.api.content import read_content
from playground.api.errors import Refused
from playground.api.request import Args
from playground.channels import Channel
from playground.chat import Chat
from playground.clock import Stamps
from playground.dispatch import Dispatch
from playground.envelope import DeliveryFailed, Envelope
from playground.files import Files
from playground.hooks import Hooks
from playground.inspector import Exchange, Inspector
from playground.manifest import Manifest
from playground.payloads import Payloads, Source
from playground.people import Person
from playground.shapes import JSON
from playground.timeline import NoSuchMessage
from playground.triggers import Triggers
from playground.views import Views
from playground.workspace import Workspace


class Shown(Exception):
    """Something a person tried did not work; the text is what Slack shows them."""


@dataclass(frozen=True)
class Delivery:
    """Turns what people do into payloads, and acks into what people see."""

    manifest: Manifest
    workspace: Workspace
    chat: Chat
    views: Views
    triggers: Triggers
    hooks: Hooks
    files: Files
    payloads: Payloads
    dispatch: Dispatch
    inspector: Inspector
    stamps: Stamps

    async def command(self, user: Person, channel: Channel, line: str, thread: str = "") -> None:
        """Run a slash command; raise Shown with Slack's sentence when it fails."""
        name, text = [*line.split(maxsplit=1), "", ""][:2]
        if (command := self.manifest.commands.get(name)) is None:
            raise Shown(f"{name} is not a valid command")
        if thread:
            raise Shown(f"{name} is not supported in threads. Sorry!")
        if command.should_escape:
            text = typed.command_text(self.workspace, text)
        payload = self.payloads.slash(user, channel, name, text.strip())
        payload["response_url"] = self.hooks.for_command(user.id, channel)
        payload["trigger_id"] = self._trigger(user, channel)
        try:
            body = await self.dispatch.send(Envelope("slash_commands", payload, True, name))
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
        content = read_content(args, self.files)
        if args.text("response_type") == "in_channel":
            self.chat.post_as_person(channel, user, {"text": typed.escape(line)})
            self.chat.post_as_app(channel, content)
        else:
            self.chat.whisper(user.id, channel, content)

    async def shortcut(self, user: Person, callback_id: str) -> None:
        """Use a global shortcut; raise Shown."""
        if self.manifest.shortcut("global", callback_id) is None:
            raise Shown("There is no such shortcut.")
        payload = self.payloads.shortcut(user, callback_id, self.stamps.next())
        await self.interact(payload, user)

    async def message_shortcut(
        self, user: Person, channel: Channel, ts: str, callback_id: str
    ) -> None:
        """Use a shortcut on a message everyone in the channel sees; raise Shown."""
        if self.manifest.shortcut("message", callback_id) is None:
            raise Shown("There is no such shortcut.")
        try:
            message = self.chat.timeline.find(channel.id, ts)
        except NoSuchMessage:
            raise Shown("There is no such message here.") from None
        source = Source(user, channel=channel, message=message)
        payload = self.payloads.message_shortcut(source, callback_id, self.stamps.next())
        payload["response_url"] = self.hooks.for_app(user.id, channel)
        await self.interact(payload, user, channel)

    async def interact(self, payload: JSON, user: Person, channel: Channel | None = None) -> None:
        """Send an interactive payload with a fresh trigger; raise Shown when the app fails."""
        payload["trigger_id"] = self._trigger(user, channel)
        await self.ask(Envelope("interactive", payload, False, payload["type"]))

    async def ask(self, envelope: Envelope) -> Any:
        """Send an interactive payload and return the body of the answer; raise Shown."""
        try:
            return await self.send(envelope)
        except DeliveryFailed as failed:
            raise Shown(f"The app did not respond ({failed.code}).") from None

    async def send(self, envelope: Envelope) -> Any:
        """Send an interactive payload; raise DeliveryFailed, or Shown without interactivity."""
        if not self.manifest.interactive:
            raise Shown("This app is not configured to handle interactive responses.")
        return await self.dispatch.send(envelope)

    def _trigger(self, user: Person, channel: Channel | None) -> str:
        self.views.stands(user.id, channel.id if channel else "")
        return self.triggers.issue(user.id)

    def violation(self, name: str, body: Any, why: str) -> None:
        """Record an ack Slack would not accept."""
        self.inspector.log(Exchange("ack", name, ok=False, response=body, violation=why))
