"""Differences between two runs of tokens (words, blanks, marks): never inside a word.

diff-match-patch does the search on one character per token; the clean-up that makes it readable is ours. No clock: the
work is bounded by counts of tokens, and above the bound a run is shown as replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Final, NamedTuple

from diff_match_patch import diff_match_patch

from reviewtool.prose.align import chain

TOKEN: Final = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")
#: Tokens of both sides up to which the full search runs at once; longer runs are first divided at unique tokens.
LIMIT: Final = 1200
#: The bound for documents that are rewritten throughout.
LIMIT_HEAVY: Final = 120
#: Search steps (square of the tokens that differ) that a comparison may spend before LIMIT_HEAVY holds.
WORK: Final = 1_500_000
_ISLAND = 4  # visible characters below which an equal run without a word is absorbed
_SURROGATES = range(0xD800, 0xE000)


class Run(NamedTuple):
    """Tokens old[i0:i1] against new[j0:j1]; both are the same when `equal`, else they replace each other."""

    equal: bool
    i0: int
    i1: int
    j0: int
    j1: int


def tokens(text: str) -> list[str]:
    """Divide a text into words, blanks and single marks."""
    return TOKEN.findall(text)


def limit_for(pairs: Iterable[tuple[Sequence[Hashable], Sequence[Hashable]]]) -> int:
    """Choose the bound for a whole comparison from how much its paired runs differ."""
    work = 0
    for old, new in pairs:
        work += max(_distance(old, new), _distance(_neighbours(old), _neighbours(new)) // 2) ** 2 // 2
        if work > WORK:
            return LIMIT_HEAVY
    return LIMIT


def _distance(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    left, right = Counter(old), Counter(new)
    return (left - right).total() + (right - left).total()


def _neighbours(tokens: Sequence[Hashable]) -> list[Hashable]:
    """Give each token with the next but one (blanks stand between words): words in another order differ in these."""
    return list(zip(tokens, tokens[2:], strict=False))


def compare(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    weights: tuple[Sequence[str], Sequence[str]] | None = None,
    limit: int = LIMIT,
) -> list[Run]:
    """Compare two runs of tokens: Runs in order that cover both, equal and replaced ones taking turns.

    `weights` are the visible texts of the tokens where these are not strings themselves.
    """
    if len(old) == len(new) and list(old) == list(new):
        return [Run(True, 0, len(old), 0, len(new))] if old else []
    texts = weights if weights is not None else ([str(t) for t in old], [str(t) for t in new])
    encoded = _encode(old, new)
    return _clean(*texts, *encoded, _joined(_search(*encoded, 0, 0, limit)))


def exact(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Compare as `compare` does without the clean-up; a run that may slide stands as far down as it can, as in git."""
    encoded = _encode(old, new)
    runs = _joined(_search(*encoded, 0, 0, LIMIT))
    out: list[Run] = []
    slid = 0
    for n, run in enumerate(runs):
        moved = Run(run.equal, run.i0 + slid, run.i1, run.j0 + slid, run.j1)
        slid = 0
        if not run.equal and n + 1 < len(runs):
            slid = _slide(*encoded, run, runs[n + 1])
            out.append(Run(True, run.i0, run.i0 + slid, run.j0, run.j0 + slid))
            moved = Run(False, run.i0 + slid, run.i1 + slid, run.j0 + slid, run.j1 + slid)
        out.append(moved)
    return _joined(out)


def _slide(ea: str, eb: str, run: Run, after: Run) -> int:
    """Count how far an insertion or a removal may move down over equal tokens."""
    if (run.i0 == run.i1) == (run.j0 == run.j1):
        return 0
    side, start, end = (eb, run.j0, run.j1) if run.i0 == run.i1 else (ea, run.i0, run.i1)
    n = 0
    while n < after.i1 - after.i0 and side[start + n] == side[end + n]:
        n += 1
    return n


