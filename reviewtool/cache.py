"""A bounded, disposable memory of what derives from immutable ids: rendered text, diffs, blame, trees.

A key must hold everything the value depends on (blob ids, the algorithm's version, the language); nothing is ever
invalidated, only forgotten. One a process; threads share it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from cachetools import LRUCache

T = TypeVar("T")


def weight(value: Any) -> int:
    """Estimate the bytes a value holds: exact for text and bytes, their sum for containers and objects of ours."""
    if isinstance(value, (str, bytes)):
        return sys.getsizeof(value)
    if isinstance(value, dict):
        return 200 + sum(weight(k) + weight(v) for k, v in value.items())
    if isinstance(value, (tuple, list, set, frozenset)):
        return 80 + sum(weight(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return 64 + sum(weight(getattr(value, field.name)) for field in fields(value))
    return 64


class Cache:
    """Least recently used values within a number of bytes."""

    def __init__(self, megabytes: int) -> None:
        self._lock = threading.Lock()
        self._values: LRUCache[Hashable, Any] = LRUCache(megabytes * 1024 * 1024, getsizeof=weight)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of `key`, made now when it is not remembered; two threads may both make it."""
        with self._lock:
            found = self._values.get(key, self)
        if found is not self:
            return found  # type: ignore[no-any-return]  # what `make` of the same key once returned
        value = make()
        if weight(value) <= self._values.maxsize:
            with self._lock:
                self._values[key] = value
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
