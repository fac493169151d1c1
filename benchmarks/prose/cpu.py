"""CPU time of a call and of a process, and the figures that are told of many of them. Never wall time."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any


def of_call(call: Callable[[], object], times: int = 5) -> float:
    """Return the least CPU seconds of some calls: what others do on the machine only adds."""
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        call()
        best = min(best, time.process_time() - began)
    return best


def of_process(command: Sequence[str], times: int = 5, env: dict[str, str] | None = None) -> float:
    """Return the least CPU seconds of some runs of a process, its children included."""
    best = float("inf")
    for _ in range(times):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        best = min(best, used.ru_utime + used.ru_stime)
    return best


def apart(call: Callable[[], object], times: int) -> tuple[float, int]:
    """Run a call in a process of its own; return its least CPU seconds and the bytes by which that grew at most."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        before = _memory("VmRSS")
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:  # noqa: PTH123  (the highest mark begins anew)
            file.write("5")
        spent = of_call(call, times)
        os.write(writing, json.dumps([spent, _memory("VmHWM") - before]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said: list[Any] = json.loads(file.read() or b"[0, 0]")
    os.waitpid(child, 0)
    return float(said[0]), int(said[1])


def _memory(field: str) -> int:
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(f"{field}:"))


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """Return the value that one in twenty exceeds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return ours as multiples of theirs, pair by pair; a clock counts no less than a microsecond."""
    return [a / max(b, 1e-6) for a, b in zip(ours, theirs, strict=True)]
