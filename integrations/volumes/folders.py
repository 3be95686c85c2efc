"""Volumes as folders of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from handlers.ports import Backup, PortError, Volume
from integrations.disk import sync, sync_tree
from integrations.volumes.copies import Copies, named, sources_of


class FolderVolumes:
    """Implements ``Volumes`` below ``home``: a folder for each service in each environment, and
    its backups beside it."""

    def __init__(self, home: Path) -> None:
        self._copies = Copies(home)
        self._home = self._copies.home

    def check(self) -> str:
        try:
            self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
            free = shutil.disk_usage(self._home).free
        except OSError as error:
            raise PortError(f"{self._home} cannot be used: {error.strerror}.") from error
        if not os.access(self._home, os.W_OK):
            raise PortError(f"{self._home} cannot be written.", permanent=True)
        return f"Data is kept in {self._home}, {free / 1e9:.0f} GB free."

    def where(self, volume: Volume) -> str:
        return str(self._copies.folder(volume) / "data")

    def files(self, volume: Volume) -> int | None:
        data = Path(self.where(volume))
        try:
            return sum(len(files) for _, _, files in os.walk(data)) if data.exists() else None
        except OSError as error:
            raise PortError(f"{data} cannot be read: {error.strerror}.") from error

    def left(self, gone: Collection[str]) -> tuple[Volume, ...]:
        found = (Volume(path.parent.parent.name, path.parent.name) for path in self._all())
        return tuple(volume for volume in found if volume.environment in gone)

    def _all(self) -> list[Path]:
        return sorted(path for path in self._home.glob("*/*/data") if path.is_dir())

    def provision(self, volume: Volume) -> bool:
        data = Path(self.where(volume))
        with self._copies.turn(volume):
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
            return any(data.iterdir())

    def restore(self, volume: Volume, operation: str) -> int:
        with self._copies.turn(volume):
            self._replace(volume, operation, sources_of(volume))
            return sum(len(files) for _, _, files in os.walk(self.where(volume)))

    def back_up(self, volume: Volume, operation: str) -> Backup:
        data = Path(self.where(volume))

        def fill(folder: Path) -> None:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy(data, folder)

        with self._copies.turn(volume):
            return self._copies.keep(volume, operation, fill)

    def put_back(self, volume: Volume, operation: str) -> Backup:
        with self._copies.turn(volume):
            kept, backup = self._copies.find(volume, operation)
            self._replace(volume, operation, [kept])
            return backup

    def remove(self, volume: Volume) -> None:
        """Away under another name first: half of it must not look like the whole."""
        data = Path(self.where(volume))
        doomed = data.with_name(".gone")
        with self._copies.turn(volume):
            shutil.rmtree(doomed, ignore_errors=True)
            if data.exists():
                os.replace(data, doomed)
                sync(data.parent)
            for left in data.parent.glob(".*"):
                shutil.rmtree(left, ignore_errors=True)
            for folder in (data.parent, data.parent.parent):
                with contextlib.suppress(OSError):  # backups are kept there, or other services
                    folder.rmdir()

    def _replace(self, volume: Volume, operation: str, sources: list[Path]) -> None:
        """What the sources hold, one laid over the other, in place of what is there."""
        data = Path(self.where(volume))
        scratch, old = (data.with_name(f".{what}-{named(operation)}") for what in ("new", "old"))
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True, mode=0o700)
        for source in sources:
            _lay_over(source, scratch)
        sync_tree(scratch)
        if data.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(data, old)
        os.replace(scratch, data)
        sync(data.parent)
        shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Links are copied as links: where they lead is nobody's business here."""
    try:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise PortError(f"{source} cannot be copied: {_why(error)}.") from error


def _lay_over(source: Path, target: Path) -> None:
    """Like ``_copy``, but a link in the way is replaced, never followed."""
    for where, folders, files in os.walk(source):
        inside = target / Path(where).relative_to(source)
        for name in (*folders, *files):
            there = inside / name
            if there.is_symlink() or (there.is_file() and name in folders):
                there.unlink()
    _copy(source, target)


def _why(error: Exception) -> str:
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][-1])
    return str(getattr(error, "strerror", None) or type(error).__name__)
