"""What every shoe has: collar, tongue, laces and the woven tab."""

from .canvas import Canvas, Fold
from .colours import CLOTHS, darker, lighter, mix, thread
from .outline import Point, oval, run


def collar_inside(canvas: Canvas, back: Point, throat: Point, cloth: str, *, is_high: bool) -> None:
    """The far side of the collar, seen over the near one."""
    rise = 26 if is_high else 40
    far = run(
        back,
        ((back[0] + 60, back[1] - rise), (throat[0] - 80, throat[1] - rise - 6), throat),
        ((throat[0] - 40, throat[1] + 90), (back[0] + 90, back[1] + 90), back),
        close=True,
    )
    canvas.part(far, mix(cloth, CLOTHS["grey marl"], 0.5), light="flat", edge=0.5)


def collar_edge(canvas: Canvas, back: Point, throat: Point, cloth: str, *, is_high: bool) -> None:
    """The padded edge of the collar."""
    dip = 30 if is_high else 56
    path = run(back, ((back[0] + 70, back[1] + dip - 6), (throat[0] - 90, throat[1] + dip + 4), throat))
    canvas.line(path, darker(cloth, 0.35), 18)
    canvas.line(path, lighter(cloth, 0.1), 13)
    canvas.stitch(path, thread(cloth), width=2, shift=(4, 22))


def tongue(canvas: Canvas, throat: Point, cloth: str, *, is_high: bool) -> None:
    """The tongue standing up behind the laces."""
    x, y = throat
    shin: tuple[Point, ...] = (
        ((x + 132, y + 40), (x + 196, y + 276)) if is_high else ((x + 120, y + 40), (x + 240, y + 150))
    )
    shape = run(
        (x - 20, y + 30),
        ((x - 14, y - 40), (x + 14, y - 84)),
        ((x + 60, y - 96), (x + 84, y - 66)),
        shin,
        ((x + 100, y + 130), (x - 20, y + 30)),
        close=True,
    )
    canvas.part(
        shape,
        cloth,
        light="flat",
        edge=0.34,
        folds=(
            Fold(f"M{x + 20} {y - 60} C{x + 40} {y} {x + 80} {y + 60} {x + 130} {y + 110}", 0.25, 22, is_light=True),
        ),
    )
    canvas.stitch(
        run((x + 4, y + 10), ((x + 6, y - 40), (x + 24, y - 70)), ((x + 56, y - 80), (x + 72, y - 58))),
        thread(cloth),
        width=2,
    )


def laces(canvas: Canvas, throat: Point, vamp: Point, colour: str, *, bars: int, is_high: bool) -> None:
    """Bars across the eyestay from bottom to top, then a bow."""
    bend: Point = (520, 720) if is_high else (580, 754)
    for number in range(bars):
        share = (number + 0.7) / bars
        a, b, c = (1 - share) ** 2, 2 * share * (1 - share), share**2
        x = a * vamp[0] + b * bend[0] + c * throat[0]
        y = a * vamp[1] + b * bend[1] + c * throat[1]
        foot = (x - 26, y + 46) if not is_high else (x - 38, y + 36)
        tip = (x + 18, y - 24) if not is_high else (x + 30, y - 22)
        canvas.fill(oval(foot[0], foot[1], 8, 8), "#0C0D0E", 0.85)
        path = run(foot, ((x - 14, y - 4), tip))
        canvas.blurred(path, "#000", opacity=0.42, blur=5, width=24)
        canvas.line(path, darker(colour, 0.42), 22)
        canvas.line(path, colour, 18)
        canvas.dashes(path, "#000", width=17, pattern="2 5", opacity=0.12)
    x, y = throat[0] + 24, throat[1] - 2
    for loop in (
        f"M{x} {y} C{x - 50} {y - 60} {x - 14} {y - 96} {x + 22} {y - 56} C{x + 34} {y - 40} {x + 20} {y - 14} {x} {y}",
        f"M{x} {y} C{x + 30} {y - 50} {x + 86} {y - 40} {x + 70} {y - 6} C{x + 60} {y + 12} {x + 24} {y + 10} {x} {y}",
        f"M{x} {y} C{x + 30} {y + 20} {x + 60} {y + 50} {x + 92} {y + 46}",
    ):
        canvas.blurred(loop, "#000", opacity=0.3, blur=5, width=16)
        canvas.line(loop, darker(colour, 0.42), 15)
        canvas.line(loop, colour, 11)


def tab(canvas: Canvas, x: float, y: float, colour: str) -> None:
    """The small woven tab, the only mark on a shoe."""
    tab = run((x, y), ((x + 56, y - 8),), ((x + 60, y + 22),), ((x + 4, y + 30),), close=True)
    canvas.shade(tab, 0.35, drop=4)
    canvas.fill(tab, colour)
    canvas.line(tab, darker(colour, 0.45), 2)
    canvas.line(f"M{x + 12} {y + 12} l32 -5", CLOTHS["chalk"], 5, opacity=0.9)
