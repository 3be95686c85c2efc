"""Ids of what is made while the workspace runs: the same run gives the same ids."""

from playground.store import Store


class Serials:
    """Issues ids of a kind, numbered from 1, across restarts too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next(self, prefix: str) -> str:
        """Return an id no other thing of this kind has, such as ``F00000001``."""
        number = int(self._store.get("serial", prefix) or 0) + 1
        self._store.put("serial", prefix, number)
        return f"{prefix}{number:08d}"
