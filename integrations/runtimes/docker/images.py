"""Images on an Engine: fetched by their digests, kept by a name of ours as long as a rollback may
need them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handlers.ports import Plan, PortError, Say
from integrations.runtimes.docker.client import STALL, Engine, Question, Refused
from integrations.runtimes.docker.dial import Silence
from integrations.runtimes.docker.words import OURS, container_of

PULL_LIMIT = 1800.0  # seconds for all of an image


class Images:
    """The images of one Engine. ``credentials`` has a file for each registry: a name on its first
    line, a password on its second."""

    def __init__(self, engine: Engine, credentials: Mapping[str, str]) -> None:
        self._engine = engine
        self._credentials = credentials

    def prepare(self, plan: Plan, say: Say) -> None:
        """Have the plan's image there, under a name of ours that keeps it."""
        self.have(container_of(plan).image, plan.service, say)

    def have(self, image: str, service: str, say: Say) -> None:
        """Have an image there, kept as one of the service."""
        there = self._find(image)
        if there is None:
            if image.startswith("sha256:"):
                text = f"{self._engine.name} has no image {image[:19]}, and no registry has it."
                raise PortError(text, permanent=True)
            self._pull(image, say)
            there = self._find(image)
        if there is None:
            raise PortError(f"{self._engine.name} has fetched {image} and does not have it.")
        kept = {"repo": _kept(service), "tag": there["Id"].removeprefix("sha256:")[:32]}
        self._engine.ask("POST", f"/images/{there['Id']}/tag", None, **kept)

    def prune(self, plan: Plan) -> None:
        """Let go of all but the newest ``plan.keep`` images of the service, by the time at which
        they were last prepared. What no registry has is kept: nobody could bring it back."""
        needed = {one["ImageID"] for one in self._engine.ask("GET", "/containers/json", all="1")}
        wanted = {"reference": [f"{_kept(plan.service)}:*"]}
        listed = self._engine.ask("GET", "/images/json", filters=wanted)
        there = [self._find(one["Id"]) for one in listed]
        known = sorted((one for one in there if one), key=prepared_at, reverse=True)
        mine = self._find(container_of(plan).image)
        needed |= {mine["Id"]} if mine else set()
        for one in known[plan.keep :]:
            if one["Id"] not in needed and one["RepoDigests"]:
                self._let_go(one)

    def _let_go(self, image: Mapping[str, Any]) -> None:
        names = [name for name in image["RepoTags"] if name.startswith(f"{OURS}/")]
        for name in [*names, *image["RepoDigests"]]:
            # Still in use, or gone already: somebody else needs it, or nobody does.
            self._engine.make_sure("DELETE", f"/images/{name}", 404, 409)

    def _find(self, image: str) -> Any:
        return self._engine.find(f"/images/{image}/json")

    def _pull(self, image: str, say: Say) -> None:
        pull(self._engine, image, auth_for(image.partition("/")[0], self._credentials), say)


def pull(engine: Engine, image: str, auth: str, say: Say) -> None:
    """Have an Engine fetch an image, by its digest or by its tag."""
    name, _, tag = image.partition("@")
    if not tag and ":" in name.rpartition("/")[2]:
        name, _, tag = name.rpartition(":")
    query = {"fromImage": name, "tag": tag or "latest"}  # none would be all of them
    question = Question("POST", "/images/create", query=query, headers={"X-Registry-Auth": auth})
    progress = Progress()
    try:
        for word in engine.follow(question, PULL_LIMIT, stall=STALL):
            if "error" in word:
                raise _unfetched(engine.name, image, str(word["error"]))
            if said := progress.hear(word):
                say(said)
    except Refused as no:
        raise _unfetched(engine.name, image, no.said) from None
    except Silence:
        raise PortError(
            f"{_short(image)} has come no further for {STALL:.0f} s: its registry stalls, or"
            f" {engine.name} does."
        ) from None


def auth_for(registry: str, credentials: Mapping[str, str]) -> str:
    """The credentials for a registry, in the header that they are sent in."""
    facts: dict[str, str] = {}
    if path := credentials.get(registry):
        try:
            name, password = Path(path).read_text("utf-8").split("\n")[:2]
        except (OSError, ValueError):
            text = f"The credentials for {registry} cannot be read from {path}."
            raise PortError(text, permanent=True) from None
        facts = {"username": name, "password": password, "serveraddress": registry}
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode()


def newest_of(engine: Engine, service: str) -> Mapping[str, Any] | None:
    """The image of a service that was prepared last there; None where none is kept."""
    wanted = {"reference": [f"{_kept(service)}:*"]}
    listed = engine.ask("GET", "/images/json", filters=wanted)
    there = [engine.find(f"/images/{one['Id']}/json") for one in listed]
    return max((one for one in there if one), key=prepared_at, default=None)


class Progress:
    """How far a pull is, over all of its layers."""

    def __init__(self) -> None:
        self._layers: dict[str, tuple[int, int]] = {}

    def hear(self, word: Mapping[str, Any]) -> str:
        """What there is to say after this word; empty when nothing is new."""
        detail = word.get("progressDetail") or {}
        if word.get("status") != "Downloading" or not detail.get("total"):
            return ""
        self._layers[str(word.get("id"))] = int(detail["current"]), int(detail["total"])
        done, total = (sum(part) for part in zip(*self._layers.values(), strict=True))
        return f"fetching the image, {done / 2**20:.0f} of {total / 2**20:.0f} MB"


def _kept(service: str) -> str:
    return f"{OURS}/{service}"


def prepared_at(image: Mapping[str, Any]) -> str:
    """When it was last given a name, as text that sorts."""
    return str(image.get("Metadata", {}).get("LastTagTime", ""))


NO_SUCH = re.compile(r"manifest unknown|not found|name unknown", re.IGNORECASE)
NOT_ALLOWED = re.compile(
    r"unauthorized|no basic auth|denied|authentication required", re.IGNORECASE
)
TOO_OFTEN = re.compile(r"toomanyrequests|too many requests|\b429\b", re.IGNORECASE)
ACCIDENT = re.compile(r"timeout|timed out|EOF|reset|refused|\b50\d\b", re.IGNORECASE)
PAGE = re.compile(r"[\s:\\\"]*<[!a-z].*", re.IGNORECASE | re.DOTALL)
"""A page for browsers, which says nothing that the words before it do not."""
FULL = re.compile(r"no space left", re.IGNORECASE)


def _short(image: str) -> str:
    name, at, digest = image.partition("@")
    return f"{name}{at}{digest[:19]}"


def _unfetched(engine: str, image: str, said: str) -> PortError:
    """Why an image could not be fetched, with what to do about it."""
    short = _short(image)
    said = " ".join(PAGE.sub("", said).split())[:300].rstrip(".")
    if TOO_OFTEN.search(said):
        text = f"The registry was asked too often by {engine} and does not give {short} for now"
        return PortError(f"{text}; wait a while, and ask again. {said}.")
    if FULL.search(said):
        return PortError(f"The disk of {engine} is full; {short} cannot be fetched.", True)
    if NOT_ALLOWED.search(said):
        text = f"The registry does not let {engine} have {short}: check its credentials. {said}."
        return PortError(text, permanent=True)
    if NO_SUCH.search(said):
        return PortError(f"The registry has no {short} any more: {said}.", permanent=True)
    return PortError(f"{short} cannot be fetched: {said}.", permanent=not ACCIDENT.search(said))
