"""Passes HTTP requests on to an instance and its answers back, both as streams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    web,
)
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from integrations.runtimes.process.route import Route

# RFC 9110, section 7.6.1: these speak of one connection and are never passed on.
OF_ONE_CONNECTION = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
REPEATABLE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"))
OWN_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
CONNECT_LIMIT = 5.0
PIECE = 64 * 1024
ENDING: set[asyncio.Future[None]] = set()  # asyncio itself holds its tasks only weakly


def session(keep: bool) -> ClientSession:
    """A client that adds nothing of its own; ``keep`` says whether connections are used again."""
    return ClientSession(
        connector=TCPConnector(limit=0, force_close=not keep),
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_connect=CONNECT_LIMIT),
        skip_auto_headers=OWN_HEADERS,
        auto_decompress=False,
        trust_env=False,
        max_line_size=PIECE,
        max_field_size=PIECE,
    )


class Upstream:
    """One instance as the router sees it: where it is, and how many requests it has now.

    It has its own idle connections, so that they end with it: a service that waits for open
    connections before it ends would otherwise wait for ours.
    """

    def __init__(self, route: Route) -> None:
        self.route = route
        self.flying = 0
        self._leaves = False
        self.kept = session(keep=True)

    @contextmanager
    def flight(self) -> Iterator[None]:
        self.flying += 1
        try:
            yield
        finally:
            self.flying -= 1
            self._rest()

    def leave(self) -> None:
        """No new request will come; close the idle connections after the last one."""
        self._leaves = True
        self._rest()

    def _rest(self) -> None:
        if self._leaves and not self.flying:
            task = asyncio.ensure_future(self.kept.close())
            ENDING.add(task)
            task.add_done_callback(ENDING.discard)


async def exchange(
    request: web.BaseRequest, upstream: Upstream, single: ClientSession, is_last: bool
) -> web.StreamResponse | None:
    """The answer, sent to the caller; None when nothing was sent and another try is harmless.

    An instance may close an idle connection in the very moment we use it. A request that has a
    body or that must not be repeated therefore gets a connection of its own, from ``single``.
    """
    is_repeatable = request.method in REPEATABLE and not request.body_exists
    client = upstream.kept if is_repeatable and not is_last else single
    try:
        answer = await _ask(client, request, upstream.route.port)
    except (ClientError, TimeoutError, OSError) as error:
        if is_repeatable and not is_last and isinstance(error, ClientConnectionError):
            return None
        if isinstance(error, ClientConnectorError):
            return plainly(503, f"{upstream.route.service} does not run at the moment.")
        return plainly(502, f"{upstream.route.service} broke off before it answered.")
    async with answer:
        return await _return(request, answer)


async def _ask(client: ClientSession, request: web.BaseRequest, port: int) -> ClientResponse:
    headers = _passed_on(request.headers)
    body = request.content if request.body_exists else None
    if headers.pop("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    headers["X-Forwarded-For"] = ", ".join(
        filter(None, (request.headers.get("X-Forwarded-For"), request.remote))
    )
    path = request.raw_path if request.raw_path.startswith("/") else request.rel_url.raw_path_qs
    url = URL(f"http://127.0.0.1:{port}{path}", encoded=True)
    return await client.request(
        request.method, url, headers=headers, data=body, allow_redirects=False
    )


async def _return(request: web.BaseRequest, answer: ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=_passed_on(answer.headers)
    )
    await response.prepare(request)
    try:
        async for piece in answer.content.iter_chunked(PIECE):
            await response.write(piece)
    except ClientError:
        # Half an answer must not look whole: without its end the caller sees that it was cut.
        if request.transport:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


def _passed_on(headers: CIMultiDict[str] | CIMultiDictProxy[str]) -> CIMultiDict[str]:
    named = {word.strip().lower() for word in ",".join(headers.getall("Connection", ())).split(",")}
    kept = CIMultiDict(headers)
    for name in {name.lower() for name in kept}:
        if name in OF_ONE_CONNECTION or name in named:
            kept.popall(name, None)
    return kept


def plainly(status: int, sentence: str) -> web.Response:
    return web.Response(status=status, text=f"{sentence}\n", headers={"Cache-Control": "no-store"})
