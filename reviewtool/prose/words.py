"""Differences between two runs of tokens (words, blanks, marks): never inside a word.

The search is for a longest common run, by rows of bits; where the result must be git's, diff-match-patch searches, on
one character per token. The clean-up that makes it readable is ours. No clock: the work is bounded by counts of tokens,
and above the bound a run is shown as replaced.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, Literal, cast

from diff_match_patch import diff_match_patch

from reviewtool.prose.align import chain

# Accents written apart belong to their letter; joiners, skin tones and the two letters of a flag to their picture.
TOKEN: Final = re.compile(
    r"\w++(?:['’]\w++|[\u0300-\u036f]++\w*+)*+|\s++|[\U0001f1e6-\U0001f1ff]{2}"
    r"|[^\w\s](?:[\u0300-\u036f\u20e3\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[^\w\s])*+"
)
#: Words and marks of both sides up to which the full search runs; longer runs are first divided at unique ones. What a
#: block costs depends on the block alone, so a change elsewhere never alters how it is shown.
LIMIT: Final = 4000
_EXACT_LIMIT = 800  # the same for `exact`, which goes the slower way
_SHORT = 60  # characters of two texts up to which these are divided into their tokens at once
_ISLAND = 4  # visible characters below which an equal run without a word is absorbed


Op = Literal["equal", "delete", "insert"]
Place = tuple[int, int]  # of a token on both sides
Search = Callable[[Any, Any], list[Place]]
#: Tokens old[1:2] against new[3:4]; both are the same where it begins with True, else they replace each other. A bare
#: tuple: a comparison makes them by the thousand.
Run = tuple[bool, int, int, int, int]


def tokens(text: str) -> list[str]:
    """Divide a text into words, blanks and single marks, as TOKEN does."""
    if "\n" in text:
        return TOKEN.findall(text)
    found: list[str] = []
    for part in text.split(" "):  # on one line most parts are a word, which needs no expression
        if part.isalnum():
            found.append(part)
        elif not part or part[0].isspace() or part[-1].isspace():  # a longer blank, which is one token
            return TOKEN.findall(text)
        else:
            found += TOKEN.findall(part)
        found.append(" ")
    found.pop()
    return found


def compare(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    weights: tuple[Sequence[str], Sequence[str]] | None = None,
    limit: int = LIMIT,
) -> list[Run]:
    """Compare two runs of tokens: Runs in order that cover both, equal and replaced ones taking turns.

    `weights` are the visible texts of the tokens where these are not strings themselves.
    """
    if weights is None:
        shown = a, b = cast("tuple[Sequence[str], Sequence[str]]", (old, new))
    else:
        shown = weights
        a, b = _encode(old, new)
    head, tail = _same_ends(a, b)
    last_a, last_b = len(a) - tail, len(b) - tail
    # What stands on one side only, and blanks, cannot make a common run longer: the search goes without them.
    both = set(a[head:last_a]).intersection(b[head:last_b])
    if weights is None:
        both = {token for token in both if not token.isspace()}
    else:
        both -= {c for c, text in zip(a, shown[0], strict=True) if text.isspace()}
    if not both:
        return _joined(
            [
                (True, 0, head, 0, head),
                (False, head, last_a, head, last_b),
                (True, last_a, len(a), last_b, len(b)),
            ]
        )
    ka = [i for i in range(head, last_a) if a[i] in both]
    kb = [j for j in range(head, last_b) if b[j] in both]
    sa, sb = [a[i] for i in ka], [b[j] for j in kb]
    pairs = zip(ka, kb, strict=True) if sa == sb else [(ka[x], kb[y]) for x, y in _common(sa, sb, limit, _longest)]
    runs = _filled(a, b, pairs, head, tail)
    return _clean(shown, a, b, runs) if len(runs) > 2 else runs


def compare_texts(old: str, new: str) -> Iterator[tuple[Op, str]]:
    """Compare two texts: what is equal, deleted and inserted in turn, whole tokens each; either side joins to its text.

    Only what differs, up to the nearest blanks, is divided into tokens.
    """
    head = tail = 0
    if len(old) + len(new) > _SHORT:
        head = old.rfind(" ", 0, common_start(old, new)) + 1
        tail = common_end(old[head:], new[head:])
        tail = len(old) - place if tail and (place := old.find(" ", len(old) - tail)) >= 0 else 0
    a, b = tokens(old[head : len(old) - tail]), tokens(new[head : len(new) - tail])
    held = old[:head]
    for equal, i0, i1, j0, j1 in compare(a, b):
        if equal:
            held += "".join(a[i0:i1])
            continue
        if held:
            yield "equal", held
            held = ""
        if i1 > i0:
            yield "delete", "".join(a[i0:i1])
        if j1 > j0:
            yield "insert", "".join(b[j0:j1])
    held += old[len(old) - tail :] if tail else ""
    if held:
        yield "equal", held


def _common(a: Sequence[str], b: Sequence[str], limit: int, find: Search) -> list[Place]:
    """Pair the tokens of a longest common run; above the bound both sides are first divided at what stands once."""
    n, m = len(a), len(b)
    head, tail = _same_ends(a, b)
    inner_a, inner_b = a[head : n - tail], b[head : m - tail]
    inside: list[Place] = []
    if inner_a and inner_b:
        fits = len(inner_a) + len(inner_b) <= limit
        inside = find(inner_a, inner_b) if fits else _divided(inner_a, inner_b, limit, find)
    return [
        *zip(range(head), range(head), strict=True),
        *([(head + x, head + y) for x, y in inside] if head else inside),
        *zip(range(n - tail, n), range(m - tail, m), strict=True),
    ]


def _same_ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """Count the tokens that two runs have in common at their beginning, and then at their end."""
    head, short = 0, min(len(a), len(b))
    while head < short and a[head] == b[head]:
        head += 1
    last, short = -1, head - short
    while last >= short and a[last] == b[last]:
        last -= 1
    return head, -1 - last


def _longest(a: Sequence[str], b: Sequence[str]) -> list[Place]:
    """Pair the tokens of a longest common run, a whole row of the table at a time: one bit a token of `a`.

    Hyyrö, Bit-Parallel LCS-length Computation Revisited (2004). Bit i of the row of b[:y + 1] is 0 where a[i] makes the
    longest common run of a[:i + 1] longer than that of a[:i].
    """
    places: dict[str, int] = {}
    bit = 1
    for token in a:
        places[token] = places.get(token, 0) | bit
        bit <<= 1
    row = full = bit - 1
    rows = []
    for token in b:
        if found := row & places.get(token, 0):
            row = (row + found | row - found) & full
        rows.append(row)
    pairs = []
    x, y = len(a) - 1, len(b) - 1
    while x >= 0 <= y:
        if a[x] == b[y]:
            pairs.append((x, y))
            x, y = x - 1, y - 1
        elif rows[y] >> x & 1:
            x -= 1
        else:
            y -= 1
    return pairs[::-1]


def _shortest(a: str, b: str) -> list[Place]:
    """Pair what the shortest edit leaves, as git does: Myers's way, of diff-match-patch."""
    pairs: list[Place] = []
    x = y = 0
    for op, text in _ENGINE.diff_main(a, b, False):
        n = len(text)
        if op == 0:
            pairs += zip(range(x, x + n), range(y, y + n), strict=True)
        x, y = x + n * (op <= 0), y + n * (op >= 0)
    return pairs


