"""From a product of the catalogue to the bytes of its WebP photos."""

import io
from collections.abc import Callable, Iterator

import resvg_py
from PIL import Image

from shop.demo.records import Product

from . import bottoms, extras, jackets, shoes, tops
from .canvas import SHEET, Box, Canvas
from .marks import draw_flaw

SIZE = (960, 1200)
QUALITY = 74
DETAIL = (480, 600)  # what a detail shows of the 1200 x 1500 sheet

Garment = Callable[..., None]

GARMENTS: dict[str, Garment] = {
    "tee": tops.tee,
    "crew": tops.crew,
    "hoodie": tops.hoodie,
    "ziphood": tops.ziphood,
    "tracktop": tops.tracktop,
    "varsity": jackets.varsity,
    "puffer": jackets.puffer,
    "overshirt": jackets.overshirt,
    "chore": jackets.chore,
    "jean": bottoms.jean,
    "cargo": bottoms.cargo,
    "trackpant": bottoms.trackpant,
    "shorts": bottoms.shorts,
    "trackset": bottoms.trackset,
    "low": shoes.low,
    "high": shoes.high,
    "runner": shoes.runner,
    "beanie": extras.beanie,
    "cap": extras.cap,
    "tote": extras.tote,
}
WHOLE = ("front", "back", "other side")
SHOES = ("low", "high", "runner")

# Where the camera goes for a detail, by garment and then in general.
CENTRES: dict[tuple[str, str], tuple[int, int]] = {
    ("trackset", "neck"): (470, 330),
    ("hoodie", "neck"): (600, 420),
    ("shorts", "waist"): (600, 520),
    ("beanie", "label"): (640, 1010),
    ("cap", "label"): (520, 760),
    ("tote", "label"): (740, 1040),
    ("runner", "heel"): (300, 900),
    ("high", "heel"): (330, 780),
    ("", "neck"): (600, 420),
    ("", "chest"): (690, 680),
    ("", "cuff"): (960, 1080),
    ("", "waist"): (640, 420),
    ("", "hem"): (790, 1180),
    ("", "pocket"): (800, 860),
    ("", "heel"): (330, 880),
    ("", "toe"): (930, 920),
}


def photos(product: Product) -> Iterator[tuple[str, bytes]]:
    """The file name and the WebP bytes of every photo of a product, in order."""
    for name, shot in zip(product.pictures, product.shots, strict=True):
        yield name, photo(product, shot)


def photo(product: Product, shot: str, *, size: tuple[int, int] = SIZE) -> bytes:
    """One photo as WebP; the same product and shot always give the same bytes."""
    width, height = size
    png = resvg_py.svg_to_bytes(svg_string=drawing(product, shot), width=width, height=height, skip_system_fonts=True)
    webp = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(webp, "WEBP", quality=QUALITY, method=6)
    return webp.getvalue()


def drawing(product: Product, shot: str) -> str:
    """The SVG of one photo: the front, the back, or a detail of the front."""
    recipe = product.recipe
    is_detail = shot not in WHOLE
    canvas = Canvas(paper=recipe.paper, seed=recipe.seed, view=_view(product, shot) if is_detail else SHEET)
    if recipe.garment in SHOES:
        canvas.grain, canvas.zoom = 0.14, 1.05
    else:
        canvas.tilt = canvas.chance.uniform(-0.9, 0.9)
    if is_detail:
        canvas.grain *= 0.7  # grain is what costs bytes, and a detail has more of everything
    GARMENTS[recipe.garment](canvas, recipe, is_back=shot == "back")
    if is_detail or shot == "front":
        for flaw in product.flaws:
            draw_flaw(canvas, flaw)
    return canvas.svg(flipped=shot == "other side")


def _view(product: Product, shot: str) -> Box:
    width, height = DETAIL
    if shot.startswith("flaw"):
        flaw = product.flaws[int(shot.removeprefix("flaw")) - 1]
        if flaw.kind:
            x, y = flaw.at
        else:
            x, y = CENTRES["", "chest"] if flaw.at == (0, 0) else flaw.at
    else:
        garment = product.recipe.garment
        x, y = CENTRES.get((garment, shot)) or CENTRES["", shot]
    left = min(max(x - width / 2, 0), 1200 - width)
    top = min(max(y - height / 2, 0), 1500 - height)
    return left, top, width, height
