"""What is there now, by name, asked anew each time: environments come and go while the bot runs."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import TypeVar

T = TypeVar("T")


class Live(Mapping[str, T]):
    """A mapping whose content ``look`` says at the moment it is asked."""

    def __init__(self, look: Callable[[], Mapping[str, T]]) -> None:
        self._look = look

    def __getitem__(self, name: str) -> T:
        return self._look()[name]

    def items(self) -> ItemsView[str, T]:
        return self._look().items()

    def values(self) -> ValuesView[T]:
        return self._look().values()

    def __iter__(self) -> Iterator[str]:
        return iter(self._look())

    def __len__(self) -> int:
        return len(self._look())


class Each(Iterable[T]):
    """What ``look`` says at the moment it is gone through, however often."""

    def __init__(self, look: Callable[[], Iterable[T]]) -> None:
        self._look = look

    def __iter__(self) -> Iterator[T]:
        return iter(self._look())
