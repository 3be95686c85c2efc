"""The page's own files."""

from pathlib import Path

from aiohttp import web

_PAGE = Path(__file__).with_name("page").resolve()
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def page_file(request: web.Request) -> web.StreamResponse:
    """Answer with a file of the page; its entry points are ``/`` and message permalinks."""
    path = request.match_info["path"]
    name = "index.html" if not path or path.startswith("archives/") else path
    file = (_PAGE / name.removeprefix("page/")).resolve()
    if not file.is_relative_to(_PAGE) or not file.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(file, headers=_HEADERS)
