"""`python -m benchmarks.prose [FOLDER]`: measure on a folder of real revisions and print the table; status 0 always.

All runs as in a worker of the server, which looks for circles among its objects as seldom.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

from benchmarks.prose import anchors, corpus, peers, quality, redlines, repeating, sources, worst
from benchmarks.table import Table, machine
from reviewtool import serving

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
SHAPE = "pairs/NNN/old.md and new.md, chains/NN/01.md …, and INDEX.tsv"


def main() -> None:
    """Run everything, or say in one sentence that there is nothing to run it on."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CORPUS") or BESIDE)
    if not (folder / "pairs").is_dir():
        print(f"There are no real revisions in {folder}: name a folder with {SHAPE} as make bench-diff CORPUS=FOLDER.")
        return
    gc.set_threshold(*serving.COLLECT)
    began = time.process_time()
    found = corpus.load(folder)
    print(machine())
    if not peers.has_wikidiff2():
        print("wikidiff2 is not installed (Debian: php-cli php-wikidiff2): its columns are left out.")
    table = Table()
    sources.measure(table, found.pairs)
    worst.measure(table, found.pairs)
    quality.measure(table, found.pairs)
    redlines.measure(table, found.pairs)
    anchors.measure(table, found.chains)
    repeating.measure(table, folder, found.pairs)
    table.close()
    print(f"Took {time.process_time() - began:.0f} s of CPU.")


if __name__ == "__main__":
    main()
