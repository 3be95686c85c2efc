"""How services of others are looked at."""

from __future__ import annotations

from typing import Protocol


class Probe(Protocol):
    """Looks at a service of others that an environment has."""

    def version(self, address: str) -> str:
        """The version that the service at ``address`` says it has, such as ``14.8``.

        ``http://host:port/path`` is asked for its path, ``tcp://host:port/WORDS`` is told the
        words and a line's end; without words it is only listened to. The version is the first
        dotted number of the answer, or the first number after ``#words`` at the end of the
        address. No redirects, no more than 16 KiB, within 3 s. PortError when there is no answer,
        and a permanent one when there is no version in it.
        """
