"""Differences between two runs of tokens (words, blanks, marks): never inside a word.

diff-match-patch does the search on one character per token; the clean-up that makes it readable is ours. No clock: the
work is bounded by counts of tokens, and above the bound a run is shown as replaced.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Final, NamedTuple, cast

from diff_match_patch import diff_match_patch

from reviewtool.prose.align import chain

# Accents written apart belong to their letter; joiners, skin tones and the two letters of a flag to their picture.
TOKEN: Final = re.compile(
    r"\w+(?:['’]\w+|[\u0300-\u036f]+\w*)*|\s+|[\U0001f1e6-\U0001f1ff]{2}"
    r"|[^\w\s](?:[\u0300-\u036f\u20e3\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*"
)
#: Words and marks of both sides up to which the full search runs; longer runs are first divided at unique ones. What a
#: block costs depends on the block alone, so a change elsewhere never alters how it is shown.
LIMIT: Final = 160
_EXACT_LIMIT = 1200  # the same for `exact`, which merges by it and shall find the shortest difference
_ISLAND = 4  # visible characters below which an equal run without a word is absorbed


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


def compare(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    weights: tuple[Sequence[str], Sequence[str]] | None = None,
    limit: int = LIMIT,
) -> list[Run]:
    """Compare two runs of tokens: Runs in order that cover both, equal and replaced ones taking turns.

    `weights` are the visible texts of the tokens where these are not strings themselves.
    """
    table, ea, eb = _encode(old, new)
    if ea == eb:
        return [Run(True, 0, len(ea), 0, len(eb))] if ea else []
    if weights is None:
        shown = cast(tuple[Sequence[str], Sequence[str]], (old, new))
        telling = {char for token, char in table.items() if not str(token).isspace()}
    else:
        shown = weights
        telling = {
            c for c, text in zip(itertools.chain(ea, eb), itertools.chain(*shown), strict=True) if not text.isspace()
        }
    runs = _found(ea, eb, telling, limit)
    return _clean(shown, ea, eb, runs) if len(runs) > 2 else runs


def _found(ea: str, eb: str, telling: set[str], limit: int) -> list[Run]:
    """Search among the tokens that can tell anything, words and marks of both sides, and put the others back between.

    Leaving out what stands on one side only changes no longest common run, and makes most of the search short.
    """
    both = telling.intersection(ea).intersection(eb)
    ka = [i for i, c in enumerate(ea) if c in both]
    kb = [j for j, c in enumerate(eb) if c in both]
    spans: list[tuple[int, int, int, int]] = []
    for run in _search("".join([ea[x] for x in ka]), "".join([eb[x] for x in kb]), 0, 0, limit):
        if not run.equal or run.i0 == run.i1:
            continue
        i0, i1, j0, j1 = ka[run.i0], ka[run.i1 - 1] + 1, kb[run.j0], kb[run.j1 - 1] + 1
        if i1 - i0 == j1 - j0 and ea[i0:i1] == eb[j0:j1]:
            spans.append((i0, i1, j0, j1))
        else:
            spans += ((x, x + 1, y, y + 1) for x, y in zip(ka[run.i0 : run.i1], kb[run.j0 : run.j1], strict=True))
    return _filled(ea, eb, spans)


def _filled(ea: str, eb: str, spans: Iterable[tuple[int, int, int, int]]) -> list[Run]:
    """Make Runs of what is equal, i0:i1 with j0:j1, and of all that stands between."""
    out: list[Run] = []
    x0 = y0 = x = y = 0  # the equal run so far
    for i0, i1, j0, j1 in itertools.chain(spans, ((len(ea), len(ea), len(eb), len(eb)),)):
        if ea[x:i0] != eb[y:j0]:
            first, change, last = _trimmed(ea, eb, x, i0, y, j0)
            if first.i1 > x0:
                out.append(Run(True, x0, first.i1, y0, first.j1))
            out.append(change)
            x0, y0 = last.i0, last.j0
        x, y = i1, j1
    if x > x0:
        out.append(Run(True, x0, x, y0, y))
    return out


def exact(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Compare as `compare` does without the clean-up; a run that may slide stands as far down as it can, as in git."""
    _, ea, eb = _encode(old, new)
    runs = _joined(_search(ea, eb, 0, 0, _EXACT_LIMIT))
    out: list[Run] = []
    slid = 0
    for n, run in enumerate(runs):
        moved = Run(run.equal, run.i0 + slid, run.i1, run.j0 + slid, run.j1)
        slid = 0
        if not run.equal and n + 1 < len(runs):
            slid = _slide(ea, eb, run, runs[n + 1])
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


