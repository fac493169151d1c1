"""Rows on what the differences are worth to a reader: whole words, few islands, no strangers paired, moves followed."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.prose import oracle, peers, readings
from benchmarks.prose.corpus import Pair
from benchmarks.prose.readings import Counts, Piece
from benchmarks.table import Table
from reviewtool.prose import changes

LEAST_MOVED = 30  # visible characters of a paragraph whose move counts
STRANGER = 0.25  # share of a paragraph that went, from which it is shown as part of another
EQUAL_VOLUME = 0.05
Found = dict[str, list[list[Piece]]]
Sums = dict[tuple[int, int], list[int]]


def measure(table: Table, pairs: Sequence[Pair]) -> None:
    """Add the rows on quality, each engine beside ours."""
    table.section(f"What the source difference is worth, {len(pairs)} pairs")
    found = _found(pairs)
    counts = {name: [readings.count(pieces) for pieces in lists] for name, lists in found.items()}
    _rebuilt(table, pairs)
    _fragments(table, counts)
    _pairing(table, pairs, found)


def _found(pairs: Sequence[Pair]) -> Found:
    found: Found = {"ours": [peers.our_pieces(changes.compare(p.old, p.new).changes) for p in pairs]}
    found["git"] = [peers.git_pieces(p) for p in pairs]
    wiki = peers.wikidiff2([(p.old, p.new) for p in pairs], times=0, found=True)
    if wiki is not None:
        found["wikidiff2"] = [peers.wikidiff2_pieces(answer["diff"]) for answer in wiki]
    return found


def _rebuilt(table: Table, pairs: Sequence[Pair]) -> None:
    held = 0
    for pair in pairs:
        made = changes.compare(pair.old, pair.new).changes
        sides = ("".join(c.text for c in made if c.op != left_out) for left_out in ("insert", "delete"))
        held += tuple(sides) == (pair.old, pair.new)
    table.least("both texts rebuilt from the source difference", 100 * held / len(pairs), 100, " %")


def _fragments(table: Table, counts: dict[str, list[Counts]]) -> None:
    for name, many in counts.items():
        marked = max(1, sum(c.fragments for c in many))
        cut, islands = sum(c.cut for c in many), 100 * sum(c.islands for c in many) / marked
        if name == "ours":
            table.most("words cut", cut, 0)
            table.most("islands per 100 fragments", islands, 5)
        else:
            table.say(f"  the same of {name}", f"{cut} cut, {islands:.0f} islands")
    for name, limit in (("git", 0.5), ("wikidiff2", 0.35)):
        if name not in counts:
            continue
        level = [
            (a, b)
            for a, b in zip(counts["ours"], counts[name], strict=True)
            if abs(a.volume - b.volume) <= EQUAL_VOLUME * max(a.volume, b.volume)
        ]
        ratio = sum(a.fragments for a, _ in level) / max(1, sum(b.fragments for _, b in level))
        table.most(f"fragments at equal volume, by {name}", ratio, limit, "x", f" ({len(level)} pairs)")


def _pairing(table: Table, pairs: Sequence[Pair], found: Found) -> None:
    errors = dict.fromkeys(found, 0)
    followed = dict.fromkeys(found, 0)
    edited = moved = 0
    for n, pair in enumerate(pairs):
        truth = oracle.judge(pair.old, pair.new)
        edited += len(truth.edited)
        far = {i for i in truth.moved if readings.ink(truth.old[i]) >= LEAST_MOVED}
        moved += len(far)
        places = readings.Places(truth.old), readings.Places(truth.new)
        for name, lists in found.items():
            sums = readings.shared(readings.links(lists[n]), *places)
            errors[name] += _errors(truth, sums)
            followed[name] += sum(_is_followed(truth, sums, i) for i in far)
    rate = {name: 100 * errors[name] / max(1, edited) for name in found}
    best = min(value for name, value in rate.items() if name != "ours")
    others = ", ".join(f"{name} {value:.1f}" for name, value in rate.items() if name != "ours")
    table.most("pairing errors per 100 edited paragraphs", rate["ours"], 0.3 * best, "", f" of {edited} ({others})")
    if not moved:
        table.say("moved paragraphs followed", "none moved")
        return
    table.least("moved paragraphs followed", 100 * followed["ours"] / moved, 90, " %", f" of {moved}")
    if "wikidiff2" in found:
        table.least("  more than wikidiff2", followed["ours"], followed["wikidiff2"] + 1)


def _errors(truth: oracle.Truth, sums: Sums) -> int:
    """Count paragraphs shown as one with a stranger, and edited ones that stayed and are shown as removed and new."""
    partners: dict[int, list[tuple[int, int]]] = {}
    for (i, j), (here, away) in sums.items():
        partners.setdefault(i, []).append((here + away, j))
    wrong = 0
    for i in truth.known:
        shown, j = max(partners.get(i, [(0, -1)]))
        if i not in truth.pairs:
            wrong += shown >= STRANGER * readings.ink(truth.old[i])
        elif i in truth.edited:
            wrong += j != truth.pairs[i] and (shown > 0 or i not in truth.moved)
    return wrong


def _is_followed(truth: oracle.Truth, sums: Sums, i: int) -> bool:
    """Whether a paragraph that changed its place is shown as the same there, or its neighbours as those that moved."""
    j = truth.pairs[i]
    return sum(sums.get((i, j), (0, 0))) >= min(readings.ink(truth.old[i]), readings.ink(truth.new[j])) / 2
