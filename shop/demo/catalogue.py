"""The sixty products of the demo shop, newest first, as the shop window shows them."""

from pathlib import Path

from .records import Product
from .wardrobe.accessories import ACCESSORIES
from .wardrobe.bottoms import BOTTOMS
from .wardrobe.jackets import JACKETS
from .wardrobe.shoes import SHOES
from .wardrobe.sweats import SWEATS
from .wardrobe.tees import TEES

PICTURES = Path(__file__).parent / "pictures"

BRANDS: dict[str, tuple[str, ...]] = {
    "Halden Athletic": ("Halden", "Halden Ath."),
    "Kestrel": ("Kestrel Sport",),
    "Oku Works": ("Oku", "OkuWorks"),
    "Plain Signal": ("PlainSignal",),
    "Tidewater": ("Tide Water",),
    "Fieldnote": ("Field Note",),
    "Mori Denim": ("Mori", "Mori Jeans"),
    "Norrsken": ("Norrsken Supply",),
}

# The order is chosen by eye: neighbours differ in kind, in paper and in brightness.
WINDOW = """
 varsity-bottle runner-stone puffer-brick chore-blue jean-mid tee-sunset cap-forest beanie-ochre tee-breton
high-black set-navy hoodie-black shorts-royal overshirt-check low-chalk cap-stone crew-fog cargo-olive runner-fog
tee-ochre puffer-olive tracktop-cobalt jean-indigo hoodie-rust low-black trackpant-black ziphood-marl
overshirt-black puffer-cobalt runner-navy crew-red tote-canvas cargo-stone hoodie-forest high-chalk tee-black
set-forest jean-light overshirt-olive low-forest ziphood-tobacco shorts-olive varsity-navy crew-ecru runner-olive
tee-brick beanie-navy puffer-black set-marl high-ochre chore-tobacco tee-relay jean-black trackpant-cobalt low-stone
hoodie-ecru tracktop-black shorts-marl runner-black ziphood-navy
""".split()  # noqa: SIM905 (sixty quoted lines would hide the neighbours)

_by_key = {piece.key: piece for piece in (*JACKETS, *SWEATS, *TEES, *BOTTOMS, *SHOES, *ACCESSORIES)}
PRODUCTS: tuple[Product, ...] = tuple(_by_key[key] for key in WINDOW)
