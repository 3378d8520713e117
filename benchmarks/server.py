"""Real gunicorn processes on a free port."""

import http.client
import pathlib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.database import environment

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKERS, THREADS = 2, 4
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Server:
    """Where it listens, and what it complained of."""

    port: int
    log: pathlib.Path

    def complaints(self) -> str:
        """The end of its log, without the refusals, which are its work."""
        lines = self.log.read_text().splitlines(keepends=True)
        return "".join([line for line in lines if " WARNING django.request " not in line][-60:])


@contextmanager
def serving(app: str = "config.wsgi", **variables: str) -> Iterator[Server]:
    """Serve the database that this process is connected to, as the Procfile does, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="unity-") as folder, socket.create_server(("127.0.0.1", 0)) as door:
        # The socket is handed over open, so that no other process can take its port meanwhile.
        options = ["--bind", f"fd://{door.fileno()}", "--workers", str(WORKERS), "--threads", str(THREADS)]
        server = Server(door.getsockname()[1], pathlib.Path(folder) / "log")
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", app, *options, "--log-level", "warning"],
                cwd=ROOT,
                env=environment() | variables,
                pass_fds=[door.fileno()],
                stdout=log,
                stderr=log,
            )
        try:
            _wait_until_healthy(server)
            yield server
        except Exception:
            sys.stderr.write(server.complaints())
            raise
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_healthy(server: Server) -> None:
    call = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS_TO_START)
    try:
        call.request("GET", "/healthz/")
        status = call.getresponse().status
    except OSError:
        status = 0
    finally:
        call.close()
    if status != 200:
        sys.exit(f"The server did not start:\n{server.complaints()}")
