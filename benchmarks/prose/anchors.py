"""Rows on passages: placed on the first text of each chain, carried step by step, judged by sentences and no engine."""

from __future__ import annotations

import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.prose import fuzzy
from benchmarks.prose.sentences import Fate, Revision, fates
from benchmarks.table import Table
from reviewtool.prose import blocks, passages

A_CHAIN = 300
#: Kinds of wrong, with the most per cent that the design allows.
LIMITS = {"wrong place": 0.3, "falsely lost": 0.5, "falsely kept": 0.4}
Range = tuple[int, int]
Carried = Callable[[Sequence[str], Sequence[Range]], list[list[Range | None]]]


@dataclass(frozen=True)
class Followed:
    """Where a passage certainly is after so many steps, or None where it went; and what happened to it on the way."""

    step: int
    place: Range | None
    groups: frozenset[str]


def measure(table: Table, chains: Sequence[Sequence[str]]) -> None:
    """Add the anchor rows, on the chains as they are and with one made revision in which paragraphs change place."""
    table.section(f"Passages, {A_CHAIN} on each of {len(chains)} chains")
    moved = [_with_moves(chain, random.Random(9)) for chain in chains if len(chain) > 2]
    ours = _judged(table, chains, _carried, "")
    _judged(table, moved, _carried, " (made moves)")
    theirs = _judged(table, chains, _carried_by_likeness, None)
    table.most("CPU, by diff_match_patch over whole texts", ours / theirs, 1, "x", f" of {theirs:.1f} s")


def _judged(table: Table, chains: Sequence[Sequence[str]], carried: Carried, note: str | None) -> float:
    """Carry passages through all chains, add rows unless `note` is None, and return the CPU seconds of the carrying."""
    chance = random.Random(7)
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    spent = 0.0
    for chain in chains:
        revisions = [Revision(text) for text in chain]
        known = [fates(a, b) for a, b in pairwise(revisions)]
        places = list(_places(revisions[0], chance))
        began = time.process_time()
        logs = carried(chain, places)
        spent += time.process_time() - began
        for place, log in zip(places, logs, strict=True):
            truth = _follow(revisions, known, place)
            if truth is not None:
                for group in ("all", *truth.groups):
                    verdicts[group][_verdict(truth, log[truth.step])] += 1
    if note is None:
        _say(table, "  the same of diff_match_patch over whole texts", verdicts["all"])
    else:
        _rows(table, verdicts, note)
    return spent


def _rows(table: Table, verdicts: dict[str, Counter[str]], note: str) -> None:
    counts = verdicts["all"]
    total = max(1, counts.total())
    table.least(f"passages correct{note}", 100 * counts["correct"] / total, 99, " %", f" of {total}")
    for what, limit in LIMITS.items():
        table.most(f"  {what}{note}", 100 * counts[what] / total, limit, " %")
    for group in sorted(verdicts.keys() - {"all"}):
        _say(table, f"  of those {group}{note}", verdicts[group])


def _say(table: Table, what: str, counts: Counter[str]) -> None:
    total = max(1, counts.total())
    wrong = "/".join(str(counts[kind]) for kind in LIMITS)
    table.say(what, f"{100 * counts['correct'] / total:.2f} % of {total} ({wrong})")


def _with_moves(chain: Sequence[str], chance: random.Random) -> list[str]:
    """Slip in one made revision in which runs of paragraphs change place; the next real one moves them back."""
    text = chain[2]
    parts = [text[b.start : b.end].rstrip("\n") + "\n\n" for b in blocks.split(text)]
    for _ in range(3 if len(parts) >= 8 else 0):
        size = chance.randrange(1, 5)
        at = chance.randrange(len(parts) - size)
        cut = parts[at : at + size]
        del parts[at : at + size]
        to = chance.randrange(len(parts))
        parts[to:to] = cut
    return [*chain[:3], "".join(parts), *chain[3:6]]


