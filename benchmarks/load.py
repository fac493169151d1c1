"""Many clients at once against a real server: a thread and a connection each, their requests made beforehand."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from benchmarks.visitor import BROWSER

CLIENTS = 16
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Load:
    """What the clients met: requests a second, milliseconds, and the statuses that nobody expected."""

    rate: float
    least: float
    median: float
    p95: float
    slowest: float
    done: int
    refused: dict[int, int]


def get(path: str, cookie: str) -> bytes:
    """Return the bytes of a request for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {BROWSER}\r\nCookie: {cookie}\r\n\r\n".encode()


def post(path: str, cookie: str, **fields: str) -> bytes:
    """Return the bytes of a sent form."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {BROWSER}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client:
    """One kept connection."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._place = (parts.hostname or "", parts.port or 80)
        self._socket = socket.create_connection(self._place, PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> int:
        """Send a request, read its whole answer and return the status."""
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        left = length - len(body)
        while left > 0:
            left -= len(self._more())
        if b"connection: close" in lines:
            self.close()
            self._socket = socket.create_connection(self._place, PATIENCE_SECONDS)
        return int(head[9:12])

    def _more(self) -> bytes:
        found = self._socket.recv(1 << 18)
        if not found:
            raise ConnectionError("the server closed the connection")
        return found

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


def run(address: str, plans: Sequence[Sequence[bytes]], expected: int) -> Load:
    """Let each client send its requests one after another, all clients at once."""
    taken: list[float] = []
    refused: dict[int, int] = {}
    ready = threading.Barrier(len(plans) + 1)

    def work(plan: Sequence[bytes]) -> None:
        client = Client(address)
        ready.wait()
        for request in plan:
            began = time.perf_counter()
            status = client.ask(request)
            taken.append((time.perf_counter() - began) * 1000)
            if status != expected:
                refused[status] = refused.get(status, 0) + 1
        client.close()

    threads = [threading.Thread(target=work, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    ordered = sorted(taken)
    p95 = ordered[int(len(ordered) * 0.95)]
    return Load(len(taken) / seconds, ordered[0], statistics.median(ordered), p95, ordered[-1], len(taken), refused)
