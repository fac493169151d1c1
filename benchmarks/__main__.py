"""`python -m benchmarks`: make installations, measure pages and acts, print the table. Always ends with status 0."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import acts, installation, pages, panel
from benchmarks.installation import Installation
from benchmarks.table import Table, machine
from tests.support import needs, postgres

FEW, MANY = 100, 10_000
OPEN_OF_FEW, OPEN_OF_MANY = 60, 1_000
MERGES = 12
NOT_FLUSHING = ("fsync", "synchronous_commit", "full_page_writes")


def main() -> None:
    """Run everything in a folder that is removed afterwards."""
    logging.disable(logging.WARNING)
    began = time.monotonic()
    print(machine())
    table = Table()
    with temporary() as folder:
        few = make(folder / "few", FEW, OPEN_OF_FEW)
        many = make(folder / "many", MANY, OPEN_OF_MANY, merges=MERGES)
        pages.measure(table, few, many)
        close(few)
        acts.measure(table, many, reading=True)
        close(many)
        panel.measure(table, folder / "panel")
        _on_postgres(table, folder)
    table.close()
    print(f"Took {time.monotonic() - began:.0f} s.")


def make(folder: Path, count: int, still_open: int, *, url: str = "", merges: int = 0) -> Installation:
    """Make an installation in a new folder and say how long it took."""
    began = time.monotonic()
    folder.mkdir()
    made = installation.make(folder, count, still_open=still_open, url=url, merges=merges)
    print(f"Made {count:,} proposals in {time.monotonic() - began:.0f} s.", flush=True)
    return made


def close(made: Installation) -> None:
    """End the kept git processes and the connections."""
    made.workshop.store.close()
    made.workshop.database.dispose()


def _on_postgres(table: Table, folder: Path) -> None:
    binaries = needs.find_postgres()
    if binaries is None:
        print("\nPostgreSQL's server is not installed: its acts are not measured.")
        return
    # The tests' server does not wait for the disk; a measured one must.
    kept = tuple(option for option in postgres.OPTIONS if not option.startswith(NOT_FLUSHING))
    postgres.OPTIONS = kept  # type: ignore[assignment]  # a shorter tuple
    with postgres.running(binaries) as cluster, cluster.fresh("template0") as url:
        made = make(folder / "postgres", FEW, OPEN_OF_FEW, url=url, merges=MERGES)
        acts.measure(table, made, reading=False)
        close(made)


@contextmanager
def temporary() -> Iterator[Path]:
    """Make a folder for the block, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="reviewtool-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
