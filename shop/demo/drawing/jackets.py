"""Varsity jackets, puffers, overshirts and chore jackets."""

from itertools import pairwise

from shop.demo.records import Recipe

from .canvas import Canvas, Fold
from .colours import CLOTHS, darker, lighter, mix, thread
from .lettering import word
from .outline import Point, box, mirror, oval, run, whole
from .tops import CUFF, SLEEVE, body_folds, body_outline, bottom_rib, long_sleeves, sleeve_folds


def varsity(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, sleeve, accent = CLOTHS[recipe.body], CLOTHS[recipe.second], CLOTHS[recipe.accent]
    if not is_back:
        hole = whole((600, 240), ((664, 240), (708, 262)), ((700, 350), (640, 404), (600, 412)))
        canvas.part(hole, darker(cloth, 0.55), light="flat", edge=0.5, outline=2)
        canvas.label(600, 300, mark=accent)
    long_sleeves(canvas, sleeve, cuff=cloth)
    for cuff in (CUFF, mirror(CUFF)):
        bands = "M950 1156 Q1024 1172 1100 1152 M950 1176 Q1024 1192 1100 1172"
        _knit_bands(canvas, cuff, bands if cuff == CUFF else mirror(bands), sleeve)
    canvas.part(
        body_outline(hem=1232, is_back=is_back, curve=10, drop=0 if is_back else 36),
        cloth,
        folds=body_folds(canvas, 1232),
        lift=0.22,
    )
    rib = bottom_rib(canvas, cloth)
    _knit_bands(canvas, rib, "M310 1252 Q600 1274 890 1252 M312 1282 Q600 1304 888 1282", sleeve)
    neck = "M486 262 Q600 306 714 262" if is_back else "M488 258 C500 350 548 394 600 410 C652 394 700 350 712 258"
    canvas.line(neck, mix(cloth, "#15181B", 0.6), 50, cap="butt")
    canvas.line(neck, cloth, 44, cap="butt")
    canvas.line(neck, sleeve, 22, cap="butt")
    canvas.line(neck, cloth, 12, cap="butt")
    canvas.dashes(neck, "#000", width=42, pattern="2.6 7", opacity=0.3)
    if is_back:
        if recipe.accent == "brick":
            canvas.fill(word("HALDEN", 600, 600, height=66, spacing=3), sleeve)
            canvas.fill(word("ATHLETIC", 600, 672, height=40, spacing=3), sleeve)
        return
    canvas.line("M600 426 L600 1232", darker(cloth, 0.5), 3, opacity=0.8)
    canvas.stitch("M624 436 L624 1230", thread(cloth), width=2.2)
    for row in range(7):
        canvas.button(616, 462 + row * 122, lighter(sleeve, 0.25), radius=13, holes=False)
    for path in ("M716 962 L836 1122", "M484 962 L364 1122"):
        canvas.blurred(path, "#000", opacity=0.4, blur=7, width=36)
        canvas.line(path, darker(sleeve, 0.5), 30, cap="butt")
        canvas.line(path, sleeve, 25, cap="butt")
        canvas.stitch(path, darker(sleeve, 0.3), width=2)
    letter = word(recipe.print, 742, 706, height=150)
    canvas.shade(letter, 0.4, drop=6)
    canvas.line(letter, accent, 22)
    canvas.line(letter, CLOTHS["cream"], 12)
    canvas.fill(letter, CLOTHS["cream"])
    canvas.dashes(letter, darker(CLOTHS["cream"], 0.35), width=9, pattern="3 4", opacity=0.4)


def _knit_bands(canvas: Canvas, part: str, bands: str, colour: str) -> None:
    canvas.inside(part, f'<path d="{bands}" fill="none" stroke="{colour}" stroke-width="11" stroke-opacity=".93"/>')
    canvas.inside(
        part,
        f'<path d="{bands}" fill="none" stroke="#000" stroke-width="11" stroke-opacity=".3" stroke-dasharray="3 8"/>',
    )


def puffer(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, lining = CLOTHS[recipe.body], CLOTHS[recipe.second]
    for is_left in (False, True):
        _puffer_sleeve(canvas, cloth, is_left=is_left)
    rows = [330, 440, 562, 684, 806, 928, 1050, 1172, 1280]
    sides = [888.0, 884.0, 872.0, 876.0, 880.0, 884.0, 888.0, 890.0, 872.0]
    edge: list[tuple[Point, ...]] = [((690, 252),), ((800, 268), (sides[0], rows[0]))]
    for above, below, x, x_below in zip(rows, rows[1:], sides, sides[1:], strict=False):
        edge.append((((x + x_below) / 2 + 26, (above + below) / 2), (x_below, below)))
    body = whole((600, 246), *edge, ((720, 1300), (600, 1300)))
    canvas.part(body, cloth, folds=_baffles(canvas, rows[1:-1], 300, 900), lift=0.3, edge=0.3)
    for y in rows[1:-1]:
        canvas.inside(
            body,
            f'<path d="M300 {y} Q600 {y + 20} 900 {y}" fill="none" stroke="{darker(cloth, 0.6)}" stroke-width="4"'
            f' stroke-opacity=".85"/><path d="M300 {y + 5} Q600 {y + 25} 900 {y + 5}" fill="none"'
            f' stroke="{lighter(cloth, 0.4)}" stroke-width="2" stroke-opacity=".4" stroke-dasharray="7 6"/>',
        )
    if not is_back:
        hole = oval(600, 214, 104, 26)
        collar_back = whole((600, 176), ((660, 176), (712, 200)), ((700, 236), (600, 240)))
        canvas.part(collar_back, darker(cloth, 0.35), light="flat")
        canvas.part(hole, lining, light="flat", edge=0.55, solid=False)
    top = 184 if is_back else 214
    collar = whole(
        (600, top + 20), ((660, top + 18), (708, top - 6)), ((738, 250), (722, 318)), ((660, 344), (600, 346))
    )
    canvas.part(collar, cloth, lift=0.3, folds=_baffles(canvas, [278], 470, 730))
    canvas.line("M472 274 Q600 304 728 274", darker(cloth, 0.6), 3.5, opacity=0.8)
    if is_back:
        canvas.label(600, 400, width=84, height=44)
        return
    canvas.zip(600, 228, 1298, lining)
    for path in ("M690 1066 L790 1150", "M510 1066 L410 1150"):
        canvas.blurred(path, "#000", opacity=0.5, blur=6, width=16)
        canvas.line(path, darker(cloth, 0.75), 8)
        canvas.line(path, lighter(cloth, 0.2), 2, opacity=0.6)
    canvas.label(740, 622, width=88, height=46)


def _baffles(canvas: Canvas, seams: list[int], left: int, right: int) -> tuple[Fold, ...]:
    """Down between seams: dark at each seam, a bright ridge above it, and short pulls in the cloth."""
    chance, folds = canvas.chance, []
    for y in seams:
        folds.append(Fold(f"M{left} {y + 14} Q600 {y + 34} {right} {y + 14}", 0.34, 30))
        folds.append(Fold(f"M{left} {y - 18} Q600 {y + 2} {right} {y - 18}", 0.2, 22))
        folds.append(Fold(f"M{left + 40} {y - 66} Q600 {y - 46} {right - 60} {y - 66}", 0.2, 30, is_light=True))
        for _ in range(max(2, (right - left) // 100)):
            x, length = chance.uniform(left + 20, right - 20), chance.uniform(20, 50)
            folds.append(Fold(f"M{x:.0f} {y + 12:.0f} l{chance.uniform(-9, 9):.0f} {length:.0f}", 0.22, 9))
    return tuple(folds)


def _puffer_sleeve(canvas: Canvas, cloth: str, *, is_left: bool) -> None:
    outer: list[Point] = [
        (862, 316),
        (972, 400),
        (1030, 510),
        (1058, 622),
        (1074, 736),
        (1084, 850),
        (1090, 964),
        (1092, 1076),
        (1084, 1150),
    ]
    inner: list[Point] = [
        (850, 420),
        (858, 540),
        (874, 640),
        (894, 720),
        (912, 800),
        (928, 890),
        (942, 984),
        (952, 1080),
        (960, 1156),
    ]
    steps: list[tuple[Point, ...]] = []
    for a, b in pairwise(outer):
        steps.append((((a[0] + b[0]) / 2 + 30, (a[1] + b[1]) / 2 - 10), b))
    steps.append(((1022, 1172), inner[-1]))
    for a, b in pairwise(inner[::-1]):
        steps.append((((a[0] + b[0]) / 2 - 16, (a[1] + b[1]) / 2), b))
    sleeve = run(outer[0], *steps, close=True)
    folds, seams = [], []
    for o, i in zip(outer[1:-1], inner[1:-1], strict=True):
        sag = (o[0] + i[0]) / 2, (o[1] + i[1]) / 2 + 22
        seam = run(i, (sag, o))
        seams.append(seam)
        folds.append(Fold(run((i[0], i[1] + 12), ((sag[0], sag[1] + 12), (o[0], o[1] + 12))), 0.36, 26))
        folds.append(Fold(run((i[0], i[1] - 14), ((sag[0], sag[1] - 14), (o[0], o[1] - 14))), 0.18, 18))
        folds.append(Fold(run((i[0] + 30, i[1] - 52), ((sag[0], sag[1] - 52), (o[0] - 30, o[1] - 52))), 0.22, 24, True))
    cuff = run(
        (1084, 1146),
        ((1084, 1190), (1070, 1216)),
        ((1020, 1228), (974, 1216)),
        ((962, 1186), (960, 1152)),
        ((1022, 1170), (1084, 1146)),
        close=True,
    )
    turn = mirror if is_left else str
    turned = tuple(Fold(turn(f.path), f.strength, f.width, f.is_light) for f in folds)
    canvas.part(turn(sleeve), cloth, light="left" if is_left else "right", folds=turned, edge=0.3)
    for seam in seams:
        canvas.line(turn(seam), darker(cloth, 0.6), 4, opacity=0.85)
    canvas.part(turn(cuff), darker(cloth, 0.12), light="flat", edge=0.35)
    canvas.ribs(turn(cuff), cloth)


def overshirt(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    _shirt_jacket(canvas, recipe, is_back=is_back, collar=CLOTHS[recipe.body], is_chore=False)


def chore(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    _shirt_jacket(canvas, recipe, is_back=is_back, collar=CLOTHS[recipe.second], is_chore=True)


def _shirt_jacket(canvas: Canvas, recipe: Recipe, *, is_back: bool, collar: str, is_chore: bool) -> None:
    cloth, accent = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    yarn = accent if is_chore else thread(cloth)
    check = _check(recipe) if recipe.pattern == "check" else ""
    if not is_back:
        hole = whole((600, 236), ((664, 236), (716, 262)), ((690, 420), (600, 500)))
        canvas.part(hole, darker(cloth, 0.55), light="flat", edge=0.5, outline=2)
        canvas.label(600, 304)
    _plain_sleeves(canvas, cloth, yarn, accent, check)
    hem = 1266 if is_chore else 1250
    body = _shirt_body(is_back=is_back, hem=hem, tail=1276 if is_chore else 1306)
    canvas.part(body, cloth, folds=body_folds(canvas, 1240), pattern=check, lift=0.2)
    canvas.stitch(f"M330 {hem - 24} Q600 {hem + (6 if is_chore else 40)} 870 {hem - 24}", yarn, width=2.6)
    if is_back:
        _shirt_back(canvas, cloth, yarn, collar, is_chore=is_chore)
        return
    canvas.line("M632 470 L632 1290", darker(cloth, 0.5), 2.6, opacity=0.7)
    for x in (572, 626):
        canvas.stitch(f"M{x} 480 L{x} 1284", yarn, width=2.4)
    for side in (str, mirror):
        _chest_pocket(canvas, side(box(676, 640, 156, 162)), cloth, yarn, accent, check)
        if is_chore:
            hip = side("M664 936 L844 936 L846 1168 L826 1190 L682 1190 L664 1168 Z")
            canvas.part(hip, cloth, light="flat", edge=0.16, lift=0.22, solid=False)
            canvas.stitch(side("M674 946 L834 946 L836 1164 L822 1180 L686 1180 L674 1164 Z"), yarn, width=2.6)
            canvas.stitch(side("M666 966 L843 966"), yarn, width=2.6)
    for row in range(6):
        canvas.button(600, 560 + row * 128, accent if is_chore else _button(accent), holes=not is_chore)
    _collar(canvas, collar, yarn, check, is_cord=is_chore)


def _button(accent: str) -> str:
    return mix(accent, "#2B2622", 0.55)


def _shirt_body(*, is_back: bool, hem: float, tail: float) -> str:
    neck: tuple[tuple[Point, ...], ...] = (
        (((650, 284), (700, 278), (716, 260)),) if is_back else (((640, 470), (690, 380), (716, 262)),)
    )
    return whole(
        (600, 284 if is_back else 500),
        *neck,
        ((812, 286), (900, 344)),
        ((880, 420), (868, 500), (874, 575)),
        ((862, 740), (868, 1000), (880, hem - 60)),
        ((884, hem - 10), (850, hem)),
        ((740, tail), (600, tail)),
    )


def _plain_sleeves(canvas: Canvas, cloth: str, yarn: str, accent: str, check: str) -> None:
    folds = sleeve_folds(canvas)
    slanted = check and f'<g transform="rotate(-7 960 700)">{check}</g>'
    slanted_left = check and f'<g transform="rotate(7 240 700)">{check}</g>'
    left = tuple(Fold(mirror(f.path), f.strength, f.width, f.is_light) for f in folds)
    canvas.part(SLEEVE, cloth, light="right", folds=folds, pattern=slanted)
    canvas.part(mirror(SLEEVE), cloth, light="left", folds=left, pattern=slanted_left)
    cuff = run(
        (1092, 1122),
        ((1098, 1170), (1094, 1206)),
        ((1024, 1220), (960, 1210)),
        ((954, 1170), (956, 1128)),
        ((1024, 1140), (1092, 1122)),
        close=True,
    )
    for side, shade, pattern in ((str, "right", slanted), (mirror, "left", slanted_left)):
        canvas.part(side(cuff), cloth, light=shade, edge=0.24, pattern=pattern)
        canvas.stitch(side("M964 1140 Q1024 1152 1086 1134"), yarn, width=2.4)
        canvas.stitch(side("M966 1200 Q1024 1210 1086 1196"), yarn, width=2.4)
        canvas.button(984 if side is str else 216, 1172, _button(accent), radius=9)


def _chest_pocket(canvas: Canvas, shape: str, cloth: str, yarn: str, accent: str, check: str) -> None:
    numbers = [float(part) for part in shape.replace("M", "").replace("L", "").replace("Z", "").split()]
    left, right, top = min(numbers[::2]), max(numbers[::2]), min(numbers[1::2])
    middle, bottom = (left + right) / 2, max(numbers[1::2])
    bag = run(
        (left, top),
        ((right, top),),
        ((right, bottom - 22),),
        ((right - 24, bottom),),
        ((left + 24, bottom),),
        ((left, bottom - 22),),
        close=True,
    )
    cloth_there = check and f'<g transform="translate(8 12)">{check}</g>'
    canvas.part(bag, cloth, light="flat", edge=0.16, lift=0.24, solid=False, pattern=cloth_there)
    inner = run(
        (left + 8, top + 8),
        ((left + 8, bottom - 26),),
        ((left + 28, bottom - 8),),
        ((right - 28, bottom - 8),),
        ((right - 8, bottom - 26),),
        ((right - 8, top + 8),),
    )
    canvas.stitch(inner, yarn, width=2.4)
    flap = run(
        (left - 5, top - 10),
        ((right + 5, top - 10),),
        ((right + 5, top + 34),),
        ((middle, top + 60),),
        ((left - 5, top + 34),),
        close=True,
    )
    canvas.part(flap, cloth, light="flat", edge=0.18, lift=0.35, solid=False, pattern=cloth_there)
    canvas.stitch(run((left + 4, top + 28), ((middle, top + 50),), ((right - 4, top + 28),)), yarn, width=2.4)
    canvas.button(middle, top + 30, _button(accent) if yarn != accent else accent, radius=9, holes=yarn != accent)


def _collar(canvas: Canvas, cloth: str, yarn: str, check: str, *, is_cord: bool) -> None:
    leaf = run(
        (608, 470),
        ((660, 400), (676, 330), (694, 240)),
        ((720, 244), (738, 268)),
        ((742, 380), (716, 520)),
        ((654, 508), (608, 470)),
        close=True,
    )
    stand = whole((600, 228), ((660, 228), (708, 246)), ((700, 266), (690, 272)), ((650, 252), (600, 252)))
    canvas.part(stand, darker(cloth, 0.1), light="flat", pattern=check)
    for side in (str, mirror):
        canvas.part(side(leaf), cloth, light="flat", edge=0.28, lift=0.4, pattern=check)
        if is_cord:
            canvas.ribs(side(leaf), cloth, step=9, slant=-26 if side is str else 26)
        canvas.stitch(side("M622 466 Q664 498 706 504 C730 400 734 330 730 276"), yarn, width=2.4)


def _shirt_back(canvas: Canvas, cloth: str, yarn: str, collar: str, *, is_chore: bool) -> None:
    yoke = "M330 470 Q600 520 870 470"
    canvas.seam(yoke, cloth)
    canvas.stitch(yoke, yarn, width=2.6, shift=(0, 10))
    for x in (572, 628):
        canvas.blurred(f"M{x} 506 L{x} 1230", "#000", opacity=0.25, blur=7, width=10)
        canvas.line(f"M{x} 504 L{x} 760", darker(cloth, 0.4), 2.4, opacity=0.6)
    fold = whole((600, 226), ((668, 226), (722, 250)), ((744, 290), (736, 338)), ((670, 366), (600, 368)))
    canvas.part(fold, collar, lift=0.35)
    if is_chore:
        canvas.ribs(fold, collar, step=9)
    canvas.stitch("M478 330 Q600 364 722 330", yarn, width=2.4)


def _check(recipe: Recipe) -> str:
    """A slow check: broad bands both ways with a fine overcheck."""
    second, fine = CLOTHS[recipe.second], lighter(CLOTHS[recipe.accent], 0.25)
    lines = []
    for at in range(0, 1500, 128):
        lines.append(f'<path d="M0 {at}H1200M{at} 0V1500" stroke="{second}" stroke-width="54" stroke-opacity=".55"/>')
        lines.append(
            f'<path d="M0 {at + 64}H1200M{at + 64} 0V1500" stroke="{fine}" stroke-width="5" stroke-opacity=".8"/>'
        )
        lines.append(
            f'<path d="M0 {at + 14}H1200M{at + 14} 0V1500" stroke="#1D1712" stroke-width="14" stroke-opacity=".4"/>'
        )
    return "".join(lines)
