"""Words and numbers as outlines, cut from the shop's own open typeface."""

from functools import cache

import fontpkg_archivo
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

WIDE = {"wdth": 125.0, "wght": 800.0}
CAP_HEIGHT = 0.686  # of the em, in Archivo


def word(text: str, x: float, y: float, *, height: float, spacing: float = 0.0) -> str:
    """The text as one path, capitals of the given height, centred on x with its foot on y."""
    font = _font()
    glyphs, names = font.getGlyphSet(location=WIDE), font.getBestCmap()
    scale = height / (CAP_HEIGHT * font["head"].unitsPerEm)
    letters = [glyphs[names[ord(letter)]] for letter in text]
    total = sum(letter.width * scale + spacing for letter in letters) - spacing
    at, pen = x - total / 2, SVGPathPen(glyphs, ntos=lambda number: f"{number:.1f}")
    for letter in letters:
        letter.draw(TransformPen(pen, (scale, 0, 0, -scale, at, y)))
        at += letter.width * scale + spacing
    return pen.getCommands()


@cache
def _font() -> TTFont:
    return TTFont(fontpkg_archivo.ROOT / "files" / "Archivo[wdth,wght].ttf")
