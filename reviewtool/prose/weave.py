"""Three-way merge of one run of tokens: the words of a passage, or the lines of a whole text as git takes them.

The innermost steps of `merge3`, which is their only caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from reviewtool.prose import blocks, words


class _Edit(NamedTuple):
    start: int
    end: int
    text: tuple[str, ...]


def weave(base: str, ours: str, theirs: str) -> str | None:
    """Combine the edits of both sides; None where they touch or border the same words. Equal edits count once."""
    tokens = words.tokens(base)
    sides = words.tokens(ours), words.tokens(theirs)
    left, right = (_edits(words.compare(tokens, side), side) for side in sides)
    if any(_collide(tokens, a, b) for a in left for b in _near(right, a)):
        return None
    return _applied(tokens, sorted({*left, *right}))


def weave_lines(base: str, ours: str, theirs: str) -> str | None:
    """Combine whole lines as git-merge-file(1) does; None where the edits of the sides overlap or touch."""
    tokens = blocks.lines(base)
    sides = blocks.lines(ours), blocks.lines(theirs)
    left, right = (_edits(words.exact(tokens, side), side) for side in sides)
    edits = sorted({*left, *right})
    if any(second.start <= first.end for first, second in pairwise(edits)):
        return None
    return _applied(tokens, edits)


def _applied(tokens: Sequence[str], edits: Sequence[_Edit]) -> str:
    out: list[str] = []
    at = 0
    for edit in edits:
        out.extend((*tokens[at : edit.start], *edit.text))
        at = edit.end
    return "".join((*out, *tokens[at:]))


def _edits(runs: Sequence[words.Run], other: Sequence[str]) -> list[_Edit]:
    return [_Edit(i0, i1, tuple(other[j0:j1])) for equal, i0, i1, j0, j1 in runs if not equal]


def _near(edits: Sequence[_Edit], edit: _Edit) -> list[_Edit]:
    """Name the edits within reach: two words with blanks and marks between them take some tokens only."""
    return [e for e in edits if e.start <= edit.end + 12 and edit.start <= e.end + 12]


def _collide(tokens: Sequence[str], a: _Edit, b: _Edit) -> bool:
    """Say whether no unchanged word stands between two different edits."""
    if a == b:
        return False
    first, second = sorted((a, b))
    return second.start < first.end or not any(t[0].isalnum() for t in tokens[first.end : second.start])
