"""What is measured of a piece of work: time, CPU, memory, bytes in the database, how long others wait for it."""

import os
import resource
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

IS_POSTGRESQL = connection.vendor == "postgresql"


def longest_wait(work: Callable[[], object]) -> float:
    """The longest another connection waited for SQLite's write lock while this went on, in milliseconds."""
    waits, done = [0.0], threading.Event()

    def press() -> None:
        own = sqlite3.connect(connection.settings_dict["NAME"], timeout=60, isolation_level=None)
        while not done.is_set():
            begun = time.perf_counter()
            own.execute("BEGIN IMMEDIATE")
            waits.append((time.perf_counter() - begun) * 1000)
            own.execute("COMMIT")
            time.sleep(0.001)
        own.close()

    other = threading.Thread(target=press)
    other.start()
    try:
        work()
    finally:
        done.set()
        other.join()
    return max(waits)


def cpu(call: Callable[[], object]) -> tuple[object, float]:
    """What it returned, and the CPU seconds it took where the work is done."""
    before = _cpu_now()
    result = call()
    return result, max(_cpu_now() - before, 0.001)


def _cpu_now() -> float:
    own = time.process_time()
    if not IS_POSTGRESQL:
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_of(call: Callable[[], object]) -> float:
    call()
    return peak()


def table_bytes(table: str) -> int:
    """A table with its indexes, as the database says."""
    with connection.cursor() as cursor:
        if IS_POSTGRESQL:
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        else:
            named = "SELECT name FROM sqlite_master WHERE tbl_name = %s"
            cursor.execute(f"SELECT SUM(pgsize) FROM dbstat WHERE name IN ({named})", [table])
        return int(cursor.fetchone()[0] or 0)


def milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000
