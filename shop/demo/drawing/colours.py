"""The paper, cloth and thread colours of the demo pictures, and how they mix."""

INK = "#15181B"

PAPERS = {
    "bone": "#E6E2D8",
    "sage": "#D3DBCF",
    "sky": "#D0DAE1",
    "clay": "#E2D0C6",
    "lilac": "#D9D5E2",
    "butter": "#E9E0C2",
    "slate": "#C9CED2",
    "fog": "#E2E5E3",
}

CLOTHS = {
    "": INK,
    "washed black": "#2B2D31",
    "jet": "#1F2124",
    "ink navy": "#22324A",
    "bottle": "#1F4A3A",
    "forest": "#274A3B",
    "brick": "#B5452C",
    "rust": "#C8552B",
    "signal red": "#B3261E",
    "ochre": "#D8A21B",
    "royal": "#1E3F8F",
    "cobalt": "#27408B",
    "mid denim": "#3F5D86",
    "light denim": "#7C97B8",
    "indigo": "#263451",
    "work blue": "#2F4F86",
    "olive": "#6B6A4C",
    "tobacco": "#6A4A34",
    "grey marl": "#8C97A3",
    "fog blue": "#A9B3BD",
    "chalk": "#F3F0E8",
    "ecru": "#F1EEE6",
    "cream": "#ECE3CC",
    "canvas": "#E9E1CC",
    "stone": "#D9D4C6",
    "tobacco thread": "#C98B3C",
    "slate thread": "#6D747B",
    "brass": "#B58B4A",
    "horn": "#8A7A66",
    "gum": "#C9A66B",
    "cord": "#5B3D2A",
}


def mix(colour: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of the other in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def darker(colour: str, share: float) -> str:
    return mix(colour, "#000000", share)


def lighter(colour: str, share: float) -> str:
    return mix(colour, "#FFFFFF", share)


def brightness(colour: str) -> float:
    """0 for black, 1 for white, as the eye weighs the channels."""
    red, green, blue = _channels(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def thread(colour: str) -> str:
    """Stitching that shows on a cloth: lighter on dark cloth, darker on light."""
    return darker(colour, 0.35) if brightness(colour) > 0.45 else lighter(colour, 0.35)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
