"""Which block of the old side is which of the new: exact first, then similar, then moved.

Works on keys, kinds and words only, so the source difference, the redline's rendered units and the merge share it.
"""

from __future__ import annotations

import codecs
import struct
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

SIMILAR: Final = 0.45  # likeness from which two blocks at the same place are one block edited
SIMILAR_ALONE: Final = 0.25  # the same for the only two blocks of a gap, of one kind
SIMILAR_MOVED: Final = 0.6  # likeness from which a block is taken to have moved and changed
_TWIN = 12  # characters from which one exact twin elsewhere is a move
_LONG = 30  # characters from which repeated twins are moves
_MOVED_LENGTH = 40  # characters a moved and edited block must have
_TABLE = 10_000  # cells up to which a gap is compared in full
_UNLIKE = 0.25  # share of a larger gap that may be unlike where it is compared place by place
_SMALL_TABLE = 30  # cells up to which they are compared one by one
_WORDS = 24  # rarest words of a block by which blocks like it are looked up
_FEW = 500  # old blocks whose words may all be held at once
_LIKELY = 12  # blocks that share most of them, which are compared in full
_NEAR = 2  # blocks before and behind that are compared where there are only common words
_REPEATS = 40  # places looked at for a repeated key
_REPEATED = 80_000  # and for all repeated keys together
#: The words that tell a block apart, three letters or a number, and the weight of all of them.
Bag = tuple[set[bytes], int]


def _beyond(error: UnicodeError) -> tuple[str, int]:
    """Write letters that Latin-1 lacks by their numbers, and other characters as blanks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join([f"_{ord(c):x}" if c.isalnum() else " " for c in odd.lower()]), error.end


_BEYOND: Final = "reviewtool.words"
codecs.register_error(_BEYOND, _beyond)
_FOLDED: Final = bytes(ord(c.lower()) if c.isalnum() or c == "_" else 32 for c in map(chr, range(256)))


class Pair(NamedTuple):
    """The block an old one became: its place on the new side and how it came there."""

    new: int
    moved: bool


class Side:
    """One side of an alignment: keys compared exactly, kinds, and the words of each block (made when asked for)."""

    def __init__(self, keys: Sequence[str], kinds: Sequence[str], texts: Sequence[str] | None = None) -> None:
        self.keys, self.kinds = keys, kinds
        self._texts = keys if texts is None else texts
        self._bags: dict[int, Bag] = {}

    def bag(self, i: int) -> Bag:
        """Count the words that tell blocks apart, and give the weight of all of them."""
        found = self._bags.get(i)
        if found is None:
            text = self._texts[i].encode("latin-1", _BEYOND).translate(_FOLDED)
            words = {word for word in text.split() if len(word) > 2 or word.isdigit()}
            found = self._bags[i] = (words, len(b"".join(words)))
        return found

    def forget(self, i: int) -> None:
        """Let the words of a block go; they are counted anew if asked for again."""
        self._bags.pop(i, None)

    def size(self, i: int) -> int:
        """Weigh a block by its length."""
        return 1 + len(self.keys[i])


def likeness(a: Bag, b: Bag, least: float = SIMILAR_ALONE) -> float:
    """Compare two bags of words: Dice weighted by the length of the words, 0 to 1; 0 where it cannot be the least."""
    total = a[1] + b[1]
    if 2 * min(a[1], b[1]) < least * total or not total:
        return 0.0
    return 2 * len(b"".join(a[0] & b[0])) / total


def chain(candidates: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Choose the heaviest chain of (i, j, weight) that increases strictly in both, in O(n log n)."""
    cands = list(candidates)
    if all(x[0] < y[0] and x[1] < y[1] for x, y in pairwise(cands)):
        return [c[:2] for c in cands]
    cands.sort(key=itemgetter(1), reverse=True)
    cands.sort(key=itemgetter(0))
    # The best chains so far, by the j they end at: a larger j is only kept if its chain is heavier.
    ends: list[int] = []
    tops: list[float] = []
    last: list[int] = []
    previous: list[int] = []
    # Within one i the larger j comes first, so no candidate can stand on another of its own i.
    for x, (_, j, weight) in enumerate(cands):
        at = bisect_left(ends, j)
        top = weight + (tops[at - 1] if at else 0.0)
        previous.append(last[at - 1] if at else -1)
        stop = at
        while stop < len(ends) and tops[stop] <= top:
            stop += 1
        if stop > at or at == len(ends) or ends[at] != j:
            ends[at:stop], tops[at:stop], last[at:stop] = [j], [top], [x]
    x = last[-1]
    found = []
    while x >= 0:
        found.append(cands[x][:2])
        x = previous[x]
    return found[::-1]


