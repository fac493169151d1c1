"""Failed sign-ins, counted in this process by address and by account, and forgotten after a while."""

from __future__ import annotations

import threading

from cachetools import TTLCache

WINDOW_SECONDS = 600
MOST = 10

_lock = threading.Lock()
_failures: TTLCache[str, int] = TTLCache(maxsize=10_000, ttl=WINDOW_SECONDS)


def _keys(address: str, email: str) -> tuple[str, str]:
    return f"address {address}", f"account {email.lower()}"


def too_many(address: str, email: str) -> bool:
    """Say whether this address or this account failed too often lately; the address may fail three times as often."""
    by_address, by_account = _keys(address, email)
    with _lock:
        return _failures.get(by_account, 0) >= MOST or _failures.get(by_address, 0) >= 3 * MOST


def note_failure(address: str, email: str) -> None:
    """Count a failed sign-in."""
    with _lock:
        for key in _keys(address, email):
            _failures[key] = _failures.get(key, 0) + 1


def forget(address: str, email: str) -> None:
    """Forget the failures of an account that has signed in."""
    with _lock:
        _failures.pop(_keys(address, email)[1], None)


def clear() -> None:
    """Forget every failure."""
    with _lock:
        _failures.clear()
