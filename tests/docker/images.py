"""The images of the tests: ``docker import`` of small roots, without any registry."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.docker import root
from tests.docker.wire import ask

SERVED = "station-tests/served"
ROUTER = "station-tests/router"
BUSYBOX = "station-tests/busybox"
ROOTS = {SERVED: root.python_root, ROUTER: root.router_root, BUSYBOX: root.busybox_root}


def import_images(socket: Path) -> None:
    for name, make in ROOTS.items():
        change = "&changes=ENV%20PATH=/usr/bin"
        if name == SERVED:
            change += f"&changes={quote('WORKDIR /srv')}"
        query = f"fromSrc=-&repo={quote(name, safe='')}&tag=latest{change}"
        ask(socket, "POST", f"/images/create?{query}", make())


def image_id(socket: Path, name: str) -> str:
    """The id by which an image that no registry has is named."""
    found: str = ask(socket, "GET", f"/images/{name}:latest/json")["Id"]
    return found


def variant(
    socket: Path, name: str, words: list[str], label: str = "", files: Mapping[str, bytes] = {}
) -> str:
    """The id of a new image: ``name`` with ``words`` as its command, and ``files`` below /srv.

    ``label`` makes images that are equal in everything else different ones.
    """
    made = ask(socket, "POST", "/containers/create", {"Image": f"{name}:latest", "Cmd": ["true"]})
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    if files:
        ask(socket, "PUT", f"/containers/{made['Id']}/archive?path=/srv", packed.getvalue())
    changes = [f"CMD {json.dumps(words)}", f"LABEL tests={label or 'any'}"]
    query = "".join(f"&changes={quote(change)}" for change in changes)
    image: str = ask(socket, "POST", f"/commit?container={made['Id']}&pause=0{query}")["Id"]
    ask(socket, "DELETE", f"/containers/{made['Id']}?force=1")
    return image


def push(socket: Path, image: str, name: str, tag: str, who: tuple[str, str] | None = None) -> str:
    """Push ``image`` as ``name:tag``; its name by digest there. The local tag stays."""
    ask(socket, "POST", f"/images/{image}/tag?repo={quote(name, safe='')}&tag={tag}")
    said = ask(socket, "POST", f"/images/{name}/push?tag={tag}", who=who or ("", ""))
    digest = re.search(rb"digest: (sha256:[0-9a-f]{64})", said)
    assert digest, said
    return f"{name}@{digest[1].decode()}"
