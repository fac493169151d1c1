"""A Markdown document read into leaves, each token with its place in the source.

What a reader does not see (front matter, marks, the lines of containers) is no part of a leaf and so is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markdown_it.token import Token as Mark

from reviewtool.prose import dialect, markdown, parsing
from reviewtool.word import inlines, leaves
from reviewtool.word.inlines import Address
from reviewtool.word.leaves import Cell, Char, Container, Leaf, Shape

_HASHES = re.compile(r"[ >\t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*#{1,6}[ \t]*")
_TITLE_LINE = re.compile(r"(?m)^title[ \t]*:[ \t]*(['\"]?)(.*?)\1[ \t\r]*$")
_ALIGN = re.compile(r"text-align:(\w+)")
QUOTE: Final = "cita"
QUIZ: Final = "pregunta"
ANSWER: Final = "respuesta"


@dataclass(frozen=True, slots=True)
class Source:
    """A document: its text, its leaves (notes last, in the order of their marks), and how links are written in it."""

    text: str
    leaves: tuple[Leaf, ...]
    env: dict[str, Any]
    written: dict[str, str]  # address of a link -> its target as the source has it
    meta: dict[str, str]

    @property
    def title(self) -> str:
        """The title of the front matter, or the first heading."""
        return self.meta.get("title") or next((leaf.text for leaf in self.leaves if leaf.kind == "h1"), "")


def as_written(_kind: str, target: str) -> str:
    """Leave a target as it is."""
    return target


def read(text: str, address: Address = as_written, known: Source | None = None) -> Source:
    """Read a document; `address` makes of a target ("link" or "image", as written) the address that goes to Word.

    A part of a `known` document is read with the references and notes that this one defines.
    """
    reader = _Reader(text, address)
    if known is not None:
        refs = known.env.get("footnotes", {}).get("refs", {})
        reader.env |= {"references": known.env.get("references", {}), "footnotes": {"refs": dict.fromkeys(refs, -1)}}
    return reader.source()


class _Reader:
    def __init__(self, text: str, address: Address) -> None:
        self.text, self._address = text, address
        self.shift = int(text.startswith("\ufeff"))
        bare = text[self.shift :]
        ends = [match.span() for match in markdown.LINE.finditer(bare)]
        self.starts = [self.shift, *(self.shift + end for _, end in ends)]
        self.ends = [*(self.shift + start for start, _ in ends), len(text)]  # of each line, without its line end
        self.meta = markdown.front_matter(text)
        self.env: dict[str, Any] = {"words": dialect.words_for(self.meta.get("lang", ""))}
        self.marks = parsing.blocks(markdown.LINE.sub("\n", bare).replace("\0", "\ufffd"), self.env)
        self.written: dict[str, str] = {}
        self.found: list[Leaf] = []
        self.notes: dict[str, list[Leaf]] = {}
        self.within: list[Container] = []
        self.lists: list[tuple[int, bool, int]] = []  # number, ordered, first
        self.note = ""
        self.fresh: set[int] = set()  # items of which no leaf was read yet
        self.count = 0
        self.cell: Cell | None = None

    def address(self, kind: str, target: str) -> str:
        found = self._address(kind, target)
        if kind == "link":
            self.written[found] = target
            self.written.setdefault(leaves.spelled(found), target)
        return found

    def source(self) -> Source:
        title = _TITLE_LINE.search(self.text) if self.meta.get("title") else None
        for n, mark in enumerate(self.marks):
            self._mark(n, mark)
        if title and not any(leaf.kind == "h1" for leaf in self.found):
            self.found.insert(0, self._titled(title))
        body = list(self.found)
        for leaf in _with_notes(body, self.notes):
            if leaf.note:
                body.append(leaf)
        return Source(self.text, tuple(body), self.env, self.written, self.meta)

    def _titled(self, match: re.Match[str]) -> Leaf:
        start, end = match.span(2)
        chars = [Char(each, start=start + n, end=start + n + 1) for n, each in enumerate(match[2])]
        lines = match.start(), min(match.end() + 1, len(self.text))
        return Leaf("title", leaves.tokens(chars), start=start, end=end, lines=lines)

    def _mark(self, n: int, mark: Mark) -> None:
        kind = mark.type
        if kind in ("fence", "code_block"):
            self._code(mark)
        elif kind == "hr":
            at = self.starts[_map(mark)[0]]
            token = leaves.Token(leaves.OBJECT, key="rule")
            self._add(Leaf("rule", [token], start=at, end=at, lines=self._lines(*_map(mark))))
        elif kind in ("paragraph_open", "heading_open"):
            name = f"h{mark.tag[1]}" if kind == "heading_open" else "p"
            self._paragraph(name, _map(mark), self.marks[n + 1].content)
        elif kind == "table_open":
            self._table(n)
        elif kind.endswith("_open"):
            self._begin(n, mark)
        elif kind.endswith("_close"):
            self._close(kind)

    def _begin(self, n: int, mark: Mark) -> None:
        kind = mark.type.removesuffix("_open")
        if kind in ("bullet_list", "ordered_list"):
            self.count += 1
            self.lists.append((self.count, kind == "ordered_list", int(mark.attrs.get("start", 1))))
        elif kind == "list_item":
            number, ordered, first = self.lists[-1]
            self._enter(mark, "item", ordered, number, first)
            self.fresh.add(self.within[-1].number)
        elif kind == "blockquote":
            self._enter(mark, QUOTE)
        elif kind.startswith("container_"):
            word, _ = dialect.container_word(mark.info)
            name = {"quiz": QUIZ, "answer": ANSWER}.get(kind.removeprefix("container_"))
            self._enter(mark, name or dialect.ADMONITIONS[word][0], after=1)
            self._box_title(mark)
        elif kind == "footnote_reference":
            self.note = str(mark.meta["label"])
            self.notes.setdefault(self.note, [])

    def _enter(
        self, mark: Mark, kind: str, ordered: bool = False, belongs: int = 0, first: int = 1, after: int = 0
    ) -> None:
        self.count += 1
        start, end = _map(mark)
        end = min(end + after, len(self.starts))
        while end > start + 1 and not self.text[self.starts[end - 1] : self.ends[end - 1]].strip(" >\t"):
            end -= 1
        self.within.append(Container(kind, self.count, *self._lines(start, end), ordered, belongs, first))

    def _close(self, kind: str) -> None:
        if kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind in ("list_item_close", "blockquote_close") or kind.startswith("container_"):
            self.within.pop()
        elif kind == "footnote_reference_close":
            self.note = ""

    def _box_title(self, mark: Mark) -> None:
        """Read the title of a box; one that the author did not write has no place."""
        line = _map(mark)[0]
        title = dialect.container_title(mark.info)
        if not title:
            return
        at = self.text.rfind(title, self.starts[line], self.ends[line]) if dialect.container_word(mark.info)[1] else -1
        chars = [Char(each, start=at + n, end=at + n + 1) if at >= 0 else Char(each) for n, each in enumerate(title)]
        end = at + len(title) if at >= 0 else -1
        self._add(Leaf("boxtitle", leaves.tokens(chars), start=at, end=end, lines=self._lines(line, line + 1)))

    def _lines(self, first: int, after: int) -> tuple[int, int]:
        return self.starts[first], self.starts[after] if after < len(self.starts) else len(self.text)

    def _add(self, leaf: Leaf) -> None:
        leaf.within, leaf.note, leaf.cell = tuple(self.within), self.note, self.cell
        if leaf.kind == "p" and self.note:
            leaf.kind = "note"
        items = [each for each in self.within if each.kind == "item"]
        first = bool(items) and leaf.kind != "boxtitle" and items[-1].number in self.fresh
        if items and leaf.kind != "boxtitle":
            self.fresh.discard(items[-1].number)
        if leaf.kind in ("p", "note", "boxtitle"):
            box = next((each.kind for each in reversed(self.within) if each.kind != "item"), "")
            leaf.shape = Shape("" if self.note else box, len(items), first and items[-1].ordered, first)
        (self.notes[self.note] if self.note else self.found).append(leaf)

    def _paragraph(self, kind: str, lines: tuple[int, int], content: str) -> None:
        places = self._places(content, lines[0], heading=kind != "p")
        found = leaves.tokens(inlines.read(content, places, self.env, self.address))
        if found:
            ends = (places[0], places[-1]) if places else leaves.NOWHERE
            self._add(Leaf(kind, found, start=ends[0], end=ends[1], lines=self._lines(*lines)))

    def _places(self, content: str, line: int, *, heading: bool) -> list[int]:
        """Give the offset in the source of each character of a block's text; nothing if a line is not found there."""
        places: list[int] = []
        for n, part in enumerate(content.split("\n")):
            start, end = self.starts[line + n], self.ends[line + n]
            whole = self.text[start:end]
            if heading and n == 0 and (hashes := _HASHES.match(whole)):
                at = whole.find(part, hashes.end())
            else:
                bare = whole if whole.endswith(part) else whole.rstrip(" \t")
                at = len(bare) - len(part) if bare.endswith(part) else -1
            if at < 0:
                return []
            places += range(start + at, start + at + len(part) + 1)
        return places

    def _code(self, mark: Mark) -> None:
        first = _map(mark)[0]
        self.count += 1
        info = mark.info.strip() if mark.type == "fence" else ""
        for n, line in enumerate(mark.content.removesuffix("\n").split("\n")):
            at = first + n + (mark.type == "fence")
            start, end = (self.starts[at], self.ends[at]) if at < len(self.starts) else leaves.NOWHERE
            place = end - len(line) if start >= 0 and self.text[start:end].endswith(line) else -1
            chars = [
                Char(each, start=place + k, end=place + k + 1) if place >= 0 else Char(each)
                for k, each in enumerate(line)
            ]
            span = (place, end) if place >= 0 else leaves.NOWHERE
            leaf = Leaf("code", leaves.code_tokens(chars), start=span[0], end=span[1], lines=self._lines(at, at + 1))
            leaf.info, leaf.block = info, self.count
            self._add(leaf)

    def _table(self, n: int) -> None:
        self.count += 1
        row = -1
        for k in range(n + 1, len(self.marks)):
            mark = self.marks[k]
            if mark.type == "table_close":
                break
            if mark.type == "tr_open":
                row += 1
                line = _map(mark)[0]
                parts = list(_cells(self.text[self.starts[line] : self.ends[line]]))
                column = 0
            elif mark.type in ("th_open", "td_open"):
                align = _ALIGN.search(str(mark.attrs.get("style", "")))
                self.cell = Cell(self.count, row, column, align[1] if align else "")
                self._cell(self.marks[k + 1].content, line, parts[column] if column < len(parts) else None)
                column += 1
            mark.hidden = True
        self.cell = None
        for mark in self.marks[n + 1 : k]:
            mark.type = "read"

    def _cell(self, content: str, line: int, part: tuple[str, list[int]] | None) -> None:
        places = [self.starts[line] + each for each in part[1]] if part and part[0] == content else []
        found = leaves.tokens(inlines.read(content, places, self.env, self.address))
        ends = (places[0], places[-1]) if places else leaves.NOWHERE
        self._add(Leaf("cell", found, start=ends[0], end=ends[1], lines=self._lines(line, line + 1)))


