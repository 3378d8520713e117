"""Jeans, cargos, track pants, shorts, and the track set."""

from shop.demo.records import Recipe

from .canvas import Canvas, Fold
from .colours import CLOTHS, brightness, darker, lighter, thread
from .outline import box, mirror, run, whole
from .tops import tracktop

LEG = run(
    (590, 286),
    ((868, 280),),
    ((902, 470), (920, 680), (916, 880)),
    ((914, 1080), (904, 1240), (896, 1372)),
    ((792, 1390), (690, 1380)),
    ((676, 1150), (650, 880), (612, 664)),
    ((600, 650), (590, 640)),
    close=True,
)
TRACK_LEG = run(
    (590, 286),
    ((862, 280),),
    ((904, 470), (922, 680), (910, 880)),
    ((902, 1080), (884, 1220), (858, 1310)),
    ((786, 1322), (712, 1312)),
    ((684, 1120), (652, 880), (612, 664)),
    ((600, 650), (590, 640)),
    close=True,
)
SHORT_LEG = run(
    (590, 372),
    ((876, 366),),
    ((938, 560), (1004, 800), (1032, 1010)),
    ((860, 1066), (664, 1066)),
    ((650, 940), (636, 850), (612, 772)),
    ((600, 760), (590, 756)),
    close=True,
)


def leg_folds(canvas: Canvas, hem: float) -> tuple[Fold, ...]:
    """Creases of a trouser leg: from the crotch, behind the knee, and a break above the hem."""
    chance = canvas.chance
    folds = [
        Fold("M616 668 C700 640 790 600 880 610", 0.2, 30),
        Fold("M620 690 C690 700 760 740 830 800", 0.16, 28),
        Fold("M624 640 C690 600 760 560 850 540", 0.13, 26, is_light=True),
        Fold(f"M640 820 C680 960 690 1150 704 {hem}", 0.24, 32),
        Fold(f"M780 480 C796 760 800 1000 792 {hem}", 0.15, 46, is_light=True),
        Fold(f"M880 500 C896 700 894 1000 876 {hem}", 0.2, 34),
    ]
    for y in (860, 930, 1010, hem - 130, hem - 70):
        shift, reach = chance.uniform(-24, 24), chance.uniform(70, 140)
        x = 690 + (y - 860) * 0.06 + chance.uniform(-8, 50)
        folds.append(
            Fold(
                f"M{x:.0f} {y + shift:.0f} q{reach / 2:.0f} {24 + shift * 0.5:.0f} {reach:.0f} -4",
                chance.uniform(0.13, 0.2),
                chance.uniform(16, 24),
            )
        )
        folds.append(
            Fold(
                f"M{x:.0f} {y + shift - 30:.0f} q{reach / 2:.0f} 20 {reach:.0f} -6",
                chance.uniform(0.08, 0.13),
                18,
                is_light=True,
            )
        )
    return tuple(folds)


def waistband(canvas: Canvas, cloth: str, *, half: float = 272, top: float = 194, bottom: float = 294) -> str:
    band = whole(
        (600, top + 10),
        ((740, top + 10), (600 + half - 6, top)),
        ((600 + half + 6, (top + bottom) / 2), (600 + half, bottom)),
        ((740, bottom + 12), (600, bottom + 12)),
    )
    canvas.part(band, cloth, edge=0.24, lift=0.24)
    return band


