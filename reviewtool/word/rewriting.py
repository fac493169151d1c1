"""A changed leaf written back into the source: only the words that differ, and only where their place is certain.

Three ways from the smallest to the whole: the words alone, the formatted element around them, the text of the leaf.
Each is read again before it is taken; where none reads as the upload does, nothing is changed and the expert is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviewtool.prose import words
from reviewtool.word import inlines, leaves, source
from reviewtool.word.composing import Composer, Known, at_start
from reviewtool.word.inlines import Address
from reviewtool.word.leaves import NOWHERE, Leaf, Mark, Token, without_images
from reviewtool.word.source import Source

_NOTE_HEAD = re.compile(r"[ \t>]*\[\^[^\]\s]+\]:[ \t]*")
_EVERYBODY: tuple[Mark | None, ...] = (None,)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the source: source[start:end] becomes `text`.

    `authors` made it; None among them is whoever sends the file, for what was not tracked. `before` and `after` are the
    words as they are read, `sort` is words, added or removed.
    """

    start: int
    end: int
    text: str
    authors: tuple[Mark | None, ...] = _EVERYBODY
    before: str = ""
    after: str = ""
    sort: str = "words"


class _NoPlace(Exception):
    """A change has no trustworthy place this way."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Tokens old[i0:i1] that become new[j0:j1]."""

    i0: int
    i1: int
    j0: int
    j1: int


class Rewriter:
    """Writes changed leaves back into one source; `note` gives the mark of a note that is new."""

    def __init__(self, known: Source, address: Address, note: Callable[[Token], str]) -> None:
        self.known, self.address, self.note = known, address, note

    def edits(self, old: Leaf, new: Leaf) -> list[Edit] | None:
        """Give the edits that make the old leaf read as the new one; None where there are none to be trusted."""
        a, b = without_images(old.tokens), without_images(new.tokens)
        runs = words.exact([token.same for token in a], [token.same for token in b])
        spans = [_Span(i0, i1, j0, j1) for equal, i0, i1, j0, j1 in runs if not equal]
        if not spans:
            return []
        work = _Work(self, old, new, a, b, runs)
        if old.kind == "code":
            return work.line()
        checkable = self._reads(old, [], old)
        for way in (work.words, work.elements, work.whole):
            for escaped in (False, True):
                try:
                    found = way(spans, escaped)
                except _NoPlace:
                    continue
                if not checkable or work.fresh_note or self._reads(old, found, new):
                    return found
        return None

    def _reads(self, old: Leaf, edits: Sequence[Edit], wanted: Leaf) -> bool:
        """Whether the lines of a leaf, edited, read as the wanted one."""
        expected = [token.same for token in without_images(wanted.tokens)]
        if old.kind == "title":
            return True
        if old.kind == "cell":
            text = applied(self.known.text, edits, old.start, old.end)
            if "\n" in text or re.search(r"(?<!\\)\|", text):
                return False
            env = source.read("", known=self.known).env
            chars = inlines.read(text.strip().replace("\\|", "|"), [], env, self.address)
            return [token.same for token in leaves.tokens(chars)] == expected
        text = applied(self.known.text, edits, *old.lines)
        if old.note:
            text = _NOTE_HEAD.sub("", text, count=1)
        inset = len(text) - len(text.lstrip(" \t"))
        lines = [line[min(inset, len(line) - len(line.lstrip(" \t"))) :] for line in text.splitlines(keepends=True)]
        found = source.read("".join(lines), self.address, self.known).leaves
        if not found or len([leaf for leaf in found if not leaf.note]) != 1:
            return False
        return [token.same for token in without_images(found[0].tokens)] == expected