def _map(mark: Mark) -> tuple[int, int]:
    if mark.map is None:
        raise ValueError(mark.type)
    return mark.map[0], mark.map[1]


def _cells(row: str) -> Iterator[tuple[str, list[int]]]:
    """Divide a row at its bars as the parser does: the text of each cell, where its characters and its end stand."""
    lead = re.match(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*[ \t]*\|?", row)
    start = lead.end() if lead else 0
    chars: list[tuple[str, int]] = []
    at = start
    while at < len(row):
        if row[at] == "\\" and row[at + 1 : at + 2] == "|":
            chars.append(("|", at))
            at += 2
        elif row[at] == "|":
            yield _stripped(chars, at)
            chars = []
            at += 1
        else:
            chars.append((row[at], at))
            at += 1
    if chars or at == start:
        yield _stripped(chars, at)


def _stripped(chars: Sequence[tuple[str, int]], end: int) -> tuple[str, list[int]]:
    """Take the blanks off a cell; an empty one stands one blank behind its bar."""
    text = "".join(char for char, _ in chars)
    if not text.strip():
        at = chars[0][1] + 1 if len(chars) > 1 else end
        return "", [at]
    first = len(text) - len(text.lstrip())
    last = len(text.rstrip())
    after = chars[last][1] if last < len(chars) else end
    return text.strip(), [*(at for _, at in chars[first:last]), after]


def _with_notes(body: Sequence[Leaf], notes: dict[str, list[Leaf]]) -> Iterator[Leaf]:
    """Give the leaves of the notes in the order in which they are first referred to, those inside notes too."""
    seen: set[str] = set()
    waiting = list(body)
    for leaf in waiting:
        for token in leaf.tokens:
            if token.key == "note" and token.data[0] not in seen:
                seen.add(token.data[0])
                inside = notes.get(token.data[0], [])
                yield from inside
                waiting += inside
