"""What `run_periodic` does, continuously: due jobs and waiting tasks."""

import logging
import signal
import socket
import threading
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string

from core import jobs, tasks
from core.checks import refuse_unsafe_database

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds


class Command(BaseCommand):
    help = "Run due jobs and waiting tasks until told to end; SIGTERM and SIGINT let the present one finish."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="End when nothing is due.")

    def handle(self, *, once: bool, **options: Any) -> None:
        try:
            refuse_unsafe_database()
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from refusal
        stop = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
            logger.info("Working")
        worker_id = f"{socket.gethostname()[:40]}-{get_random_string(12)}"
        while not stop.is_set():
            try:
                was_busy = tasks.run_next(worker_id)
                was_busy |= bool(jobs.run_due(now=timezone.now(), is_stopping=stop.is_set))
            except (OperationalError, InterfaceError) as trouble:
                if once:
                    raise
                logger.warning("The database did not answer, trying again: %s", trouble)
                was_busy = False
            if once and not was_busy:
                return
            if not once:
                close_old_connections()  # as after a request: the next turn opens a lost one anew
                stop.wait(0 if was_busy else PAUSE)
