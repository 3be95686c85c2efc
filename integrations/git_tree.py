"""One file of many commits, read from a mirror in two questions, however many they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handlers.ports import File
from integrations.git_command import Git

LARGEST = 64 * 1024
LIMIT = 4.0
FORM = "--batch-check=%(objectname) %(objecttype) %(objectsize)"


def read_file(
    git: Git, mirror: Path, commits: tuple[str, ...], path: str
) -> dict[str, File | None]:
    """What ``path`` is in each of ``commits``; those that are not there are left out."""
    found: dict[str, File | None] = {}
    blobs: dict[str, str] = {}
    for commit, (name, kind, size) in _looked_up(git, mirror, commits, path):
        if problem := _problem(kind, size):
            found[commit] = File(problem=problem)
        elif kind:
            blobs[commit] = name
        else:
            found[commit] = None
    texts = dict(_texts(git, mirror, tuple(dict.fromkeys(blobs.values()))))
    return found | {commit: _file(texts[name]) for commit, name in blobs.items()}


def _looked_up(
    git: Git, mirror: Path, commits: tuple[str, ...], path: str
) -> Iterator[tuple[str, tuple[str, str, int]]]:
    """Of each commit that is there the object at ``path``, its kind and size; no kind, no file."""
    asked = "".join(f"{commit}^{{commit}}\n{commit}:{path}\n" for commit in commits).encode()
    lines = git.run("cat-file", FORM, at=mirror, limit=LIMIT, given=asked).decode().splitlines()
    for commit, itself, file in zip(commits, lines[::2], lines[1::2], strict=True):
        if not itself.endswith(" missing"):
            name, kind, size = ("", "", 0) if file.endswith(" missing") else file.split(" ")
            yield commit, (name, kind, int(size))


def _problem(kind: str, size: int) -> str:
    if kind not in ("", "blob"):
        return "It is a folder."
    return f"It is larger than {LARGEST // 1024} KiB." if size > LARGEST else ""


def _texts(git: Git, mirror: Path, names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Each object comes as a line with its size, its content and a line's end."""
    if not names:
        return
    asked = "".join(f"{name}\n" for name in names).encode()
    rest = git.run("cat-file", "--batch", at=mirror, limit=LIMIT, given=asked)
    for name in names:
        head, _, rest = rest.partition(b"\n")
        size = int(head.rsplit(b" ", 1)[1])
        yield name, rest[:size]
        rest = rest[size + 1 :]


def _file(content: bytes) -> File:
    try:
        return File(content.decode("utf-8"))
    except UnicodeDecodeError:
        return File(problem="It is not text in UTF-8.")
