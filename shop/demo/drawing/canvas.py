"""The sheet a garment is drawn on: studio paper, shadow, parts with light, folds, stitching and hardware."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from .colours import CLOTHS, INK, PAPERS, brightness, darker, lighter, mix, thread
from .noise import noise
from .outline import bounds, box, mirror, oval

WIDTH, HEIGHT = 1200, 1500
Box = tuple[float, float, float, float]
SHEET: Box = (0, 0, WIDTH, HEIGHT)
TILE = 320


@dataclass(frozen=True)
class Fold:
    """A soft crease: a blurred stroke, dark in the valley or light on the ridge."""

    path: str
    strength: float = 0.2
    width: float = 28
    is_light: bool = False


class Canvas:
    """Collects the parts of one picture, back to front, and writes them out as one SVG."""

    def __init__(self, *, paper: str, seed: int, view: Box = SHEET, grain: float = 0.17, zoom: float = 1.0) -> None:
        self.paper = PAPERS[paper]
        self.chance = Random(seed)
        self.seed, self.view, self.grain, self.zoom, self.tilt = seed, view, grain, zoom, 0.0
        self._defs: list[str] = []
        self._parts: list[str] = []
        self._silhouette: list[str] = []
        self._place = ""
        self._ground = ""

    # Whole parts

    def part(
        self,
        path: str,
        colour: str,
        *,
        light: str = "body",
        folds: tuple[Fold, ...] = (),
        pattern: str = "",
        edge: float = 0.22,
        lift: float = 0.0,
        solid: bool = True,
        outline: float = 3.2,
    ) -> None:
        """One piece of cloth: colour, pattern, light from the left, creases, a soft dark edge and an outline."""
        clip = self._clip(path)
        if lift:
            self.shade(path, lift)
        self._add(f'<path d="{path}" fill="{colour}"/>')
        if pattern:
            self._add(f'<g clip-path="url(#{clip})">{pattern}</g>')
        self._add(f'<path d="{path}" fill="url(#{light})"/>')
        sheen = 0.55 if brightness(colour) < 0.3 else 1.0  # white shows twice as much on dark cloth
        creases = "".join(
            f'<path d="{fold.path}" fill="none" stroke="{"#FFF" if fold.is_light else "#000"}" stroke-linecap="round"'
            f' stroke-width="{fold.width:g}" stroke-opacity="{fold.strength * (sheen if fold.is_light else 1):.3f}"/>'
            for fold in folds
        )
        rim = f'<path d="{path}" fill="none" stroke="#000" stroke-width="30" stroke-opacity="{edge:.2f}"/>'
        blur = self._blur(path, 13)
        self._add(f'<g clip-path="url(#{clip})"><g filter="url(#{blur})">{rim}{creases}</g></g>')
        line = mix(colour, INK, 0.55)
        self._add(f'<path d="{path}" fill="none" stroke="{line}" stroke-width="{outline:g}" stroke-linejoin="round"/>')
        if solid:
            self._silhouette.append(f'<path d="{path}"{self._place}/>')

    @contextmanager
    def placed(self, x: float, y: float, size: float, turn: float) -> Iterator[None]:
        """What is drawn meanwhile comes out moved, scaled and turned: two garments in one picture."""
        self._place = f' transform="translate({x:g} {y:g}) scale({size:g}) rotate({turn:g})"'
        self._add(f"<g{self._place}>")
        yield
        self._add("</g>")
        self._place = ""

    def pair(self, path: str, colour: str, *, folds: tuple[Fold, ...] = (), **how: object) -> None:
        """The same part on the right and, mirrored, on the left; light falls on each from its own side."""
        self.part(path, colour, light="right", folds=folds, **how)  # type: ignore[arg-type]
        left = tuple(Fold(mirror(fold.path), fold.strength, fold.width, fold.is_light) for fold in folds)
        self.part(mirror(path), colour, light="left", folds=left, **how)  # type: ignore[arg-type]

    def shade(self, path: str, strength: float, *, drop: float = 9) -> None:
        """The shadow a part throws on what lies under it."""
        blur = self._blur(path, 9)
        self._add(
            f'<g filter="url(#{blur})"><path d="{path}" fill="#000" fill-opacity="{strength:.2f}"'
            f' transform="translate({drop * 0.6:g} {drop:g})"/></g>'
        )

    # Lines and small things

    def line(self, path: str, colour: str, width: float = 3, *, opacity: float = 1.0, cap: str = "round") -> None:
        self._add(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"'
            f' stroke-linecap="{cap}" stroke-linejoin="round"/>'
        )

    def seam(self, path: str, colour: str, *, stitched: bool = False) -> None:
        """A seam: a dark line with a faint light one beside it, and stitches when asked for."""
        self.line(path, darker(colour, 0.45), 3, opacity=0.75)
        if stitched:
            self.stitch(path, thread(colour))

    def stitch(self, path: str, colour: str, *, width: float = 3, shift: tuple[float, float] = (0, 0)) -> None:
        self._add(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-dasharray="9 7"'
            f' stroke-opacity=".85" transform="translate({shift[0]:g} {shift[1]:g})"/>'
        )

    def fill(self, path: str, colour: str, opacity: float = 1.0) -> None:
        self._add(f'<path d="{path}" fill="{colour}" fill-opacity="{opacity:g}" fill-rule="evenodd"/>')

    def blurred(self, path: str, colour: str, *, opacity: float, blur: float, width: float = 0) -> None:
        """A soft spot (or, with a width, a soft line)."""
        name = self._blur(path, blur)
        paint = (
            f'fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"'
            if width
            else f'fill="{colour}" fill-opacity="{opacity:g}"'
        )
        self._add(f'<g filter="url(#{name})"><path d="{path}" {paint} stroke-linecap="round"/></g>')

    def ribs(self, path: str, colour: str, *, step: float = 11, slant: float = 0.0) -> None:
        """Rib knit over a part: fine upright lines, a dark valley with a light ridge."""
        x, y, width, height = bounds(path)
        valley, ridge = darker(colour, 0.4), lighter(colour, 0.28)
        lines = []
        at = x - abs(slant)
        while at < x + width + abs(slant):
            lines.append(f'<path d="M{at:g} {y:g} l{slant:g} {height:g}" stroke="{valley}" stroke-opacity=".55"/>')
            lines.append(f'<path d="M{at + 4:g} {y:g} l{slant:g} {height:g}" stroke="{ridge}" stroke-opacity=".35"/>')
            at += step
        self._add(f'<g clip-path="url(#{self._clip(path)})" fill="none" stroke-width="3.4">{"".join(lines)}</g>')

    def dashes(self, path: str, colour: str, *, width: float, pattern: str, opacity: float) -> None:
        """A broken line: knit ridges across a band, the twist of a cord, the tread of a sole."""
        self._add(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"'
            f' stroke-dasharray="{pattern}"/>'
        )

    def inside(self, path: str, drawing: str) -> None:
        """Raw SVG clipped to a path."""
        self._add(f'<g clip-path="url(#{self._clip(path)})">{drawing}</g>')

    def button(self, x: float, y: float, colour: str, *, radius: float = 11, holes: bool = True) -> None:
        self._add(f'<circle cx="{x + 3:g}" cy="{y + 5:g}" r="{radius:g}" fill="#000" fill-opacity=".35"/>')
        self._add(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{colour}" stroke="{darker(colour, 0.45)}"'
            ' stroke-width="2"/>'
        )
        self._add(
            f'<circle cx="{x - radius * 0.3:g}" cy="{y - radius * 0.35:g}" r="{radius * 0.38:g}" fill="#FFF"'
            ' fill-opacity=".45"/>'
        )
        if holes:
            for dx in (-3, 3):
                self._add(f'<circle cx="{x + dx:g}" cy="{y + 1:g}" r="1.7" fill="{darker(colour, 0.6)}"/>')

    def label(self, x: float, y: float, *, width: float = 70, height: float = 42, mark: str = INK) -> None:
        """A woven label with two bars on it, the same in every piece."""
        self.shade(box(x - width / 2, y - height / 2, width, height), 0.3, drop=5)
        self.fill(box(x - width / 2, y - height / 2, width, height), CLOTHS["chalk"])
        self.fill(box(x - width * 0.28, y - height * 0.2, width * 0.56, height * 0.17), mark)
        self.fill(box(x - width * 0.28, y + height * 0.1, width * 0.34, height * 0.12), mark, 0.6)
        self.line(box(x - width / 2, y - height / 2, width, height), "#8A867C", 1.4, opacity=0.7)

    def zip(self, x: float, top: float, bottom: float, tape: str) -> None:
        """A closed zip: tape, teeth, and the puller at the top."""
        self.fill(box(x - 10, top, 20, bottom - top), darker(tape, 0.25))
        steel = "#B9BCBE" if brightness(tape) < 0.6 else "#8C8F92"
        down = f"M{x:g} {top:g} L{x:g} {bottom:g}"
        self._add(f'<path d="{down}" stroke="#000" stroke-opacity=".55" stroke-width="9"/>')
        self._add(f'<path d="{down}" stroke="{steel}" stroke-width="8" stroke-dasharray="5 6"/>')
        self.line(f"M{x - 11:g} {top:g} L{x - 11:g} {bottom:g}", "#000", 2, opacity=0.4)
        self.line(f"M{x + 11:g} {top:g} L{x + 11:g} {bottom:g}", "#000", 2, opacity=0.4)
        self.shade(box(x - 8, top + 14, 16, 56), 0.45, drop=5)
        self.fill(box(x - 9, top + 10, 18, 24), "#A7AAAC")
        self.fill(box(x - 6, top + 30, 12, 40), "#D3D5D6")
        self.line(box(x - 6, top + 30, 12, 40), "#6F7376", 1.5)

    def ground(self, *spots: tuple[float, float, float, float, float, float]) -> None:
        """Shadows on the paper for a thing that stands: x, y, rx, ry, blur, strength."""
        for x, y, rx, ry, blur, strength in spots:
            name = self._blur(oval(x, y, rx, ry), blur)
            self._ground += (
                f'<g filter="url(#{name})"><path d="{oval(x, y, rx, ry)}" fill="{INK}" fill-opacity="{strength}"/></g>'
            )

    # The finished sheet

    def svg(self, *, flipped: bool = False) -> str:
        """The picture as SVG text."""
        near = _region(self.view, 60)
        shadow = self._ground or self._lying(near)
        weave = f'<g fill="url(#weave)" style="mix-blend-mode:overlay">{"".join(self._silhouette)}</g>'
        turn = f"rotate({self.tilt:g} 600 750) translate({600 * (1 - self.zoom):g} {750 * (1 - self.zoom):g})"
        turn += f" scale({self.zoom:g})"
        flip = ' transform="matrix(-1 0 0 1 1200 0)"' if flipped else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(f"{number:g}" for number in self.view)}">'
            f"<defs>{self._lights()}{self._grain()}{''.join(self._defs)}</defs>"
            f'<path d="{box(0, 0, WIDTH, HEIGHT)}" fill="url(#paper)"/>'
            f'<g{flip}><g transform="{turn}">{shadow}{"".join(self._parts)}{weave}</g></g></svg>'
        )

    def _add(self, markup: str) -> None:
        self._parts.append(markup)

    def _clip(self, path: str) -> str:
        name = f"c{len(self._defs)}"
        self._defs.append(f'<clipPath id="{name}"><path d="{path}"/></clipPath>')
        return name

    def _blur(self, path: str, deviation: float) -> str:
        room = deviation * 3 + 12
        area = bounds(path) if self._place else _overlap(bounds(path), self.view, room + 60)
        name = f"b{len(self._defs)}"
        self._defs.append(
            f'<filter id="{name}" filterUnits="userSpaceOnUse" {_region(area, room)}'
            f' color-interpolation-filters="sRGB"><feGaussianBlur stdDeviation="{deviation:g}"/></filter>'
        )
        return name

    def _lights(self) -> str:
        def side(name: str, *stops: tuple[float, str, float]) -> str:
            marks = "".join(f'<stop offset="{at}" stop-color="{c}" stop-opacity="{o}"/>' for at, c, o in stops)
            return f'<linearGradient id="{name}" x1="0" y1="0" x2="1" y2=".06">{marks}</linearGradient>'

        def beam(name: str, *, peak: float, left: float, right: float) -> str:
            return side(
                name,
                (0, "#000", left),
                (peak - 0.22, "#000", 0),
                (peak - 0.12, "#FFF", 0.04),
                (peak, "#FFF", 0.13),
                (peak + 0.14, "#FFF", 0.04),
                (peak + 0.26, "#000", 0),
                (1, "#000", right),
            )

        return (
            beam("body", peak=0.38, left=0.24, right=0.34)
            + beam("left", peak=0.34, left=0.2, right=0.42)
            + beam("right", peak=0.5, left=0.3, right=0.3)
            + '<linearGradient id="down" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#FFF"'
            ' stop-opacity=".16"/><stop offset=".45" stop-color="#000" stop-opacity="0"/><stop offset="1"'
            ' stop-color="#000" stop-opacity=".32"/></linearGradient>'
            '<linearGradient id="flat"><stop stop-color="#000" stop-opacity="0"/></linearGradient>'
            f'<radialGradient id="paper" gradientUnits="userSpaceOnUse" cx="504" cy="450" r="1150"><stop offset="0"'
            f' stop-color="{lighter(self.paper, 0.38)}"/><stop offset=".62" stop-color="{self.paper}"/>'
            f'<stop offset="1" stop-color="{darker(self.paper, 0.09)}"/></radialGradient>'
        )

    def _grain(self) -> str:
        """The weave all cloth shares: fine noise, as fine in a detail as in the whole piece."""
        size = TILE * self.view[2] / WIDTH
        return (
            f'<pattern id="weave" patternUnits="userSpaceOnUse" width="{size:g}" height="{size:g}">'
            f'<image width="{size:g}" height="{size:g}" href="{noise(self.seed, TILE, 0.7, self.grain)}"/></pattern>'
        )

    def _lying(self, near: str) -> str:
        shape = "".join(self._silhouette)
        for name, deviation in (("far", 42), ("close", 12)):
            self._defs.append(
                f'<filter id="{name}" filterUnits="userSpaceOnUse" {near} color-interpolation-filters="sRGB">'
                f'<feGaussianBlur stdDeviation="{deviation}"/></filter>'
            )
        return (
            f'<g fill="{INK}"><g filter="url(#far)" opacity=".34"><g transform="translate(30 46)">{shape}</g></g>'
            f'<g filter="url(#close)" opacity=".36"><g transform="translate(9 15)">{shape}</g></g></g>'
        )


def _region(area: Box, room: float) -> str:
    x, y, width, height = area
    return f'x="{x - room:g}" y="{y - room:g}" width="{width + 2 * room:g}" height="{height + 2 * room:g}"'


def _overlap(area: Box, view: Box, room: float) -> Box:
    """The part of an area that can be seen: blurring the rest of a garment would be most of a detail's time."""
    left, top = max(area[0], view[0] - room), max(area[1], view[1] - room)
    right = min(area[0] + area[2], view[0] + view[2] + room)
    bottom = min(area[1] + area[3], view[1] + view[3] + room)
    return left, top, max(right - left, 1), max(bottom - top, 1)
