"""What the real server does with requests that no browser sends: too long, too many headers, of two lengths."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

GET = b"GET /salud HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def answered(address: str, request: bytes) -> bytes:
    """Send bytes as they are and return the first line of the answer."""
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port), timeout=30) as line:
        line.sendall(request)
        return line.makefile("rb").readline().strip()


# What is sent, and how the status of the answer begins.
REQUESTS = {
    "good": (GET + b"\r\n", "200"),
    "long line": (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", "4"),
    "long header": (GET + b"X-Long: " + b"a" * 9000 + b"\r\n\r\n", "4"),
    "many headers": (GET + b"".join(b"X-%d: a\r\n" % number for number in range(70)) + b"\r\n", "4"),
    "smuggled": (GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /", "400"),
    "two lengths": (GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", "400"),
    "unknown coding": (GET + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", ("4", "501")),
    "bad name": (GET + b"Bad Header: a\r\n\r\n", "400"),
    "folded": (GET + b" folded: a\r\n\r\n", "400"),
    "alive, under any name": (b"GET /salud HTTP/1.1\r\nHost: malo.example\r\nConnection: close\r\n\r\n", "200"),
    "foreign name": (b"GET /entrar HTTP/1.1\r\nHost: malo.example\r\nConnection: close\r\n\r\n", "421"),
    "trace": (b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "405"),
    "claimed scheme": (GET + b"X-Forwarded-Proto: https\r\n\r\n", "200"),
}


def test_the_server_reads_a_request_in_one_way_or_refuses_it(live_server):
    answers = {name: answered(live_server.url, sent) for name, (sent, _status) in REQUESTS.items()}
    assert not {
        name: first for name, first in answers.items() if not first.split()[1].decode().startswith(REQUESTS[name][1])
    }
