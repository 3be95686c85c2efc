"""Having something gone from an Engine, whoever else is at it."""

from __future__ import annotations

import time

from handlers.ports import PortError
from integrations.runtimes.docker.client import Engine, Refused

GONE_WITHIN = 15.0  # seconds a removal that is under way may take


def gone_from(engine: Engine, path: str, **query: str) -> bool:
    """Have it removed; False while it is in use."""
    try:
        engine.read("DELETE", path, None, **query)
    except Refused as no:
        if no.status == 404:
            return True
        if no.status in (403, 409):
            return False
        raise
    return True


def take_away(engine: Engine, container: str, name: str) -> None:
    """End and remove a container; being taken away by somebody else is success."""
    path = f"/containers/{container}"
    if engine.make_sure("DELETE", path, 404, 409, force="1", v="1"):
        return
    deadline = time.monotonic() + GONE_WITHIN
    while engine.find(f"{path}/json") is not None:
        if time.monotonic() > deadline:
            raise PortError(f"The Docker Engine does not remove {name}.")
        time.sleep(0.05)
        engine.make_sure("DELETE", path, 404, 409, force="1", v="1")
