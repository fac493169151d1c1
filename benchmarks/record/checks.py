"""How long `verify` takes and how much memory it needs, in a process of its own that has done nothing else."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks import installation
from benchmarks.record import chronicles
from benchmarks.table import Table
from reviewtool import demonstration, installing
from reviewtool.services import verifying
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

PROPOSALS = 1_000
TEN_COMMENTS = [1, 2, 3, 4]


@dataclass(frozen=True)
class Checked:
    """What a verification took: seconds, megabytes before it and at the most, and what it looked at and found."""

    seconds: float
    cpu: float
    before: float
    megabytes: float
    looked_at: dict[str, int]
    findings: list[str]


def measure(table: Table, folder: Path) -> None:
    """Verify the demonstration, and an installation with many proposals."""
    table.section("verify, in a process of its own")
    group = installation.ROOT / "config" / "group.toml"
    settings = Settings(var=folder / "demonstration", group_file=group, secret_key=installation.SECRET)
    _close(demonstration.create(settings))
    _tell(table, "The demonstration", settings)
    (folder / "checked").mkdir()
    settings, workshop, people = installation.begin(folder / "checked")
    installation.fill(workshop, people, PROPOSALS, still_open=PROPOSALS, sizes=lambda _number: TEN_COMMENTS)
    chronicles.write(workshop)
    _close(workshop)
    _tell(table, f"{PROPOSALS:,} proposals with {sum(TEN_COMMENTS)} comments each", settings)


def _close(workshop: Workshop) -> None:
    workshop.store.close()
    workshop.database.dispose()


def _tell(table: Table, what: str, settings: Settings) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        checked = alone.submit(_verify, settings).result()
    table.say(what, f"{checked.seconds:.1f} s ({checked.cpu:.1f} s of CPU)")
    table.say("  memory at the most", f"{checked.megabytes:.0f} MB ({checked.before:.0f} before it)")
    table.say("  looked at", f"{checked.looked_at.get('files', 0):,} files")
    table.say("  findings", f"{len(checked.findings)} {' '.join(checked.findings[:2])}".strip())


def _verify(settings: Settings) -> Checked:
    logging.disable(logging.WARNING)
    workshop = installing.open_existing(settings)
    before = _peak()
    began, cpu = time.perf_counter(), time.process_time()
    report = verifying.verify(workshop, wait=lambda _seconds: None)
    taken = time.perf_counter() - began, time.process_time() - cpu
    return Checked(*taken, before, _peak(), report.looked_at, [str(each) for each in report.findings])


def _peak() -> float:
    """Return the megabytes this process had at the most; `getrusage` would tell its parent's, before the program."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
