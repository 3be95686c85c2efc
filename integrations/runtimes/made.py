"""What is made of each thing that is there, once, while things come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")
M = TypeVar("M")


class Made(Mapping[str, M]):
    """A mapping of what ``make`` made of each value of ``of``: made when it is first asked for, and
    anew when the value has become another."""

    def __init__(self, of: Mapping[str, T], make: Callable[[T], M]) -> None:
        self._of = of
        self._make = make
        self._made: dict[str, tuple[T, M]] = {}

    def __getitem__(self, name: str) -> M:
        value = self._of[name]
        there = self._made.get(name)
        if there is None or there[0] != value:
            there = self._made[name] = (value, self._make(value))
        return there[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)
