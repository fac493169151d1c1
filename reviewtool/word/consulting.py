"""«Para consulta interna»: a proposal as one file for people without an account, to read and to answer by other ways.

Heading, what changes, the text in force, the proposed one, and both beside each other where they differ. All words of
ours are given by who calls, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reviewtool.prose import words
from reviewtool.word import exporting, package, source, writing
from reviewtool.word.exporting import Exported, Surroundings
from reviewtool.word.leaves import Cell, Leaf, Shape, Token
from reviewtool.word.package import Cover, Origin
from reviewtool.word.pairing import pair
from reviewtool.word.source import Source
from reviewtool.word.writing import GONE, NEW, Line, Paper, Piece

_COMPARED = 1_000_000  # number of the table of the comparison, which no table of a document has


@dataclass(frozen=True, slots=True)
class Headings:
    """The words above the parts, in the language of the file."""

    changes: str
    current: str
    proposed: str
    comparison: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One document of a proposal: its title, the text in force and the proposed one; empty where there is none.

    `around`: what its own links and pictures name, where documents stand in several folders.
    """

    title: str
    current: str
    proposed: str
    around: Surroundings | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the file. `facts` are names with what they say: number, version, closing, reason, source."""

    title: str
    facts: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    documents: tuple[Pair, ...]
    headings: Headings
    language: str = "es"
    author: str = ""


def sheet(content: Sheet, origin: Origin | None = None, around: Surroundings | None = None) -> Exported:
    """Write the file."""
    around = around or Surroundings()
    worlds = [each.around or around for each in content.documents]
    paper = Paper(lambda name: _picture(worlds, name), around.to_png)
    lines = list(_lines(content, around))
    body = exporting.laid_out(paper, lines)
    cover = Cover(content.title, content.author, content.language, origin)
    absent = (name.partition(":")[2] for name in paper.absent)
    return Exported(package.bundle(paper, body, cover), tuple(dict.fromkeys(absent)))


def _picture(worlds: Sequence[Surroundings], name: str) -> bytes | None:
    """Find a picture by the number of its document and what this one calls it."""
    number, _, target = name.partition(":")
    return worlds[int(number)].image(target)


def _lines(content: Sheet, around: Surroundings) -> Iterator[Line]:
    yield _line("title", content.title)
    for name, said in content.facts:
        bold = [Token(text, frozenset({"strong"})) for text in words.tokens(f"{name}:")]
        yield writing.plain(Leaf("p", [*bold, Token(" "), *map(Token, words.tokens(said))]))
    heads = content.headings
    yield _line("h1", heads.changes)
    for each in content.changes:
        yield writing.plain(Leaf("p", _said(each), Shape("", 1, False, True)))
    texts = [
        [source.read(text, (each.around or around).address) for text in (each.current, each.proposed)]
        for each in content.documents
    ]
    for side, head in ((0, heads.current), (1, heads.proposed)):
        yield _line("h1", head)
        for n, (document, found) in enumerate(zip(content.documents, texts, strict=True)):
            yield _line("h2", document.title)
            yield from _text(found[side], n, side)
    yield _line("h1", heads.comparison)
    for n, (document, found) in enumerate(zip(content.documents, texts, strict=True)):
        yield _line("h2", document.title)
        yield from _compared(found[0], found[1], n, heads)


def _line(kind: str, text: str) -> Line:
    return writing.plain(Leaf(kind, _said(text)))


def _said(text: str) -> list[Token]:
    return [Token(token) for token in words.tokens(text)]


def _text(found: Source, number: int, side: int) -> Iterator[Line]:
    """Give the lines of one text; its notes, tables, lists and pictures are told apart from those of the others."""
    notes, shift = f"{number}.{side}.", 10_000 * (2 * number + side + 1)
    for leaf in found.leaves:
        if leaf.kind == "title":
            continue
        own = [replace(each, belongs=each.belongs + shift) for each in leaf.within]
        cell = leaf.cell and leaf.cell._replace(table=leaf.cell.table + shift)
        tokens = [_apart(token, notes, number) for token in leaf.tokens]
        kind = f"h{min(6, int(leaf.kind[1]) + 2)}" if leaf.kind[0] == "h" else leaf.kind
        note = notes + leaf.note if leaf.note else ""
        yield writing.plain(replace(leaf, kind=kind, tokens=tokens, within=tuple(own), cell=cell, note=note))


def _apart(token: Token, notes: str, number: int) -> Token:
    if token.key == "note":
        return replace(token, data=(notes + token.data[0],))
    if token.key == "image":
        target, said, *rest = token.data
        return replace(token, data=(f"{number}:{target}", said or target, *rest))
    return token


def _compared(old: Source, new: Source, number: int, heads: Headings) -> Iterator[Line]:
    """Give the table of what differs: the text in force on the left, the proposed one on the right."""
    row = 0
    table = _COMPARED + number
    for column, head in enumerate((heads.current, heads.proposed)):
        yield writing.plain(Leaf("cell", _said(head), cell=Cell(table, 0, column)))
    for step in pair(old.leaves, new.leaves):
        if step.old and step.new and step.old.key == step.new.key:
            continue
        row += 1
        sides = [
            _joined(text.leaves[unit.first : unit.last]) if unit else []
            for text, unit in ((old, step.old), (new, step.new))
        ]
        for column, pieces in enumerate(_marked(*sides)):
            yield Line(Leaf("cell", [], cell=Cell(table, row, column)), pieces)


def _joined(found: Sequence[Leaf]) -> list[Token]:
    """Put the cells of a row one behind the other."""
    out: list[Token] = []
    for leaf in found:
        out += [Token(" "), Token("|"), Token(" ")] if out else []
        out += [token for token in leaf.tokens if token.key not in ("image", "note", "rule")]
    return out


def _marked(old: Sequence[Token], new: Sequence[Token]) -> tuple[list[Piece], list[Piece]]:
    """Mark on each side what the other does not have."""
    left: list[Piece] = []
    right: list[Piece] = []
    texts = [token.text for token in old], [token.text for token in new]
    for equal, i0, i1, j0, j1 in words.compare([t.same for t in old], [t.same for t in new], texts):
        left += (Piece(t if equal else replace(t, fmt=t.fmt | {GONE})) for t in old[i0:i1])
        right += (Piece(t if equal else replace(t, fmt=t.fmt | {NEW})) for t in new[j0:j1])
    return left, right
