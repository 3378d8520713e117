"""Run the whole shop on one machine: prepare it, then web server and worker until Ctrl-C. `make run` calls this."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PORT = os.environ.get("PORT", "8000")
MANAGE = [sys.executable, "manage.py"]
# Quick to repeat: a second start keeps the data and takes seconds.
PREPARATION = [
    ["migrate", "--verbosity", "0"],
    ["createcachetable"],
    ["build_static"],
    ["collectstatic", "--no-input", "--verbosity", "0"],
    ["seed_demo", "--once"],
    ["seed_buying"],
]
SERVER = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{PORT}"]
SERVER += ["--workers", "2", "--threads", "4", "--log-level", "warning"]
WORKER = [*MANAGE, "worker"]


def what_is_wrong_with_the_port() -> str:
    """Why the web server could not listen there; empty when it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(PORT)))
        except OSError as error:
            return str(error.strerror)
    return ""


def prepare() -> int:
    """Do everything that comes before the start; the exit code of what failed, else 0."""
    if wrong := what_is_wrong_with_the_port():
        print(f"Port {PORT} cannot be had: {wrong}. `PORT=8001 make run` takes another.", file=sys.stderr)
        return 1
    for command in PREPARATION:
        if code := subprocess.call([*MANAGE, *command], cwd=ROOT):
            return code
    return 0


def main() -> int:
    """Prepare, start both processes, restart a worker that dies, stop everything with the server or at Ctrl-C."""
    if code := prepare():
        return code
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Sessions of their own: Ctrl-C reaches this process only, which then stops both in order.
    server = subprocess.Popen(SERVER, cwd=ROOT, start_new_session=True)
    worker = subprocess.Popen(WORKER, cwd=ROOT, start_new_session=True)
    print(f"\nThe shop is open at http://127.0.0.1:{PORT}/ and its admin at http://127.0.0.1:{PORT}/admin/")
    print("Ctrl-C closes it.", flush=True)
    try:
        while server.poll() is None:
            time.sleep(0.5)
            if worker.poll() is not None:
                time.sleep(2)
                worker = subprocess.Popen(WORKER, cwd=ROOT, start_new_session=True)
        return server.returncode
    except KeyboardInterrupt:
        print("\nClosing the shop.")
        return 0
    finally:
        # An impatient second Ctrl-C must not leave a process behind.
        for impatient in (signal.SIGINT, signal.SIGTERM):
            signal.signal(impatient, signal.SIG_IGN)
        for process in (server, worker):
            if process.poll() is None:
                process.terminate()
        for process in (server, worker):
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
