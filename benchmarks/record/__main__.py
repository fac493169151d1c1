"""`python -m benchmarks.record`: make installations with records, act on them, print the table. Status 0 always."""

from __future__ import annotations

import gc
import logging
import time

from benchmarks import acts, load
from benchmarks.__main__ import FEW, MANY, OPEN_OF_FEW, OPEN_OF_MANY, close, make, temporary
from benchmarks.acts import Acting
from benchmarks.installation import Installation
from benchmarks.record import checks, chronicles, costs
from benchmarks.table import Table, machine
from reviewtool import serving

MERGES = 20
FORMS = 60


def main() -> None:
    """Run everything in a folder that is removed afterwards; memory is looked through as seldom as in a worker."""
    logging.disable(logging.WARNING)
    gc.set_threshold(*serving.COLLECT)
    began = time.monotonic()
    print(machine())
    table = Table()
    with temporary() as folder:
        few = make(folder / "few", FEW, OPEN_OF_FEW)
        many = make(folder / "many", MANY, OPEN_OF_MANY, merges=MERGES)
        for made in (few, many):
            chronicles.write(made.workshop)
        print(f"Wrote their records; {time.monotonic() - began:.0f} s so far.", flush=True)
        costs.comments(table, few, many)
        costs.merges(table, many)
        close(few)
        _served(table, many)
        close(many)
        checks.measure(table, folder)
    table.close()
    print(f"Took {time.monotonic() - began:.0f} s.")


def _served(table: Table, made: Installation) -> None:
    """Send the form of a comment to the real server: one client alone, then all at once."""
    table.section(f"Comments over HTTP, two workers, 1 and {load.CLIENTS} clients ({made.count:,} proposals)")
    with acts.serving(made) as address:
        acting = Acting(made, address)
        load.run(address, acting.comments(1), 303)
        acts.until_recorded(made)
        found = load.run(address, acting.comments(FORMS)[:1], 303)
        table.say("The form of a comment, one client, median", f"{found.median:.1f} ms (least {found.least:.1f})")
        acts.until_recorded(made)
        acts.commenting(table, acting)


if __name__ == "__main__":
    main()
