"""Asks over HTTP, within a total time and a total size."""

from __future__ import annotations

import time
from contextlib import closing

import requests

from handlers.ports import Answer

SIZE = 64 * 1024
PIECE = 4096


class HttpVisitor:
    """Implements ``Visitor``."""

    def ask(self, address: str, path: str, limit: float) -> Answer:
        deadline = time.monotonic() + limit
        try:
            with requests.Session() as session:
                session.trust_env = False  # a proxy of the environment is not how users come
                response = session.get(
                    f"http://{address}{path}", timeout=limit, allow_redirects=False, stream=True
                )
                with closing(response):
                    return Answer(response.status_code, _read(response, deadline))
        except requests.Timeout:
            return Answer(0, f"gave no answer within {limit:g} s")
        except requests.ConnectionError:
            return Answer(0, "does not answer")
        except (requests.RequestException, OSError, ValueError) as error:
            return Answer(0, f"broke off: {type(error).__name__}")


def _read(response: requests.Response, deadline: float) -> str:
    """The text up to the end, the size or the deadline: a time limit of requests is per read."""
    read = b""
    for piece in response.iter_content(PIECE):
        read += piece
        if len(read) >= SIZE or time.monotonic() > deadline:
            break
    return read[:SIZE].decode("utf-8", "replace")
