"""Reading a page as a shopper does."""

import re
from html import unescape

from django.http import HttpResponse

_TAG = re.compile(r"<[^>]+>")
_NAME = re.compile(r'class="card__name"><a href="[^"]*">([^<]*)</a>')
_APPLIED = re.compile(r'class="applied__chip" href="([^"]*)">(.*?)</a>', re.DOTALL)


def words(response: HttpResponse) -> str:
    """The words of a page, without its tags."""
    return " ".join(unescape(_TAG.sub(" ", response.content.decode())).split())


def titles(response: HttpResponse) -> list[str]:
    """The pieces in the grids of a page, in order."""
    return [unescape(name) for name in _NAME.findall(response.content.decode())]


def listed(response: HttpResponse) -> list[str]:
    """The pieces a list found, without those it offers when it found none."""
    source = response.content.decode()
    start = source.find('id="grid"')
    return (
        [] if start < 0 else [unescape(name) for name in _NAME.findall(source[start : source.find('id="load-more"')])]
    )


def applied(response: HttpResponse) -> dict[str, str]:
    """The filters in force, each with the address of the list without it."""
    chips = _APPLIED.findall(response.content.decode())
    return {unescape(_TAG.sub("", name)).strip().removeprefix("Remove filter: "): unescape(url) for url, name in chips}


def box(response: HttpResponse, name: str, value: str) -> str:
    """One box of the filter form with its label, as it stands in the page."""
    found = re.search(
        rf'<label[^>]*><input[^>]*name="{name}" value="{value}"[^>]*>.*?</label>', response.content.decode()
    )
    return found[0] if found else ""
