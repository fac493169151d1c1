"""A document read and rendered one top-level element at a time.

markdown-it would hold the tokens of the whole document at once, which are most of the memory of a rendering. Here only
what can depend on the rest of the document (links, notes, headings) waits for the end. What another document had word
for word is taken from there (`Known`). `markdown.py` and `redline.py` use this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from reviewtool.prose import dialect

MD: Final = dialect.build()
_BLOCK: Final = MD.block.ruler.getRules("")[0]  # the first rule asks all the others
_STEPS: Final = MD.core.ruler.get_active_rules().index("block") + 1
_BLOCKS: Final = MD.core.ruler.getRules("")[:_STEPS]
_AFTER_BLOCKS: Final = MD.core.ruler.getRules("")[_STEPS:]
_MARKS: Final = re.compile(r"[\\`*_~!<&\[]")
_AHEAD = 2  # lines with text after a block that its end may depend on: a table is told by two
_ALIKE = 40  # blocks looked at that begin with one line
_AT_ONCE = 500  # tokens held before their blocks are rendered


class Part(NamedTuple):
    """One top-level element: its HTML, its first line and the line after its last; None for the collected footnotes.

    `heading` is the id of a heading.
    """

    html: str
    lines: tuple[int, int] | None
    heading: str | None


class _Seen(NamedTuple):
    """A block: its `text` with what its end depends on (`ahead` lines in all), its own `lines` and its HTML."""

    text: str
    ahead: int
    last: bool
    lines: int
    html: str


class Known:
    """The blocks of one document that look the same in any other: without links, notes and headings."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], list[_Seen]] = {}

    def find(self, words: str, state: StateBlock, line: int) -> _Seen | None:
        """Find the block that begins at a line, if it and what its end depends on was seen before."""
        start = state.bMarks[line]
        for seen in self._seen.get((words, state.src[start : state.eMarks[line]]), ()):
            end = line + seen.ahead
            same = state.src.startswith(seen.text, start) and start + len(seen.text) == _end(state, end)
            if same and seen.last == (end == state.lineMax):
                return seen
        return None

    def add(self, words: str, state: StateBlock, lines: tuple[int, int], html: str) -> None:
        """Remember a block together with the lines after it that its end may depend on."""
        first, after = lines
        end, left = after, _AHEAD
        while end < state.lineMax and left:
            left -= not state.isEmpty(end)
            end += 1
        start = state.bMarks[first]
        known = self._seen.setdefault((words, state.src[start : state.eMarks[first]]), [])
        if len(known) < _ALIKE:
            text = state.src[start : _end(state, end)]
            known.append(_Seen(text, end - first, end == state.lineMax, after - first, html))


def _end(state: StateBlock, line: int) -> int:
    """Give where the lines before this one end; those of the whole document with what stands after the last one."""
    return state.eMarks[line - 1] if line < state.lineMax else len(state.src)


def tokens(text: str, env: dict[str, Any]) -> list[Token]:
    """Read a whole document into tokens, for those who only look at them."""
    found = MD.parse(text, env)
    dialect.finish(found)
    return found


def blocks(text: str, env: dict[str, Any]) -> list[Token]:
    """Read the blocks of a document; the text inside each is left as it is written."""
    core = StateCore(text, MD, env)
    for rule in _BLOCKS:
        rule(core)
    return core.tokens


def read_line(words: str) -> str:
    """Give the words of one line as they are read; what it refers to elsewhere is not known here."""
    return "".join(dialect.inline_text(token) for token in MD.parseInline(words)) if _MARKS.search(words) else words


def headings(text: str, env: dict[str, Any]) -> list[Token]:
    """Read the headings of a document, each with the text inside it; the marks in all other blocks are left unread."""
    core = StateCore(text, MD, env)
    core.tokens = blocks(text, env)
    found = [token for pair in pairwise(core.tokens) if pair[0].type == "heading_open" for token in pair]
    if any(token.level for token in found if token.type == "heading_open"):
        return tokens(text, {"words": env["words"]})  # one in a footnote stands where the notes do, or nowhere
    core.tokens = found
    for rule in _AFTER_BLOCKS:
        rule(core)
    dialect.finish(found)
    return found


