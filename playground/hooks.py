"""Response URLs: five posts within thirty minutes, without a token (SLACK.md 4.9)."""

from dataclasses import dataclass
from typing import Any

from playground import ids
from playground.api.content import read_content
from playground.api.errors import Refused
from playground.api.request import Args
from playground.channels import Channel
from playground.chat import Chat
from playground.clock import Clock
from playground.files import Files
from playground.shapes import JSON
from playground.timeline import NoSuchMessage

_USES = 5
_SECONDS = 30 * 60
_REMEMBERED = 10_000


@dataclass
class Hook:
    """One response URL: whose action it answers, where, and on which message if any."""

    user: str
    channel: Channel
    expires: float
    message_ts: str | None
    ephemeral: bool
    uses: int = 0


class Hooks:
    """The response URLs given out, and what posting to them does; the oldest are forgotten."""

    def __init__(self, chat: Chat, files: Files, clock: Clock, team_id: str) -> None:
        self._chat = chat
        self._files = files
        self._clock = clock
        self._team_id = team_id
        self._hooks: dict[str, Hook] = {}

    def for_command(self, user: str, channel: Channel) -> str:
        """Return a new response URL for a slash command."""
        return self._issue("commands", user, channel, None)

    def for_action(self, user: str, channel: Channel, message: JSON) -> str:
        """Return a new response URL for an action on a message, which it can replace."""
        return self._issue("actions", user, channel, message)

    def for_app(self, user: str, channel: Channel) -> str:
        """Return a new response URL for a shortcut on a message, or a channel chosen in a modal."""
        return self._issue("app", user, channel, None)

    def _issue(self, kind: str, user: str, channel: Channel, message: JSON | None) -> str:
        path = f"{kind}/{self._team_id}/{ids.digits(12)}/{ids.mixed(24)}"
        self._hooks[path] = Hook(
            user=user,
            channel=channel,
            expires=self._clock.now() + _SECONDS,
            message_ts=message["ts"] if message else None,
            ephemeral=bool(message and message.get("ephemeral")),
        )
        if len(self._hooks) > _REMEMBERED:
            del self._hooks[next(iter(self._hooks))]
        return f"{self._chat.base_url}/hooks/{path}"

    def place(self, path: str) -> str:
        """Return the id of the channel a response URL leads to, empty for an unknown one."""
        hook = self._hooks.get(path)
        return hook.channel.id if hook else ""

    def post(self, path: str, body: Any) -> None:
        """Do what a post to a response URL asks for; raise Refused."""
        hook = self._usable(path)
        if not isinstance(body, dict):
            raise Refused("invalid_payload")
        args = Args(body)
        if args.flag("delete_original"):
            self._delete_original(hook)
        elif args.flag("replace_original") and hook.message_ts:
            self._replace_original(hook, hook.message_ts, read_content(args, self._files))
        else:
            self._post_new(hook, args)
        hook.uses += 1

    def _usable(self, path: str) -> Hook:
        hook = self._hooks.get(path)
        if hook is None:
            raise Refused("no_service", status=404)
        if self._clock.now() > hook.expires:
            raise Refused("expired_url", status=404)
        if hook.uses >= _USES:
            raise Refused("used_url", status=404)
        return hook

    def _delete_original(self, hook: Hook) -> None:
        if not hook.message_ts:
            raise Refused("message_not_found")
        try:
            if hook.ephemeral:
                self._chat.delete_whisper(hook.user, hook.channel, hook.message_ts)
            else:
                self._chat.delete(hook.channel, hook.message_ts)
        except NoSuchMessage:
            raise Refused("message_not_found") from None

    def _replace_original(self, hook: Hook, ts: str, content: JSON) -> None:
        try:
            old = self._chat.timeline.seen_by(hook.user, hook.channel.id, ts)
        except NoSuchMessage:
            raise Refused("message_not_found") from None
        kept = {k: v for k, v in old.items() if k not in ("text", "blocks", "attachments")}
        if hook.ephemeral:
            self._chat.change_whisper(hook.user, hook.channel, {**kept, **content})
        else:
            self._chat.change(hook.channel, {**kept, **content})

    def _post_new(self, hook: Hook, args: Args) -> None:
        content = read_content(args, self._files)
        if thread := args.text("thread_ts"):
            content["thread_ts"] = thread
        if args.text("response_type") == "in_channel":
            self._chat.post_as_app(hook.channel, content)
        else:
            self._chat.whisper(hook.user, hook.channel, content)
