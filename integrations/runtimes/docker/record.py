"""What a router has on record: in one file of its container stands where its address leads.

To give that file, an Engine takes fifty times as long as to say when it was changed. That time is
made of what stands in the file, so what was read once need not be read again wherever it is seen.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime

from handlers.ports import PortError
from integrations.runtimes.docker import config
from integrations.runtimes.docker.client import Engine, Refused
from integrations.runtimes.docker.config import Lead
from integrations.runtimes.docker.times import moment
from integrations.runtimes.docker.words import CONFIG, SPARE, Place

STAT = "X-Docker-Container-Path-Stat"
NO_ROUTER = "no such container"
MOST = 4096  # leads that are known by their files
Sign = tuple[datetime | None, int]
"""When a file was changed, and its size."""
_known: dict[Sign, Lead | None] = {}


class Record:
    """The record of the router of a place."""

    def __init__(self, engine: Engine, place: Place) -> None:
        self._engine = engine
        self._place = place
        self._path = f"/containers/{place.router}/archive"

    def read(self) -> Lead | None:
        """None when it leads nowhere, or when there is no router."""
        try:
            sign = self._sign()
            if sign in _known:
                return _known[sign]
            lead = self._lead(CONFIG)
        except Refused as no:
            if no.status != 404:
                raise
            return None if NO_ROUTER in no.said.lower() else self._mended(None)
        except ValueError:
            text = f"The configuration of the router of {self._place.service} cannot be read."
            return self._mended(PortError(f"{text} Remove {self._place.router}, and deploy again."))
        _keep(lead)
        return lead

    def _mended(self, otherwise: PortError | None) -> Lead | None:
        """What the spare says, which is put in place of a file that was broken off."""
        try:
            lead = self._lead(SPARE)
        except (Refused, ValueError) as no:
            if otherwise is not None:
                raise otherwise from None
            if isinstance(no, Refused) and no.status != 404:
                raise
            return None
        self.write(lead)
        return lead

    def _lead(self, path: str) -> Lead | None:
        return config.lead_in(self._engine.read("GET", self._path, None, path=path))

    def write(self, lead: Lead | None) -> None:
        self._engine.upload(self._path, config.archive_of(lead), path="/")
        _keep(lead)

    def _sign(self) -> Sign:
        said = self._engine.headers(self._path, path=CONFIG).get(STAT)
        if said is None:
            return None, 0
        facts = json.loads(base64.b64decode(said))
        return moment(facts["mtime"]), int(facts["size"])


def sign_of(lead: Lead | None) -> Sign:
    """That of its file, as we write it."""
    return config.stamp_of(lead), len(config.text_of(lead).encode())


def _keep(lead: Lead | None) -> None:
    """By the sign of our own file of it: what somebody else has changed has another."""
    if len(_known) >= MOST:
        _known.clear()
    _known[sign_of(lead)] = lead
