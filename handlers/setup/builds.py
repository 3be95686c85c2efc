"""How an image is built from a release's commit, where a service asks for it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from handlers.setup.forms import ARGUMENT, Cores, Duration, Name, Size, formed
from handlers.setup.part import Part

PIECE = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._+@-]{0,99}", re.ASCII)


def inside(text: str) -> str:
    """A place in the release: nothing that could lead out of it, and nothing that needs quoting."""
    pieces = [] if text == "." else text.removeprefix("./").rstrip("/").split("/")
    if not all(PIECE.fullmatch(piece) and piece not in (".", "..") for piece in pieces):
        raise ValueError(
            "expected a place inside the release, such as api or docker/Dockerfile, without .. or"
            " a / at its beginning"
        )
    return "/".join(pieces) or "."


Inside = Annotated[str, AfterValidator(inside)]


class Build(Part):
    """Built by ``engine``, once for each commit, and pushed as ``image:<commit>``. ``file`` is in
    ``context``, a folder of the release. It is bounded by all that stands below."""

    engine: Name
    context: Inside = "."
    file: Inside = "Dockerfile"
    arguments: dict[Annotated[str, formed(ARGUMENT)], str] = Field(default_factory=dict)
    """What the file's ``ARG`` get; anybody who has the image can read them."""
    timeout: Duration = 600.0
    memory: Size = 2**30
    cpu: Cores = 1.0
    network: Literal["none", "bridge"] = "none"
    """Whether what runs while it is built reaches anything."""
    largest: Size = 500 * 2**20
    """Of all files of the context together."""
