"""`python -m benchmarks.faults`: kill the server two hundred times on each database (KILLS, FAULTS_SEED)."""

from __future__ import annotations

import logging
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.faults.rounds import Kills, make
from benchmarks.table import machine
from tests.support import needs, postgres


def main() -> int:
    """Run on both databases and print what was acknowledged and found; 1 when something was lost."""
    logging.disable(logging.WARNING)
    count = int(os.environ.get("KILLS", "200"))
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(1_000_000))
    print(machine())
    print(f"FAULTS_SEED={seed} KILLS={count}", flush=True)
    failed = _on("SQLite", "", seed, count)
    binaries = needs.find_postgres()
    if binaries is None:
        print("PostgreSQL's server is not installed: nothing was killed on it.")
        return 1
    with postgres.running(binaries) as cluster, cluster.fresh("template0") as url:
        return _on("PostgreSQL", url, seed, count) or failed


def _on(name: str, url: str, seed: int, count: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="reviewtool-faults-"))
    settings, workshop = make(folder, url)
    kills = Kills(settings, workshop, seed)
    try:
        kills.run(count)
    except AssertionError as error:
        print(f"{name}: {error}\nThe installation is left in {folder}.", flush=True)
        return 1
    finally:
        workshop.store.close()
        workshop.database.dispose()
    print("\n".join([f"{name}, {kills.outcome.lines(kills.ledger)[0]}", *kills.outcome.lines(kills.ledger)[1:]]))
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
