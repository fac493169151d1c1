"""Rows on repeatability: the same bytes on an idle machine, on a busy one, and with another order of Python's sets."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.prose import corpus
from benchmarks.prose.corpus import Pair
from benchmarks.table import Table
from reviewtool.prose import changes, redline

BUSY = 10
PAIRS = 31


def measure(table: Table, folder: Path, pairs: Sequence[Pair]) -> None:
    """Add the row: everything once more in other processes, ten busy ones beside the second."""
    table.section(f"Repeatability, {PAIRS} pairs")
    here = digest(chosen(pairs))
    again = _elsewhere(folder, "1")
    with _busy():
        loaded = _elsewhere(folder, "2")
    same = here == again == loaded
    table.least(f"same bytes in 3 processes, one at load {BUSY}", 100 * same, 100, " %")


def chosen(pairs: Sequence[Pair]) -> Sequence[Pair]:
    """Return pairs from the whole corpus, few enough to keep a busy machine busy for seconds only."""
    return pairs[:: max(1, len(pairs) // PAIRS)][:PAIRS]


def digest(pairs: Sequence[Pair]) -> str:
    """Return a hash over all source differences and redlines."""
    made = hashlib.sha256()
    for pair in pairs:
        made.update(repr(changes.compare(pair.old, pair.new).changes).encode())
        made.update(redline.redline(pair.old, pair.new).encode())
    return made.hexdigest()


def _elsewhere(folder: Path, seed: str) -> str:
    command = [sys.executable, "-m", "benchmarks.prose.repeating", str(folder)]
    said = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    return said.stdout.decode().strip()


@contextmanager
def _busy() -> Iterator[None]:
    """Keep processes busy; each ends by itself if this one is killed."""
    spin = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(1000000))\n"
    workers = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    print(digest(chosen(corpus.load(Path(sys.argv[1])).pairs)))
