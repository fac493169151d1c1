"""Which elements and words of two renderings are shown as one.

Two nodes are shown as one only when all their ancestors can be, one to one; everything left unbound is shown whole as
removed or inserted. That alone makes the redline exact: there is no step that repairs. Only `redline.py` uses this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from reviewtool.prose import align, tree, words
from reviewtool.prose.tree import Element, Leaf, Node, Unit, Whole

#: what a bound element must bring along, so that no table has two heads and no answer two titles
_COMPANIONS = frozenset({"table", "thead", "tbody", "summary"})

_LONG = 60  # characters from which what is no word, as a picture, weighs little
_LITTLE: Final = "x" * 6


class _Job(NamedTuple):
    """Two runs of nodes to be compared word by word, below two elements that are already one (or one moved)."""

    old: list[Node]
    new: list[Node]
    old_top: Element
    new_top: Element


def bind(old: Element, new: Element) -> None:
    """Bind two renderings: sets `match` on what stays, `move` and `mark` on the two ends of what moved."""
    a, b = tree.units(old), tree.units(new)
    old.match, new.match = new, old
    pairs = sorted(align.align(_Side(a), _Side(b)).items())
    shown = {i: p.new for i, p in pairs if not p.moved and _stays(a[i], b[p.new])}
    tree.open_up(old, a, shown.keys())
    tree.open_up(new, b, set(shown.values()))
    jobs: list[_Job] = []
    for i, pair in pairs:
        if i in shown:
            _same(a[i].nodes[0], b[pair.new].nodes[0])
        elif not pair.moved:
            jobs.extend(_pair(a[i], b[pair.new]))
    moves = 0
    for i, pair in pairs:
        if pair.moved and _move(a[i], b[pair.new], moves + 1):
            moves += 1
            jobs.extend(_inside(a[i], b[pair.new]))
    for job in jobs:
        _compare(job)


def _stays(a: Unit, b: Unit) -> bool:
    return a.key == b.key and any(isinstance(node, Whole) for node in a.nodes)


class _Side(align.Side):
    """The units of one side; the words of a unit that is found by its key alone are not even made."""

    def __init__(self, units: Sequence[Unit]) -> None:
        super().__init__([u.key for u in units], [u.kind for u in units], _Texts(units))


class _Texts(Sequence[str]):
    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units

    def __len__(self) -> int:
        return len(self._units)

    def __getitem__(self, i: Any) -> Any:
        return self._units[i].text


def _join(a: Node, b: Node, top_a: Element, top_b: Element) -> bool:
    """Bind two nodes and all their ancestors below the tops one to one, or nothing."""
    path: list[tuple[Element, Element]] = []
    x, y = (a, b) if isinstance(a, Element) and isinstance(b, Element) else (a.up, b.up)
    while x is not top_a and y is not top_b:
        if x is None or y is None or (x.match is not y if x.match is not None else y.match is not None):
            return False
        if x.match is None:
            if x.sig != y.sig:
                return False
            path.append((x, y))
        x, y = x.up, y.up
    if x is not top_a or y is not top_b:
        return False
    for x, y in path:
        _marry(x, y)
    if isinstance(a, Leaf) and isinstance(b, Leaf):
        a.match, b.match = b, a
    return True


def _marry(x: Element, y: Element) -> None:
    x.match, y.match = y, x
    for child in x.children:
        if isinstance(child, Element) and child.tag in _COMPANIONS and child.match is None:
            other = next((c for c in y.children if isinstance(c, Element) and c.sig == child.sig and not c.match), None)
            if other is not None:
                _marry(child, other)


def _root(element: Element) -> Element:
    while element.up is not None:
        element = element.up
    return element


def _pair(a: Unit, b: Unit) -> Iterator[_Job]:
    if _join(a.element, b.element, _root(a.element), _root(b.element)):
        yield from _inside(a, b)


def _inside(a: Unit, b: Unit) -> Iterator[_Job]:
    """Bind what is equal inside two units and give the runs of words that are left to compare."""
    if a.html == b.html:
        for x, y in zip(a.nodes, b.nodes, strict=True):
            _same(x, y)
    elif a.kind == "tr":
        for x, y in _cells(a, b):
            if x.sig == y.sig:
                x.match, y.match = y, x
                yield from _different((x.children, y.children), (x, y))
    else:
        yield from _different((a.nodes, b.nodes), (a.element, b.element))


def _different(nodes: tuple[Sequence[Node], Sequence[Node]], tops: tuple[Element, Element]) -> Iterator[_Job]:
    """Bind the equal ends of two runs and give the middle to be compared, if both have one."""
    old, new = list(nodes[0]), list(nodes[1])
    for x, y in tree.apart(old, new):
        _same(x, y)
    if old and new:
        yield _Job(old, new, *tops)


def _same(x: Node, y: Node) -> None:
    if isinstance(x, Leaf) and isinstance(y, Leaf):
        x.match, y.match = y, x
    elif isinstance(x, Element) and isinstance(y, Element):
        x.match, y.match = y, x
        for left, right in zip(x.children, y.children, strict=True):
            _same(left, right)


def _cells(a: Unit, b: Unit) -> list[tuple[Element, Element]]:
    """Pair the cells of two rows: by place, or by likeness when a column came or went."""
    left = [c for c in a.nodes if isinstance(c, Element)]
    right = [c for c in b.nodes if isinstance(c, Element)]
    if len(left) == len(right):
        return list(zip(left, right, strict=True))
    texts = [[tree.write(c) for c in side] for side in (left, right)]
    sides = [align.Side(t, ["td"] * len(t)) for t in texts]
    found = []
    for i in range(len(left)):
        for j in range(len(right)):
            same = texts[0][i] == texts[1][j]
            alike = align.likeness(sides[0].bag(i), sides[1].bag(j))
            if same or alike > 0.3:
                found.append((i, j, 1 + 10 * same + 5 * alike))
    return [(left[i], right[j]) for i, j in align.chain(found)]


def _move(a: Unit, b: Unit, number: int) -> bool:
    """Mark two unbound elements of one kind as the ends of a move."""
    x, y = a.element, b.element
    free = x.match is None and y.match is None and x.move is None and y.move is None
    if not free or x.sig != y.sig or a.kind != b.kind:
        return False
    x.move = y.move = number
    x.mark, y.mark = y, x
    return True


class _Words:
    """The words of a job's one side: as written, and by their keys, which tell the formatting around them."""

    def __init__(self, nodes: Sequence[Node], top: Element) -> None:
        self.leaves: list[Leaf] = []
        self.ends: list[int] = []  # of the leaves, counted in words
        self.shown: list[str] = []
        self.keys: list[Hashable] = []
        for leaf, shown, keys in tree.leaves(nodes):
            path = _path(leaf, top)
            self.leaves.append(leaf)
            self.shown += shown
            self.keys += [(key, *path) for key in keys] if path else keys
            self.ends.append(len(self.shown))

    def cut(self, ranges: Sequence[tuple[int, int]]) -> Iterator[Leaf]:
        """Cut the leaves so that each range of words (in order, within one leaf) is a leaf of its own, and give it."""
        pieces: dict[int, list[Leaf]] = {}
        start = n = 0
        for leaf, end in zip(self.leaves, self.ends, strict=True):
            at, own = start, pieces.setdefault(id(leaf), [])
            while n < len(ranges) and ranges[n][1] <= end:
                first, last = ranges[n]
                own += [self._piece(at, first)] if first > at else []
                own.append(leaf if last - first == end - start else self._piece(first, last))
                yield own[-1]
                at, n = last, n + 1
            own += [leaf if at == start else self._piece(at, end)] if at < end else []
            start = end
        for parent in {id(leaf.up): leaf.up for leaf in self.leaves}.values():
            if parent is not None:
                tree.replace(parent, pieces)

    def _piece(self, first: int, last: int) -> Leaf:
        html = "".join(self.shown[first:last])
        key = self.keys[first] if last - first == 1 else html
        return Leaf(html, str(key[0] if isinstance(key, tuple) else key), size=last - first)


