"""What the provider answers to us: JSON, within seconds, never more than a little, and never from another place.

A provider that is away, slow or talks nonsense is Unavailable("provider-away"); why stands in the log.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener, getproxies, proxy_bypass

from reviewtool.errors import Unavailable

log = logging.getLogger(__name__)

SILENCE: Final = 5  # seconds without a byte
WHOLE: Final = 10  # seconds for the whole answer
LIMIT: Final = 256 * 1024
AT_ONCE: Final = 2  # askings of a process: a slow provider must not hold every thread
_asking = threading.BoundedSemaphore(AT_ONCE)


class Declined(Exception):
    """The provider understood what was asked and said no; `code` is its reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow nothing: what came from elsewhere would be taken for the provider's."""


def get(address: str) -> dict[str, Any]:
    """Return what stands at an address."""
    return _ask(Request(address, headers={"Accept": "application/json"}))  # noqa: S310 - `provider` gives only https


def post(address: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a form. Raises Declined."""
    body = urlencode(fields).encode("ascii")
    return _ask(Request(address, data=body, headers={"Accept": "application/json", **headers}))  # noqa: S310 - as above


def _ask(request: Request) -> dict[str, Any]:
    """Ask once. Raises Unavailable("provider-away") and Declined."""
    if not _asking.acquire(timeout=SILENCE):
        raise away(request, "too many at once")
    try:
        direct = not getproxies() or proxy_bypass(request.host)
        opener = build_opener(_NoRedirects, *([ProxyHandler({})] if direct else []))
        end = time.monotonic() + WHOLE
        with opener.open(request, timeout=SILENCE) as answer:
            return _read(request, _all(request, answer, end))
    except HTTPError as error:
        with error:
            if 400 <= error.code < 500 and request.data is not None:
                said = _read(request, error.read(LIMIT)).get("error")
                raise Declined(said if isinstance(said, str) else "no reason") from error
            raise away(request, f"status {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise away(request, type(error).__name__) from error
    finally:
        _asking.release()


def _all(request: Request, answer: HTTPResponse, end: float) -> bytes:
    found = bytearray()
    while part := answer.read1(LIMIT):
        found += part
        if len(found) > LIMIT:
            raise away(request, "too long")
        if time.monotonic() > end:
            raise away(request, "too slow")
    return bytes(found)


def _read(request: Request, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise away(request, "no JSON") from error
    if not isinstance(found, dict):
        raise away(request, "no object")
    return found


def away(request: Request, why: str) -> Unavailable:
    """Say in the log why the provider's answer is none, and return the error of it."""
    log.warning("the identity provider at %s gives no answer: %s", request.host, why)
    return Unavailable("provider-away")
