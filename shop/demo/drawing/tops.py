"""Tees, crews, hoodies, zip hoods and track tops: one body, different necks, sleeves and fronts."""

from collections.abc import Callable

from shop.demo.records import Recipe

from .canvas import Canvas, Fold
from .colours import CLOTHS, brightness, darker, lighter, mix, thread
from .lettering import word
from .outline import box, mirror, oval, run, whole

FRONT_NECK = ((600, 372), ((668, 372), (706, 330), (712, 262)))
BACK_NECK = ((600, 284), ((650, 284), (696, 278), (712, 262)))
SLEEVE = run(
    (872, 331),
    ((976, 372), (1030, 560), (1052, 720)),
    ((1070, 860), (1082, 1000), (1088, 1130)),
    ((1030, 1142), (963, 1136)),
    ((948, 1000), (922, 820), (872, 600)),
    ((862, 500), (862, 410), (872, 331)),
    close=True,
)
CUFF = run(
    (1090, 1126),
    ((1092, 1170), (1080, 1214)),
    ((1026, 1226), (974, 1218)),
    ((960, 1180), (961, 1132)),
    ((1026, 1142), (1090, 1126)),
    close=True,
)


def body_outline(*, hem: float, side: float = 880, is_back: bool = False, curve: float = 16, drop: float = 0) -> str:
    """Neck, shoulder, armhole and side of every top; the drop lowers the front of the neck."""
    (x, y), neck = BACK_NECK if is_back else FRONT_NECK
    return whole(
        (x, y + drop),
        neck,
        ((812, 290), (900, 344)),
        ((880, 420), (868, 500), (874, 575)),
        ((858, 740), (side - 14, 1000), (side, hem)),
        ((side - 140, hem + curve), (600, hem + curve)),
    )


def body_folds(canvas: Canvas, hem: float) -> tuple[Fold, ...]:
    """How a body lies: valleys from the underarms, a slack waist, a few soft drops to the hem."""
    chance, folds = canvas.chance, []
    for path in (
        "M866 600 C800 690 770 800 748 960",
        "M860 640 C790 660 730 690 690 760",
        f"M820 820 C800 980 815 1100 800 {hem:g}",
    ):
        for side in (path, mirror(path)):
            strength = chance.uniform(0.12, 0.22)
            folds.append(Fold(side, strength, chance.uniform(24, 36)))
    for _ in range(3):
        x, y = chance.uniform(430, 770), chance.uniform(640, 800)
        lean = chance.uniform(-40, 40)
        folds.append(Fold(_drop(x, y, hem, lean), chance.uniform(0.08, 0.15), chance.uniform(28, 46)))
        ridge = _drop(x - 38, y, hem, lean / 2)
        folds.append(Fold(ridge, chance.uniform(0.08, 0.13), chance.uniform(22, 34), is_light=True))
    folds.append(Fold("M840 380 C800 420 780 520 800 640", 0.1, 40, is_light=True))
    folds.append(Fold("M712 290 C690 400 640 430 600 440", 0.12, 26))
    folds.append(Fold("M488 290 C510 400 560 430 600 440", 0.12, 26))
    return tuple(folds)


def _drop(x: float, y: float, hem: float, lean: float) -> str:
    """A line that falls from the chest to the hem, swinging a little."""
    turns = ((x + lean, y + 130), (x - lean, hem - 180), (x + lean / 2, hem))
    return run((x, y), turns)


def sleeve_folds(canvas: Canvas) -> tuple[Fold, ...]:
    """Creases of a long sleeve: underarm, elbow, and a stack above the cuff."""
    chance = canvas.chance
    folds = [
        Fold("M880 590 C930 720 950 900 975 1120", 0.26, 30),
        Fold("M950 430 C1010 560 1040 800 1064 1090", 0.12, 30, is_light=True),
    ]
    for y in (700, 770, 850, 1040, 1090):
        shift = chance.uniform(-22, 22)
        reach = chance.uniform(50, 110)
        folds.append(
            Fold(
                f"M{930 + (y - 700) * 0.1:.0f} {y + shift:.0f} q{reach * 0.5:.0f} {26 + shift * 0.4:.0f} {reach:.0f} 6",
                chance.uniform(0.14, 0.22),
                chance.uniform(14, 22),
            )
        )
        folds.append(
            Fold(
                f"M{940 + (y - 700) * 0.1:.0f} {y + shift - 26:.0f} q{reach * 0.5:.0f} 20 {reach:.0f} 2",
                chance.uniform(0.08, 0.14),
                16,
                is_light=True,
            )
        )
    return tuple(folds)


