"""The bytes of files: taken at an upload address, and given to the page and to the app."""

from collections.abc import AsyncIterator
from pathlib import PurePath

from aiohttp import BodyPartReader, web

from playground.files import FileRefused
from playground.inspector import Exchange
from playground.workspace import UnknownId
from playground.world import World

_MAX_ADDED = 10 * 1024 * 1024
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


class Uploads:
    """Takes and gives the bytes of files."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def take(self, request: web.Request) -> web.Response:
        """Take the bytes of one file, raw or as the first file of a form."""
        try:
            file = self._world.files.promised(request.match_info["ticket"])
        except FileRefused:
            raise web.HTTPNotFound(text="no such upload") from None
        content = bytearray()
        async for chunk in _chunks(request):
            content += chunk
            if len(content) > file.length:
                raise web.HTTPRequestEntityTooLarge(file.length, len(content))
        self._world.files.receive(file, bytes(content))
        facts = {"file": file.id, "bytes": len(content)}
        self._world.inspector.log(Exchange("api", "upload", ok=True, request=facts))
        return web.Response(text=f"OK - {len(content)}")

    async def add(self, request: web.Request) -> web.Response:
        """Take a file that a person adds to a form."""
        name = PurePath(request.query.get("name", "")).name
        content = bytearray()
        async for chunk in request.content.iter_any():
            content += chunk
            if len(content) > _MAX_ADDED:
                return web.json_response({"ok": False, "error": "A file can have up to 10 MB."})
        try:
            person = self._world.workspace.person(request.query.get("as"))
        except UnknownId:
            return web.json_response({"ok": False, "error": "unknown person"}, status=404)
        if not name:
            return web.json_response({"ok": False, "error": "A file needs a name."}, status=400)
        file = self._world.files.added(person.id, name, bytes(content))
        return web.json_response({"ok": True, "file": self._world.files.slack(file)})

    async def give(self, request: web.Request) -> web.Response:
        """Give the bytes of a file; a program needs a token, the page its own address."""
        try:
            file = self._world.files.find(request.match_info["file"])
        except FileRefused:
            raise web.HTTPNotFound(text="no such file") from None
        self._check(request)
        # A page shows what begins as an image; anything else is only ever offered for saving.
        shown = file.width > 0 and "/download/" not in request.path
        headers = {**_HEADERS, "Content-Disposition": "inline" if shown else "attachment"}
        body = self._world.files.content(file)
        kind = file.mimetype if shown else "application/octet-stream"
        return web.Response(body=body, content_type=kind, headers=headers)

    def _check(self, request: web.Request) -> None:
        given = request.headers.get("Authorization")
        allowed = f"Bearer {self._world.workspace.app.bot_token}"
        if given is not None and given != allowed:
            raise web.HTTPForbidden(text="invalid_auth")
        if given and "files:read" not in self._world.manifest.scopes:
            raise web.HTTPForbidden(text="missing_scope")


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    if not request.content_type.startswith("multipart/"):
        async for chunk in request.content.iter_any():
            yield chunk
        return
    try:
        part = await (await request.multipart()).next()
    except ValueError:
        raise web.HTTPBadRequest(text="the form is malformed") from None
    if isinstance(part, BodyPartReader):
        while chunk := await part.read_chunk():
            yield chunk