def _divided(a: Sequence[str], b: Sequence[str], limit: int, find: Search) -> list[Place]:
    """Divide a long run at the tokens that stand once on each side; without any it counts as replaced."""
    count_a, count_b = Counter(a), Counter(b)
    place = {c: n for n, c in enumerate(b) if count_b[c] == 1}
    found = chain((x, place[c], 1.0) for x, c in enumerate(a) if count_a[c] == 1 and c in place)
    pairs: list[Place] = []
    x0 = y0 = 0
    for x, y in [*found, (len(a), len(b))] if found else ():
        pairs += ((x0 + i, y0 + j) for i, j in _common(a[x0:x], b[y0:y], limit, find))
        pairs.append((x, y))
        x0, y0 = x + 1, y + 1
    return pairs[:-1]


def _filled(a: Sequence[str], b: Sequence[str], pairs: Iterable[Place], head: int = 0, tail: int = 0) -> list[Run]:
    """Make Runs of the equal tokens (so many at both ends, and those given as places) and of all between them."""
    out: list[Run] = []
    x0 = y0 = 0  # where the equal run began
    x = y = head  # and where it ends so far
    for i, j in itertools.chain(pairs, ((len(a) - tail, len(b) - tail),)):
        if (i > x or j > y) and not (i - x == 1 == j - y and a[x] == b[y]):  # which is most often a blank
            i0, i1, j0, j1 = _tight(a, b, x, i, y, j)
            if i1 > i0 or j1 > j0:
                if i0 > x0:
                    out.append((True, x0, i0, y0, j0))
                out.append((False, i0, i1, j0, j1))
                x0, y0 = i1, j1
        x, y = i + 1, j + 1
    if len(a) > x0:
        out.append((True, x0, len(a), y0, len(b)))
    return out


