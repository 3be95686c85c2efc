"""Volumes wherever their services run."""

from __future__ import annotations

from collections.abc import Collection, Container

from handlers.ports import Backup, Volume, Volumes


class VolumesAnywhere:
    """Implements ``Volumes``: those of the environments ``far``, and those that were found on an
    Engine, are on ``engines``; all others in ``folders`` of this machine."""

    def __init__(self, folders: Volumes, engines: Volumes, far: Container[str]) -> None:
        self._folders = folders
        self._engines = engines
        self._far = far

    def check(self) -> str:
        return " ".join(filter(None, (self._folders.check(), self._engines.check())))

    def where(self, volume: Volume) -> str:
        return self._of(volume).where(volume)

    def files(self, volume: Volume) -> int | None:
        return self._of(volume).files(volume)

    def provision(self, volume: Volume) -> bool:
        return self._of(volume).provision(volume)

    def restore(self, volume: Volume, operation: str) -> int:
        return self._of(volume).restore(volume, operation)

    def back_up(self, volume: Volume, operation: str) -> Backup:
        return self._of(volume).back_up(volume, operation)

    def left(self, gone: Collection[str]) -> tuple[Volume, ...]:
        return (*self._folders.left(gone), *self._engines.left(gone))

    def put_back(self, volume: Volume, operation: str) -> Backup:
        return self._of(volume).put_back(volume, operation)

    def remove(self, volume: Volume) -> None:
        self._of(volume).remove(volume)

    def _of(self, volume: Volume) -> Volumes:
        is_far = bool(volume.host) or volume.environment in self._far
        return self._engines if is_far else self._folders
