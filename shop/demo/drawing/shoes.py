"""Court lows, court highs and runners, in profile with the toe to the right."""

from shop.demo.records import Recipe

from .canvas import Canvas, Fold
from .colours import CLOTHS, brightness, darker, lighter, mix, thread
from .outline import Point, oval, run
from .shoe_parts import collar_edge, collar_inside, laces, tab, tongue

GROUND = ((640, 1126, 470, 26, 26, 0.5), (660, 1150, 520, 46, 46, 0.34))


def low(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    _court(canvas, recipe, is_high=False)


def high(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    _court(canvas, recipe, is_high=True)


def _court(canvas: Canvas, recipe: Recipe, *, is_high: bool) -> None:
    """A cupsole shoe: heel counter, eyestay, toe cap and mudguard over one upper."""
    canvas.ground(*GROUND)
    cloth, heel, guard = CLOTHS[recipe.body], CLOTHS[recipe.second], CLOTHS[recipe.accent]
    rubber = CLOTHS["chalk"]
    lace = CLOTHS["chalk"] if recipe.body != "stone" else CLOTHS["canvas"]
    back = (196, 520) if is_high else (212, 760)
    throat = (420, 508) if is_high else (446, 704)
    vamp = (724, 846)

    collar_inside(canvas, back, throat, cloth, is_high=is_high)
    tongue(canvas, throat, cloth if is_high else lighter(cloth, 0.06), is_high=is_high)
    upper = run(
        (180, 1010),
        ((166, 930), (172, 860), (186, 800)) if is_high else ((166, 930), (176, 850), back),
        *([((200, 720), (186, 620), back)] if is_high else []),
        (
            (back[0] + 70, back[1] + (24 if is_high else 50)),
            (throat[0] - 90, throat[1] + (34 if is_high else 58)),
            throat,
        ),
        *([((446, 620), (520, 720), (570, 770))] if is_high else [((540, 742), (620, 780), (660, 812))]),
        ((640, 822), (690, 842), vamp),
        ((800, 862), (980, 872), (1058, 946)),
        ((1086, 974), (1084, 1000), (1076, 1014)),
        close=True,
    )
    canvas.part(
        upper,
        cloth,
        light="flat",
        edge=0.26,
        folds=(
            Fold("M200 1000 C500 970 800 980 1080 1000", 0.24, 50),
            Fold("M330 900 C480 860 560 860 700 900", 0.13, 60, is_light=True),
            Fold("M740 900 C780 890 820 900 850 930", 0.16, 16),
            Fold("M700 930 C740 910 790 920 820 950", 0.13, 14),
            Fold("M470 800 C560 860 640 880 720 890", 0.16, 26),
            Fold(
                f"M{back[0] + 40} {back[1] + 70}"
                f" C{back[0] + 110} {back[1] + 110} 340 {throat[1] + 120} 420 {throat[1] + 90}",
                0.16,
                40,
                is_light=True,
            ),
        ),
    )
    quarter = run(
        (400, 1008),
        ((396, 930), (430, 880), (480, 840)),
        ((540, 800), (600, 830), (690, 880)),
        ((740, 920), (770, 960), (780, 1008)),
        close=True,
    )
    canvas.part(quarter, mix(cloth, guard, 0.5), light="down", edge=0.16, lift=0.18, solid=False)
    canvas.stitch(
        run(
            (412, 1000),
            ((410, 936), (440, 892), (488, 854)),
            ((540, 816), (596, 842), (682, 890)),
            ((728, 926), (756, 962), (766, 1000)),
        ),
        thread(cloth),
        width=2.2,
    )
    toe = run(
        (776, 1012),
        ((776, 940), (812, 880), (872, 868)),
        ((980, 884), (1046, 930), (1062, 950)),
        ((1086, 976), (1084, 1000), (1076, 1014)),
        close=True,
    )
    cap = lighter(cloth, 0.04) if not is_high else (CLOTHS["chalk"] if brightness(cloth) < 0.5 else cloth)
    canvas.part(
        toe,
        cap,
        light="down",
        edge=0.18,
        lift=0.26,
        folds=(Fold("M860 900 C940 900 1010 930 1040 960", 0.24, 30, is_light=True),),
    )
    canvas.stitch(run((790, 1004), ((790, 944), (822, 892), (876, 880))), thread(cap), width=2.2)
    for row, x in enumerate((884, 916, 948, 980)):
        for drop in (0, 26):
            canvas.fill(oval(x + drop * 0.6, 906 + row * 9 + drop, 4, 4), "#000", 0.55)
    counter_top: Point = (192, 690) if is_high else (206, 790)
    counter = run(
        (178, 1012),
        ((166, 930), (174, 850), (186, 800)),
        ((190, 740), counter_top) if is_high else (counter_top,),
        ((270, counter_top[1] + 30), (330, 880)),
        ((350, 950), (352, 1010)),
        close=True,
    )
    canvas.part(
        counter,
        heel,
        light="flat",
        edge=0.26,
        lift=0.26,
        folds=(Fold("M226 800 C240 860 240 930 236 1000", 0.22, 34, is_light=True),),
    )
    canvas.stitch(
        run((210, counter_top[1] + 10), ((268, counter_top[1] + 44), (318, 886)), ((338, 950), (340, 1004))),
        thread(heel),
        width=2.2,
    )
    if is_high:
        strap = run(
            (188, 640),
            ((260, 690), (330, 690), (440, 640)),
            ((456, 664), (470, 690)),
            ((350, 752), (260, 752), (188, 700)),
            close=True,
        )
        canvas.part(strap, cloth, light="flat", edge=0.14, lift=0.22, solid=False)
        canvas.stitch("M192 654 C262 702 334 700 440 656 M192 690 C260 738 350 738 462 682", thread(cloth), width=2)
    collar_edge(canvas, back, throat, cloth, is_high=is_high)
    stay = _eyestay(throat, vamp, is_high=is_high)
    canvas.part(stay, mix(cloth, guard, 0.12) if is_high else cloth, light="flat", edge=0.18, lift=0.26, solid=False)
    canvas.stitch(stay, thread(cloth), width=2)
    laces(canvas, throat, vamp, lace, bars=7 if is_high else 5, is_high=is_high)
    tab(canvas, 372 if not is_high else 330, 856 if not is_high else 838, heel)
    _cupsole(canvas, rubber, heel, CLOTHS["gum"])


def _eyestay(throat: Point, vamp: Point, *, is_high: bool) -> str:
    x, y = throat
    if is_high:
        return run(
            (x - 8, y + 4),
            ((450, 620), (510, 714), (576, 772)),
            ((650, 826), vamp),
            ((716, 896), (690, 908)),
            ((560, 870), (476, 770)),
            ((400, 670), (384, 540)),
            ((388, 508), (x - 8, y + 4)),
            close=True,
        )
    return run(
        (x - 6, y + 2),
        ((540, 742), (640, 800), vamp),
        ((720, 890), (692, 904)),
        ((560, 860), (430, 790)),
        ((420, 740), (x - 6, y + 2)),
        close=True,
    )


def _cupsole(canvas: Canvas, rubber: str, trim: str, gum: str) -> None:
    tread = run(
        (166, 1060),
        ((640, 1074), (1092, 1058)),
        ((1102, 1090), (1076, 1116)),
        ((640, 1132), (188, 1118)),
        ((162, 1100), (166, 1060)),
        close=True,
    )
    canvas.part(tread, gum, light="down", edge=0.2)
    ridges = f'stroke="{darker(gum, 0.5)}" stroke-width="22" stroke-dasharray="5 13" stroke-opacity=".75"'
    canvas.inside(tread, f'<path d="M166 1104 Q640 1118 1100 1100" fill="none" {ridges}/>')
    wall = run(
        (164, 992),
        ((400, 1004), (800, 1006), (1084, 986)),
        ((1112, 1020), (1100, 1066)),
        ((640, 1086), (162, 1070)),
        ((150, 1030), (164, 992)),
        close=True,
    )
    canvas.part(wall, rubber, light="down", edge=0.16, lift=0.3)
    canvas.line("M166 1044 Q640 1058 1102 1036", trim, 6, opacity=0.92)
    canvas.stitch("M170 1016 Q640 1030 1094 1010", darker(rubber, 0.35), width=3)


def runner(canvas: Canvas, recipe: Recipe, *, is_back: bool) -> None:
    """Mesh upper with overlays on a thick midsole that swells past the toe."""
    canvas.ground((640, 1140, 480, 24, 26, 0.5), (660, 1160, 530, 44, 46, 0.32))
    cloth, heel, overlay = CLOTHS[recipe.body], CLOTHS[recipe.second], CLOTHS[recipe.accent]
    back, throat, vamp = (206, 736), (440, 664), (742, 830)
    lace = CLOTHS["chalk"]
    collar_inside(canvas, back, throat, overlay, is_high=False)
    tongue(canvas, throat, lighter(overlay, 0.12), is_high=False)
    upper = run(
        (170, 1000),
        ((164, 920), (196, 830), back),
        ((280, 776), (360, 740), throat),
        ((540, 706), (650, 780), vamp),
        ((830, 846), (1000, 868), (1072, 940)),
        ((1100, 966), (1096, 990), (1090, 1006)),
        close=True,
    )
    mesh = "".join(f"M{x} 620 l-120 420" for x in range(180, 1320, 12)) + "".join(
        f"M120 {y} l1000 90" for y in range(560, 1010, 12)
    )
    net = (
        f'<path d="{mesh}" stroke="{darker(cloth, 0.45)}" stroke-width="3" stroke-opacity=".42"/>'
        f'<path d="{mesh}" stroke="{lighter(cloth, 0.5)}" stroke-width="2" stroke-opacity=".3"'
        ' transform="translate(3 2)"/>'
    )
    canvas.part(
        upper,
        cloth,
        light="flat",
        edge=0.26,
        pattern=net,
        folds=(
            Fold("M200 990 C500 950 800 960 1080 980", 0.26, 54),
            Fold("M330 880 C480 830 600 840 760 890", 0.14, 60, is_light=True),
            Fold("M800 880 C840 880 870 900 890 930", 0.14, 14),
        ),
    )
    guard = run(
        (740, 1004),
        ((770, 930), (820, 900), (880, 872)),
        ((1000, 888), (1060, 930), (1074, 942)),
        ((1100, 966), (1096, 990), (1090, 1006)),
        close=True,
    )
    canvas.part(
        guard,
        overlay,
        light="down",
        edge=0.2,
        lift=0.26,
        folds=(Fold("M870 900 C950 900 1020 930 1054 960", 0.26, 26, is_light=True),),
    )
    canvas.stitch(run((758, 996), ((784, 936), (830, 912), (884, 886))), thread(overlay), width=2.2)
    wing = run(
        (330, 1004),
        ((352, 930), (420, 862), (470, 820)),
        ((520, 786), (560, 826), (596, 866)),
        ((560, 900), (520, 940), (500, 1004)),
        close=True,
    )
    canvas.part(wing, overlay, light="down", edge=0.18, lift=0.24, solid=False)
    canvas.stitch(run((344, 998), ((364, 938), (428, 874), (478, 832))), thread(overlay), width=2.2)
    canvas.stitch(run((584, 868), ((548, 900), (510, 940), (490, 998))), thread(overlay), width=2.2)
    counter = run(
        (168, 1002),
        ((164, 920), (190, 840), (204, 756)),
        ((280, 800), (330, 880)),
        ((362, 940), (368, 1002)),
        close=True,
    )
    canvas.part(
        counter,
        heel,
        light="flat",
        edge=0.26,
        lift=0.28,
        folds=(Fold("M226 790 C244 860 240 930 232 1000", 0.24, 34, is_light=True),),
    )
    canvas.stitch(run((214, 780), ((270, 818), (316, 886)), ((346, 944), (354, 996))), thread(heel), width=2.2)
    pull = run((196, 742), ((176, 700), (190, 676)), ((216, 680), (222, 742)), close=True)
    canvas.part(pull, heel, light="flat", edge=0.3)
    collar_edge(canvas, back, throat, overlay, is_high=False)
    stay = run(
        (434, 666),
        ((540, 706), (650, 780), vamp),
        ((742, 880), (712, 896)),
        ((560, 840), (424, 752)),
        ((416, 700), (434, 666)),
        close=True,
    )
    canvas.part(stay, mix(overlay, cloth, 0.35), light="flat", edge=0.2, lift=0.28, solid=False)
    canvas.stitch(stay, thread(overlay), width=2)
    laces(canvas, throat, vamp, lace, bars=5, is_high=False)
    tab(canvas, 392, 900, heel)
    _foam(canvas, heel)


def _foam(canvas: Canvas, trim: str) -> None:
    chalk = CLOTHS["chalk"]
    tread = run(
        (150, 1080),
        ((640, 1104), (1120, 1066)),
        ((1140, 1096), (1090, 1124)),
        ((640, 1146), (190, 1132)),
        ((140, 1120), (150, 1080)),
        close=True,
    )
    canvas.part(tread, CLOTHS["jet"], light="flat", edge=0.2)
    lugs = "M150 1122 Q640 1142 1130 1108"
    canvas.inside(
        tread,
        f'<g fill="none"><path d="{lugs}" stroke="#000" stroke-width="30" stroke-dasharray="14 12"'
        f' stroke-opacity=".8"/>'
        f'<path d="{lugs}" stroke="#FFF" stroke-width="5" stroke-dasharray="12 14" stroke-opacity=".22"/></g>',
    )
    foam = run(
        (150, 962),
        ((200, 990), (320, 1002), (480, 996)),
        ((700, 1000), (900, 1000), (1066, 960)),
        ((1110, 956), (1140, 1010), (1130, 1076)),
        ((640, 1122), (156, 1096)),
        ((126, 1040), (150, 962)),
        close=True,
    )
    canvas.part(foam, chalk, light="down", edge=0.18, lift=0.32)
    canvas.inside(
        foam,
        f'<g fill="none"><path d="M130 1020 C380 1062 800 1070 1150 1010" stroke="{trim}" stroke-width="15"/>'
        f'<path d="M130 1041 C380 1082 800 1090 1150 1031" stroke="{darker(trim, 0.3)}" stroke-width="4"'
        ' stroke-opacity=".6"/></g>',
    )
    for number in range(7):
        spot = oval(214 + number * 34, 1078 + number * 1.6, 12, 14)
        canvas.fill(spot, darker(chalk, 0.22), 0.9)
        canvas.line(spot, darker(chalk, 0.42), 2, opacity=0.7)
    canvas.line("M160 986 C330 1022 800 1026 1110 982", darker(chalk, 0.3), 2.6, opacity=0.6)
