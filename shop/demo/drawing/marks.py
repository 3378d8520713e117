"""Flaws as they show on the cloth: each kind is a few strokes where the catalogue says it is."""

from collections.abc import Callable
from random import Random

from shop.demo.records import Flaw

from .canvas import Canvas
from .outline import oval


def draw_flaw(canvas: Canvas, flaw: Flaw) -> None:
    """Put one flaw on the finished garment; a flaw without a kind is not visible in a picture."""
    if flaw.kind:
        KINDS[flaw.kind](canvas, Random(flaw.text), *flaw.at)


def _mark(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    _spots(canvas, chance, x, y, "#4A3626", 0.55)


def _paint(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    _spots(canvas, chance, x, y, "#2B4FA8", 0.9)


def _bleach(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    _spots(canvas, chance, x, y, "#FFF4E6", 0.8)


def _spots(canvas: Canvas, chance: Random, x: int, y: int, colour: str, opacity: float) -> None:
    canvas.blurred(oval(x, y, 9, 8), colour, opacity=opacity, blur=2.2)
    for _ in range(4):
        spot = oval(x + chance.randint(-24, 24), y + chance.randint(-24, 24), chance.randint(2, 4), 3)
        canvas.blurred(spot, colour, opacity=opacity, blur=2)


def _yellow(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    canvas.blurred(oval(x, y, 70, 16), "#B98A2E", opacity=0.5, blur=14)


def _fade(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    canvas.blurred(oval(x, y, 62, 40), "#FFFFFF", opacity=0.2, blur=20)
    _strokes(canvas, chance, x, y, count=16, reach=(22, 12), length=12)


def _scuff(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    _strokes(canvas, chance, x, y, count=26, reach=(20, 10), length=20)


def _strokes(
    canvas: Canvas, chance: Random, x: int, y: int, *, count: int, reach: tuple[int, int], length: int
) -> None:
    for _ in range(count):
        start = f"M{chance.gauss(x, reach[0]):.0f} {chance.gauss(y, reach[1]):.0f}"
        canvas.line(
            f"{start} l{chance.uniform(0.3, 1) * length:.0f} {chance.randint(-5, 5)}", "#FFF", 1.6, opacity=0.26
        )


def _crease(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    for row in range(5):
        path = f"M{x - 40 + row * 16} {y - 34 + row * 4} q{chance.randint(8, 18)} 34 2 66"
        canvas.blurred(path, "#000", opacity=0.35, blur=2.4, width=5)
        canvas.blurred(path, "#FFF", opacity=0.22, blur=2, width=3)


def _hole(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    canvas.fill(oval(x, y, 7, 9), "#0C0D0E", 0.9)
    canvas.line(oval(x, y, 9, 11), "#A8A196", 2.4, opacity=0.7)
    for _ in range(8):
        dx, dy = chance.randint(-15, 15), chance.randint(-15, 15)
        canvas.line(f"M{x + dx // 2} {y + dy // 2} l{dx // 2} {dy // 2}", "#E9E4DA", 1.6, opacity=0.6)


def _pull(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    canvas.blurred(f"M{x - 60} {y} q60 8 120 -4", "#000", opacity=0.3, blur=4, width=8)
    canvas.line(f"M{x - 6} {y} c6 -20 20 -16 14 0 c-5 12 8 16 16 9", "#F3F0E8", 2.4, opacity=0.85)


def _pilling(canvas: Canvas, chance: Random, x: int, y: int) -> None:
    for _ in range(44):
        px, py = round(chance.gauss(x, 20)), round(chance.gauss(y, 14))
        canvas.fill(oval(px, py + 2, 3.4, 3), "#000000", 0.3)
        canvas.fill(oval(px, py, 3.2, 2.6), "#FFFFFF", 0.34)


KINDS: dict[str, Callable[[Canvas, Random, int, int], None]] = {
    "mark": _mark,
    "paint": _paint,
    "bleach": _bleach,
    "yellow": _yellow,
    "fade": _fade,
    "scuff": _scuff,
    "crease": _crease,
    "hole": _hole,
    "pull": _pull,
    "pilling": _pilling,
}