class _Shared:
    """What a block shares with each of several others: the weights of words, summed up in the fields of one number."""

    def __init__(self, known: set[bytes], others: Sequence[set[bytes]]) -> None:
        """Read the words of the other blocks, as far as they are known on this side."""
        self._size = 4 * len(others)
        self._fields = struct.Struct(f"<{len(others)}I")
        self._sums: dict[bytes, int] = {}
        sums = self._sums
        for j, words in enumerate(others):
            for word in words & known:
                sums[word] = sums.get(word, 0) + (len(word) << 32 * j)

    def of(self, words: set[bytes]) -> Sequence[int]:
        """Give the weight of the words that a block has in common with each of the others."""
        shared = sum(map(self._sums.__getitem__, self._sums.keys() & words))
        return self._fields.unpack(shared.to_bytes(self._size, "little"))


def _once(keys: Sequence[str], start: int, end: int) -> dict[str, int]:
    """Give the keys that stand once in a part of one side, in order, with their places."""
    part = keys[start:end]
    places = dict(zip(part, range(start, end), strict=True))
    if len(places) < len(part):
        count = Counter(part)
        return {key: i for key, i in places.items() if count[key] == 1}
    return places


def align(old: Side, new: Side) -> dict[int, Pair]:
    """Pair the old blocks with the new ones; those not in the result were removed or are new."""
    return _Alignment(old, new).run()