class Reading:
    """One document being read: `point` sets the targets of links and images, `clean` sanitises many runs at once."""

    def __init__(
        self,
        env: dict[str, Any],
        point: Callable[[Sequence[Token]], None],
        clean: Callable[[Sequence[str]], list[str]],
        known: Known | None,
    ) -> None:
        self.env, self.point, self.clean, self.known = env, point, clean, known

    def parts(self, source: str) -> list[Part]:
        """Render the source (line ends as line feeds) into its top-level elements in order, the footnotes last."""
        if not source:
            return []
        words = self.env["words"]["table"]
        state = StateBlock(source, MD, self.env, [])
        found: list[Part] = []
        places: list[tuple[int, int]] = []
        htmls: list[str] = []
        alone: list[list[Token]] = []
        waiting: list[Token] = []
        line = size = 0
        while (line := state.skipEmptyLines(line)) < state.lineMax:
            first, seen = line, self.known.find(words, state, line) if self.known and line else None
            if seen:
                line += seen.lines
                found.append(Part(seen.html, (first, line), None))
                continue
            block: list[Token] = []
            state.tokens = block
            state.line = first
            _BLOCK(state, first, state.lineMax, False)
            line = state.line
            if not _stands_alone(state, block, first, line):
                waiting += block
                continue
            places.append((first, line))
            alone.append(block)
            size += len(block)
            if size > _AT_ONCE:
                htmls += self._htmls(alone)
                alone, size = [], 0
        htmls += self._htmls(alone)
        for lines, html in zip(places, self.clean(htmls), strict=True):
            if self.known is not None:
                self.known.add(words, state, lines, html)
            found.append(Part(html, lines, None))
        found += self._dependent(self._finished(waiting))
        return sorted(found, key=lambda part: part.lines or (state.lineMax, 0))

    def _htmls(self, blocks: list[list[Token]]) -> list[str]:
        """Render blocks that depend on nothing."""
        self._finished([token for block in blocks for token in block])
        return [self._html(block) for block in blocks]

    def _dependent(self, tokens: list[Token]) -> Iterator[Part]:
        """Render what depends on the rest of the document, now that all of it was read."""
        segments = [tokens[first:last] for first, last in _segments(tokens)]
        htmls = self.clean([self._html(segment) for segment in segments])
        for (opening, *_), html in zip(segments, htmls, strict=True):
            heading = str(opening.attrs["id"]) if opening.type == "heading_open" else None
            yield Part(html, _lines(opening), heading)

    def _finished(self, tokens: list[Token]) -> list[Token]:
        """Do to the tokens of some blocks what markdown-it does after all blocks were read."""
        core = StateCore("", MD, self.env, tokens)
        for rule in _AFTER_BLOCKS:
            rule(core)
        dialect.finish(core.tokens)
        self.point(core.tokens)
        return core.tokens

    def _html(self, tokens: Sequence[Token]) -> str:
        return str(MD.renderer.render(tokens, MD.options, self.env))


def _stands_alone(state: StateBlock, block: Sequence[Token], line: int, after: int) -> bool:
    """Whether a block looks the same wherever it stands; the first may be front matter by the whole text."""
    if not line or not block or "[" in state.src[state.bMarks[line] : state.eMarks[after - 1]]:
        return False
    return not any(token.type == "heading_open" for token in block)


def _lines(opening: Token) -> tuple[int, int] | None:
    """Give the lines of an element; a container's own range leaves its closing line out."""
    if not opening.map:
        return None
    first, after = opening.map
    return first, after + opening.type.startswith("container_")


def _segments(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Divide the tokens into those of each top-level element."""
    depth = 0
    ends = [0]
    for i, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            ends.append(i + 1)
    return ((first, last) for first, last in pairwise(ends) if tokens[first].type != "front_matter")
