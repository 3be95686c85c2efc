"""What the first bytes of an image say: its type, and how many pixels it has."""

from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_GIF = (b"GIF87a", b"GIF89a")
_JPEG = b"\xff\xd8\xff"
# Where each of the three forms of WebP begins to say its size.
_WEBP = {b"VP8 ": 26, b"VP8L": 21, b"VP8X": 24}
# Start-of-frame markers; the three left out of their range mean something else.
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Image:
    """The type Slack has for it, its media type, its width and height in pixels."""

    filetype: str
    mimetype: str
    width: int
    height: int


def look_at(content: bytes) -> Image | None:
    """Return what image this is, or None when it is none that can be shown."""
    if content.startswith(_PNG) and len(content) >= 24:
        return Image("png", "image/png", _number(content[16:20]), _number(content[20:24]))
    if content.startswith(_GIF) and len(content) >= 10:
        width, height = content[6:8][::-1], content[8:10][::-1]
        return Image("gif", "image/gif", _number(width), _number(height))
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    return _jpeg(content) if content.startswith(_JPEG) else None


def _jpeg(content: bytes) -> Image | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAMES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return Image("jpg", "image/jpeg", _number(width), _number(height))
        at += 2 + _number(content[at + 2 : at + 4])
    return None


def _webp(content: bytes) -> Image | None:
    form = content[12:16]
    if form not in _WEBP or len(content) < 30:
        return None
    at = _WEBP[form]
    if form == b"VP8X":
        sides = (_number(content[i : i + 3][::-1]) + 1 for i in (at, at + 3))
    elif form == b"VP8L":
        bits = _number(content[at : at + 4][::-1])
        sides = ((bits >> shift & 0x3FFF) + 1 for shift in (0, 14))
    else:
        sides = (_number(content[i : i + 2][::-1]) & 0x3FFF for i in (at, at + 2))
    return Image("webp", "image/webp", *sides)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")