class _Work:
    """One leaf being rewritten."""

    def __init__(
        self,
        rewriter: Rewriter,
        old: Leaf,
        new: Leaf,
        a: Sequence[Token],
        b: Sequence[Token],
        runs: Sequence[words.Run],
    ) -> None:
        self.old, self.new, self.a, self.b, self.runs = old, new, a, b, runs
        self.spans = [_Span(i0, i1, j0, j1) for equal, i0, i1, j0, j1 in runs if not equal]
        self.source = rewriter.known
        self.twin = {j0 + k: i0 + k for equal, i0, i1, j0, _ in runs if equal for k in range(i1 - i0)}
        self.fresh_note = any(t.key == "note" and j not in self.twin for j, t in enumerate(b))
        emph = "_" if re.search(r"(?<!\w)_[^_\s]", self.source.text[max(0, old.start) : max(0, old.end)]) else "*"
        start = self.source.text.rfind("\n", 0, max(0, old.start)) + 1
        broken = re.sub(r"[^>\s]", " ", self.source.text[start : max(start, old.start)])
        self.composer = Composer(
            self.source.text, self.source.written, rewriter.note, cell=old.kind == "cell", broken=broken, emph=emph
        )

    def line(self) -> list[Edit] | None:
        """Replace a line of code."""
        if self.old.start < 0:
            return None
        who = tuple(dict.fromkeys(mark for span in self.spans for mark in self._authors(span)))
        return [Edit(self.old.start, self.old.end, self.new.text, who, self.old.text, self.new.text)]

    def words(self, spans: Sequence[_Span], escaped: bool) -> list[Edit]:
        """Replace the words alone."""
        return [self._edit(span, *self._exactly(span), escaped) for span in spans]

    def _exactly(self, span: _Span) -> tuple[int, int]:
        """Give the place of a change that stays within one format."""
        old, new = self.a[span.i0 : span.i1], self.b[span.j0 : span.j1]
        formats = {token.same[1] for token in new if not token.is_blank}
        if any(token.key for token in new) or len(formats) > 1:
            raise _NoPlace
        if not old:
            return self._between(span.i0, formats)
        outers = {token.outer for token in old}
        if any(token.start < 0 for token in old) or len(outers) > 1:
            raise _NoPlace
        worn = {token.same[1] for token in old if not token.is_blank} or {self._format_of_blank(span.i0)}
        if formats and formats != worn:
            raise _NoPlace
        outer = outers.pop()
        if outer != NOWHERE and not new and self._is_all_of(span, outer):
            return outer
        if self._has_picture(old[0].start, old[-1].end):
            raise _NoPlace
        return old[0].start, old[-1].end

    def _format_of_blank(self, i: int) -> frozenset[str]:
        """Tell in which format a blank stands, by its neighbours."""
        if self.a[i].outer == NOWHERE or i == 0:
            return leaves.PLAIN
        return self.a[i - 1].same[1]

    def _is_all_of(self, span: _Span, outer: tuple[int, int]) -> bool:
        inside = [i for i, token in enumerate(self.a) if token.outer == outer]
        return inside[0] >= span.i0 and inside[-1] < span.i1

    def _has_picture(self, start: int, end: int) -> bool:
        return any(token.key == "image" and start <= token.start < end for token in self.old.tokens)

    def _between(self, i: int, formats: set[frozenset[str]]) -> tuple[int, int]:
        """Find the place between two tokens where something of this format may be inserted."""
        before = self.a[i - 1] if i else None
        after = self.a[i] if i < len(self.a) else None
        wanted = next(iter(formats), leaves.PLAIN)
        if before is None and after is None:
            at = self.old.start
        elif before and not before.is_blank and before.same[1] == wanted and not before.key and before.end >= 0:
            at = before.end
        elif after and not after.is_blank and after.same[1] == wanted and not after.key and after.start >= 0:
            at = after.start
        elif (
            wanted == leaves.PLAIN
            and before
            and (after is None or before.outer != after.outer or before.outer == NOWHERE)
        ):
            at = before.outer[1] if before.outer != NOWHERE else before.end
        elif wanted == leaves.PLAIN and before is None and after:
            at = after.outer[0] if after.outer != NOWHERE else after.start
        else:
            raise _NoPlace
        if at < 0:
            raise _NoPlace
        return at, at

    def elements(self, spans: Sequence[_Span], escaped: bool) -> list[Edit]:
        """Write the formatted elements that a change touches anew."""
        wide: list[_Span] = []
        for span in spans:
            lo, hi = self._widened(span)
            while wide and wide[-1].i1 >= lo:
                lo, hi = min(lo, wide[-1].i0), max(hi, wide[-1].i1)
                wide.pop()
            wide.append(_Span(lo, hi, self._across(lo, last=False), self._across(hi, last=True)))
        out = []
        for span in wide:
            old = self.a[span.i0 : span.i1]
            if not old:
                at, _ = self._between(span.i0, set())
                out.append(self._edit(span, at, at, escaped))
                continue
            start = old[0].start if old[0].outer == NOWHERE else old[0].outer[0]
            end = old[-1].end if old[-1].outer == NOWHERE else old[-1].outer[1]
            if min(start, end) < 0 or self._has_picture(start, end):
                raise _NoPlace
            out.append(self._edit(span, start, end, escaped))
        return out

    def _widened(self, span: _Span) -> tuple[int, int]:
        """Take in the whole of each element that a change touches or, by its format, goes on with."""
        lo, hi = span.i0, span.i1
        worn = frozenset().union(*(token.same[1] for token in self.b[span.j0 : span.j1]))
        edges = [i for i in (lo - 1, hi) if 0 <= i < len(self.a)]
        for i in [*range(lo, hi), *(i for i in edges if self._goes_on(i, span, worn))]:
            outer = self.a[i].outer
            if outer == NOWHERE:
                continue
            lo = min(lo, next(k for k, token in enumerate(self.a) if token.outer == outer))
            hi = max(hi, 1 + max(k for k, token in enumerate(self.a) if token.outer == outer))
        return lo, hi

    def _goes_on(self, i: int, span: _Span, worn: frozenset[str]) -> bool:
        split = span.i0 == span.i1 and 0 < span.i0 < len(self.a) and self.a[span.i0 - 1].outer == self.a[span.i0].outer
        return split or bool(worn & self.a[i].same[1])

    def _across(self, i: int, *, last: bool) -> int:
        """Give the place among the new tokens that a place among the old ones is; behind what was inserted there."""
        found = len(self.b) if i >= len(self.a) else 0
        for equal, i0, i1, j0, j1 in self.runs:
            if i0 <= i < i1 or (i == i0 == i1):
                found = j0 + (i - i0 if equal else 0)
                if i == i0 == i1 and last:
                    found = j1
                    continue
                break
        return found

    def whole(self, _spans: Sequence[_Span], escaped: bool) -> list[Edit]:
        """Write the text of the leaf anew."""
        if self.old.start < 0 or self._has_picture(self.old.start, self.old.end):
            raise _NoPlace
        span = _Span(0, len(self.a), 0, len(self.b))
        return [self._edit(span, self.old.start, self.old.end, escaped)]

    def _edit(self, span: _Span, start: int, end: int, escaped: bool) -> Edit:
        known: list[Known] = []
        for j in range(span.j0, span.j1):
            i = self.twin.get(j)
            known.append((self.b[j], self.a[i] if i is not None else None))
        before = "".join(token.text for token in self.a[span.i0 : span.i1])
        after = "".join(token.text for token in self.b[span.j0 : span.j1])
        shown = [(Token(t.text, key=t.key, data=t.data), o) for t, o in known] if self._is_within(start) else known
        text = self.composer.compose(shown, escaped=escaped)
        if start == self.old.start and escaped:
            text = at_start(text)
        inside = [each for each in self.spans if span.i0 <= each.i0 and each.i1 <= span.i1]
        who = tuple(dict.fromkeys(mark for each in inside for mark in self._authors(each)))
        return Edit(start, end, text, who, before, after)

    def _is_within(self, at: int) -> bool:
        """Whether a place of the source lies inside a formatted element, whose format goes on there."""
        return any(token.outer != NOWHERE and token.outer[0] < at < token.outer[1] for token in self.a)

    def _authors(self, span: _Span) -> tuple[Mark | None, ...]:
        """Say who made a change; None for what nobody tracked."""
        first = self.b[span.j0 - 1].end if span.j0 else 0
        last = self.b[span.j1].start if span.j1 < len(self.b) else self.new.end
        found = dict.fromkeys(mark for t in self.b[span.j0 : span.j1] if not t.is_blank for mark in t.marks)
        gone = dict.fromkeys(mark for at, mark, _ in self.new.gone if first <= at <= last)
        removed = [token.text for token in self.a[span.i0 : span.i1] if not token.is_blank]
        if removed and not gone:  # what was deleted may stand in one piece before all that was inserted
            gone = {mark: None for mark, text in self._gone().items() if all(word in text for word in removed)}
        untracked = {None: None} if removed and not gone and None not in found else {}
        return tuple(found | gone | untracked) or _EVERYBODY

    def _gone(self) -> dict[Mark, str]:
        """Give what each author deleted in the leaf."""
        out: dict[Mark, str] = {}
        for _, mark, text in self.new.gone:
            out[mark] = out.get(mark, "") + text
        return out


def applied(text: str, edits: Sequence[Edit], start: int = 0, end: int | None = None) -> str:
    """Apply edits to a part of a text."""
    return "".join(_pieces(text, edits, start, len(text) if end is None else end))


def _pieces(text: str, edits: Sequence[Edit], start: int, end: int) -> Iterator[str]:
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        yield text[start : edit.start]
        yield edit.text
        start = max(start, edit.end)
    yield text[start:end]