def neck_inside(canvas: Canvas, cloth: str, *, mark: str = "#15181B") -> None:
    """The back of the neck seen through the collar, with the label."""
    hole = whole((600, 240), ((664, 240), (708, 262)), ((706, 330), (668, 376), (600, 376)))
    canvas.part(hole, darker(cloth, 0.45), light="flat", edge=0.5, outline=2)
    canvas.line("M492 266 Q600 296 708 266", darker(cloth, 0.6), 3, opacity=0.7)
    canvas.label(600, 300, mark=mark)


def neck_rib(canvas: Canvas, cloth: str, *, width: float = 34, is_back: bool = False) -> None:
    """The knitted band round the neck."""
    path = "M486 260 Q600 306 714 260" if is_back else "M488 258 C494 332 532 374 600 374 C668 374 706 332 712 258"
    band = lighter(cloth, 0.05)
    canvas.line(path, mix(cloth, "#15181B", 0.55), width + 6, cap="butt")
    canvas.line(path, band, width, cap="butt")
    canvas.dashes(path, darker(cloth, 0.4), width=width - 4, pattern="2.6 7", opacity=0.32)


def bottom_rib(canvas: Canvas, cloth: str, *, top: float = 1222, bottom: float = 1318, half: float = 282) -> str:
    rib = whole(
        (600, top + 12),
        ((700, top + 12), (600 + half, top - 4)),
        ((600 + half + 4, top + 50), (600 + half - 24, bottom)),
        ((720, bottom + 16), (600, bottom + 16)),
    )
    canvas.part(rib, cloth, edge=0.3, lift=0.25)
    canvas.ribs(rib, cloth)
    return rib


def long_sleeves(canvas: Canvas, cloth: str, *, cuff: str, pattern: str = "") -> None:
    folds = sleeve_folds(canvas)
    canvas.pair(SLEEVE, cloth, folds=folds, pattern=pattern)
    canvas.pair(CUFF, cuff, edge=0.3)
    for side in (CUFF, mirror(CUFF)):
        canvas.ribs(side, cuff)