def _encode(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[dict[Hashable, str], str, str]:
    """Write each token as one character, leaving out the surrogates so that the text stays valid."""
    characters = map(chr, itertools.chain(range(1, 0xD800), range(0xE000, 0x110000)))
    table = dict(zip(dict.fromkeys(itertools.chain(old, new)), characters, strict=False))
    return table, "".join([table[t] for t in old]), "".join([table[t] for t in new])


def _engine() -> diff_match_patch:
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # the wall clock decides nothing
    return engine


_ENGINE: Final = _engine()


def _search(a: str, b: str, i: int, j: int, limit: int) -> list[Run]:
    head = common_start(a, b)
    tail = common_end(a[head:], b[head:])
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


def common_start(a: str, b: str) -> int:
    """Count the characters that two texts have in common at their beginning."""
    return int(_ENGINE.diff_commonPrefix(a, b))


def common_end(a: str, b: str) -> int:
    """Count the characters that two texts have in common at their end."""
    return int(_ENGINE.diff_commonSuffix(a, b))


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


def _visible(texts: Sequence[str]) -> list[int]:
    """Sum up the visible characters before each token, so that any part is weighed at once."""
    return [0, *itertools.accumulate(map(len, map(str.strip, texts)))]


def _clean(shown: tuple[Sequence[str], Sequence[str]], ea: str, eb: str, runs: list[Run]) -> list[Run]:
    """Absorb equal islands that only make a change hard to read; give back equal tokens at the ends of a change."""
    ink_a, ink_b = _visible(shown[0]), _visible(shown[1])
    stack: list[Run] = []
    for run in runs:
        if run.equal and stack and stack[-1].equal:  # one that slid
            stack[-1] = Run(True, stack[-1].i0, run.i1, stack[-1].j0, run.j1)
            continue
        stack.append(run)
        while len(stack) >= 3 and not run.equal:
            before, island, after = stack[-3:]
            if _slides(ea, eb, before, island, after):
                n = island.i1 - island.i0
                stack[-3:] = [
                    Run(False, before.i0, after.i1 - n, before.j0, after.j1 - n),
                    Run(True, after.i1 - n, after.i1, after.j1 - n, after.j1),
                ]
                break
            length = ink_a[island.i1] - ink_a[island.i0]
            edits = min(
                max(ink_a[edit.i1] - ink_a[edit.i0], ink_b[edit.j1] - ink_b[edit.j0]) for edit in (before, after)
            )
            if not _is_noise(shown[0][island.i0 : island.i1], length, edits):
                break
            stack[-3:] = [Run(False, before.i0, after.i1, before.j0, after.j1)]
    return _joined(part for run in stack for part in ((run,) if run.equal else _trimmed(ea, eb, *run[1:])))


def _slides(ea: str, eb: str, before: Run, island: Run, after: Run) -> bool:
    """Whether two insertions, or two removals, are one: what is equal between them also stands at the second's end."""
    same = ea[island.i0 : island.i1]
    inserted = before.i0 == before.i1 and after.i0 == after.i1 and eb[after.j0 : after.j1].endswith(same)
    return inserted or (before.j0 == before.j1 and after.j0 == after.j1 and ea[after.i0 : after.i1].endswith(same))


def _is_noise(island: Sequence[str], length: int, edits: int) -> bool:
    """Whether what is equal between two edits tells nothing: a mark alone, or few words for much that changed."""
    if length > edits and length >= _ISLAND:
        return False
    words = sum(t[:1].isalnum() for t in island)
    return (not words and length < _ISLAND) or (length <= edits and (words <= 3 or length <= edits / 2))


def _trimmed(ea: str, eb: str, i0: int, i1: int, j0: int, j1: int) -> tuple[Run, Run, Run]:
    """Give a change as what is equal at its beginning, what differs, and what is equal at its end."""
    head = tail = 0
    while i0 + head < i1 and j0 + head < j1 and ea[i0 + head] == eb[j0 + head]:
        head += 1
    while i0 + head < i1 - tail and j0 + head < j1 - tail and ea[i1 - tail - 1] == eb[j1 - tail - 1]:
        tail += 1
    return (
        Run(True, i0, i0 + head, j0, j0 + head),
        Run(False, i0 + head, i1 - tail, j0 + head, j1 - tail),
        Run(True, i1 - tail, i1, j1 - tail, j1),
    )
