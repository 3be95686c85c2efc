"""What a picture is made of, in pixels: the layout says it, the paint does it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle ``[x0, x1) × [y0, y1)``."""

    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    def inside(self, other: Box) -> bool:
        return (
            other.x0 <= self.x0 and self.x1 <= other.x1 and other.y0 <= self.y0
            and self.y1 <= other.y1
        )  # fmt: skip


@dataclass(frozen=True)
class Fill:
    """A plain rectangle."""

    box: Box
    colour: str


@dataclass(frozen=True)
class Strip:
    """A bar of a kind of ``palette.BARS``; ``open_end`` when nobody knows where it ends."""

    box: Box
    kind: str
    open_end: bool = False


@dataclass(frozen=True)
class Dot:
    """A deployment of a state of ``palette.MARKS``."""

    box: Box
    state: str


@dataclass(frozen=True)
class Text:
    """``plate`` is a colour to lay under it, where lines would cross it."""

    box: Box
    text: str
    size: int
    colour: str
    ground: str
    plate: bool = False


Shape = Fill | Strip | Dot | Text


@dataclass(frozen=True)
class Sheet:
    """All shapes, in the order in which they are painted."""

    width: int
    height: int
    shapes: tuple[Shape, ...]

    @property
    def texts(self) -> list[Text]:
        return [shape for shape in self.shapes if isinstance(shape, Text)]