def tee(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, accent = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    sleeve = run(
        (872, 326),
        ((960, 362), (1038, 520), (1082, 646)),
        ((1010, 704), (922, 732)),
        ((896, 690), (880, 640), (868, 572)),
        ((858, 480), (862, 400), (872, 326)),
        close=True,
    )
    folds = (
        Fold("M880 560 C930 600 980 640 1060 640", 0.16, 26),
        Fold("M900 470 C930 560 930 640 930 720", 0.2, 28),
        Fold("M930 400 C990 480 1030 560 1050 640", 0.13, 34, is_light=True),
    )
    if not is_back:
        neck_inside(canvas, cloth)
    stripes = stripe_pattern(recipe.pattern, accent)
    canvas.pair(sleeve, cloth, folds=folds, pattern=stripes and f'<g transform="translate(0 14)">{stripes}</g>')
    hem = "M1072 620 Q1004 678 912 706"
    canvas.stitch(hem, thread(cloth))
    canvas.stitch(mirror(hem), thread(cloth))
    body = body_outline(hem=1252, is_back=is_back)
    canvas.part(body, cloth, folds=body_folds(canvas, 1252), pattern=stripes, lift=0.18)
    for y in (1226, 1236):
        canvas.stitch(f"M326 {y} Q600 {y + 14} 874 {y}", thread(cloth), width=2.4)
    neck_rib(canvas, cloth, is_back=is_back)
    if not is_back:
        chest_print(canvas, recipe, 660)


def stripe_pattern(pattern: str, colour: str) -> str:
    step, height = {"stripes": (66, 24), "wide stripes": (120, 60)}.get(pattern, (0, 0))
    if not step:
        return ""
    rows = "".join(
        f'<path d="M60 {y} Q600 {y + 22} 1140 {y}" stroke="{colour}" stroke-width="{height}" fill="none"/>'
        for y in range(330 if step < 100 else 400, 1300, step)
    )
    return f'<g stroke-opacity=".94">{rows}</g>'


def crew(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth = CLOTHS[recipe.body]
    if not is_back:
        neck_inside(canvas, cloth)
    long_sleeves(canvas, cloth, cuff=cloth)
    body = body_outline(hem=1232, is_back=is_back, curve=10)
    canvas.part(body, cloth, folds=body_folds(canvas, 1232), lift=0.18)
    bottom_rib(canvas, cloth)
    neck_rib(canvas, cloth, width=38, is_back=is_back)
    if not is_back:
        canvas.line("M560 396 L600 452 L640 396", darker(cloth, 0.4), 3, opacity=0.6)
        canvas.stitch("M552 396 L600 464 L648 396", thread(cloth), width=2)
        chest_print(canvas, recipe, 640)


def hoodie(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    hooded(canvas, recipe, is_back=is_back, has_zip=False)


def ziphood(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    hooded(canvas, recipe, is_back=is_back, has_zip=True)


def hooded(canvas: Canvas, recipe: Recipe, *, is_back: bool, has_zip: bool) -> None:
    cloth, cord = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    long_sleeves(canvas, cloth, cuff=cloth)
    canvas.part(body_outline(hem=1232, is_back=is_back, curve=10), cloth, folds=body_folds(canvas, 1232), lift=0.18)
    if not is_back:
        pocket(canvas, cloth, is_split=has_zip)
    bottom_rib(canvas, cloth)
    if has_zip and not is_back:
        canvas.zip(600, 462, 1330, cloth)
    hood(canvas, cloth, cord, is_back=is_back)
    if not is_back:
        chest_print(canvas, recipe, 720)


def pocket(canvas: Canvas, cloth: str, *, is_split: bool) -> None:
    shape = whole((600, 896), ((740, 896),), ((780, 990), (838, 1080)), ((842, 1150), (838, 1226)), ((600, 1236),))
    canvas.part(
        shape,
        cloth,
        light="flat",
        edge=0.16,
        lift=0.22,
        solid=False,
        folds=(
            Fold("M420 1180 Q600 1220 780 1180", 0.12, 30),
            Fold("M440 940 Q600 970 760 940", 0.1, 40, is_light=True),
        ),
    )
    for slant in ("M728 908 Q768 996 824 1082", "M712 908 Q752 1000 806 1088"):
        canvas.stitch(slant, thread(cloth), width=2.4)
        canvas.stitch(mirror(slant), thread(cloth), width=2.4)
    canvas.stitch("M470 908 L730 908", thread(cloth), width=2.4)


def hood(canvas: Canvas, cloth: str, cord: str, *, is_back: bool) -> None:
    outline = whole(
        (600, 108),
        ((712, 106), (786, 176), (794, 284)),
        ((800, 372), (744, 424), (664, 456)),
        ((636, 470), (600, 488)),
    )
    folds = (
        Fold("M770 220 C760 330 720 400 650 450", 0.22, 30),
        Fold("M430 220 C440 330 480 400 550 450", 0.26, 30),
        Fold("M470 190 C520 130 660 120 720 180", 0.14, 30, is_light=True),
    )
    canvas.part(outline, cloth, folds=folds, lift=0.4)
    if is_back:
        canvas.seam("M600 112 C604 220 604 340 600 484", cloth, stitched=True)
        return
    opening = oval(600, 306, 124, 146)
    canvas.part(opening, darker(cloth, 0.62), light="flat", edge=0.6, solid=False)
    canvas.blurred(oval(600, 250, 80, 80), "#000", opacity=0.35, blur=26)
    canvas.line(oval(600, 306, 132, 154), lighter(cloth, 0.06), 16)
    canvas.line(oval(600, 306, 141, 163), darker(cloth, 0.4), 2.4, opacity=0.7)
    canvas.stitch(oval(600, 306, 132, 154), thread(cloth), width=2)
    canvas.label(600, 372, width=60, height=36)
    for x, foot in ((548, 650), (652, 622)):
        lean = canvas.chance.uniform(-10, 10)
        path = f"M{x} 446 C{x - lean:g} 500 {x + lean:g} {foot - 70} {x + lean / 2:g} {foot}"
        canvas.blurred(path, "#000", opacity=0.4, blur=5, width=12)
        canvas.line(path, darker(cord, 0.35), 11)
        canvas.line(path, cord, 8)
        canvas.dashes(path, "#000", width=8, pattern="2 4", opacity=0.18)
        canvas.line(f"M{x + lean / 2:g} {foot} l0 26", "#9DA0A3", 10, cap="butt")
        canvas.button(x, 444, "#B9BCBE", radius=9, holes=False)


def tracktop(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, stripe = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    bands = "".join(
        f'<path d="{path}" fill="none" stroke="{stripe}" stroke-width="17"/>'
        for shift in (0, 30)
        for path in [f"M{905 + shift} 300 C{985 + shift} 420 {1012 + shift} 800 {1028 + shift} 1180"]
    )
    folds = sleeve_folds(canvas)
    mirrored = f'<g transform="matrix(-1 0 0 1 1200 0)">{bands}</g>'
    canvas.part(SLEEVE, cloth, light="right", folds=folds, pattern=bands)
    canvas.part(
        mirror(SLEEVE),
        cloth,
        light="left",
        pattern=mirrored,
        folds=tuple(Fold(mirror(f.path), f.strength, f.width, f.is_light) for f in folds),
    )
    for side in (CUFF, mirror(CUFF)):
        canvas.part(side, cloth, light="flat", edge=0.3)
        canvas.ribs(side, cloth)
    body = body_outline(hem=1232, is_back=True, curve=10)
    canvas.part(body, cloth, folds=body_folds(canvas, 1232), lift=0.18)
    yoke = "M330 520 Q600 560 870 520" if is_back else "M326 560 Q460 600 600 604 Q740 600 874 560"
    canvas.seam(yoke, cloth)
    bottom_rib(canvas, cloth)
    collar = whole((600, 208), ((672, 208), (708, 222)), ((720, 262), (722, 300)), ((670, 330), (600, 332)))
    canvas.part(collar, cloth, folds=(Fold("M490 310 Q600 340 710 310", 0.25, 24),), lift=0.3)
    canvas.ribs(collar, cloth)
    if is_back:
        return
    canvas.zip(600, 214, 1330, cloth)
    for path in ("M742 930 L792 1090", "M458 930 L408 1090"):
        canvas.blurred(path, "#000", opacity=0.35, blur=6, width=18)
        canvas.line(path, darker(cloth, 0.5), 12)
        canvas.stitch(path, thread(cloth), width=2.2, shift=(12, 2))
        canvas.stitch(path, thread(cloth), width=2.2, shift=(-12, -2))
    canvas.label(742, 690, width=60, height=30, mark=stripe if brightness(stripe) < 0.7 else "#15181B")


def chest_print(canvas: Canvas, recipe: Recipe, y: float) -> None:
    """What is printed or sewn on the chest, if anything."""
    PRINTS.get(recipe.print, _lettered if recipe.print else _plain)(canvas, recipe, y)


def _plain(canvas: Canvas, recipe: Recipe, y: float) -> None:
    """Nothing on the chest."""


def _lettered(canvas: Canvas, recipe: Recipe, y: float) -> None:
    colour, cloth = CLOTHS[recipe.accent], CLOTHS[recipe.body]
    small = " " in recipe.print
    height = 20 if small else 52
    canvas.fill(word(recipe.print, 600, y + (0 if small else 20), height=height, spacing=3), mix(colour, cloth, 0.06))
    if not small:
        canvas.fill(box(424, y + 44, 352, 9), mix(colour, cloth, 0.06))


def _sunset(canvas: Canvas, recipe: Recipe, y: float) -> None:
    canvas.fill(oval(600, y + 30, 152, 152), CLOTHS["ochre"])
    canvas.fill(oval(600, y + 30, 152, 152), "#E8B93A", 0.3)
    for row, (half, height) in enumerate(((170, 17), (150, 15), (118, 13))):
        canvas.fill(box(600 - half, y + 60 + row * 46, 2 * half, height), CLOTHS["ink navy"])


def _bars(canvas: Canvas, recipe: Recipe, y: float) -> None:
    colour = CLOTHS[recipe.accent]
    for row, width in enumerate((260, 260, 150)):
        canvas.fill(box(470, y - 20 + row * 56, width, 36), colour, 0.95)


def _pocket(canvas: Canvas, recipe: Recipe, y: float) -> None:
    cloth = CLOTHS[recipe.body]
    shape = run((676, y - 80), ((816, y - 86),), ((820, y + 66),), ((748, y + 96),), ((674, y + 70),), close=True)
    canvas.part(shape, cloth, light="flat", edge=0.14, lift=0.25, solid=False)
    canvas.stitch(shape, thread(cloth), width=2.2)
    canvas.stitch(f"M678 {y - 54} L817 {y - 60}", thread(cloth), width=2.4)


PRINTS: dict[str, Callable[[Canvas, Recipe, float], None]] = {"sunset": _sunset, "bars": _bars, "pocket": _pocket}