def jean(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, yarn = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    is_faded = recipe.body in ("mid denim", "light denim", "washed black")
    twill = _twill(cloth)
    fade = lighter(cloth, 0.55)
    for is_left in (True, False):
        side = mirror if is_left else str
        canvas.part(
            side(LEG),
            cloth,
            light="left" if is_left else "right",
            pattern=twill,
            lift=0 if is_left else 0.14,
            folds=tuple(Fold(side(f.path), f.strength, f.width, f.is_light) for f in leg_folds(canvas, 1372)),
        )
        if is_faded:
            for path, width, strength in (
                ("M780 480 C792 640 792 780 786 960", 110, 0.3),
                ("M776 780 C790 860 790 900 780 960", 120, 0.22),
            ):
                canvas.blurred(side(path), fade, opacity=strength, blur=38, width=width)
            for y in (560, 596, 634):
                canvas.blurred(side(f"M640 {y + 44} Q740 {y + 6} 850 {y}"), fade, opacity=0.3, blur=9, width=9)
        canvas.stitch(side("M700 1350 Q792 1364 890 1346"), yarn, width=3)
        canvas.line(side("M874 440 C898 640 898 1000 880 1366"), darker(cloth, 0.45), 2.4, opacity=0.5)
    if is_back:
        _jean_back(canvas, cloth, yarn)
    else:
        _fly(canvas, cloth, yarn)
        for side in (str, mirror):
            scoop = side("M706 300 C722 384 790 424 884 420")
            canvas.blurred(scoop, "#000", opacity=0.3, blur=6, width=14)
            canvas.line(scoop, darker(cloth, 0.5), 3)
            canvas.stitch(scoop, yarn, shift=(0, 10))
            canvas.stitch(scoop, yarn, shift=(0, 20))
            canvas.button(*((712, 318) if side is str else (488, 318)), CLOTHS["brass"], radius=6, holes=False)
    band = waistband(canvas, cloth)
    canvas.inside(band, twill)
    for y in (212, 284):
        canvas.stitch(f"M334 {y - 4} Q600 {y + 14} 866 {y - 4}", yarn, width=2.8)
    for x in (392, 500, 700, 808):
        loop = box(x - 12, 190, 24, 116)
        canvas.part(loop, cloth, light="flat", edge=0.2, lift=0.3)
        canvas.stitch(box(x - 7, 196, 14, 104), yarn, width=2)
    if is_back:
        canvas.fill(box(720, 212, 120, 78), "#A47B4C")
        canvas.line(box(720, 212, 120, 78), "#5E4527", 2.4)
        canvas.fill(box(740, 234, 60, 10), "#5E4527", 0.8)
        canvas.fill(box(740, 256, 80, 7), "#5E4527", 0.6)
    else:
        canvas.line("M612 206 L612 300", darker(cloth, 0.5), 2.4, opacity=0.8)
        canvas.button(598, 252, CLOTHS["brass"], radius=17, holes=False)


def _twill(cloth: str) -> str:
    """The diagonal of denim: a light and a dark thread, again and again."""
    light, dark = lighter(cloth, 0.3), darker(cloth, 0.4)
    return (
        f'<pattern id="twill" patternUnits="userSpaceOnUse" width="9" height="9" patternTransform="rotate(27)">'
        f'<path d="M2 0v9" stroke="{light}" stroke-opacity=".26" stroke-width="2.6"/>'
        f'<path d="M6 0v9" stroke="{dark}" stroke-opacity=".2" stroke-width="2.4"/></pattern>'
        f'<path d="{box(0, 0, 1200, 1500)}" fill="url(#twill)"/>'
    )


def _fly(canvas: Canvas, cloth: str, yarn: str) -> None:
    canvas.line("M600 300 L600 650", darker(cloth, 0.55), 3.4, opacity=0.85)
    canvas.blurred("M604 300 L604 640", "#000", opacity=0.3, blur=6, width=12)
    for shift in (0, 11):
        canvas.stitch(f"M{668 - shift} 306 L{668 - shift} 500 C{666 - shift} 560 640 590 604 {604 - shift}", yarn)


def _jean_back(canvas: Canvas, cloth: str, yarn: str) -> None:
    canvas.line("M600 300 L600 650", darker(cloth, 0.5), 3.4, opacity=0.85)
    canvas.stitch("M590 300 L590 640", yarn)
    for side in (str, mirror):
        yoke = side("M600 420 L890 376")
        canvas.line(yoke, darker(cloth, 0.5), 3)
        canvas.stitch(yoke, yarn, shift=(0, 9))
        bag = run((664, 440), ((846, 424),), ((850, 596),), ((760, 654),), ((674, 612),), close=True)
        canvas.part(side(bag), cloth, light="flat", edge=0.16, lift=0.26, solid=False, pattern=_twill(cloth))
        canvas.stitch(side("M674 448 L838 434 L840 590 L760 642 L684 604 Z"), yarn)
        canvas.stitch(side("M680 500 Q760 560 838 490"), yarn, width=2.4)


def cargo(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, yarn = CLOTHS[recipe.body], thread(CLOTHS[recipe.body])
    canvas.pair(LEG, cloth, folds=leg_folds(canvas, 1372))
    for side in (mirror, str):
        canvas.stitch(side("M700 1346 Q792 1360 890 1342"), yarn, width=2.6)
        canvas.line(side("M812 420 C836 640 838 1000 812 1378"), darker(cloth, 0.4), 2.4, opacity=0.35)
        bag = side("M806 746 L914 738 L926 756 L918 944 L806 952 Z" if is_back else box(742, 756, 170, 196))
        canvas.part(bag, cloth, light="flat", edge=0.2, lift=0.36)
        canvas.line(side("M828 830 L828 946"), darker(cloth, 0.45), 2.4, opacity=0.6)
        canvas.stitch(bag, yarn, width=2.2)
        flap = side("M798 728 L922 720 L930 788 L798 800 Z" if is_back else "M734 734 L920 728 L922 792 L734 800 Z")
        canvas.part(flap, cloth, light="flat", edge=0.2, lift=0.4)
        canvas.stitch(side("M744 788 L912 782") if not is_back else side("M806 790 L918 780"), yarn, width=2.4)
        for x in (762, 894) if not is_back else (824, 900):
            canvas.button(x if side is str else 1200 - x, 768, CLOTHS[recipe.accent], radius=9, holes=False)
        slash = side("M742 300 L862 470")
        if is_back:
            welt = side(box(668, 420, 166, 40))
            canvas.part(welt, cloth, light="flat", edge=0.25, lift=0.3, solid=False)
            canvas.stitch(welt, yarn, width=2.2)
        else:
            canvas.blurred(slash, "#000", opacity=0.4, blur=6, width=16)
            canvas.line(slash, darker(cloth, 0.5), 3.4)
            canvas.stitch(slash, yarn, shift=(-9, 6), width=2.4)
        knee = side("M650 920 Q780 950 906 916")
        canvas.line(knee, darker(cloth, 0.4), 2.2, opacity=0.0 if is_back else 0.4)
    if is_back:
        canvas.line("M600 300 L600 650", darker(cloth, 0.5), 3.4, opacity=0.8)
    else:
        _fly(canvas, cloth, yarn)
    waistband(canvas, cloth)
    for y in (212, 284):
        canvas.stitch(f"M334 {y - 4} Q600 {y + 14} 866 {y - 4}", yarn, width=2.4)
    for x in (392, 500, 700, 808):
        canvas.part(box(x - 12, 190, 24, 116), cloth, light="flat", edge=0.2, lift=0.3)
    if not is_back:
        canvas.button(600, 252, CLOTHS[recipe.accent], radius=16)


def trackpant(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, stripe = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    bands = "".join(
        f'<path d="M{x} 280 C{x + 40} 470 {x + 58} 680 {x + 46} 880 C{x + 38} 1080 {x + 18} 1220 {x - 6} 1320"'
        f' fill="none" stroke="{stripe}" stroke-width="17"/>'
        for x in (820, 850)
    )
    folds = leg_folds(canvas, 1300)
    for is_left in (True, False):
        side = mirror if is_left else str
        placed = f'<g transform="matrix(-1 0 0 1 1200 0)">{bands}</g>' if is_left else bands
        canvas.part(
            side(TRACK_LEG),
            cloth,
            light="left" if is_left else "right",
            pattern=placed,
            lift=0.14,
            folds=tuple(Fold(side(f.path), f.strength, f.width, f.is_light) for f in folds),
        )
        cuff = run(
            (858, 1306),
            ((852, 1350), (842, 1392)),
            ((784, 1404), (726, 1396)),
            ((716, 1350), (712, 1310)),
            ((786, 1320), (858, 1306)),
            close=True,
        )
        canvas.part(side(cuff), cloth, light="flat", edge=0.3, lift=0.2)
        canvas.ribs(side(cuff), cloth)
        if not is_back:
            slit = side("M800 330 L846 500")
            canvas.blurred(slit, "#000", opacity=0.4, blur=6, width=16)
            canvas.line(slit, darker(cloth, 0.5), 8)
    canvas.line("M600 300 L600 650", darker(cloth, 0.5), 3.4, opacity=0.8)
    _elastic(canvas, cloth, stripe, top=200, bottom=296, half=268, is_back=is_back)


def _elastic(canvas: Canvas, cloth: str, cord: str, *, top: float, bottom: float, half: float, is_back: bool) -> None:
    band = waistband(canvas, cloth, half=half, top=top, bottom=bottom)
    canvas.ribs(band, cloth, step=14)
    for y in (top + 34, top + 66):
        canvas.line(f"M{606 - half} {y} Q600 {y + 14} {594 + half} {y}", darker(cloth, 0.45), 2, opacity=0.5)
    if is_back:
        return
    for x, foot in ((584, bottom + 180), (618, bottom + 140)):
        lean = canvas.chance.uniform(8, 26) * (1 if x > 600 else -1)
        path = f"M{x} {bottom - 44} C{x + lean:g} {bottom + 20} {x + lean:g} {foot - 60} {x + lean / 2:g} {foot}"
        canvas.blurred(path, "#000", opacity=0.4, blur=5, width=12)
        canvas.line(path, darker(cord, 0.4), 11)
        canvas.line(path, cord, 8)
        canvas.dashes(path, "#000", width=8, pattern="2 4", opacity=0.18)
        canvas.button(x, bottom - 46, "#B9BCBE", radius=8, holes=False)


def shorts(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, accent = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    is_sporty = recipe.body == "royal"
    bands = "".join(
        f'<path d="M{x} 360 C{x + 66} 560 {x + 132} 800 {x + 160} 1040" fill="none" stroke="{accent}"'
        ' stroke-width="19"/>'
        for x in (812, 846)
    )
    folds = (
        Fold("M616 776 C700 740 800 700 900 700", 0.2, 30),
        Fold("M620 800 C700 820 780 880 840 980", 0.17, 30),
        Fold("M624 744 C700 690 780 650 860 640", 0.13, 26, is_light=True),
        Fold("M790 520 C830 700 860 860 868 1040", 0.14, 50, is_light=True),
        Fold("M740 560 C760 720 760 900 752 1050", 0.15, 34),
        Fold("M900 620 C940 760 960 900 976 1010", 0.16, 34),
    )
    for is_left in (True, False):
        side = mirror if is_left else str
        placed = f'<g transform="matrix(-1 0 0 1 1200 0)">{bands}</g>' if is_left else bands
        canvas.part(
            side(SHORT_LEG),
            cloth,
            light="left" if is_left else "right",
            lift=0.14,
            pattern=placed if is_sporty else "",
            folds=tuple(Fold(side(f.path), f.strength, f.width, f.is_light) for f in folds),
        )
        for y in (1020, 1032):
            canvas.stitch(side(f"M668 {y + 8} Q860 {y + 10} 1026 {y - 42}"), thread(cloth), width=2.4)
        if not is_back:
            slit = side("M846 420 L912 610")
            canvas.blurred(slit, "#000", opacity=0.4, blur=6, width=16)
            canvas.line(slit, darker(cloth, 0.5), 6)
            canvas.stitch(slit, thread(cloth), shift=(-10 if side is str else 10, 4), width=2.4)
    if is_back and not is_sporty:
        welt = box(680, 500, 150, 160)
        canvas.part(welt, cloth, light="flat", edge=0.2, lift=0.3, solid=False)
        canvas.stitch(welt, thread(cloth), width=2.4)
    canvas.line("M600 380 L600 760", darker(cloth, 0.5), 3.4, opacity=0.8)
    cord = accent if brightness(accent) > 0.5 else CLOTHS["cream"]
    _elastic(canvas, cloth, cord, top=336, bottom=436, half=286, is_back=is_back)
    if not is_back:
        canvas.label(394, 960, width=62, height=36)


def trackset(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    with canvas.placed(430, 250, 0.74, 3):
        trackpant(canvas, recipe, is_back=is_back)
    with canvas.placed(-40, 20, 0.74, -3):
        tracktop(canvas, recipe, is_back=is_back)
