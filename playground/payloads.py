"""The payloads Slack sends, complete, as SLACK.md 4.13 lists them. Shapes only, no decisions."""

from dataclasses import dataclass

from playground import forms, ids
from playground.channels import Channel
from playground.people import Person
from playground.shapes import JSON
from playground.workspace import Workspace

_TOKEN = "legacy-verification-token"  # noqa: S105 - Slack still sends this field; it proves nothing

# Properties of an element that its action repeats, besides its state.
_ECHOED = ("text", "value", "style", "placeholder", "confirm", "url", "min_query_length")


@dataclass(frozen=True)
class Source:
    """Where something was clicked: a message (``channel`` given) or a view."""

    user: Person
    view: JSON | None = None
    channel: Channel | None = None
    message: JSON | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether it was clicked in a message only this person sees."""
        return bool(self.message and self.message.get("ephemeral"))

    def on_message(self) -> tuple[Channel, JSON]:
        """Return where the message is, and the message; raise ValueError for a view."""
        if self.channel is None or self.message is None:
            raise ValueError("not on a message of a channel")
        return self.channel, self.message


class Payloads:
    """Builds payloads for one workspace and its app."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def _common(self, kind: str) -> JSON:
        team = self._workspace.team
        return {
            "type": kind,
            "team": {"id": team.id, "domain": team.domain},
            "token": _TOKEN,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _interactive(self, kind: str, user: Person) -> JSON:
        who = {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}
        return {**self._common(kind), "user": who, "api_app_id": self._workspace.app.id}

    def slash(self, user: Person, channel: Channel, command: str, text: str) -> JSON:
        """Return a slash command, without trigger and response URL; every value is a string."""
        return {
            "token": _TOKEN,
            "team_id": user.team_id,
            "team_domain": self._workspace.domain(user.team_id),
            "channel_id": channel.id,
            "channel_name": channel.payload_name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": self._workspace.app.id,
            "is_enterprise_install": "false",
        }

    def block_actions(self, source: Source, action: JSON, values: JSON) -> JSON:
        """Return a click or a choice, without trigger and response URL."""
        payload = self._interactive("block_actions", source.user) | {"actions": [action]}
        payload |= self._place(source)
        if source.view is None:
            payload["state"] = {"values": values}
        return payload

    def suggestion(self, source: Source, block_id: str, element: JSON, typed: str) -> JSON:
        """Return the request for the options of an external select."""
        asked = {"block_id": block_id, "action_id": element["action_id"], "value": typed}
        return self._interactive("block_suggestion", source.user) | asked | self._place(source)

    def submission(self, user: Person, view: JSON) -> JSON:
        """Return a view_submission, without trigger and response URLs."""
        return self._interactive("view_submission", user) | {"view": view, "response_urls": []}

    def closed(self, user: Person, view: JSON, *, cleared: bool) -> JSON:
        """Return a view_closed; ``is_cleared`` when its whole stack went."""
        return self._interactive("view_closed", user) | {"view": view, "is_cleared": cleared}

    def shortcut(self, user: Person, callback_id: str, at: str) -> JSON:
        """Return a global shortcut, without trigger."""
        who = {"id": user.id, "username": user.name, "team_id": user.team_id}
        what = {"user": who, "callback_id": callback_id, "action_ts": at}
        return self._common("shortcut") | what

    def message_shortcut(self, source: Source, callback_id: str, at: str) -> JSON:
        """Return a shortcut on a message, without trigger and response URL."""
        channel, message = source.on_message()
        return self._common("message_action") | {
            "user": {"id": source.user.id, "name": source.user.name},
            "channel": {"id": channel.id, "name": channel.payload_name},
            "callback_id": callback_id,
            "action_ts": at,
            "message_ts": message["ts"],
            "message": message,
        }

    def event(self, event: JSON, at: float, *, shared: bool) -> JSON:
        """Return the envelope of the Events API around an event."""
        team, app = self._workspace.team.id, self._workspace.app
        authorization = {
            "enterprise_id": None,
            "team_id": team,
            "user_id": app.user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": _TOKEN,
            "team_id": team,
            "api_app_id": app.id,
            "type": "event_callback",
            "event_id": ids.capitals("Ev"),
            "event_time": int(at),
            "event_context": "4-" + ids.hexadecimal(32),
            "is_ext_shared_channel": shared,
            "authorizations": [authorization],
            "event": event,
        }

    def rate_limited(self, minute: int) -> JSON:
        """Return what comes instead of the events of a minute in which there were too many."""
        return {
            "token": _TOKEN,
            "type": "app_rate_limited",
            "team_id": self._workspace.team.id,
            "minute_rate_limited": minute,
            "api_app_id": self._workspace.app.id,
        }

    def _place(self, source: Source) -> JSON:
        if source.view is not None:
            container = {"type": "view", "view_id": source.view["id"]}
            return {"container": container, "view": source.view}
        channel, message = source.on_message()
        container = {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": channel.id,
            "is_ephemeral": source.ephemeral,
        }
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        place: JSON = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.payload_name},
        }
        # Slack does not repeat the content of an ephemeral message.
        return place if source.ephemeral else {**place, "message": message}


def action(block: JSON, element: JSON, chosen: JSON, at: str) -> JSON:
    """Return one entry of ``actions``; ``chosen`` is the element's new state, if it has one."""
    kind = forms.KINDS.get(element["type"])
    echoed = {key: element[key] for key in _ECHOED if key in element}
    if kind and kind.initial != "initial_value" and kind.initial in element:
        echoed[kind.initial] = element[kind.initial]
    where = {"block_id": block["block_id"], "action_id": element["action_id"]}
    return {**echoed, **chosen, **where, "type": element["type"], "action_ts": at}
