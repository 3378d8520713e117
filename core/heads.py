"""The head of a page that may be found: what search engines and whoever shares it read."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from core.languages import Version, versions_of
from core.markup import json_for_page, whole_address
from core.models import SiteSettings

TITLE_LENGTH, DESCRIPTION_LENGTH = 60, 155
Facts = dict[str, Any]


class Shown(Protocol):
    """A picture with its address and its size in pixels."""

    @property
    def src(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


@dataclass(frozen=True)
class Head:
    """A page with a head may be found; one without is kept out of search engines.

    `path` is the canonical address; a list that is not to be indexed has none, its links are followed. `price` in EUR.
    `facts` become JSON-LD. `feed` is the address of the new arrivals that belong to the page.
    """

    title: str
    description: str
    path: str
    kind: str = "website"
    picture: Shown | None = None
    price: Decimal | None = None
    facts: Sequence[Facts] = ()
    feed: str = ""

    @property
    def blocks(self) -> list[SafeString]:
        """The facts as they may stand in the page."""
        return [json_for_page(each) for each in self.facts]

    @property
    def address(self) -> str:
        """The canonical address as a whole."""
        return whole_address(self.path)

    @property
    def versions(self) -> list[Version]:
        """The page in every language, by whole addresses."""
        return [each._replace(path=whole_address(each.path)) for each in versions_of(self.path)]

    @property
    def picture_address(self) -> str:
        """Where those who share the page find its picture."""
        return whole_address(self.picture.src) if self.picture else ""


def title_of(*words: str) -> str:
    """As many of these words as fit beside the shop's name: "Varsity jacket, L | Unity", 60 letters at most."""
    name = f" | {SiteSettings.current().name}"
    room = TITLE_LENGTH - len(name)
    kept = words[0]
    for more in words[1:]:
        if more and len(kept) + len(more) + 2 <= room:
            kept = f"{kept}, {more}"
    return cut(kept, room) + name


def cut(words: str, length: int) -> str:
    """The beginning of these words, on one line, at most so many letters."""
    return Truncator(" ".join(words.split())).chars(length)
