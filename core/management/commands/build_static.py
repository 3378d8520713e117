"""Cut the web fonts from the installed Archivo and join the style sheets in layer order."""

import hashlib
import json
import logging
import re
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

LAYERS = "@layer reset, tokens, base, layout, components, utilities;\n"
SHEETS = ["tokens.css", "fonts.css", "base.css", "layout.css", "components/*.css", "pages/*.css", "utilities.css"]
COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)

FONT_FILE = "files/Archivo[wdth,wght].ttf"
# One value fixes an axis, a pair keeps that part of it.
CUTS: dict[str, dict[str, float | tuple[float, float]]] = {
    "archivo-text": {"wdth": 100, "wght": (400, 700)},
    "archivo-wide": {"wdth": 125, "wght": 700},
}
RANGES = [(0x20, 0x7E), (0xA0, 0xFF), (0x2013, 0x2014), (0x2018, 0x201E), (0x2026, 0x2026), (0x20AC, 0x20AC)]
# The letters of Polish that are not in the ranges above.
RANGES += [(ord(letter), ord(letter)) for letter in "ĄąĆćĘęŁłŃńŚśŹźŻż"]
FEATURES = ["kern", "liga", "tnum", "lnum"]


class Command(BaseCommand):
    """Safe to run twice: what has not changed is not made again. Run it before collectstatic."""

    help = "Make static/build/: two font files and one style sheet."

    def handle(self, *args: object, **options: object) -> None:
        logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every letter it keeps
        static = Path(settings.STATICFILES_DIRS[0])
        build = static / "build"
        fonts = cut_fonts(build / "fonts")
        sheet = join_sheets(static / "css", build / "site.css")
        self.stdout.write(f"fonts: {'made' if fonts else 'unchanged'}, site.css: {'made' if sheet else 'unchanged'}")


def join_sheets(source: Path, target: Path) -> bool:
    """Write one sheet out of all, in layer order and without comments; whether it changed."""
    paths = [path for pattern in SHEETS for path in sorted(source.glob(pattern))]
    sheet = LAYERS + "".join(COMMENT.sub("", path.read_text("utf-8")) for path in paths)
    if target.exists() and target.read_text("utf-8") == sheet:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(sheet, "utf-8")
    return True


def cut_fonts(target: Path) -> bool:
    """Write the cuts of the installed font; whether that was needed."""
    # Dotted, so that collectstatic leaves it alone.
    made_from = target / ".made-from"
    recipe = _recipe()
    cuts = [target / f"{name}.woff2" for name in CUTS]
    if all(path.exists() for path in [made_from, *cuts]) and made_from.read_text() == recipe:
        return False
    target.mkdir(parents=True, exist_ok=True)
    with as_file(files("fontpkg_archivo") / FONT_FILE) as font_path:
        for path, axes in zip(cuts, CUTS.values(), strict=True):
            _cut(font_path, axes).save(path)
    made_from.write_text(recipe)
    return True


def _recipe() -> str:
    packages = {name: version(name) for name in ("fontpkg-archivo", "fonttools", "brotli")}
    return hashlib.sha256(json.dumps([packages, CUTS, RANGES, FEATURES], sort_keys=True).encode()).hexdigest()


def _cut(font_path: Path, axes: dict[str, float | tuple[float, float]]) -> TTFont:
    # The file's own date stays, so that the same input gives the same bytes and the same hashed name.
    font = instancer.instantiateVariableFont(TTFont(font_path, recalcTimestamp=False), axes)
    subsetter = Subsetter(Options(layout_features=FEATURES))
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    font.flavor = "woff2"
    return font
