"""Strange values of fields, queries and addresses, and a request's body made of them byte by byte."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

STRANGE: tuple[str, ...] = (
    "",
    " ",
    "\0",
    "antes\0después",
    "\ud800",
    "x\udfff",
    "\u202eabc\u2066",
    "\u200b\u200d\ufeff",
    "مرحبا שלום",
    "\r\nSet-Cookie: x=1",
    "\x1b[31m\x7f\x85\u2028",
    "-1",
    "--5",
    "0",
    "00",
    "²",
    "٣",
    "१२",
    "1e9",
    "999999999",
    "9" * 19,
    "9" * 400,
    "9" * 5000,
    "1-2-3",
    "²-²",
    "NaN",
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "+12026-01-01",
    "2026-W01-1",
    "24:00",
    "17:00:00+99:99",
    "1/0",
    "0/0",
    "2/3/4",
    "9" * 30 + "/" + "9" * 30,
    "[]",
    '{"a": [1]}',
    "{{ 7 * 7 }}{% raw %}",
    "%s%n%(number)s",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "--upload-pack=x",
    "/",
    "\\",
    "HEAD",
    "0" * 40,
    "(?P<x>a+)+$",
    "@" * 300,
    "a@b\n",
    "Ünïcödé \U0001f600 e\u0301",
    "*" * 3000,
    "[" * 3000,
    "x" * 1_000_000,
)

Pairs = list[tuple[str, str]]


def encoded(pairs: Pairs) -> bytes:
    """Return pairs as a form or a query says them; half a surrogate pair as the three bytes that a bad client sends."""
    return "&".join(f"{_percent(name)}={_percent(value)}" for name, value in pairs).encode()


def _percent(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def multipart(pairs: Pairs, files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return a form with files as its bytes and its type; names of files as they are given, quotes left out."""
    mark = b"--grenze-7b1"
    parts = [
        b'%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (mark, name.encode(), value.encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ]
    for name, (filename, data) in files.items():
        called = filename.encode("utf-8", "surrogatepass").replace(b'"', b"%22")
        parts.append(
            b'%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (mark, name.encode(), called, data)
        )
    return b"".join([*parts, mark, b"--\r\n"]), f"multipart/form-data; boundary={mark[2:].decode()}"
