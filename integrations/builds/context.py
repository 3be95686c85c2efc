"""The context of a build: the files of a commit that go to the Engine, as one archive. The same
commit is the same archive, byte for byte, so that an Engine finds again what it has built."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from handlers.ports import BuildOrder, PortError
from integrations.builds.ignore import Ignored
from integrations.disk import sync

MOST = 100_000
"""Files of one context."""
LARGEST_TEXT = 2**20
"""Bytes of a Dockerfile, and of what says what stays behind."""
IGNORE = ".dockerignore"
MADE = 315532800
"""When all files were changed last, in seconds since 1970: the first moment of 1980, before which
some archives have no time."""


def dockerfile(tree: Path, order: BuildOrder) -> str:
    """The text of the Dockerfile."""
    where = f"{order.context}/{order.file}".removeprefix("./")
    return _text(_folder(tree, order) / order.file, where)


def pack(tree: Path, order: BuildOrder, into: Path) -> tuple[int, int]:
    """Write the archive, whole or not at all; how many files it has, and their bytes."""
    folder = _folder(tree, order)
    ignored = Ignored(_text(folder / IGNORE, IGNORE) if (folder / IGNORE).exists() else "")
    count, size = 0, 0
    half = into.with_suffix(".half")
    with tarfile.open(half, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in _files(folder, ignored, (order.file, IGNORE)):
            path = folder / name
            entry = _entry(path, name)
            count, size = count + 1, size + entry.size
            if count > MOST or size > order.largest:
                _too_large(order, count)
            if entry.isreg():
                with open(path, "rb") as file:
                    archive.addfile(entry, file)
            else:
                archive.addfile(entry)
    sync(half)
    os.replace(half, into)
    sync(into.parent)
    return count, size


def _too_large(order: BuildOrder, count: int) -> None:
    what = f"has more than {MOST} files"
    if count <= MOST:
        what = f"is larger than {order.largest / 2**20:.0f} MiB"
    raise PortError(
        f"The context of the build {what}: name in {IGNORE} what the image does not need, or raise"
        " `largest:` in the setup file.",
        permanent=True,
    )


def _folder(tree: Path, order: BuildOrder) -> Path:
    """The folder of the context, which no link leads to."""
    folder = tree
    for piece in () if order.context == "." else order.context.split("/"):
        folder = folder / piece
        if folder.is_symlink() or not folder.is_dir():
            text = f"The commit {order.commit[:12]} has no folder {order.context} to build from."
            raise PortError(text, permanent=True)
    return folder


def _text(path: Path, name: str) -> str:
    """A file as it stands there: what a link leads to may be another one for the Engine."""
    for part in (path, *path.parents[: name.count("/")]):
        if part.is_symlink():
            raise PortError(f"{name} is reached by a link; it has to be a file.", permanent=True)
    if not path.is_file():
        raise PortError(f"The commit has no file {name}.", permanent=True)
    if path.stat().st_size > LARGEST_TEXT:
        raise PortError(f"{name} is larger than {LARGEST_TEXT // 2**20} MiB.", permanent=True)
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise PortError(f"{name} is not text in UTF-8.", permanent=True) from None


def _files(folder: Path, ignored: Ignored, always: tuple[str, ...]) -> Iterator[str]:
    """Names relative to the folder, folders before what is in them. What the Engine reads itself
    always comes along."""
    for where, folders, files in os.walk(folder):
        here = Path(where).relative_to(folder)
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        folders[:] = sorted(
            name
            for name in folders
            if name not in links and _is_entered((here / name).as_posix(), ignored, always)
        )
        for name in sorted([*files, *links, *folders]):
            path = (here / name).as_posix()
            if path in always or not ignored.leaves_out(path):
                yield path


def _is_entered(path: str, ignored: Ignored, always: tuple[str, ...]) -> bool:
    if any(one.startswith(f"{path}/") for one in always):
        return True
    return ignored.has_exceptions or not ignored.leaves_out(path)


def _entry(path: Path, name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mtime = MADE
    if path.is_symlink():
        entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, os.readlink(path), 0o777
    elif path.is_dir():
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    else:
        facts = path.stat()
        entry.size = facts.st_size
        entry.mode = 0o755 if facts.st_mode & 0o100 else 0o644
    return entry
