"""Where containers run, and how: Docker Engines, and what a service gets of one."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from handlers.setup.forms import ACCOUNT, EXACT, Cores, Size, formed
from handlers.setup.part import Part

WAY = re.compile(
    r"unix://(?:/[\w.-]+)+|tcp://[\w.-]+:\d{1,5}|ssh://(?:[a-z_][a-z0-9_-]*@)?[\w.-]+(?::\d{1,5})?",
    re.ASCII,
)


def way(text: str) -> str:
    if not WAY.fullmatch(text):
        raise ValueError(
            "expected where an Engine is: unix:///var/run/docker.sock, tcp://host:2376 or"
            " ssh://user@host"
        )
    return text


class Engine(Part):
    """A Docker Engine. ``tls`` is a folder with ca.pem, cert.pem and key.pem; ``router`` the image
    of the routers before services, by its digest or its id."""

    address: Annotated[str, AfterValidator(way)]
    tls: str = ""
    router: Annotated[str, formed(EXACT)]

    @property
    def machine(self) -> str:
        """The machine whose addresses its services have; empty for this one."""
        return urlsplit(self.address).hostname or ""


class Registry(Part):
    """Images may come from there. ``credentials`` is a file with a name on its first line and a
    password on its second; ``plain`` is HTTP, for a registry inside a network that is trusted."""

    credentials: str = ""
    plain: bool = False


class Container(Part):
    """How the service runs where containers run it."""

    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 8080
    replicas: Annotated[int, Field(strict=True, ge=1, le=50)] = 1
    cpu: Cores = 1.0
    memory: Size = 256 * 2**20
    surge: Annotated[int, Field(strict=True, ge=1, le=50)] = 1
    unavailable: Annotated[int, Field(strict=True, ge=0, le=49)] = 0
    read_only: bool = False
    user: Annotated[str, formed(ACCOUNT)] = ""
