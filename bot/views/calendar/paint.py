"""The picture itself, with Pillow and the font that it ships."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.views.calendar import palette
from bot.views.calendar.layout import lay_out
from bot.views.calendar.shapes import Box, Dot, Fill, Shape, Sheet, Strip, Text
from handlers.snapshots.calendars import CalendarView

ROUND = 14
"""Radius of the picture's corners, beyond which Slack's own ground shows."""


def draw_picture(view: CalendarView) -> bytes:
    """The calendar as a PNG."""
    return png(paint(lay_out(view, measure)))


def png(image: Image.Image) -> bytes:
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


def measure(text: str, size: int) -> float:
    """How wide a text is: letter by letter, because a thousand texts are measured for a picture."""
    return sum(_advance(letter, size) for letter in text)


@cache
def _advance(letter: str, size: int) -> float:
    return _font(size).getlength(letter)


def paint(sheet: Sheet) -> Image.Image:
    image = Image.new("RGBA", (sheet.width, sheet.height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    whole = (0, 0, sheet.width - 1, sheet.height - 1)
    pen.rounded_rectangle(whole, ROUND, palette.GROUND, palette.BORDER, 2)
    for shape in sheet.shapes:
        _draw(pen, image, shape)
    return image


def _draw(pen: ImageDraw.ImageDraw, image: Image.Image, shape: Shape) -> None:
    if isinstance(shape, Fill):
        pen.rectangle(_corners(shape.box), shape.colour)
    elif isinstance(shape, Strip):
        _strip(pen, image, shape)
    elif isinstance(shape, Dot):
        _dot(pen, shape)
    else:
        _text(pen, shape)


def _corners(box: Box) -> tuple[int, int, int, int]:
    """Pillow counts the last pixel in."""
    x0, y0 = round(box.x0), round(box.y0)
    return x0, y0, max(x0, round(box.x1) - 1), max(y0, round(box.y1) - 1)


def _text(pen: ImageDraw.ImageDraw, text: Text) -> None:
    if text.plate:
        x0, y0, x1, y1 = _corners(text.box)
        pen.rectangle((x0 - 3, y0 - 1, x1 + 3, y1 + 4), text.ground)
    at = (text.box.x0, text.box.y0 + text.size * 0.86)
    pen.text(at, text.text, text.colour, _font(text.size), anchor="ls")


def _strip(pen: ImageDraw.ImageDraw, image: Image.Image, strip: Strip) -> None:
    look, (x0, y0, x1, y1) = palette.BARS[strip.kind], _corners(strip.box)
    pen.rectangle((x0, y0, x1, y1), look.fill)
    if look.pattern == "hatched":
        _hatch(image, (x0, y0, x1, y1), look)
    if look.pattern == "dashed":
        _dashes(pen, (x0, y0, x1, y1), look.edge)
    else:
        pen.rectangle((x0, y0, x1, y1), None, look.edge, 2 if x1 - x0 > 6 else 1)
    if strip.open_end:  # an arrow says that it goes on
        middle = (y0 + y1) // 2
        pen.polygon([(x1 - 8, y0), (x1, middle), (x1 - 8, y1)], look.edge)


def _hatch(image: Image.Image, box: tuple[int, int, int, int], look: palette.Look) -> None:
    x0, y0, x1, y1 = box
    tile = Image.new("RGB", (x1 - x0 + 1, y1 - y0 + 1), look.fill)
    pen = ImageDraw.Draw(tile)
    for x in range(-tile.height, tile.width, 9):
        pen.line([(x, tile.height), (x + tile.height, 0)], look.edge, 1)
    image.paste(tile, (x0, y0))


def _dashes(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: str) -> None:
    x0, y0, x1, y1 = box
    for x in range(x0, x1 + 1, 8):
        for y in (y0, y1 - 1):
            pen.rectangle((x, y, min(x + 4, x1), y + 1), colour)
    for y in range(y0, y1 + 1, 8):
        for x in (x0, x1 - 1):
            pen.rectangle((x, y, x + 1, min(y + 4, y1)), colour)


def _dot(pen: ImageDraw.ImageDraw, dot: Dot) -> None:
    """Full when it is live, a cross when it failed, a ring while it runs."""
    box, colour = _corners(dot.box), palette.MARKS[dot.state]
    x0, y0, x1, y1 = box
    if dot.state == "failed":
        pen.line([(x0, y0), (x1, y1)], colour, 4)
        pen.line([(x0, y1), (x1, y0)], colour, 4)
    else:
        pen.ellipse(box, colour if dot.state == "live" else palette.GROUND, colour, 3)
