"""Dates in words, as each language writes them."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import DateFormat
from django.utils.formats import get_format
from django.utils.translation import get_language

# Languages that write the names of days and months small; Django's are made for a date that stands alone.
SMALL_NAMES = {"pl"}
MOMENT, DAY = "D j M, H:i", "D j M"


class _SmallNames(DateFormat):
    """Formats a date with the names of days and months in small letters."""

    def D(self) -> str:
        return super().D().lower()

    def F(self) -> str:
        return super().F().lower()

    def l(self) -> str:  # noqa: E743
        return super().l().lower()

    def M(self) -> str:
        return super().M().lower()


def date_format(when: date, shape: str | None = None) -> str:
    """A day or a local moment by Django's letters or a format's name: "D j M" is "Fri 4 Dec", in Polish "pt 4 gru"."""
    kind = _SmallNames if get_language() in SMALL_NAMES else DateFormat
    return kind(when).format(get_format(shape or "DATE_FORMAT"))


def words_of(moment: datetime | None, shape: str = MOMENT) -> str:
    """A moment in the shop's zone: "Sat 29 Nov, 18:00"; no words for none."""
    return date_format(timezone.localtime(moment), shape) if moment else ""


def moment_words(moment: datetime, now: datetime) -> str:
    """A moment as people say it: the time alone today, else with its day."""
    is_today = timezone.localdate(moment) == timezone.localdate(now)
    return words_of(moment, "H:i" if is_today else MOMENT)
