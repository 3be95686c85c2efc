"""Pictures as people upload them, made fresh."""

import io

from PIL import Image

KINDS = ("png", "jpeg", "gif", "webp")


def picture(kind: str, width: int = 640, height: int = 400, **more: object) -> bytes:
    """The bytes of a picture of this kind; half of it is dark, half light."""
    image = Image.new("RGB", (width, height), (20, 60, 90))
    image.paste((240, 240, 220), (0, 0, width // 2, height))
    content = io.BytesIO()
    image.save(content, kind, **more)
    return content.getvalue()
