"""Logging to the terminal, with everything secret taken out at this last gate before the sink."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from handlers.rules.secrets import hide

UTC = "%Y-%m-%dT%H:%M:%SZ"


class Redaction(logging.Formatter):
    """Formats a record, then hides known values and known shapes, in tracebacks as well."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", UTC)
        self.converter = time.gmtime
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record), self._secrets)


def set_up_logs(level: str, secrets: Iterable[str]) -> None:
    """Send all logging to standard error, redacted; libraries speak from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redaction(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # The engine would give itself a handler of its own, which hides nothing.
    engine = logging.getLogger("dbos")
    engine.handlers[:], engine.propagate = [handler], False
    for ours in ("bot", "handlers", "integrations"):
        logging.getLogger(ours).setLevel(level)
