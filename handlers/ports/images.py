"""Where images of services are kept."""

from __future__ import annotations

from typing import Protocol


class Images(Protocol):
    """Knows which bytes the tag of an image names. Only registries that the setup allows."""

    def resolve(self, image: str, tag: str) -> str:
        """The exact image that ``tag`` of ``image`` names at this moment: ``image@sha256:…``, the
        digest being that of the bytes that were read, or ``sha256:…``, the id of an image that
        only Engines have (``local/…``). An index of several platforms stays one.

        A permanent PortError when there is no such tag or nobody may have it. Within 20 s.
        """
