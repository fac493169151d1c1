"""A bounded, disposable memory of what derives from immutable ids: rendered text, diffs, blame, trees.

A key must hold everything the value depends on (blob ids, the algorithm's version, the language); nothing is ever
invalidated, only forgotten. One a process; threads share it, and make each value once.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def weight(value: Any) -> int:
    """Estimate the bytes a value holds: exact for text and bytes, their sum for containers and objects of ours.

    An object that shares most of what it holds says itself what it weighs, as `weight`.
    """
    if isinstance(value, (str, bytes)):
        return sys.getsizeof(value)
    if hasattr(type(value), "weight"):
        return int(value.weight)
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
        self._making: dict[Hashable, threading.RLock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of `key`, made now when it is not remembered; who asks meanwhile waits for the one made."""
        with self._lock:
            found = self._values.get(key, self)
            if found is not self:
                return cast("T", found)
            making = self._making.setdefault(key, threading.RLock())
        with making:
            with self._lock:
                found = self._values.get(key, self)
            if found is not self:
                return cast("T", found)
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def get_many(self, keys: Mapping[K, Hashable], make: Callable[[list[K]], Mapping[K, T]]) -> dict[K, T]:
        """Return the value of each key under the name given for it; those not remembered are made together."""
        with self._lock:
            found = {name: self._values.get(key, self) for name, key in keys.items()}
        missing = [name for name, value in found.items() if value is self]
        if missing:
            made = make(missing)
            for name in missing:
                found[name] = made[name]
                self._keep(keys[name], made[name])
        return cast("dict[K, T]", found)

    def _keep(self, key: Hashable, value: object) -> None:
        with self._lock, contextlib.suppress(ValueError):  # too large to be kept at all
            self._values[key] = value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
