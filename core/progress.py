"""How far somebody has come, as components/steps.html shows it, or something, as components/timeline.html does."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from core.languages import Words


@dataclass(frozen=True)
class Step:
    """One entry of the timeline; `state` is "done", "current" or "next"."""

    name: str
    detail: str
    state: str


def steps_at(steps: Sequence[tuple[Words, str]], current: int) -> list[dict[str, str]]:
    """The steps, each a name and a URL's name, as the page at one of them shows them."""
    states = ["done"] * current + ["current"] + ["next"] * (len(steps) - current - 1)
    return [
        {"name": str(name), "url": reverse(url), "state": state}
        for (name, url), state in zip(steps, states, strict=True)
    ]
