"""Debian's docker-registry on a port of this machine, which Engines take without TLS."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.runtimes.stage import free_port
from tests.workspace import eventually

CONFIG = """version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {folder}/storage}}
  delete: {{enabled: true}}
http: {{addr: "{host}:{port}"}}
{auth}"""
AUTH = "auth: {{htpasswd: {{realm: tests, path: {folder}/people}}}}\n"
# "robot" with the password "let-me-in", by bcrypt.
PEOPLE = "robot:$2b$04$Yw.r6v3zVAeu/hL6YXBOqeFgjEekn2A2S37WfVNxg21XjJ7he2Ta6\n"


@contextmanager
def registry(folder: Path, closed: bool = False, host: str = "127.0.0.1") -> Iterator[str]:
    """Its ``host:port``; ``closed`` lets in only robot, whose password is let-me-in."""
    program = shutil.which("docker-registry")
    assert program, "docker-registry"
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    (folder / "people").write_text(PEOPLE, "utf-8")
    auth = AUTH.format(folder=folder) if closed else ""
    config = folder / "registry.yml"
    config.write_text(CONFIG.format(folder=folder, host=host, port=port, auth=auth), "utf-8")
    with (folder / "registry.log").open("ab") as log:
        server = subprocess.Popen((program, "serve", str(config)), stdout=log, stderr=log)
    try:
        eventually(lambda: _answers(host, port), "the registry")
        yield f"{host}:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _answers(host: str, port: int) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://{host}:{port}/v2/", timeout=5).status_code in (200, 401)
        except requests.ConnectionError:
            return False
