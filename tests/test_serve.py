"""What `make run` says when it cannot."""

import os
import socket
import subprocess
import sys

from django.conf import settings


def test_a_port_that_is_taken_is_told_before_anything_is_prepared() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        run = [sys.executable, "tools/serve.py"]
        answer = subprocess.run(
            run, cwd=settings.BASE_DIR, env=os.environ | {"PORT": port}, capture_output=True, text=True, timeout=60
        )

    assert answer.returncode == 1
    assert answer.stdout == ""
    assert f"Port {port} cannot be had" in answer.stderr
    assert "PORT=8001 make run" in answer.stderr
