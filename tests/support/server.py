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
START_SECONDS = 60
STOP_SECONDS = 60  # a worker that is being made is waited for, which takes long on a busy machine


def free_port() -> int:
    """Return a port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """A server that tests may also kill: in a session of its own, so that its git processes die with it."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, apart: bool = True) -> None:
        self.log = folder / "server.log"
        self.address = ""
        self._settings = {"VAR": str(folder), "HOST": "127.0.0.1"} | dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._apart = apart

    def start(self, *, again: bool = False) -> str:
        """Start it and return its address, without a final slash, once it answers; `again`: at the same one."""
        for _ in range(3):  # another process may take the port between the look and the start
            port = int(self.address.rpartition(":")[2]) if again else free_port()
            self.address = f"http://127.0.0.1:{port}"
            with self.log.open("ab") as output:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "reviewtool.cli", "serve"],
                    cwd=ROOT,
                    env=os.environ | self._settings | {"PORT": str(port)},
                    stdout=output,
                    stderr=output,
                    stdin=subprocess.DEVNULL,
                    start_new_session=self._apart,
                )
            if _answers(self._process, self.address):
                return self.address
            self._end(self._process)
        raise AssertionError(f"the server did not start: {tail(self.log)}")

    @property
    def pid(self) -> int:
        """Return the number of the process that watches over the workers."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        return below(self.pid)

    def kill(self) -> None:
        """End all of it at once, its git processes too, as a power cut would."""
        assert self._apart, "it shares its group of processes with the tests"
        if self._process is not None:
            self._end(self._process)
            self._process = None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if self._apart:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()

    def stop(self) -> None:
        """Ask it to end; fails when it does not."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._end(process)
            raise AssertionError(f"the server did not stop when asked: {tail(self.log)}") from None


def below(parent: int) -> list[int]:
    """Return the processes whose parent this is and that serve."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = stat.with_name("cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == parent and "reviewtool" in command and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@contextmanager
def running(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve the installation in the folder until the block ends; yields the address, without a final slash.

    Fails when the server does not answer in time, or does not stop by itself when asked to.
    """
    server = Server(folder, environment, apart=False)
    try:
        yield server.start()
    finally:
        server.stop()


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
