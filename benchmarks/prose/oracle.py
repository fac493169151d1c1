"""Which paragraph became which, as far as it is certain, without any engine that is measured.

Certain are paragraphs that stand once on each side, and pairs of which each is by far the other's most alike; certainly
gone is what resembles nothing. About the rest nothing is said and nothing judged.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from reviewtool.prose import align, blocks

SURE, MARGIN, STRANGE = 0.6, 0.12, 0.3
LEAST_LETTERS, LEAST_WORDS = 12, 4


@dataclass(frozen=True)
class Truth:
    """Old paragraph -> new one; what went and came; which of the pairs were edited, which changed their order."""

    old: list[str]
    new: list[str]
    pairs: dict[int, int]
    gone: set[int]
    come: set[int]
    edited: set[int]
    moved: set[int]

    @property
    def known(self) -> set[int]:
        """Return the old paragraphs of which it is certain what became."""
        return {*self.pairs, *self.gone}


def judge(old_text: str, new_text: str) -> Truth:
    """Say what became of the paragraphs, items and rows of a text; nothing is said of code and front matter."""
    old, prose_a = _paragraphs(old_text)
    new, prose_b = _paragraphs(new_text)
    pairs = {i: j for i, j in _exact(old, new).items() if i in prose_a}
    taken = set(pairs.values())
    left = [i for i in sorted(prose_a) if i not in pairs]
    right = [j for j in sorted(prose_b) if j not in taken]
    alike, gone, come = _alike(old, new, left, right)
    pairs |= alike
    order = set(align.chain((i, j, float(len(old[i]))) for i, j in pairs.items()))
    edited = {i for i, j in pairs.items() if _key(old[i]) != _key(new[j])}
    moved = {i for i, j in pairs.items() if (i, j) not in order}
    return Truth(old, new, pairs, gone, come, edited, moved)


def _paragraphs(text: str) -> tuple[list[str], set[int]]:
    found = blocks.split(text)
    prose = {n for n, b in enumerate(found) if b.kind not in ("code", "front")}
    return [text[b.start : b.end] for b in found], prose


def _key(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _exact(old: list[str], new: list[str]) -> dict[int, int]:
    keys_a, keys_b = [_key(t) for t in old], [_key(t) for t in new]
    count_a, count_b = Counter(keys_a), Counter(keys_b)
    place = {k: j for j, k in enumerate(keys_b)}
    return {
        i: place[k] for i, k in enumerate(keys_a) if len(k) >= LEAST_LETTERS and count_a[k] == 1 and count_b.get(k) == 1
    }


def _alike(
    old: list[str], new: list[str], left: list[int], right: list[int]
) -> tuple[dict[int, int], set[int], set[int]]:
    words_a, words_b = {i: _words(old[i]) for i in left}, {j: _words(new[j]) for j in right}
    bags = {j: Counter(w) for j, w in words_b.items()}
    scores: dict[tuple[int, int], float] = {}
    for i in left:
        bag = Counter(words_a[i])
        for j in right:
            total = len(words_a[i]) + len(words_b[j])
            if total and 2 * (bag & bags[j]).total() / total >= STRANGE:
                scores[i, j] = SequenceMatcher(None, words_a[i], words_b[j], autojunk=False).ratio()
    rows, columns = _ranked(scores, 0), _ranked(scores, 1)
    found = {}
    for i in left:
        best = rows.get(i, [])
        if len(words_a[i]) >= LEAST_WORDS and _is_clear(best) and _is_clear(columns[best[0][1]]):
            j = best[0][1]
            if columns[j][0][1] == i:
                found[i] = j
    gone = {i for i in left if len(words_a[i]) >= LEAST_WORDS and rows.get(i, [(0.0, 0)])[0][0] < STRANGE}
    come = {j for j in right if len(words_b[j]) >= LEAST_WORDS and columns.get(j, [(0.0, 0)])[0][0] < STRANGE}
    return found, gone, come


def _ranked(scores: dict[tuple[int, int], float], side: int) -> dict[int, list[tuple[float, int]]]:
    found: dict[int, list[tuple[float, int]]] = {}
    for pair, score in scores.items():
        found.setdefault(pair[side], []).append((score, pair[1 - side]))
    return {key: sorted(values, reverse=True) for key, values in found.items()}


def _is_clear(ranked: list[tuple[float, int]]) -> bool:
    return bool(ranked) and ranked[0][0] >= SURE and (len(ranked) < 2 or ranked[1][0] <= ranked[0][0] - MARGIN)