def _encode(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[str, str]:
    """Write each token as one character, leaving out the surrogates so that the text stays valid."""
    table: dict[Hashable, str] = {}
    out = []
    for side in (old, new):
        chars = []
        for token in side:
            char = table.get(token)
            if char is None:
                code = len(table) + 1
                char = table[token] = chr(code if code < _SURROGATES.start else code + len(_SURROGATES))
            chars.append(char)
        out.append("".join(chars))
    return out[0], out[1]


def _engine() -> diff_match_patch:
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # the wall clock decides nothing
    return engine


_ENGINE: Final = _engine()


def _search(a: str, b: str, i: int, j: int, limit: int) -> list[Run]:
    head = _common_prefix(a, b)
    tail = _common_prefix(a[head:][::-1], b[head:][::-1])
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    out = [Run(True, i, i + head, j, j + head)]
    i0, j0 = i + head, j + head
    if not inner_a or not inner_b:
        out.append(Run(False, i0, i0 + len(inner_a), j0, j0 + len(inner_b)))
    elif len(inner_a) + len(inner_b) <= limit:
        out.extend(_full(inner_a, inner_b, i0, j0))
    else:
        out.extend(_divided(inner_a, inner_b, i0, j0, limit))
    end_i, end_j = i + len(a), j + len(b)
    out.append(Run(True, end_i - tail, end_i, end_j - tail, end_j))
    return out


def _common_prefix(a: str, b: str) -> int:
    return int(_ENGINE.diff_commonPrefix(a, b))


def _full(a: str, b: str, i: int, j: int) -> list[Run]:
    out = []
    for op, text in _ENGINE.diff_main(a, b, False):
        n = len(text)
        out.append(Run(op == 0, i, i + n * (op <= 0), j, j + n * (op >= 0)))
        i, j = out[-1].i1, out[-1].j1
    return out


def _divided(a: str, b: str, i: int, j: int, limit: int) -> list[Run]:
    """Divide a long run at the tokens that stand once on each side; without any it counts as replaced."""
    count_a, count_b = Counter(a), Counter(b)
    place = {c: n for n, c in enumerate(b) if count_b[c] == 1}
    found = chain((x, place[c], 1.0) for x, c in enumerate(a) if count_a[c] == 1 and c in place)
    if not found:
        return [Run(False, i, i + len(a), j, j + len(b))]
    out, x0, y0 = [], 0, 0
    for x, y in [*found, (len(a), len(b))]:
        out.extend(_search(a[x0:x], b[y0:y], i + x0, j + y0, limit))
        if x < len(a):
            out.append(Run(True, i + x, i + x + 1, j + y, j + y + 1))
        x0, y0 = x + 1, y + 1
    return out


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Join neighbours of one sort and leave empty runs out."""
    out: list[Run] = []
    for run in runs:
        if run.i0 == run.i1 and run.j0 == run.j1:
            continue
        if out and out[-1].equal == run.equal:
            out[-1] = Run(run.equal, out[-1].i0, run.i1, out[-1].j0, run.j1)
        else:
            out.append(run)
    return out


def _visible(texts: Sequence[str], start: int, end: int) -> int:
    return sum(len(t.strip()) for t in texts[start:end])


def _clean(ta: Sequence[str], tb: Sequence[str], ea: str, eb: str, runs: list[Run]) -> list[Run]:
    """Absorb equal islands that only make a change hard to read; give back equal tokens at the ends of a change."""
    stack: list[Run] = []
    for run in runs:
        stack.append(run)
        while len(stack) >= 3 and not run.equal and _is_noise(ta, tb, *stack[-3:]):
            first, last = stack[-3], stack[-1]
            stack[-3:] = [Run(False, first.i0, last.i1, first.j0, last.j1)]
    return _joined(part for run in stack for part in ((run,) if run.equal else _trimmed(ea, eb, run)))


def _is_noise(ta: Sequence[str], tb: Sequence[str], before: Run, island: Run, after: Run) -> bool:
    shown = ta[island.i0 : island.i1]
    length = _visible(ta, island.i0, island.i1)
    words = sum(t[0].isalnum() for t in shown)
    if not words and length < _ISLAND and not any("\n\n" in t for t in shown):
        return True
    first = max(_visible(ta, before.i0, before.i1), _visible(tb, before.j0, before.j1))
    second = max(_visible(ta, after.i0, after.i1), _visible(tb, after.j0, after.j1))
    return length <= min(first, second) and (words <= 3 or length <= min(first, second) / 2)


def _trimmed(ea: str, eb: str, run: Run) -> tuple[Run, Run, Run]:
    _, i0, i1, j0, j1 = run
    head = _common_prefix(ea[i0:i1], eb[j0:j1])
    tail = _common_prefix(ea[i0 + head : i1][::-1], eb[j0 + head : j1][::-1])
    return (
        Run(True, i0, i0 + head, j0, j0 + head),
        Run(False, i0 + head, i1 - tail, j0 + head, j1 - tail),
        Run(True, i1 - tail, i1, j1 - tail, j1),
    )
