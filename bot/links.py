"""The secret addresses of calendars: made of a key that only the data folder has, so that nobody
finds them in the database, in a copy of it, in the audit log or in any other log."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

KEY = "calendar.key"
NAME = re.compile(r"(\d{1,9})-(?:([a-z][a-z0-9-]{0,39})-)?([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What the last part of an address says: of whom, of what, and the proof."""

    feed: int
    environment: str
    proof: str = field(repr=False)


def read_name(name: str) -> Asked | None:
    found = NAME.fullmatch(name)
    return Asked(int(found[1]), found[2] or "", found[3]) if found else None


@dataclass(frozen=True)
class Links:
    """Makes addresses, and knows its own."""

    base_url: str
    key: bytes = field(repr=False)

    def address(self, feed: int, generation: int, environment: str = "") -> str:
        middle = f"-{environment}" if environment else ""
        proof = self._proof(feed, generation, environment)
        return f"{self.base_url}/calendar/{feed}{middle}-{proof}.ics"

    def is_mine(self, asked: Asked, generation: int) -> bool:
        """Compared in the same time whatever is wrong with it."""
        mine = self._proof(asked.feed, generation, asked.environment)
        return hmac.compare_digest(mine, asked.proof)

    def _proof(self, feed: int, generation: int, environment: str) -> str:
        said = f"calendar/{feed}/{generation}/{environment}".encode()
        return hmac.new(self.key, said, hashlib.sha256).hexdigest()


def read_key(folder: Path) -> bytes:
    """The key of this data folder, made when there is none; for nobody else's eyes."""
    path = folder / KEY
    if not path.exists():
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    key = path.read_bytes()
    if len(key) < 32:
        raise OSError(f"{path} is not a key; remove it, and new addresses are made")
    return key
