"""What happens goes into a bounded buffer in the process and, a second later, into the database.

Nothing here raises into a page, asks the database on a page's way, or waits for a lock there. A killed process loses at
most a second of views and searches; no figure of money or stock depends on them.
"""

import atexit
import logging
import os
import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import DataError, connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from analytics.models import BotHits, Event, EventBatch, RollupState, VisitorSalt
from analytics.rules import days, visitors
from analytics.rules.terms import MAX_PATH, tidy_term
from core.languages import english_path

logger = logging.getLogger(__name__)

BOUND = 10_000
BATCH = 200  # of one transaction, so that nobody waits long for SQLite's one write lock
SALT_LIFE = timedelta(hours=48)
SECRETS = {"secret", "token", "key", "uidb36", "reference"}  # parts of addresses that are for somebody alone
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An event on its way. Address and agent stay in memory, and only until the hash is made of them."""

    created_at: datetime
    event_type: str
    address: str = ""
    user_agent: str = ""
    host: str = ""
    user_id: int | None = None
    product_id: int | None = None
    order_id: int | None = None
    quantity: int | None = None
    term: str = ""
    path: str = ""


class Buffer:
    """The process's own; a thread of it, started after any fork, empties it each second."""

    def __init__(self) -> None:
        self.dropped = 0
        self._start_anew()

    def _start_anew(self) -> None:
        self.pid = os.getpid()
        self.events: deque[Seen] = deque()
        self.refused: Counter[tuple[date, str]] = Counter()
        self.busy = threading.Lock()
        self.thread: threading.Thread | None = None
        self.wake = threading.Event()

    def add(self, seen: Seen) -> None:
        """Keep an event for the next flush; a full buffer drops it and counts that."""
        if self.pid != os.getpid():
            self._start_anew()  # a forked child has the parent's events, but not its thread
        if len(self.events) >= BOUND:
            self.dropped += 1
            return
        self.events.append(seen)
        self._be_flushed()

    def refuse(self, day: date, reason: str) -> None:
        """Count a request that is not counted."""
        if self.pid != os.getpid():
            self._start_anew()
        if len(self.refused) < BOUND:
            self.refused[day, reason] += 1
        self._be_flushed()

    def _be_flushed(self) -> None:
        if not settings.ANALYTICS_FLUSH_SECONDS:
            flush()
        elif self.thread is None or not self.thread.is_alive():
            self.thread = threading.Thread(target=_flush_for_ever, args=(self,), daemon=True, name="analytics")
            self.thread.start()


buffer = Buffer()


def track(
    request: HttpRequest,
    event_type: str,
    *,
    product_id: int | None = None,
    order_id: int | None = None,
    quantity: int | None = None,
    term: str = "",
) -> None:
    """Note that somebody did something. Never raises: a page and an order are worth more than a figure."""
    try:
        if settings.ANALYTICS_MODE not in (visitors.DAILY_HASH, visitors.NONE, visitors.CONSENT):
            return
        now = timezone.now()
        if reason := visitors.why_not(request):
            buffer.refuse(days.day_of(now), reason)
            return
        is_known = settings.ANALYTICS_MODE != visitors.NONE
        user = getattr(request, "user", None)
        buffer.add(
            Seen(
                created_at=now,
                event_type=event_type,
                address=str(get_adapter().get_client_ip(request) or "") if is_known else "",
                user_agent=request.headers.get("User-Agent", "") if is_known else "",
                host=request.get_host() if is_known else "",
                user_id=user.pk if is_known and user is not None and user.is_authenticated else None,
                product_id=product_id,
                order_id=order_id,
                quantity=quantity,
                term=tidy_term(term),
                path=_path(request),
            )
        )
    except Exception:
        buffer.dropped += 1
        logger.exception("An event was lost")


