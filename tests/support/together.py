"""Two people at one moment: acts in threads of their own that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from reviewtool.errors import ReviewError


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts together; return what each returned, or the ReviewError that it was refused with."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(timeout=20)
        try:
            return act()
        except ReviewError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def codes(results: list[Any]) -> list[Any]:
    """Return results of acts with the codes of the refusals in their places."""
    return [each.code if isinstance(each, ReviewError) else each for each in results]


def refusals(*acts: Callable[[], Any]) -> list[str | None]:
    """Run acts together; return the code of each refusal, None where an act was not refused."""
    return [each.code if isinstance(each, ReviewError) else None for each in at_once(*acts)]
