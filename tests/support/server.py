"""The real `reviewtool serve` as a process of its own, on a free port, with an installation in a folder of the test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30
STOP_SECONDS = 20


def free_port() -> int:
    """Return a port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the installation in the folder until the block ends; yields the address, without a final slash.

    Fails when the server does not answer in time, or does not stop by itself when asked to.
    """
    log = folder / "server.log"
    process, address = _start(folder, environment, log)
    try:
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not stop when asked: {tail(log)}") from None


def _start(folder: Path, environment: Mapping[str, str], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    for _ in range(3):  # another process may take the port between the look and the start
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        settings = {"VAR": str(folder), "HOST": "127.0.0.1", "PORT": str(port)}
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "reviewtool.cli", "serve"],
                cwd=ROOT,
                env=os.environ | settings | environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        if _answers(process, address):
            return process, address
        process.kill()
        process.wait()
    raise AssertionError(f"the server did not start: {tail(log)}")


def _answers(process: subprocess.Popen[bytes], address: str) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError as error:  # an answer too
            error.close()
        except OSError:
            time.sleep(0.05)  # polling a process that is starting, with the bound above
            continue
        return True
    return False


def tail(log: Path) -> str:
    """Return the last lines of what a server said."""
    return log.read_text(errors="replace")[-3000:] if log.exists() else "(nothing was said)"
