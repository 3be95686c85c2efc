"""Folders as tar archives: packed piece by piece, and unpacked without ever trusting what they say.

Nothing of ``tarfile`` writes here, and no link is there before everything else is: whatever an
archive has in it, nothing is written outside of the folder that it is unpacked into.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from handlers.ports import PortError
from integrations.volumes.copies import PIECE

ROOM = 256 * 2**20
"""Bytes of this machine's disk that no copy takes: the bot's own database needs them."""
OWN = 0o700
"""What the owner may do with a folder at least; with a file as well, but for running it."""
DEEPEST = 200
"""Folders within each other; programs that walk through them have their limits, too."""
END = bytes(2 * tarfile.BLOCKSIZE)
Owner = tuple[int, int]


def laid_over(sources: Sequence[Path]) -> Mapping[str, Path]:
    """What the folders hold together, each laid over those before it, as paths by their names;
    folders before what is in them. A link in the way is replaced, never followed."""
    found: dict[str, Path] = {}
    for source in sources:
        for where, folders, files in os.walk(source, onerror=_unreadable):
            for name in sorted((*folders, *files)):
                path = Path(where, name)
                inside = str(path.relative_to(source))
                there = found.get(inside)
                if there and _is_folder(there) and not _is_folder(path):
                    text = f"{path} cannot be put there: {there} is a folder."
                    raise PortError(text, permanent=True)
                found[inside] = path
    return dict(sorted(found.items(), key=lambda one: one[0].split("/")))


def pack(there: Mapping[str, Path], top: str, owner: Owner) -> Iterator[bytes]:
    """An archive of a folder ``top`` with all this in it, every file and folder being its owner's,
    who may write there."""
    yield _header(top, stat.S_IFDIR | 0o755, owner)
    for name, path in there.items():
        try:
            yield from _entry(f"{top}/{name}", path, owner)
        except OSError as error:
            raise PortError(f"{path} cannot be read: {error.strerror or error}.") from error
    yield END


def unpack(pieces: Iterable[bytes], top: str, into: Path) -> int:
    """Write the folder ``top`` of an archive as ``into``; how many files and links it has.
    PortError where it has anything else, or would be written anywhere else."""
    into.mkdir(parents=True, mode=0o700)
    box, stream = _Box(into), _Stream(pieces)
    try:
        packed = io.BufferedReader(stream, PIECE)
        with tarfile.open(fileobj=packed, mode="r|", bufsize=PIECE) as archive:
            for member in archive:
                box.put(_inside(member.name, top), member, archive, top)
    except tarfile.TarError as error:
        raise PortError(f"The archive of the data is broken: {error}.") from None
    if not stream.is_whole():
        raise PortError("The archive of the data was broken off.")
    return box.finish()


class _Box:
    """A folder that is being filled. Links come last, so that nothing is written through one."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._folders = {""}
        self._files = set[str]()
        self._links = dict[str, str]()

    def put(self, name: str, member: tarfile.TarInfo, archive: tarfile.TarFile, top: str) -> None:
        if not name:
            if not member.isdir():
                raise _odd(member, "is no folder")
            return
        if name in self._folders | self._files or name in self._links:
            raise _odd(member, "is there twice")
        self._make(name.rpartition("/")[0], member)
        path = self._into / name
        if member.isdir():
            self._folders.add(name)
            path.mkdir(mode=member.mode & 0o777 | OWN)
        elif member.issym():
            self._links[name] = member.linkname
        elif member.isreg():
            self._write(name, member, archive.extractfile(member))
        elif member.islnk():
            self._again(name, member, _inside(member.linkname, top))
        else:
            raise _odd(member, "is neither a file nor a folder nor a link")

    def finish(self) -> int:
        for name, target in self._links.items():
            os.symlink(target, self._into / name)
        return len(self._files) + len(self._links)

    def _make(self, name: str, member: tarfile.TarInfo) -> None:
        """The folder that it is in, where that was not said."""
        if name in self._folders:
            return
        if name in self._files or name in self._links:
            raise _odd(member, "is in what is no folder")
        self._make(name.rpartition("/")[0], member)
        self._folders.add(name)
        (self._into / name).mkdir(mode=OWN)

    def _write(self, name: str, member: tarfile.TarInfo, content: IO[bytes] | None) -> None:
        path = self._into / name
        self._files.add(name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        mode = member.mode & 0o777 | OWN & 0o666
        with os.fdopen(os.open(path, flags, mode), "wb") as file:
            while content is not None and (piece := content.read(PIECE)):
                if shutil.disk_usage(self._into).free - len(piece) < ROOM:
                    text = f"There is no room left for a copy of the data in {self._into}."
                    raise PortError(text, permanent=True)
                file.write(piece)
        os.utime(path, (member.mtime, member.mtime))

    def _again(self, name: str, member: tarfile.TarInfo, of: str) -> None:
        """A second name of a file becomes a file of its own."""
        if of not in self._files:
            raise _odd(member, "is another name of nothing")
        with (self._into / of).open("rb") as content:
            member.mode = os.fstat(content.fileno()).st_mode
            self._write(name, member, content)


class _Stream(io.RawIOBase):
    """Pieces, read as a file is. ``tarfile`` takes the end of them for the end of the archive,
    which has a mark of its own."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self._last = b""

    def is_whole(self) -> bool:
        for piece in self._pieces:
            self._last = (self._last + piece)[-len(END) :]
        return self._last == END

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
            self._last = (self._last + piece)[-len(END) :]
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _entry(name: str, path: Path, owner: Owner) -> Iterator[bytes]:
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        yield _header(name, about.st_mode, owner, mtime=int(about.st_mtime), link=os.readlink(path))
    elif stat.S_ISDIR(about.st_mode):
        yield _header(name, about.st_mode, owner, mtime=int(about.st_mtime))
    elif stat.S_ISREG(about.st_mode):
        yield _header(name, about.st_mode, owner, int(about.st_mtime), about.st_size)
        yield from _content(path, about.st_size)
    else:
        text = f"{path} is neither a file nor a folder nor a link."
        raise PortError(text, permanent=True)


def _content(path: Path, size: int) -> Iterator[bytes]:
    """Exactly as much as was said; what has become shorter meanwhile is broken off."""
    left = size
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        while left and (piece := file.read(min(left, PIECE))):
            left -= len(piece)
            yield piece
    if left:
        raise PortError(f"{path} was changed while it was read.")
    yield bytes(-size % tarfile.BLOCKSIZE)


def _header(
    name: str, mode: int, owner: Owner, mtime: int = 0, size: int = 0, link: str = ""
) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.uid, entry.gid = owner
    entry.mtime, entry.size, entry.linkname = mtime, size, link
    entry.mode = mode & 0o777 | OWN & 0o666
    if stat.S_ISDIR(mode):
        entry.type, entry.mode = tarfile.DIRTYPE, mode & 0o777 | OWN
    elif stat.S_ISLNK(mode):
        entry.type = tarfile.SYMTYPE
    return entry.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _inside(name: str, top: str) -> str:
    """The name of an entry below ``top``; empty for that itself."""
    first, *parts = name.rstrip("/").split("/")
    is_odd = any(part in ("", ".", "..") for part in parts) or "\0" in name
    if first != top or is_odd or len(parts) > DEEPEST:
        text = f"The archive of the data has {name[:80]!r} in it, which is not below {top}."
        raise PortError(text, permanent=True)
    return "/".join(parts)


def _odd(member: tarfile.TarInfo, what: str) -> PortError:
    return PortError(f"{member.name[:80]!r} in the data {what}.", permanent=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _unreadable(error: OSError) -> None:
    raise PortError(f"{error.filename} cannot be read: {error.strerror}.") from error
