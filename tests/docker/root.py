"""Small roots for images, made of what this machine has: nothing is fetched from anywhere."""

from __future__ import annotations

import functools
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.runtimes.stage import SERVED

LEFT_OUT = {
    "test", "tests", "idlelib", "tkinter", "ensurepip", "lib2to3", "distutils", "turtledemo",
    "pydoc_data", "site-packages", "dist-packages", "unittest", "__phello__", "venv", "xmlrpc",
}  # fmt: skip
PYTHON = "/usr/bin/python3"


class Root:
    """A file system on its way into an archive."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self._archive = tarfile.open(fileobj=self._bytes, mode="w")  # noqa: SIM115
        self._there: set[str] = set()
        for name in ("bin", "lib", "lib64", "sbin"):
            self._link(name, f"usr/{name}")
        self._folder("tmp", 0o1777)
        self._folder("etc", 0o755)
        self.write("etc/passwd", b"root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")

    def add(self, path: str, name: str = "") -> None:
        """A file of this machine, at the same place or another, with the libraries it needs."""
        name = _merged(name or path)
        if name in self._there:
            return
        self._there.add(name)
        real = os.path.realpath(path)
        self._archive.add(real, name, recursive=False)
        if os.access(real, os.X_OK) or ".so" in name:
            for library in libraries(real):
                self.add(library)

    def write(self, name: str, content: bytes, mode: int = 0o644) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), mode
        self._archive.addfile(entry, io.BytesIO(content))

    def done(self) -> bytes:
        self._archive.close()
        return self._bytes.getvalue()

    def _link(self, name: str, target: str) -> None:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        self._archive.addfile(entry)

    def _folder(self, name: str, mode: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode = tarfile.DIRTYPE, mode
        self._archive.addfile(entry)


def _merged(path: str) -> str:
    """Below /usr, where Debian keeps everything that /bin and /lib are links to."""
    path = os.path.normpath(path).lstrip("/")
    return f"usr/{path}" if path.split("/")[0] in ("bin", "lib", "lib64", "sbin") else path


@functools.cache
def libraries(path: str) -> tuple[str, ...]:
    with open(path, "rb") as file:
        if file.read(4) != b"\x7fELF":
            return ()
    said = subprocess.run(("ldd", path), capture_output=True, text=True, check=False).stdout
    return tuple(re.findall(r"(/\S+) \(0x", said))


def python_root() -> bytes:
    """Python with its library, and the service that the tests of runtimes deploy."""
    root = Root()
    python = PYTHON if os.path.exists(PYTHON) else sys.executable
    ask = "import sysconfig, sys; print(sysconfig.get_path('stdlib'), sys.executable)"
    library, program = subprocess.run(
        (python, "-c", ask), capture_output=True, text=True, check=True
    ).stdout.split()
    root.add(program)
    if program != PYTHON:
        root._link(PYTHON[1:], program)
    for folder, folders, files in os.walk(library):
        folders[:] = [n for n in folders if n not in LEFT_OUT and not n.startswith("config-")]
        for name in files:
            root.add(str(Path(folder) / name))
    add_busybox(root)
    root.write("srv/served.py", SERVED.read_bytes())
    return root.done()


def router_root() -> bytes:
    """HAProxy and what talks to it."""
    root = Root()
    for name in ("haproxy", "socat"):
        program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, name
        root.add(program, f"/usr/bin/{name}")
    add_busybox(root)
    return root.done()


def busybox_root() -> bytes:
    root = Root()
    add_busybox(root)
    return root.done()


def add_busybox(root: Root) -> None:
    program = shutil.which("busybox")
    assert program
    root.add(program, "/usr/bin/busybox")
    for name in (
        "sh",
        "sleep",
        "cat",
        "df",
        "ls",
        "wget",
        "httpd",
        "dd",
        "touch",
        "rm",
        "mv",
        "mkdir",
        "find",
        "chown",
        "sync",
        "kill",
        "true",
    ):
        root._link(f"usr/bin/{name}", "busybox")
