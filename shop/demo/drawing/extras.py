"""Beanies, caps and the tote."""

import math

from shop.demo.records import Recipe

from .canvas import Canvas, Fold
from .colours import CLOTHS, darker, lighter, mix, thread
from .outline import box, oval, run, whole
from .tops import PRINTS


def beanie(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth = CLOTHS[recipe.body]
    crown = whole(
        (600, 356),
        ((690, 352), (760, 400)),
        ((880, 480), (914, 640), (914, 900)),
        ((760, 930), (600, 930)),
    )
    canvas.part(
        crown,
        cloth,
        edge=0.34,
        folds=(
            Fold("M600 362 C560 420 480 640 460 900", 0.12, 40),
            Fold("M640 370 C760 470 820 640 830 900", 0.18, 44),
            Fold("M540 420 C460 520 430 680 424 880", 0.16, 40, is_light=True),
            Fold("M300 880 Q600 940 900 880", 0.4, 50),
        ),
    )
    valley, ridge, lines = darker(cloth, 0.45), lighter(cloth, 0.3), []
    for number in range(-15, 16):
        foot = 600 + 318 * math.sin(number / 15 * math.pi / 2)
        bend = 600 + (foot - 600) * 0.86
        top = 600 + number * 2.2
        path = f"M{top:.1f} 352 C{bend:.1f} 430 {foot:.1f} 640 {foot:.1f} 940"
        lines.append(f'<path d="{path}" stroke="{valley}" stroke-width="9" stroke-opacity=".42"/>')
        lines.append(
            f'<path d="{path}" stroke="{ridge}" stroke-width="4" stroke-opacity=".4" transform="translate(9 0)"/>'
        )
        lines.append(
            f'<path d="{path}" stroke="{darker(cloth, 0.3)}" stroke-width="18" stroke-opacity=".22"'
            ' stroke-dasharray="3 8" transform="translate(10 0)"/>'
        )
    canvas.inside(crown, f'<g fill="none">{"".join(lines)}</g>')
    canvas.blurred("M570 372 Q600 384 632 372", "#000", opacity=0.5, blur=9, width=22)
    cuff = whole(
        (600, 880),
        ((760, 880), (924, 862)),
        ((944, 1000), (926, 1140)),
        ((770, 1178), (600, 1178)),
    )
    canvas.part(
        cuff,
        cloth,
        edge=0.3,
        lift=0.42,
        folds=(
            Fold("M280 900 Q600 930 920 900", 0.2, 40, is_light=True),
            Fold("M280 1130 Q600 1170 920 1130", 0.26, 46),
        ),
    )
    lines = []
    for number in range(-17, 18):
        x = 600 + 330 * math.sin(number / 17 * math.pi / 2)
        path = f"M{x:.1f} 856 C{x + number * 0.6:.1f} 980 {x + number * 0.3:.1f} 1080 {x:.1f} 1184"
        lines.append(f'<path d="{path}" stroke="{valley}" stroke-width="10" stroke-opacity=".42"/>')
        lines.append(
            f'<path d="{path}" stroke="{ridge}" stroke-width="4" stroke-opacity=".42" transform="translate(10 0)"/>'
        )
        lines.append(
            f'<path d="{path}" stroke="{darker(cloth, 0.3)}" stroke-width="18" stroke-opacity=".22"'
            ' stroke-dasharray="3 8" transform="translate(11 0)"/>'
        )
    canvas.inside(cuff, f'<g fill="none">{"".join(lines)}</g>')
    if not is_back:
        canvas.label(600, 1050, width=112, height=80)


def cap(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth, accent = CLOTHS[recipe.body], CLOTHS[recipe.accent]
    crown = run(
        (300, 940),
        ((306, 700), (390, 470), (640, 446)),
        ((860, 440), (980, 610), (988, 858)),
        ((940, 884), (860, 900)),
        ((620, 890), (420, 900), (300, 940)),
        close=True,
    )
    canvas.part(
        crown,
        cloth,
        edge=0.34,
        folds=(
            Fold("M430 600 C400 700 390 800 396 900", 0.2, 70, is_light=True),
            Fold("M800 520 C880 620 920 740 930 870", 0.26, 60),
            Fold("M320 900 C500 850 760 850 960 860", 0.26, 40),
            Fold("M640 520 C640 640 650 760 640 860", 0.12, 50),
        ),
    )
    for seam in (
        "M636 448 C520 560 480 720 486 904",
        "M648 448 C720 560 744 720 740 896",
        "M656 450 C850 520 930 660 950 870",
    ):
        canvas.blurred(seam, "#000", opacity=0.3, blur=7, width=12)
        canvas.line(seam, darker(cloth, 0.5), 3, opacity=0.9)
        canvas.stitch(seam, thread(cloth), width=2.2, shift=(9, 0))
        canvas.stitch(seam, thread(cloth), width=2.2, shift=(-9, 0))
    for x, y in ((424, 640), (654, 600), (854, 640)):
        canvas.line(oval(x, y, 9, 12), lighter(cloth, 0.2), 4)
        canvas.fill(oval(x, y, 6, 9), "#0B0D0E", 0.85)
    canvas.part(oval(642, 444, 34, 17), darker(cloth, 0.1), light="flat", lift=0.3)
    brim = run(
        (296, 930),
        ((420, 880), (640, 884), (748, 900)),
        ((760, 960), (740, 1040), (690, 1086)),
        ((560, 1140), (300, 1130), (176, 1084)),
        ((100, 1056), (110, 1000), (176, 970)),
        ((230, 950), (296, 930)),
        close=True,
    )
    canvas.part(
        brim,
        cloth,
        edge=0.34,
        lift=0.45,
        folds=(
            Fold("M220 980 C380 920 560 930 700 950", 0.2, 44, is_light=True),
            Fold("M180 1070 C340 1120 560 1120 680 1070", 0.36, 44),
            Fold("M300 936 C440 896 620 896 744 912", 0.4, 26),
        ),
    )
    for row in range(5):
        drop = row * 30
        canvas.stitch(
            f"M{200 - drop * 0.3:g} {984 + drop * 0.72:g}"
            f" C{360 - drop * 0.1:g} {930 + drop * 1.25:g} {580 + drop * 0.1:g}"
            f" {930 + drop * 1.25:g} {736 - drop * 0.36:g} {944 + drop:g}",
            thread(cloth),
            width=2.2,
        )
    canvas.shade(oval(516, 760, 70, 70), 0.4, drop=7)
    canvas.fill(oval(516, 760, 70, 70), accent)
    canvas.line(oval(516, 760, 66, 66), darker(accent, 0.3), 3)
    canvas.dashes(oval(516, 760, 68, 68), darker(accent, 0.4), width=8, pattern="2 4", opacity=0.5)
    canvas.fill("M516 722 L552 788 L480 788 Z", mix(cloth, "#15181B", 0.4))


def tote(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    cloth = CLOTHS[recipe.body]
    for far in (True, False):
        shift = 22 if far else 0
        handle = (
            f"M{452 + shift} 600 C{446 + shift} 380 {470 + shift} {216 - shift} {600 + shift} {206 - shift}"
            f" C{730 + shift} {216 - shift} {754 + shift} 380 {748 + shift} 600"
        )
        strap = darker(cloth, 0.22) if far else cloth
        if far:
            canvas.blurred(handle, "#000", opacity=0.3, blur=12, width=44)
            canvas.line(handle, mix(strap, "#15181B", 0.55), 50, cap="butt")
            canvas.line(handle, strap, 44, cap="butt")
            continue
        body = whole(
            (600, 520),
            ((800, 520), (938, 514)),
            ((948, 800), (950, 1100), (938, 1290)),
            ((780, 1312), (600, 1308)),
        )
        canvas.part(
            body,
            cloth,
            edge=0.26,
            folds=(
                Fold("M330 560 C380 760 350 980 300 1240", 0.16, 46),
                Fold("M880 560 C820 800 850 1000 900 1250", 0.18, 46),
                Fold("M470 640 C500 860 470 1060 500 1280", 0.1, 50),
                Fold("M420 600 C450 860 430 1040 440 1280", 0.3, 50, is_light=True),
                Fold("M730 640 C700 840 740 1040 720 1280", 0.12, 46),
                Fold("M280 1230 Q600 1290 920 1230", 0.16, 50),
            ),
        )
        canvas.line("M264 600 Q600 612 942 596", darker(cloth, 0.35), 2.6, opacity=0.7)
        canvas.stitch("M264 588 Q600 600 942 584", darker(cloth, 0.4), width=2.6)
        canvas.blurred(handle, "#000", opacity=0.34, blur=10, width=46)
        canvas.line(handle, mix(strap, "#15181B", 0.5), 50, cap="butt")
        canvas.line(handle, strap, 44, cap="butt")
        canvas.stitch(handle, darker(cloth, 0.35), width=2.2, shift=(15, 4))
        canvas.stitch(handle, darker(cloth, 0.35), width=2.2, shift=(-15, 4))
    for x in (452, 748):
        canvas.part(box(x - 25, 560, 50, 62), cloth, light="flat", edge=0.14, solid=False)
        canvas.stitch(
            f"M{x - 20} 566 h40 v50 h-40 Z M{x - 20} 566 l40 50 M{x + 20} 566 l-40 50", darker(cloth, 0.45), width=2.2
        )
    if not is_back:
        PRINTS[recipe.print](canvas, recipe, 830)
        canvas.fill(box(470, 1000, 260, 5), CLOTHS["jet"], 0.9)
        ticks = "".join(f"M{470 + tick * 13} 1000 v{26 if tick % 5 == 0 else 14} " for tick in range(21))
        canvas.line(ticks, CLOTHS["jet"], 3.4, cap="butt")
    canvas.label(908, 1180, width=34, height=60)