class _Alignment:
    def __init__(self, old: Side, new: Side) -> None:
        self.a, self.b = old, new
        self.pairs: dict[int, int] = {}
        self.taken: set[int] = set()

    def run(self) -> dict[int, Pair]:
        """Go from the sure to the likely; each step only sees what the ones before it left."""
        low, high_a, high_b = self._trim()
        self._exact(low, high_a, low, high_b)
        twins = self._twins()
        for gap in list(self._gaps()):
            self._similar(*gap, twins)
        settled = {i: Pair(j, False) for i, j in self.pairs.items()}
        for i, j in self._moves():
            settled[i] = Pair(j, True)
        return settled

    def _pair(self, i: int, j: int) -> None:
        self.pairs[i] = j
        self.taken.add(j)

    def _trim(self) -> tuple[int, int, int]:
        a, b = self.a.keys, self.b.keys
        low, na, nb = 0, len(a), len(b)
        while low < min(na, nb) and a[low] == b[low]:
            self._pair(low, low)
            low += 1
        while na > low and nb > low and a[na - 1] == b[nb - 1]:
            na, nb = na - 1, nb - 1
            self._pair(na, nb)
        return low, na, nb

    def _exact(self, a0: int, a1: int, b0: int, b1: int) -> None:
        """Pair equal keys: those unique on both sides first, again inside each gap, repeated ones last."""
        todo = [(a0, a1, b0, b1)]
        while todo:
            a0, a1, b0, b1 = todo.pop()
            if a1 - a0 == 1 == b1 - b0:
                if self.a.keys[a0] == self.b.keys[b0]:
                    self._pair(a0, b0)
                continue
            if a0 >= a1 or b0 >= b1 or set(self.a.keys[a0:a1]).isdisjoint(self.b.keys[b0:b1]):
                continue
            unique = self._unique(a0, a1, b0, b1)
            if not unique:
                for i, j in chain(self._repeated(a0, a1, b0, b1)):
                    self._pair(i, j)
                continue
            found = chain(unique)
            for i, j in found:
                self._pair(i, j)
                if i > a0 and j > b0:
                    todo.append((a0, i, b0, j))
                a0, b0 = i + 1, j + 1
            todo.append((a0, a1, b0, b1))

    def _unique(self, a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int, float]]:
        place = _once(self.b.keys, b0, b1)
        return [(i, place[key], 1 + len(key)) for key, i in _once(self.a.keys, a0, a1).items() if key in place]

    def _repeated(self, a0: int, a1: int, b0: int, b1: int) -> Iterator[tuple[int, int, float]]:
        """Give each old block some places of its key: all if these are few, else those with as many of it before."""
        places = defaultdict(list)
        for j in range(b0, b1):
            places[self.b.keys[j]].append(j)
        most = max(2, min(_REPEATS, _REPEATED // (a1 - a0)))
        before: Counter[str] = Counter()
        for i in range(a0, a1):
            key = self.a.keys[i]
            found = places.get(key)
            if found is None:
                continue
            first = max(0, min(before[key] - most // 2, len(found) - most))
            before[key] += 1
            yield from ((i, j, self.a.size(i)) for j in found[first : first + most])

    def _twins(self) -> set[str]:
        """Name the keys kept back for moves: one place left on each side, so they are no edits of their neighbours."""
        left_a = Counter(k for i, k in enumerate(self.a.keys) if i not in self.pairs)
        left_b = Counter(k for j, k in enumerate(self.b.keys) if j not in self.taken)
        return {k for k, n in left_a.items() if n == 1 and left_b.get(k) == 1 and len(k) >= _TWIN}

    def _gaps(self) -> Iterator[tuple[int, int, int, int]]:
        i0 = j0 = 0
        for i, j in [*sorted(self.pairs.items()), (len(self.a.keys), len(self.b.keys))]:
            if i > i0 and j > j0:
                yield i0, i, j0, j
            i0, j0 = i + 1, j + 1

    def _similar(self, a0: int, a1: int, b0: int, b1: int, twins: set[str]) -> None:
        a, b = self.a, self.b
        if a1 - a0 == 1 == b1 - b0:
            if a.keys[a0] not in twins and b.keys[b0] not in twins:
                least = SIMILAR_ALONE if a.kinds[a0] == b.kinds[b0] else SIMILAR
                if self._much_alike(a0, b0) or likeness(a.bag(a0), b.bag(b0)) >= least:
                    self._pair(a0, b0)
            return
        left = [i for i in range(a0, a1) if a.keys[i] not in twins]
        right = [j for j in range(b0, b1) if b.keys[j] not in twins]
        if len(left) * len(right) <= _TABLE:
            found = self._table(left, right, SIMILAR)
        elif self._abreast(left, right):
            return
        else:
            found = self._candidates(left, right, SIMILAR)
        for i, j in chain((i, j, s * s * (a.size(i) + b.size(j))) for i, j, s in found):
            self._pair(i, j)
            a.forget(i)
            b.forget(j)

    def _much_alike(self, i: int, j: int) -> bool:
        """Whether two blocks have most of their characters in common at one end; words need not be counted then."""
        x, y = self.a.keys[i], self.b.keys[j]
        most = max(len(x), len(y)) * 3 // 5 + 1
        return most <= min(len(x), len(y)) and (x[:most] == y[:most] or x[-most:] == y[-most:])

    def _table(self, left: Sequence[int], right: Sequence[int], least: float) -> list[tuple[int, int, float]]:
        """Compare every old block of a gap with every new one."""
        if not left or not right:
            return []
        bags = [self.a.bag(i) for i in left]
        others = [self.b.bag(j) for j in right]
        found = []
        if len(left) * len(right) <= _SMALL_TABLE:
            for i, x in zip(left, bags, strict=True):
                for j, y in zip(right, others, strict=True):
                    if (alike := likeness(x, y, least)) >= least:
                        found.append((i, j, alike))
            return found
        shared = _Shared(set().union(*[words for words, _ in bags]), [words for words, _ in others])
        for i, (words, weight) in zip(left, bags, strict=True):
            for j, both, (_, other) in zip(right, shared.of(words), others, strict=True):
                if both and 2 * both >= least * (weight + other):
                    found.append((i, j, 2 * both / (weight + other)))
        return found

    def _abreast(self, left: Sequence[int], right: Sequence[int]) -> bool:
        """Pair each old block of a gap with the new one at its place, if there are as many and most are alike."""
        found: list[tuple[int, int]] = []
        most_unlike = len(left) * _UNLIKE if len(left) == len(right) else -1
        for n, (i, j) in enumerate(zip(left, right, strict=False)):
            if n - len(found) > most_unlike:
                return False
            if likeness(self.a.bag(i), self.b.bag(j)) >= SIMILAR:
                found.append((i, j))
            self.a.forget(i)
            self.b.forget(j)
        for i, j in found:
            self._pair(i, j)
        return True

    def _moves(self) -> Iterator[tuple[int, int]]:
        """Pair what is left anywhere: exact twins in order, then the most alike first."""
        a, b = self.a, self.b
        free = [j for j in range(len(b.keys)) if j not in self.taken]
        places = defaultdict(list)
        for j in reversed(free):
            places[b.keys[j]].append(j)
        gone = [i for i in range(len(a.keys)) if i not in self.pairs]
        used: set[int] = set()
        moved: set[int] = set()
        for i in gone:
            key = a.keys[i]
            same = places.get(key)
            if same and (len(key) >= _LONG or (len(key) >= _TWIN and len(same) == 1)):
                used.add(same[-1])
                moved.add(i)
                yield i, same.pop()
        left = [i for i in gone if i not in moved and len(a.keys[i]) >= _MOVED_LENGTH]
        right = [j for j in free if j not in used and len(b.keys[j]) >= _MOVED_LENGTH]
        for i, j, _ in sorted(self._candidates(left, right, SIMILAR_MOVED), key=lambda c: (-c[2], c[0], c[1])):
            if i not in moved and j not in used:
                used.add(j)
                moved.add(i)
                yield i, j

    def _candidates(self, left: Sequence[int], right: Sequence[int], least: float) -> list[tuple[int, int, float]]:
        """Find similar pairs by an index over the rarer words; the work per old block is bounded."""
        index = defaultdict(list)
        rare = max(8, min(len(right) // 10, 400_000 // (1 + len(left))))
        few = len(left) < _FEW or 4 * len(left) < len(right)
        if few:  # most blocks have too little in common with all of the other side together
            others: set[bytes] = set().union(*(self.b.bag(j)[0] for j in right))
            left = [i for i in left if self._may_be_alike(i, others, least)]
        known: set[bytes] = set().union(*(self.a.bag(i)[0] for i in left)) if few else set()
        for j in right if left else ():
            words = self.b.bag(j)[0]
            for word in words & known if few else words:
                index[word].append(j)
        indexed = set(index)
        found = []
        for i in left:
            words, weight = bag = self.a.bag(i)
            if not few:
                self.a.forget(i)  # the words of a long document all at once take more than the document
            shared = words & indexed
            most = len(b"".join(shared))  # what any block can share with this one
            if not shared or 2 * most < least * (weight + most):
                continue
            for j in self._likely(i, index, shared, rare):
                other = self.b.bag(j)
                if 2 * min(most, other[1]) < least * (weight + other[1]):
                    continue
                alike = likeness(bag, other)
                if alike >= least:
                    found.append((i, j, alike))
        return found

    def _may_be_alike(self, i: int, others: set[bytes], least: float) -> bool:
        """Whether an old block has enough words among those of the other side."""
        words, weight = self.a.bag(i)
        most = len(b"".join(words & others))
        return most > 0 and 2 * most >= least * (weight + most)

    def _likely(self, i: int, index: dict[bytes, list[int]], shared: set[bytes], rare: int) -> list[int]:
        """Name the few new blocks that have most of the rarer words that an old one shares with any."""
        places = sorted([(len(index[word]), word) for word in shared])[:_WORDS]
        hits: dict[int, int] = {}
        for n, word in places:
            if n > rare:
                break
            weight = len(word)
            for j in index[word]:
                hits[j] = hits.get(j, 0) + weight
        if not hits:  # common words only: the places of the rarest that are nearest
            common = index[places[0][1]]
            near = bisect_left(common, i)
            return common[max(0, near - _NEAR) : near + _NEAR]
        return nlargest(_LIKELY, hits, key=hits.__getitem__) if len(hits) > _LIKELY else list(hits)
