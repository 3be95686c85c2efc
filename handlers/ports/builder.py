"""Images that are built from the commits of releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from handlers.ports.runtime_plan import Say, silent


@dataclass(frozen=True)
class BuildOrder:
    """An image that is wanted: ``image``, with its registry, under the tag ``commit``.

    ``name`` tells builds apart, whatever they are of. ``context`` is a folder of the commit's tree
    and ``file`` is in it. ``memory`` and ``largest`` (all files of the context together) are in
    bytes, ``timeout`` is in seconds. What runs meanwhile reaches a network only with ``network``
    ``bridge``. ``keep`` images of the service stay where they were built.
    """

    name: str
    engine: str
    service: str
    repository: str
    commit: str
    image: str
    context: str = "."
    file: str = "Dockerfile"
    arguments: tuple[tuple[str, str], ...] = ()
    timeout: float = 600.0
    memory: int = 2**30
    cpu: float = 1.0
    network: str = "none"
    largest: int = 500 * 2**20
    keep: int = 5


@dataclass(frozen=True)
class Built:
    """How a build ended. ``problem`` is one plain sentence with what to do, empty where the image
    is there; ``detail`` says in a few words what was done."""

    problem: str = ""
    detail: str = ""


class Builder(Protocol):
    """Builds images, in steps that go one after the other.

    Every method may be called again after a crash at any point, and raises PortError when it cannot
    do what it says. Nothing that a person types reaches it but as a value: what is built is decided
    by the order and by the commit's own files. No secret is given to a build.
    """

    def check(self, engine: str) -> str:
        """One line saying that builds can run there; PortError otherwise. Within 20 s."""

    def fetch(self, order: BuildOrder) -> str:
        """Have the commit's context ready to be built from; a few words on what it is.

        What is ready already is left alone. A permanent PortError where the context is too large,
        is not there, or begins with images that the setup does not allow; nothing is kept then.
        """

    def build(self, order: BuildOrder, write: Say = silent, say: Say = silent) -> Built:
        """Build what was fetched, unless it was built already, under this order or another of the
        same commit: that is success at once. What a build before a crash has begun is ended first.

        ``write`` gets all that the build says, line by line. ``say`` gets a few words on how far it
        is, and about every second none: what it raises ends the build and is passed on. A build
        that fails, or is not done within its time, is no PortError: trying again would be the same.
        Nothing of it runs on after this has returned or raised.
        """

    def push(self, order: BuildOrder, say: Say = silent) -> str:
        """Have what was built in its registry, under the tag of its commit; what the Engine says
        that it is there: ``image@sha256:…``. There already is success. ``say`` as above."""

    def discard(self, order: BuildOrder) -> None:
        """Leave nothing of this build but the newest ``keep`` images. Not there is success."""
