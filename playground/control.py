"""The control plane of tests: faults, clocks, connections, people (``/_play/control``)."""

from typing import Any

from playground.channels import Channel
from playground.faults import Fault
from playground.limits import EVENTS_PER_HOUR
from playground.page_api import BadRequest, text
from playground.shapes import JSON
from playground.socket_mode import REASONS
from playground.world import World

_FURTHEST = 100 * 365 * 86_400.0


class Control:
    """Does what a test asks of the workspace itself."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, body: JSON) -> JSON:
        """Do one action; raise BadRequest for one that is unknown or malformed."""
        actions = {
            "fault": self._fault,
            "disconnect": self._disconnect,
            "drop": self._drop,
            "half_open": self._half_open,
            "enable_socket_mode": self._enable_socket_mode,
            "strict_rate_limits": self._strict_rate_limits,
            "edit_user": self._edit_user,
            "edit_group": self._edit_group,
            "join": self._join,
            "leave": self._leave,
            "advance": self._advance,
            "clear_violations": self._clear_violations,
        }
        action = actions.get(text(body, "action"))
        if action is None:
            raise BadRequest(f"action is one of {', '.join(actions)}")
        try:
            await action(body)
        except (TypeError, ValueError) as problem:
            raise BadRequest(str(problem)) from None
        return {"ok": True}

    async def _fault(self, body: JSON) -> None:
        plan: dict[str, Any] = {k: v for k, v in body.items() if k not in ("action", "as")}
        self._world.faults.plan(Fault(**{"method": "*", **plan}))

    async def _disconnect(self, body: JSON) -> None:
        reason = text(body, "reason") or "refresh_requested"
        if reason not in REASONS:
            raise BadRequest(f"reason is one of {', '.join(REASONS)}")
        await self._world.socket.disconnect(reason)

    async def _drop(self, _body: JSON) -> None:
        self._world.socket.drop()

    async def _half_open(self, _body: JSON) -> None:
        self._world.socket.half_open()

    async def _enable_socket_mode(self, _body: JSON) -> None:
        self._world.socket.enabled = True

    async def _strict_rate_limits(self, body: JSON) -> None:
        events = body.get("events_per_hour", EVENTS_PER_HOUR)
        if not isinstance(events, int) or events < 0:
            raise BadRequest("events_per_hour is a whole number")
        self._world.limits.strict = bool(body.get("on"))
        self._world.limits.events_per_hour = events

    async def _edit_user(self, body: JSON) -> None:
        fields = body.get("fields")
        if not isinstance(fields, dict):
            raise BadRequest("fields is not an object")
        self._world.workspace.edit_person(text(body, "user"), fields)

    async def _edit_group(self, body: JSON) -> None:
        users = body.get("users")
        if not isinstance(users, list):
            raise BadRequest("users is not a list")
        self._world.workspace.edit_group(text(body, "group"), users)

    async def _join(self, body: JSON) -> None:
        user, channel = self._membership(body)
        if user not in channel.members:
            channel.members.append(user)
            self._world.workspace.keep_channel(channel)

    async def _leave(self, body: JSON) -> None:
        user, channel = self._membership(body)
        if user in channel.members:
            channel.members.remove(user)
            self._world.workspace.keep_channel(channel)

    def _membership(self, body: JSON) -> tuple[str, Channel]:
        workspace = self._world.workspace
        return workspace.person(body.get("user")).id, workspace.channel(body.get("channel"))

    async def _advance(self, body: JSON) -> None:
        seconds = float(body.get("seconds", 0))
        if not 0 <= seconds <= _FURTHEST:
            raise BadRequest("a clock goes forward, and not further than a hundred years")
        self._world.clock.advance(seconds)

    async def _clear_violations(self, _body: JSON) -> None:
        self._world.inspector.violations.clear()