def _path(request: HttpRequest) -> str:
    """Where it was, in whatever language, without what opens something: of a secret link only its pattern."""
    match = getattr(request, "resolver_match", None)
    is_secret = match is not None and not SECRETS.isdisjoint(match.kwargs)
    return english_path(f"/{match.route}" if match is not None and is_secret else request.path)[:MAX_PATH]


def flush() -> int:
    """Write what is in the buffer, and return how many events that were.

    What cannot be written now stays in it; what no table takes is dropped and counted.
    """
    written = 0
    with buffer.busy:
        while buffer.events or buffer.refused:
            batch = [buffer.events.popleft() for _ in range(min(BATCH, len(buffer.events)))]
            refused, buffer.refused = buffer.refused, Counter()
            try:
                _write(batch, refused)
            except (DataError, ValueError, OverflowError):
                # Tried again it would fail again, and hold up all that comes after it.
                buffer.dropped += len(batch)
                logger.exception("%s events were lost", len(batch))
                continue
            except Exception as error:
                buffer.events.extendleft(reversed(batch))
                buffer.refused.update(refused)
                logger.warning("%s events wait: %s", len(buffer.events), error)
                return written
            written += len(batch)
    return written


def delete_old_salts(*, now: datetime) -> int:
    """Forget the keys of visitor hashes: nobody can make them again."""
    newest = days.day_of(now - SALT_LIFE)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    return VisitorSalt.objects.filter(day__lte=newest).delete()[0]


def _flush_for_ever(of: Buffer) -> None:
    pause = FIRST_PAUSE
    while of.pid == os.getpid():
        of.wake.wait(settings.ANALYTICS_FLUSH_SECONDS if pause == FIRST_PAUSE else pause)
        is_idle = not flush()
        pause = min(pause * 2, LONGEST_PAUSE) if of.events else FIRST_PAUSE
        if is_idle:
            connection.close()  # a quiet shop keeps none open for this


def _write(batch: list[Seen], refused: Counter[tuple[date, str]]) -> None:
    by_day = Counter(days.day_of(seen.created_at) for seen in batch)
    salts = {day: _salt(day) for day in by_day}
    with transaction.atomic():
        gone = set(RollupState.objects.filter(day__in=by_day, purged_at__isnull=False).values_list("day", flat=True))
        Event.objects.bulk_create(_rows(batch, salts, gone))
        EventBatch.objects.bulk_create(
            EventBatch(day=day, events=count) for day, count in by_day.items() if day not in gone
        )
        for (day, reason), hits in refused.items():
            row, is_new = BotHits.objects.get_or_create(day=day, reason=reason, defaults={"hits": hits})
            if not is_new:
                BotHits.objects.filter(pk=row.pk).update(hits=F("hits") + hits)


def _rows(batch: Iterable[Seen], salts: dict[date, bytes], gone: set[date]) -> list[Event]:
    rows = []
    for seen in batch:
        day = days.day_of(seen.created_at)
        if day in gone:
            continue
        visitor = visitors.visitor_hash(salts[day], seen.address, seen.user_agent, seen.host) if seen.address else None
        rows.append(
            Event(
                created_at=seen.created_at,
                visitor=visitor,
                user_id=seen.user_id,
                product_id=seen.product_id,
                order_id=seen.order_id,
                quantity=seen.quantity,
                event_type=seen.event_type,
                term=seen.term,
                path=seen.path,
            )
        )
    return rows


_salts: dict[date, bytes] = {}


def _salt(day: date) -> bytes:
    """The day's key: random, shared through the table, remembered by the process while the day lasts."""
    if day not in _salts:
        row, _ = VisitorSalt.objects.get_or_create(day=day, defaults={"salt": os.urandom(32)})
        _salts.clear()
        _salts[day] = bytes(row.salt)
    return _salts[day]


def _flush_at_exit() -> None:
    if buffer.pid == os.getpid() and (buffer.events or buffer.refused):
        flush()


atexit.register(_flush_at_exit)
