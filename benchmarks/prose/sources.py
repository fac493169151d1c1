"""Rows on the CPU time of the source difference: pair by pair, and the texts that were made to be hard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from benchmarks.prose import cpu, peers
from benchmarks.prose.corpus import Pair
from benchmarks.table import Table
from reviewtool.prose import changes

TIMES = 20  # calls of either, the least of which is told: what others do on the machine only adds


def measure(table: Table, pairs: Sequence[Pair]) -> None:
    """Add the rows on CPU time, of all pairs in one run."""
    table.section(f"CPU time of the source difference, {len(pairs)} pairs, least of {TIMES}")
    wiki = peers.wikidiff2([(p.old, p.new) for p in pairs], times=TIMES)
    ours = [cpu.of_call(partial(_compare, pair), TIMES) for pair in pairs]
    git = [peers.git_cpu(pair.files) for pair in pairs]
    table.most("median of the ratios to a git process", cpu.median(cpu.ratios(ours, git)), 1, "x")
    _say(table, "ours", ours)
    _say(table, "git, process", git)
    if wiki is None:
        table.say("wikidiff2", "not installed (php-cli php-wikidiff2)")
        return
    theirs = [answer["cpu"] for answer in wiki]
    table.most("median of the ratios to a call of wikidiff2", cpu.median(cpu.ratios(ours, theirs)), 10, "x")
    table.most("95th percentile, by that of wikidiff2", cpu.p95(ours) / cpu.p95(theirs), 1, "x")
    _say(table, "wikidiff2, call", theirs)


def _compare(pair: Pair) -> object:
    return changes.compare(pair.old, pair.new).changes


def _say(table: Table, name: str, spent: Sequence[float]) -> None:
    table.say(
        f"  {name}: median, 95th percentile", f"{1000 * cpu.median(spent):.2f} ms, {1000 * cpu.p95(spent):.2f} ms"
    )
