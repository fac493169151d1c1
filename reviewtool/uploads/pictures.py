"""Pictures that people send, drawn anew: scaled down, without what cameras and programs write into them.

A photograph may carry where and by whom it was taken; whatever else hides behind its points is left behind too. A
drawing (SVG) is text, and is taken over element by element (`drawings`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from reviewtool.errors import InvalidInput
from reviewtool.uploads import drawings

MOST_POINTS: Final = 50_000_000  # of one picture, before it is scaled: 200 MB while it is drawn
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
QUALITY: Final = 88  # of a photograph, of 95

_one_at_a_time = threading.Lock()  # of each process, because of the memory


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: its bytes, the extension of its name, and its size in points; 0 of a drawing."""

    data: bytes
    extension: str
    width: int = 0
    height: int = 0


def redrawn(data: bytes, edge: int) -> Picture:
    """Return a picture drawn anew, its longer side `edge` points at most.

    Raises InvalidInput: "file-empty", "picture-type", "picture-broken", "picture-too-large", "picture-moves",
    "drawing-broken".
    """
    if not data:
        raise InvalidInput("file-empty", field="file")
    if drawings.looks_like_one(data):
        return Picture(drawings.taken_over(data), "svg")
    return of_points(data, edge)


def of_points(data: bytes, edge: int) -> Picture:
    """Return a picture made of points, as `redrawn` does; a drawing is of no type that it knows."""
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # the readers of damaged pictures raise nearly anything
        raise InvalidInput("picture-type", field="file") from error
    with image, _one_at_a_time:
        if image.width * image.height > MOST_POINTS:
            raise _too_large()
        try:
            if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO: a photograph and its preview
                raise InvalidInput("picture-moves", field="file")
            return _drawn(image, edge)
        except InvalidInput:
            raise
        except Exception as error:
            raise InvalidInput("picture-broken", field="file") from error


def _too_large() -> InvalidInput:
    return InvalidInput("picture-too-large", field="file", most=MOST_POINTS // 1_000_000)


def _drawn(image: Image.Image, edge: int) -> Picture:
    photograph = image.format in {"JPEG", "MPO"} or (image.format == "WEBP" and not image.has_transparency_data)
    if max(image.size) > edge and image.mode in {"P", "1"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    image = ImageOps.exif_transpose(image)
    if photograph:
        image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    elif image.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.info = {key: value for key, value in image.info.items() if key == "transparency" and not photograph}
    out = BytesIO()
    if photograph:
        image.save(out, "JPEG", quality=QUALITY, optimize=True)
    else:
        image.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), "jpg" if photograph else "png", image.width, image.height)
