"""The way to an Engine: the SDK's client for its address, and one sentence for what breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import urllib3
from docker import APIClient
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig

from handlers.ports import PortError
from integrations.runtimes.docker import ssh

OLDEST, NEWEST = (1, 40), (1, 47)
"""Versions of the API that this speaks: what an Engine answers is of the older of both sides'."""
NOWHERE = "http://localhost:1"
"""What the SDK takes for the address of an Engine that is reached by an adapter of ours."""
SILENT = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)


class Silence(PortError):
    """Nothing was heard of an Engine, or nothing more, for too long."""


def opened(name: str, address: str, tls: str, connections: int, limit: float) -> APIClient:
    """A client that speaks the newest API that both sides know."""
    is_ssh = address.startswith("ssh://")
    api = APIClient(
        base_url=NOWHERE if is_ssh else address,
        version="{}.{}".format(*OLDEST),
        timeout=int(limit),
        tls=_tls(tls) if tls else False,
        max_pool_size=connections,
    )
    if is_ssh:
        api.mount(api.base_url, ssh.Adapter(address, limit, connections))
    api.trust_env = False  # a proxy of the environment has nothing to do with it
    # Asked for by the version, the SDK asks for it at once and hides what went wrong.
    api._version = _agreed(name, api, limit)
    return api


def _agreed(name: str, api: APIClient, limit: float) -> str:
    with api.get(f"{api.base_url}/_ping", timeout=limit, allow_redirects=False) as answer:
        said = answer.headers.get("Api-Version", "")
    words = said.split(".")
    if answer.status_code != 200 or len(words) != 2 or not all(word.isdigit() for word in words):
        raise PortError(f"What answers as {name} is no Docker Engine.")
    version = int(words[0]), int(words[1])
    if version < OLDEST:
        text = f"The Docker Engine {name} is too old: version 19.03 or newer is needed."
        raise PortError(text, permanent=True)
    return "{}.{}".format(*min(version, NEWEST))


def _tls(folder: str) -> TLSConfig:
    ca, cert, key = (Path(folder) / name for name in ("ca.pem", "cert.pem", "key.pem"))
    if not all(path.is_file() for path in (ca, cert, key)):
        raise PortError(f"{folder} has to have ca.pem, cert.pem and key.pem.", permanent=True)
    return TLSConfig(client_cert=(str(cert), str(key)), ca_cert=str(ca), verify=True)


@contextmanager
def one_sentence(name: str, address: str) -> Iterator[None]:
    """Whatever breaks a question is a PortError that says so."""
    try:
        yield
    except PortError:
        raise
    except SILENT:
        raise Silence(f"The Docker Engine {name} gave no answer in time.") from None
    except requests.exceptions.SSLError as error:
        text = f"The Docker Engine {name} is not trusted, or does not trust us: {_cause(error)}."
        raise PortError(text, permanent=True) from None
    except APIError as error:
        said = " ".join(str(error.explanation or error).split())[:300].rstrip(".")
        text = f"The Docker Engine {name} refused: {said}."
        raise PortError(text, permanent=not error.is_server_error()) from None
    except DockerException as error:
        text = f"The Docker Engine {name} cannot be asked: {_cause(error)}."
        raise PortError(text, permanent=True) from None
    except BROKEN as error:
        if isinstance(_innermost(error), TimeoutError):  # in the middle of an answer
            raise Silence(f"The Docker Engine {name} gave no answer in time.") from None
        text = f"The Docker Engine {name} at {address} does not answer: {_cause(error)}."
        raise PortError(text, away=True) from None


def _innermost(error: BaseException) -> BaseException:
    while inner := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        error = inner
    return error


def _cause(error: BaseException) -> str:
    """The innermost reason, in the words of the system where it has some."""
    error = _innermost(error)
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:300].rstrip(".")