def exact(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Compare as `compare` does without the clean-up; a run that may slide stands as far down as it can, as in git."""
    ea, eb = _encode(old, new)
    runs = _filled(ea, eb, _common(ea, eb, _EXACT_LIMIT, _shortest))
    out: list[Run] = []
    slid = 0
    for n, (equal, i0, i1, j0, j1) in enumerate(runs):
        before, slid = slid, 0
        if not equal and n + 1 < len(runs):
            slid = _slide(ea, eb, runs[n], runs[n + 1])
            out.append((True, i0, i0 + slid, j0, j0 + slid))
            out.append((False, i0 + slid, i1 + slid, j0 + slid, j1 + slid))
        else:
            out.append((equal, i0 + before, i1, j0 + before, j1))
    return _joined(out)


def _slide(ea: str, eb: str, run: Run, after: Run) -> int:
    """Count how far an insertion or a removal may move down over equal tokens."""
    _, i0, i1, j0, j1 = run
    if (i0 == i1) == (j0 == j1):
        return 0
    side, start, end = (eb, j0, j1) if i0 == i1 else (ea, i0, i1)
    n = 0
    while n < after[2] - after[1] and side[start + n] == side[end + n]:
        n += 1
    return n


def _encode(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[str, str]:
    """Write each token as one character, leaving out the surrogates so that the text stays valid."""
    characters = map(chr, itertools.chain(range(1, 0xD800), range(0xE000, 0x110000)))
    table = dict(zip(dict.fromkeys(itertools.chain(old, new)), characters, strict=False))
    return "".join([table[t] for t in old]), "".join([table[t] for t in new])


def _engine() -> diff_match_patch:
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # the wall clock decides nothing
    return engine


_ENGINE: Final = _engine()


def common_start(a: str, b: str) -> int:
    """Count the characters that two texts have in common at their beginning."""
    return int(_ENGINE.diff_commonPrefix(a, b))


def common_end(a: str, b: str) -> int:
    """Count the characters that two texts have in common at their end."""
    return int(_ENGINE.diff_commonSuffix(a, b))


def _joined(runs: Iterable[Run]) -> list[Run]:
    """Join neighbours of one sort and leave empty runs out."""
    out: list[Run] = []
    for equal, i0, i1, j0, j1 in runs:
        if i0 == i1 and j0 == j1:
            continue
        if out and out[-1][0] == equal:
            out[-1] = (equal, out[-1][1], i1, out[-1][3], j1)
        else:
            out.append((equal, i0, i1, j0, j1))
    return out


def _visible(texts: Sequence[str]) -> list[int]:
    """Sum up the visible characters before each token, so that any part is weighed at once."""
    return [0, *itertools.accumulate(map(len, map(str.strip, texts)))]


def _clean(
    shown: tuple[Sequence[str], Sequence[str]], a: Sequence[str], b: Sequence[str], runs: list[Run]
) -> list[Run]:
    """Absorb equal islands that only make a change hard to read; give back equal tokens at the ends of a change."""
    ink_a, ink_b = _visible(shown[0]), _visible(shown[1])
    stack: list[Run] = []
    for run in runs:
        equal, i2, i3, j2, j3 = run
        if equal and stack and stack[-1][0]:  # one that slid
            stack[-1] = (True, stack[-1][1], i3, stack[-1][3], j3)
            continue
        stack.append(run)
        while len(stack) >= 3 and not equal:
            _, i0, i1, j0, j1 = stack[-3]
            n = i2 - i1
            if ((i0 == i1 and i2 == i3) or (j0 == j1 and j2 == j3)) and _slides(a, b, stack[-2], stack[-1]):
                stack[-3:] = [(False, i0, i3 - n, j0, j3 - n), (True, i3 - n, i3, j3 - n, j3)]
                break
            length = ink_a[i2] - ink_a[i1]
            before = max(ink_a[i1] - ink_a[i0], ink_b[j1] - ink_b[j0])
            if length > before and length >= _ISLAND:
                break
            edits = min(before, max(ink_a[i3] - ink_a[i2], ink_b[j3] - ink_b[j2]))
            if (length > edits and length >= _ISLAND) or not _is_noise(shown[0][i1:i2], length, edits):
                break
            i2, j2 = i0, j0
            stack[-3:] = [(False, i0, i3, j0, j3)]
    out: list[Run] = []
    for run in stack if len(stack) < len(runs) else ():
        equal, i0, i1, j0, j1 = run
        x0, x1, y0, y1 = (i0, i1, j0, j1) if equal else _tight(a, b, i0, i1, j0, j1)
        if x1 - x0 == i1 - i0:
            out.append(run)
        else:
            out += (True, i0, x0, j0, y0), (False, x0, x1, y0, y1), (True, x1, i1, y1, j1)
    return _joined(out) if len(out) > len(stack) else stack


def _slides(a: Sequence[str], b: Sequence[str], island: Run, after: Run) -> bool:
    """Whether two insertions, or two removals, are one: what is equal between them also stands at the second's end."""
    _, i0, i1, j0, j1 = after
    n = island[2] - island[1]
    side, start, end = (b, j0, j1) if i0 == i1 else (a, i0, i1)
    return end - start >= n and side[end - n : end] == a[island[1] : island[2]]


def _is_noise(island: Sequence[str], length: int, edits: int) -> bool:
    """Whether what is equal between two edits tells nothing: a mark alone, or few words for much that changed."""
    if length <= edits and (length <= edits / 2 or len(island) <= 3):
        return True
    words = sum(t[:1].isalnum() for t in island)
    return (not words and length < _ISLAND) or (length <= edits and words <= 3)


def _tight(a: Sequence[str], b: Sequence[str], i0: int, i1: int, j0: int, j1: int) -> tuple[int, int, int, int]:
    """Leave out of a change, old[i0:i1] against new[j0:j1], what is equal at its beginning and at its end."""
    while i0 < i1 and j0 < j1 and a[i0] == b[j0]:
        i0, j0 = i0 + 1, j0 + 1
    while i0 < i1 and j0 < j1 and a[i1 - 1] == b[j1 - 1]:
        i1, j1 = i1 - 1, j1 - 1
    return i0, i1, j0, j1
