"""The disposable memory: each value made once, many at once, never more than its room."""

from __future__ import annotations

import threading

from reviewtool.cache import Cache


def test_a_value_is_made_once_and_an_error_is_not_remembered():
    cache, made = Cache(1), []

    def make() -> str:
        made.append(1)
        if len(made) == 1:
            raise ValueError
        return "value"

    for expected in (ValueError, None, None):
        if expected:
            try:
                cache.get("key", make)
            except expected:
                continue
        assert cache.get("key", make) == "value"
    assert len(made) == 2


def test_who_asks_while_a_value_is_being_made_waits_for_that_one():
    cache, begun, go, made = Cache(1), threading.Event(), threading.Event(), []

    def make() -> int:
        begun.set()
        assert go.wait(10)
        made.append(1)
        return len(made)

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get("key", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert found == [1, 1, 1, 1]


def test_of_many_only_the_missing_ones_are_made_and_together():
    cache, asked = Cache(1), []

    def make(names: list[int]) -> dict[int, str]:
        asked.append(names)
        return {name: f"value {name}" for name in names}

    keys = {name: ("key", name) for name in range(4)}
    cache.get(("key", 2), lambda: "known")
    assert cache.get_many(keys, make) == {0: "value 0", 1: "value 1", 2: "known", 3: "value 3"}
    assert cache.get_many(keys, make)[3] == "value 3"
    assert asked == [[0, 1, 3]]


def test_a_value_larger_than_the_room_is_returned_and_not_kept():
    cache, made = Cache(1), []

    def make() -> str:
        made.append(1)
        return "x" * (2 * 1024 * 1024)

    assert len(cache.get("key", make)) == len(cache.get("key", make))
    assert len(made) == 2


def test_an_object_that_shares_what_it_holds_weighs_what_it_says():
    class Shared:
        weight = 700_000

    cache, made = Cache(1), []
    for _ in range(2):
        for key in ("one", "two"):  # only one of them finds room
            cache.get(key, lambda: made.append(1) or Shared())
    assert len(made) == 4