def _path(leaf: Leaf, top: Element) -> tuple[Hashable, ...]:
    path: tuple[Hashable, ...] = ()
    element = leaf.up
    while element is not None and element is not top:
        path += (element.sig,)
        element = element.up
    return path


def _compare(job: _Job) -> None:
    """Bind the words of a job that are equal."""
    old, new = _Words(job.old, job.old_top), _Words(job.new, job.new_top)
    shown = [x if len(x) < _LONG else _LITTLE for x in old.shown], new.shown
    ranges = list(_shared(words.compare(old.keys, new.keys, shown), old.ends, new.ends))
    pairs = zip(
        list(old.cut([(i, i + n) for i, _, n in ranges])),
        list(new.cut([(j, j + n) for _, j, n in ranges])),
        strict=True,
    )
    for x, y in pairs:
        _join(x, y, job.old_top, job.new_top)


def _shared(
    runs: Sequence[words.Run], old_ends: Sequence[int], new_ends: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """Give the equal words as (first old one, first new one, how many), each within one leaf of either side."""
    x = y = 0
    for equal, first, last, other, _ in runs:
        i, j = first, other
        while equal and i < last:
            while old_ends[x] <= i:
                x += 1
            while new_ends[y] <= j:
                y += 1
            n = min(last - i, old_ends[x] - i, new_ends[y] - j)
            yield i, j, n
            i, j = i + n, j + n


def lift_moves(root: Element) -> None:
    """Take a move up to the list or table whose every part moved together."""
    for child in root.children:
        if isinstance(child, Element):
            lift_moves(child)
    inner = [c for c in root.children if isinstance(c, Element)]
    if root.up is None or root.match or root.move or not inner or len(inner) != len(root.children):
        return
    marks = [c.mark for c in inner]
    other = marks[0].up if marks[0] else None
    if other is None or other.match or other.move or other.sig != root.sig or other.up is None:
        return
    if Counter(map(id, other.children)) == Counter(map(id, marks)):
        root.move = other.move = inner[0].move
        root.mark, other.mark = other, root
        for element in inner:
            if element.mark is not None:
                element.match, element.mark.match = element.mark, element
