"""A push under way, and why one does not come through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handlers.ports import BuildOrder, PortError, Say
from integrations.runtimes.docker.client import Engine, Question
from integrations.runtimes.docker.images import ACCIDENT, FULL, NOT_ALLOWED, TOO_OFTEN

LIMIT = 1800.0  # seconds for all of an image
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def push_words(engine: Engine, order: BuildOrder, question: Question, say: Say) -> str:
    """Hear a push to its end; the digest that the Engine says it has there."""
    digest, layers = "", dict[str, tuple[int, int]]()
    for word in engine.follow(question, LIMIT):
        if "error" in word:
            raise unpushed(engine.name, order.image, str(word["error"]))
        digest = str((word.get("aux") or {}).get("Digest") or digest)
        say(_far(layers, word))
    if not DIGEST.fullmatch(digest):
        raise PortError(f"{engine.name} does not say what it has pushed to {order.image}.")
    return digest


def _far(layers: dict[str, tuple[int, int]], word: Mapping[str, Any]) -> str:
    detail = word.get("progressDetail") or {}
    if word.get("status") != "Pushing" or not detail.get("total"):
        return ""
    layers[str(word.get("id"))] = int(detail["current"]), int(detail["total"])
    done, total = (sum(part) for part in zip(*layers.values(), strict=True))
    return f"pushing, {min(done, total) / 2**20:.0f} of {total / 2**20:.0f} MB"


def unpushed(engine: str, image: str, said: str) -> PortError:
    """Why an image could not be pushed, with what to do about it."""
    said = " ".join(said.split())[:300].rstrip(".")
    host = image.partition("/")[0]
    if NOT_ALLOWED.search(said):
        return PortError(
            f"{host} does not let {engine} push {image}: its `credentials:` in the setup file need"
            f" the right to. {said}.",
            permanent=True,
        )
    if FULL.search(said):
        return PortError(f"The disk of {host} or of {engine} is full: {said}.", permanent=True)
    return PortError(
        f"{image} cannot be pushed: {said}.",
        permanent=not (ACCIDENT.search(said) or TOO_OFTEN.search(said)),
    )
