"""How a benchmark is run: on SQLite and on a throwaway PostgreSQL, one process each, and what it is run on."""

import os
import platform
import secrets
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version

from django.db import connection

from benchmarks.server import ROOT, THREADS, WORKERS


def on_both_databases(module: str, options: Sequence[str]) -> int:
    """Run `python -m module --here` on each database; the worst exit code."""
    for command in ("build_static", "collectstatic"):
        quiet = ["--no-input", "--verbosity", "0"] if command == "collectstatic" else []
        subprocess.run([sys.executable, "manage.py", command, *quiet], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    command_here = [sys.executable, "-m", module, "--here", *options]
    # Only a name: the work is done in a scratch database beside it.
    unused = {"DATABASE_URL": "sqlite:////tmp/unity-unused.sqlite3", "SECRET_KEY": secrets.token_urlsafe(50)}
    codes = [
        subprocess.call(command_here, cwd=ROOT, env=os.environ | unused),
        subprocess.call([sys.executable, "tools/with_pg.py", *command_here], cwd=ROOT, env=os.environ | unused),
    ]
    return max(codes)


def conditions() -> str:
    """What the numbers were measured with."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 'SQLite ' || sqlite_version() || ', WAL'")
        else:
            cursor.execute(
                "SELECT 'PostgreSQL ' || split_part(version(), ' ', 2) || ', fsync ' || current_setting('fsync')"
            )
        database = cursor.fetchone()[0]
    load = f"load {os.getloadavg()[0]:.1f}"
    return (
        f"{database}; gunicorn {version('gunicorn')}, {WORKERS} workers × {THREADS} threads; "
        f"Django {version('django')}, Python {platform.python_version()}; {os.cpu_count()} cores, {load}; "
        "shoppers on the same machine"
    )
