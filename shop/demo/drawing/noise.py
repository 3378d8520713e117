"""Grey noise as a picture inside the SVG: a tile is far quicker than a turbulence filter over the whole sheet."""

import base64
import io
from random import Random

from PIL import Image, ImageFilter


def noise(seed: int, size: int, softness: float, contrast: float) -> str:
    """A square of middle grey noise as a data address, the same for the same seed."""
    tile = Image.frombytes("L", (size, size), Random(seed).randbytes(size * size))
    tile = tile.filter(ImageFilter.GaussianBlur(softness)).point(lambda grey: 128 + (grey - 128) * contrast)
    png = io.BytesIO()
    tile.save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
