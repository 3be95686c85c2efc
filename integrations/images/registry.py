"""Registries that speak the distribution API, asked for the manifest of a tag and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from handlers.ports import PortError

LIMIT = 15.0  # seconds for all of an answer
SIZE = 4 * 2**20  # bytes; what registries themselves accept as a manifest
KINDS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
LOOPBACK = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?")


@dataclass(frozen=True)
class Registry:
    """``credentials`` is a file with a name on its first line and a password on its second, read
    at every use; ``plain`` is HTTP without TLS, which loopback addresses always are."""

    credentials: str = ""
    plain: bool = False


class RegistryImages:
    """Implements ``Images`` with the registries that are named here, and no others."""

    def __init__(self, registries: Mapping[str, Registry]) -> None:
        self._registries = registries

    def resolve(self, image: str, tag: str) -> str:
        host, _, name = image.partition("/")
        registry = self._registries.get(host)
        if registry is None:
            text = f"{image} is in no registry that the setup allows."
            raise PortError(text, permanent=True)
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy's nor a .netrc's credentials
            try:
                return f"{image}@{_Asking(session, host, registry).digest(name, tag)}"
            except requests.exceptions.SSLError:
                text = f"The registry {host} has no certificate that can be trusted."
                raise PortError(text, permanent=True) from None
            except (requests.RequestException, OSError):
                raise PortError(f"The registry {host} does not answer.") from None


class _Asking:
    """One question, with the credentials that its answers ask for."""

    def __init__(self, session: requests.Session, host: str, registry: Registry) -> None:
        self._session, self._host, self._registry = session, host, registry
        plain = registry.plain or LOOPBACK.fullmatch(host) is not None
        self._scheme = "http" if plain else "https"
        self._deadline = time.monotonic() + LIMIT

    def digest(self, name: str, tag: str) -> str:
        url = f"{self._scheme}://{self._host}/v2/{name}/manifests/{tag}"
        answer, text = self._get(url, {"Accept": KINDS})
        if answer.status_code == 401:
            allowed = self._allowed(answer.headers.get("WWW-Authenticate", ""))
            answer, text = self._get(url, {"Accept": KINDS, "Authorization": allowed})
        self._judge(answer.status_code, f"{self._host}/{name}:{tag}")
        return f"sha256:{hashlib.sha256(text).hexdigest()}"

    def _judge(self, status: int, what: str) -> None:
        if status in (401, 403):
            text = f"The registry does not let us have {what}: check its credentials."
            raise PortError(text, permanent=True)
        if status == 404:
            raise PortError(f"The registry has no {what}.", permanent=True)
        if status != 200:
            raise PortError(f"The registry answered {status} when asked for {what}.")

    def _allowed(self, challenge: str) -> str:
        """What to say to be let in: the password itself, or a token that is given for it."""
        kind, _, rest = challenge.partition(" ")
        facts = dict(CHALLENGE.findall(rest))
        if kind.lower() == "basic":
            return self._basic() or "Basic Og=="  # nobody, which is a definite no
        realm = facts.get("realm", "")
        if kind.lower() != "bearer" or urlsplit(realm).scheme not in ("https", self._scheme):
            text = f"The registry {self._host} asks for credentials in a way that is not known."
            raise PortError(text, permanent=True)
        basic = self._basic()
        wanted = {key: facts[key] for key in ("service", "scope") if key in facts}
        url = requests.Request("GET", realm, params=wanted).prepare().url or realm
        answer, said = self._get(url, {"Authorization": basic} if basic else {})
        self._judge(answer.status_code, f"a token for {self._host}")
        try:
            found = json.loads(said)
            return f"Bearer {found.get('token') or found['access_token']}"
        except (ValueError, KeyError, AttributeError):
            raise PortError(f"The registry {self._host} gave no token.") from None

    def _basic(self) -> str:
        path = self._registry.credentials
        if not path:
            return ""
        try:
            name, password = Path(path).read_text("utf-8").split("\n")[:2]
        except (OSError, ValueError):
            text = f"The credentials for {self._host} cannot be read from {path}."
            raise PortError(text, permanent=True) from None
        return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"

    def _get(self, url: str, headers: Mapping[str, str]) -> tuple[requests.Response, bytes]:
        left = max(0.1, self._deadline - time.monotonic())
        with self._session.get(
            url, headers=headers, timeout=left, stream=True, allow_redirects=False
        ) as answer:
            text = bytearray()
            for piece in answer.iter_content(65536):
                text += piece
                if len(text) > SIZE:
                    raise PortError(f"The registry {self._host} answered too much.", permanent=True)
                if time.monotonic() > self._deadline:
                    raise PortError(f"The registry {self._host} gave no answer in time.")
            return answer, bytes(text)
