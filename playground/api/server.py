"""The Web API over HTTP: decode, authorise, answer, and record every call."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from playground import ids
from playground.api import (
    basics,
    bookmarks,
    channels,
    chat,
    conversations,
    direct,
    files,
    history,
    oauth,
    people,
    pins,
    reactions,
    scheduled,
    usergroups,
    views,
)
from playground.api.access import check_rate, check_token, scope_headers
from playground.api.errors import Refused
from playground.api.registry import METHODS, Call
from playground.api.request import Args, read
from playground.blockkit import doubts
from playground.faults import Fault
from playground.inspector import Exchange
from playground.shapes import JSON, parse
from playground.world import World

MODULES = (
    *(basics, bookmarks, channels, chat, conversations, direct, files, history, oauth, people),
    *(pins, reactions, scheduled, usergroups, views),
)


@dataclass
class Reply:
    """One answer on its way out, and how the inspector will describe the call."""

    body: JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    request: Mapping[str, object] = field(default_factory=dict)
    violation: str | None = None
    doubt: str | None = None


class Api:
    """Answers ``/api/<method>`` and ``/hooks/…``."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Answer one Web API request."""
        name = request.match_info["method"]
        return await self._answer(request, name, "api")

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Answer one post to a response URL."""
        return await self._answer(request, "response_url", "hook")

    async def _answer(self, request: web.Request, name: str, kind: str) -> web.StreamResponse:
        started = time.perf_counter()
        fault = self._world.faults.take(name)
        if fault and fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and (reply := _injected(fault)):
            pass
        elif kind == "hook":
            reply = await self._hook_reply(request)
        else:
            reply = await self._reply(request, name)
        self._log(kind, name, reply, started)
        if fault and fault.mode == "reset_after" and request.transport:
            request.transport.abort()
        if kind == "hook" and reply.status == 200:
            return web.Response(text="ok")
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)

    def _log(self, kind: str, name: str, reply: Reply, started: float) -> None:
        self._world.inspector.log(
            Exchange(
                kind,
                name,
                ok=bool(reply.body.get("ok")),
                request=dict(reply.request),
                response=reply.body,
                ms=(time.perf_counter() - started) * 1000,
                violation=reply.violation,
                doubt=reply.doubt,
            )
        )

    async def _reply(self, request: web.Request, name: str) -> Reply:
        reply = Reply({}, headers={"x-slack-req-id": ids.hexadecimal(32)})
        try:
            incoming = await read(request)
            reply.request = incoming.args.values
            wanted = METHODS.get(name)
            if wanted is None:
                raise Refused("unknown_method", extra={"req_method": name})
            reply.headers |= scope_headers(wanted, self._world)
            check_token(wanted, incoming.token, self._world)
            args = Args({}) if incoming.is_json and not wanted.json else incoming.args
            check_rate(self._world.limits, name, args.text("channel"))
            reply.body = wanted.answer(Call(self._world, args))
            reply.doubt = _doubt(name, args)
            _warn(reply.body, incoming.warnings)
        except Refused as refused:
            _refuse(reply, refused)
        return reply

    async def _hook_reply(self, request: web.Request) -> Reply:
        reply = Reply({"ok": True})
        try:
            body = await _hook_body(request)
            reply.request = body if isinstance(body, dict) else {}
            path = request.match_info["path"]
            check_rate(self._world.limits, "response_url", self._world.hooks.place(path))
            self._world.hooks.post(path, body)
        except Refused as refused:
            _refuse(reply, refused)
            reply.status = refused.status if refused.status != 200 else 400
        return reply


async def _hook_body(request: web.Request) -> object:
    body = await request.read()
    try:
        return parse(body)
    except ValueError:
        raise Refused("invalid_payload") from None


def _refuse(reply: Reply, refused: Refused) -> None:
    reply.body, reply.status = refused.body(), refused.status
    if refused.retry_after is not None:
        # Being told to slow down is no mistake; a bot that waits passes.
        reply.headers["Retry-After"] = str(refused.retry_after)
    else:
        reply.violation = str(refused)


def _injected(fault: Fault) -> Reply | None:
    if fault.mode == "429":
        headers = {"Retry-After": str(fault.retry_after)}
        return Reply({"ok": False, "error": "ratelimited"}, 429, headers)
    if fault.mode == "500":
        return Reply({"ok": False, "error": "internal_error"}, 500)
    return Reply({"ok": False, "error": fault.error}) if fault.mode == "error" else None


def _doubt(method: str, args: Args) -> str | None:
    """Return what Slack's documentation does not allow in a message that Slack takes."""
    if not method.startswith("chat.") or "blocks" not in args.values:
        return None
    problems = doubts(args.json("blocks", Refused("invalid_blocks_format")) or [])
    return "; ".join(map(str, problems)) or None


def _warn(body: JSON, warnings: list[str]) -> None:
    if warnings:
        body.setdefault("warning", ",".join(warnings))
        body.setdefault("response_metadata", {})["warnings"] = warnings
