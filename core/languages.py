"""The languages of the pages. The address alone says which one a page is in: "/shop/" English, "/pl/shop/" Polish.

What is no page speaks English, whoever asked for it: letters, records, exported data, facts for machines.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeAlias, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.urls import is_valid_path
from django.utils import translation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A text, or one that is translated when it is read.
Words: TypeAlias = "str | _StrPromise"
P = ParamSpec("P")
R = TypeVar("R")


class Version(NamedTuple):
    """A page in one language: its code, as HTML says it ("en", "pl"), its own name for itself, and the address."""

    code: str
    name: str
    path: str


def in_english(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function speak English, whatever the language of the page that called it."""

    @wraps(function)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override(settings.LANGUAGE_CODE):
            return function(*args, **kwargs)

    return speaking


def language_of(path: str) -> str:
    """The language that an address begins with; English without one."""
    first = path[1:].partition("?")[0].partition("/")[0]
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def english_path(path: str) -> str:
    """The address of the English page, with its query: what a page is known by in figures and records."""
    language = language_of(path)
    return path if language == settings.LANGUAGE_CODE else path.removeprefix(f"/{language}") or "/"


def in_language(path: str, language: str) -> str:
    """The address of the same page in this language."""
    return english_path(path) if language == settings.LANGUAGE_CODE else f"/{language}{english_path(path)}"


def here(path: str) -> str:
    """The address of a page in the language that is spoken now; for one that was kept in English."""
    return in_language(path, translation.get_language() or settings.LANGUAGE_CODE)


def versions_of(path: str) -> list[Version]:
    """A page in every language, English first."""
    return [Version(code.partition("-")[0], name, in_language(path, code)) for code, name in settings.LANGUAGES]


def other_versions(request: HttpRequest, path: str = "") -> list[Version]:
    """This page in the other languages, or their front page where it has no such sister."""
    spoken = translation.get_language()
    found = []
    for (code, _), version in zip(settings.LANGUAGES, versions_of(path or request.get_full_path()), strict=True):
        if code != spoken:
            with translation.override(code):
                is_there = is_valid_path(version.path.partition("?")[0])
            found.append(version if is_there else version._replace(path=in_language("/", code)))
    return found
