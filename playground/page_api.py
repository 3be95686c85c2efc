"""What the page and the tests call: ``/_play/…``, JSON both ways."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from playground import ids, typed
from playground.channels import Channel
from playground.controls import Target
from playground.delivery import Shown
from playground.people import Person
from playground.shapes import JSON, parse
from playground.submission import Submission
from playground.timeline import NoSuchMessage
from playground.workspace import UnknownId
from playground.world import World

Answer = Callable[[JSON], Awaitable[JSON]]


class BadRequest(ValueError):
    """The page sent something malformed; the text says what."""


def text(body: JSON, name: str) -> str:
    """Return a string field, empty when absent; raise BadRequest."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadRequest(f"{name} is not a string")
    return value


def wrapped(answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turn a function from body (or query) to JSON into a handler; failures become ``error``."""

    async def handle(request: web.Request) -> web.Response:
        try:
            body = dict(request.query) if request.method == "GET" else await _body(request)
            return web.json_response(await answer(body))
        except Shown as shown:
            return _failure(str(shown), 200)
        except (UnknownId, NoSuchMessage) as unknown:
            return _failure(f"unknown: {unknown.args[0]}", 404)
        except BadRequest as problem:
            return _failure(str(problem), 400)

    return handle


async def _body(request: web.Request) -> JSON:
    try:
        body = parse(await request.read())
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not an object")
    return body


def _failure(error: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": error}, status=status)


class PageApi:
    """Reads the workspace as one person sees it, and acts as that person."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._submission = Submission(world.controls)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the page API."""
        reads = {
            "boot": self.boot,
            "messages": self.messages,
            "modal": self.modal,
            "home": self.home,
            "inspector": self.inspector,
            "violations": self.violations,
        }
        writes = {
            "read": self.read,
            "command": self.command,
            "shortcut": self.shortcut,
            "message": self.message,
            "action": self.action,
            "state": self.state,
            "options": self.options,
            "submit": self.submit,
            "close": self.close,
        }
        return [
            *(web.get(f"/_play/{name}", wrapped(answer)) for name, answer in reads.items()),
            *(web.post(f"/_play/{name}", wrapped(answer)) for name, answer in writes.items()),
        ]

    def _reader(self, body: JSON) -> Person:
        return self._world.workspace.person(body.get("as"))

    def _actor(self, body: JSON) -> Person:
        person = self._reader(body)
        if person.deleted:
            raise Shown("This account has been deactivated.")
        if person.is_bot:
            raise Shown("A bot cannot do this.")
        return person

    def _speaker(self, body: JSON) -> Person:
        person = self._reader(body)
        if person.id == self._world.workspace.app.user_id:
            raise Shown("Nobody can act as the app.")
        return person if person.is_bot else self._actor(body)

    def _channel(self, body: JSON, person: Person) -> Channel:
        channel = self._world.workspace.channel(body.get("channel"))
        if person.id not in channel.members:
            raise Shown("You are not in this channel.")
        return channel

    async def boot(self, body: JSON) -> JSON:
        """Return what the page needs to start: for choosing a person, or as one."""
        workspace = self._world.workspace
        team = workspace.team
        start: JSON = {
            "team": {"id": team.id, "name": team.name, "domain": team.domain},
            "people": [p.page() for p in workspace.people.values()],
            "ts": self._world.timeline.now(),
        }
        if not body.get("as"):
            return start
        me = self._reader(body)
        channels = [self._shown_channel(c, me) for c in workspace.channels_of(me.id)]
        groups = [g.page() for g in workspace.groups.values()]
        more = {"me": me.page(), "usergroups": groups, "channels": channels, "app": self._app()}
        return {**start, **more, "hints": workspace.hints}

    def _shown_channel(self, channel: Channel, me: Person) -> JSON:
        shown = {
            "id": channel.id,
            "name": channel.name,
            "topic": channel.topic,
            "is_im": channel.is_im,
            **self._world.chat.unread(me.id, channel),
        }
        other = self._world.workspace.app.user_id
        return {**shown, "user": other} if channel.is_im else shown

    def _app(self) -> JSON:
        manifest, workspace = self._world.manifest, self._world.workspace
        return {
            "id": workspace.app.id,
            "name": workspace.app_name,
            "user_id": workspace.app.user_id,
            "connected": self._world.dispatch.line.connected,
            "home_tab": manifest.home_tab,
            "commands": [c.page() for c in manifest.commands.values()],
            "shortcuts": list(manifest.shortcuts),
        }

    async def messages(self, body: JSON) -> JSON:
        """Return what this person sees of a channel or a thread, oldest first."""
        me = self._reader(body)
        channel = self._channel(body, me)
        timeline, root = self._world.timeline, body.get("thread_ts")
        found = timeline.thread(channel.id, root) if root else timeline.roots(channel.id)
        own = [m for m in timeline.whispers(me.id, channel.id) if m.get("thread_ts") == root]
        seen = sorted([*found, *own], key=lambda m: str(m["ts"]))
        return {"messages": [self._world.chat.shown(channel, m) for m in seen]}

    async def read(self, body: JSON) -> JSON:
        """Mark a channel read."""
        me = self._actor(body)
        channel = self._channel(body, me)
        self._world.timeline.mark_read(me.id, channel.id)
        self._world.chat.tell_unread(me.id, channel)
        return {"ok": True}

    async def command(self, body: JSON) -> JSON:
        """Type a slash command."""
        me = self._actor(body)
        line, thread = text(body, "text"), text(body, "thread_ts")
        await self._world.delivery.command(me, self._channel(body, me), line, thread)
        return {"ok": True}

    async def shortcut(self, body: JSON) -> JSON:
        """Use a shortcut: on a message where ``ts`` is given, else a global one."""
        me, callback_id = self._actor(body), text(body, "callback_id")
        if ts := text(body, "ts"):
            channel = self._channel(body, me)
            await self._world.delivery.message_shortcut(me, channel, ts, callback_id)
        else:
            await self._world.delivery.shortcut(me, callback_id)
        return {"ok": True}

    async def message(self, body: JSON) -> JSON:
        """Say something in a channel or a thread; other bots than the app may, too."""
        me = self._speaker(body)
        channel = self._channel(body, me)
        said = text(body, "text").strip()
        if not said:
            raise BadRequest("nothing to say")
        content = typed.message(self._world.workspace, said)
        signature = {"bot_id": me.bot_id, "app_id": me.app_id} if me.is_bot else {}
        content |= signature or {"client_msg_id": ids.unique()}
        if thread := text(body, "thread_ts"):
            content["thread_ts"] = self._world.timeline.root_of(channel.id, thread)
        message = self._world.chat.post_as_person(channel, me, content)
        return {"ok": True, "ts": message["ts"]}

    def _target(self, body: JSON) -> Target:
        me = self._actor(body)
        return Target(
            user=me,
            block_id=text(body, "block_id"),
            action_id=text(body, "action_id"),
            view_id=text(body, "view_id"),
            channel=None if body.get("view_id") else self._channel(body, me),
            ts=text(body, "ts"),
        )

    async def action(self, body: JSON) -> JSON:
        """Click a button, choose a value."""
        await self._world.controls.act(self._target(body), body.get("value"))
        return {"ok": True}

    async def state(self, body: JSON) -> JSON:
        """Enter a value; the app hears of it only from an input with dispatch_action."""
        return await self.action(body)

    async def options(self, body: JSON) -> JSON:
        """Return what an external select offers for what was typed."""
        return await self._world.controls.suggest(self._target(body), text(body, "value"))

    async def submit(self, body: JSON) -> JSON:
        """Submit the modal in front."""
        values: Any = body.get("values") or {}
        if not isinstance(values, dict) or not all(isinstance(v, dict) for v in values.values()):
            raise BadRequest("values are by block id and action id")
        return await self._submission.submit(self._actor(body), text(body, "view_id"), values)

    async def close(self, body: JSON) -> JSON:
        """Close the modal in front, or all."""
        everything = bool(body.get("all"))
        await self._submission.close(
            self._actor(body), text(body, "view_id"), everything=everything
        )
        return {"ok": True}

    async def modal(self, body: JSON) -> JSON:
        """Return this person's open modals, the top one last."""
        views = self._world.views
        return {"stack": [views.page(v) for v in views.stack(self._reader(body).id)]}

    async def home(self, body: JSON) -> JSON:
        """Open the app's ``tab``: return the Home tab as it is published, and tell the app."""
        me = self._actor(body)
        self._world.events.app_opened(me, text(body, "tab") or "home")
        home = self._world.views.home(me.id)
        return {"view": self._world.views.page(home) if home else None}

    async def inspector(self, body: JSON) -> JSON:
        """Return what crossed the wire after entry ``since``."""
        since = text(body, "since") or "0"
        if not since.isascii() or not since.isdigit():
            raise BadRequest("since is not a number")
        return {"entries": self._world.inspector.since(int(since[:15]))}

    async def violations(self, _body: JSON) -> JSON:
        """Return what the bot did that Slack would not accept."""
        return {"violations": self._world.inspector.violations}
