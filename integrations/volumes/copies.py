"""Copies of volumes on this machine, wherever the volumes themselves are."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

from handlers.ports import Backup, PortError, Volume
from integrations.disk import locked, sync, sync_tree, write_whole

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
PATIENCE = 60.0
PIECE = 1 << 20


class Copies:
    """The copies below ``home``: a folder for each service in each environment, in which each copy
    has its own. Complete is what has its ``about.json``; that is written last."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()

    def folder(self, volume: Volume) -> Path:
        return self.home / named(volume.environment) / named(volume.service)

    def turn(self, volume: Volume) -> AbstractContextManager[int]:
        """Be the only one who works on the volume meanwhile."""
        lock = f"{named(volume.environment)}.{named(volume.service)}"
        return locked(self.home / ".locks" / lock, PATIENCE)

    def keep(self, volume: Volume, operation: str, fill: Callable[[Path], None]) -> Backup:
        """The copy of that name, which ``fill`` makes in a folder where there is none that is
        whole. What is broken off leaves nothing."""
        copy = self._of(volume, operation)
        about = copy / "about.json"
        if not about.is_file():
            partial = copy.with_name(f"{copy.name}.partial")
            for leftover in (partial, copy):
                shutil.rmtree(leftover, ignore_errors=True)
            partial.mkdir(parents=True, mode=0o700)
            try:
                fill(partial / "data")
                sync_tree(partial)
            except OSError as error:
                shutil.rmtree(partial, ignore_errors=True)
                raise PortError(f"{copy} cannot be written: {error.strerror}.") from error
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
            os.replace(partial, copy)
            sync(copy.parent)
            write_whole(about, json.dumps(asdict(_described(copy))))
        return Backup(**json.loads(about.read_text("utf-8")))

    def find(self, volume: Volume, operation: str) -> tuple[Path, Backup]:
        """Where the files of a whole copy are, and what it is; otherwise a permanent PortError."""
        copy = self._of(volume, operation)
        about = copy / "about.json"
        if not about.is_file():
            text = f"There is no copy {operation} of {volume.service} in {volume.environment}."
            raise PortError(text, permanent=True)
        return copy / "data", Backup(**json.loads(about.read_text("utf-8")))

    def _of(self, volume: Volume, operation: str) -> Path:
        return self.folder(volume) / "backups" / named(operation)


def sources_of(volume: Volume) -> list[Path]:
    """The folders of its baseline; a permanent PortError where one of them is not there."""
    sources = [Path(one) for one in (volume.baseline, *volume.seeds) if one]
    for source in sources:
        if not source.is_dir():
            raise PortError(f"There is no folder {source}.", permanent=True)
    return sources


def named(name: str) -> str:
    if not NAME.fullmatch(name):
        raise PortError(f"{name!r} cannot be the name of a folder.", permanent=True)
    return name


def _described(copy: Path) -> Backup:
    """Names and content, in an order that does not depend on the disk."""
    digest, count, size = hashlib.sha256(), 0, 0
    data = copy / "data"
    for path in sorted(p for p in data.rglob("*") if p.is_file() and not p.is_symlink()):
        digest.update(f"{path.relative_to(data)}\0".encode())
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
        count += 1
    return Backup(str(copy), count, size, digest.hexdigest())