def _places(revision: Revision, chance: random.Random) -> Iterator[Range]:
    """Choose words, runs of words and whole sentences."""
    fit = [n for n, (start, end) in enumerate(revision.spans) if end - start >= 12 and revision.words[n]]
    for _ in range(A_CHAIN if fit else 0):
        start, end = revision.spans[chance.choice(fit)]
        words = [m.span() for m in re.finditer(r"\w+", revision.text[start:end])]
        kind, at = chance.random(), chance.randrange(len(words))
        if kind < 0.25:
            yield start + words[at][0], start + words[at][1]
        elif kind < 0.65:
            last = words[min(len(words) - 1, at + chance.randrange(1, 8))]
            yield start + words[at][0], start + last[1]
        else:
            yield start, end


def _carried(chain: Sequence[str], places: Sequence[Range]) -> list[list[Range | None]]:
    """Carry every passage through the whole chain, all of them one step at a time, as a page does."""
    held: list[passages.Passage | None] = [_chosen(chain[0], place) for place in places]
    logs: list[list[Range | None]] = [[place] for place in places]
    for old, new in pairwise(chain):
        for n, passage in enumerate(held):
            held[n] = None if passage is None else passages.carry(passage, old, new).passage
            logs[n].append(_range(held[n]))
    return logs


def _carried_by_likeness(chain: Sequence[str], places: Sequence[Range]) -> list[list[Range | None]]:
    logs: list[list[Range | None]] = [[place] for place in places]
    for old, new in pairwise(chain):
        step = fuzzy.Step(old, new)
        for log in logs:
            log.append(None if log[-1] is None else step.carry(log[-1]))
    return logs


def _chosen(text: str, place: Range) -> passages.Passage:
    """Make the passage of a range of the source."""
    start, end = place
    return passages.Passage(text[start:end], text[max(0, start - 32) : start], text[end : end + 32], start, end)


def _range(passage: passages.Passage | None) -> Range | None:
    return None if passage is None else (passage.start, passage.end)


def _follow(revisions: Sequence[Revision], known: Sequence[dict[int, Fate]], place: Range) -> Followed | None:
    """Say where a passage goes, as far as the sentences tell; None where they tell nothing."""
    sentence, found = revisions[0].at(place[0]), None
    groups: set[str] = set()
    for step, (fate_of, (old, new)) in enumerate(zip(known, pairwise(revisions), strict=True), 1):
        fate = None if sentence is None else fate_of.get(sentence)
        if fate is None or sentence is None:
            break
        if fate.new is None:
            return Followed(step, None, frozenset({"gone"}))
        was, now = old.spans[sentence], new.spans[fate.new]
        if fate.edited:
            inner = _inside(old.text, new.text, place, was, now)
            if inner is None:
                break
            place = inner
        else:
            place = now[0] + place[0] - was[0], now[0] + place[1] - was[0]
        groups |= {name for name, is_so in (("moved", fate.moved), ("edited", fate.edited)) if is_so}
        found = Followed(step, place, frozenset(groups or {"untouched"}))
        sentence = fate.new
    return found


def _inside(old: str, new: str, place: Range, sentence: Range, edited: Range) -> Range | None:
    """Find a passage in its edited sentence: the same words, standing once on both sides, or all of it."""
    quote = re.compile(rf"(?<!\w){re.escape(old[slice(*place)])}(?!\w)")
    hits = [m.span() for m in quote.finditer(new, *edited)]
    if len(hits) == 1 and len(quote.findall(old, *sentence)) == 1:
        return hits[0]
    return edited if place[1] - place[0] >= 0.8 * (sentence[1] - sentence[0]) else None


def _verdict(truth: Followed, place: Range | None) -> str:
    if truth.place is None:
        return "correct" if place is None else "falsely kept"
    if place is None:
        return "falsely lost"
    shared = max(0, min(truth.place[1], place[1]) - max(truth.place[0], place[0]))
    whole = max(truth.place[1], place[1]) - min(truth.place[0], place[0])
    return "correct" if shared >= 0.5 * whole else "wrong place"
