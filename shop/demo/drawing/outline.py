"""Outlines as SVG path strings on a 1200 x 1500 sheet whose middle line is x = 600."""

import re

Point = tuple[float, float]
Segment = tuple[Point, ...]

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_COMMAND = {1: "L", 2: "Q", 3: "C"}


def whole(start: Point, *segments: Segment) -> str:
    """A closed outline from its right half, start to end from top to bottom, mirrored about the middle line."""
    steps = [f"M{_at(start)}"]
    corner, back = start, []
    for segment in segments:
        steps.append(_step(segment))
        back.append((*reversed(segment[:-1]), corner))
        corner = segment[-1]
    steps.append(f"L{_at(_across(corner))}")
    steps += [_step(tuple(_across(point) for point in segment)) for segment in reversed(back)]
    return " ".join([*steps, "Z"])


def run(start: Point, *segments: Segment, close: bool = False) -> str:
    """An open or closed line through the segments: one point is straight, two or three are curves."""
    return " ".join([f"M{_at(start)}", *(_step(segment) for segment in segments), *(["Z"] if close else [])])


def mirror(path: str) -> str:
    """The same path on the other side of the middle line."""
    numbers = iter(range(len(_NUMBER.findall(path))))
    return _NUMBER.sub(lambda found: f"{1200 - float(found[0]):g}" if next(numbers) % 2 == 0 else found[0], path)


def box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:g} {y:g} L{x + width:g} {y:g} L{x + width:g} {y + height:g} L{x:g} {y + height:g} Z"


def oval(x: float, y: float, rx: float, ry: float) -> str:
    """An ellipse in four curves, so that it can be mirrored and clipped like every other path."""
    kx, ky = rx * 0.5523, ry * 0.5523
    return run(
        (x - rx, y),
        ((x - rx, y - ky), (x - kx, y - ry), (x, y - ry)),
        ((x + kx, y - ry), (x + rx, y - ky), (x + rx, y)),
        ((x + rx, y + ky), (x + kx, y + ry), (x, y + ry)),
        ((x - kx, y + ry), (x - rx, y + ky), (x - rx, y)),
        close=True,
    )


def bounds(path: str) -> tuple[float, float, float, float]:
    """A box around all points of the path: x, y, width, height."""
    numbers = [float(number) for number in _NUMBER.findall(path)]
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _across(point: Point) -> Point:
    return 1200 - point[0], point[1]


def _at(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"


def _step(segment: Segment) -> str:
    return _COMMAND[len(segment)] + " ".join(_at(point) for point in segment)
