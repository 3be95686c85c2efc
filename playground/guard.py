"""Who may talk to this server: pages it served itself, never a foreign site in the browser."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LOCAL = ("localhost", "127.0.0.1", "::1")
# Slack's own routes are called by programs, whose Host header may say anything (SLACK.md 2.2).
_FOR_PROGRAMS = ("/api/", "/link/", "/hooks/", "/upload/")


def guard(host: str) -> Middleware:
    """Return a middleware against DNS rebinding and cross-site requests.

    A foreign ``Origin`` is refused everywhere, a foreign ``Host`` on the page and its API.
    """
    known = {*_LOCAL, host}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and not _is_known(urlsplit(origin).netloc, known):
            return _refusal("Origin")
        for_programs = request.path.startswith(_FOR_PROGRAMS)
        if not for_programs and not _is_known(request.headers.get("Host", ""), known):
            return _refusal("Host")
        return await handler(request)

    return check


def _is_known(netloc: str, known: set[str]) -> bool:
    try:
        return urlsplit(f"//{netloc}").hostname in known
    except ValueError:
        return False


def _refusal(header: str) -> web.Response:
    return web.json_response({"ok": False, "error": f"foreign {header}"}, status=403)
