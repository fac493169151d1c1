"""A document as a Word file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewtool.word import commenting, package, source, writing
from reviewtool.word.commenting import Remark
from reviewtool.word.inlines import Address
from reviewtool.word.leaves import Mark
from reviewtool.word.package import Cover, Origin
from reviewtool.word.redlining import Redline, Version
from reviewtool.word.writing import Image, Line, Paper, ToPng


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document needs of the world: addresses for its links, bytes for its pictures, a PNG for an SVG."""

    address: Address = source.as_written
    image: Image = lambda _target: None
    to_png: ToPng = lambda _svg: None


@dataclass(frozen=True, slots=True)
class Exported:
    """A Word file, and the pictures that stand in it as their description only."""

    data: bytes
    absent: tuple[str, ...]


def document(text: str, origin: Origin | None = None, around: Surroundings | None = None) -> Exported:
    """Write a document as a Word file; the same input gives the same bytes."""
    around = around or Surroundings()
    found = source.read(text, around.address)
    paper = Paper(around.image, around.to_png)
    body = laid_out(paper, [writing.plain(leaf) for leaf in found.leaves])
    cover = Cover(found.title, "", found.meta.get("lang", "es"), origin)
    return Exported(package.bundle(paper, body, cover), tuple(dict.fromkeys(paper.absent)))


def laid_out(paper: Paper, lines: Sequence[Line]) -> str:
    """Write the lines of a document; those of its notes go where their marks are."""
    for line in lines:
        if line.leaf.note:
            paper.notes.setdefault(line.leaf.note, []).append(line)
    body = [line for line in lines if not line.leaf.note]
    out = paper.body(body)
    last = body[-1] if body else None
    ends = last is not None and not last.leaf.cell and not last.inserted and not last.deleted
    return out if ends else out + "<w:p><w:pPr></w:pPr></w:p>"  # a table, or an end that may go, is never the last


def proposal(
    base: str,
    versions: Sequence[Version],
    remarks: Sequence[Remark] = (),
    origin: Origin | None = None,
    around: Surroundings | None = None,
) -> Exported:
    """Write a proposal as a Word file with tracked changes, each with its version's author, and with its comments.

    `remarks` stand on places of the newest version. Accepting all changes gives this one, rejecting them the base.
    """
    around = around or Surroundings()
    texts = [source.read(text, around.address) for text in (base, *(version.text for version in versions))]
    lines = Redline(texts, [Mark(version.author, version.date) for version in versions]).lines()
    paper = Paper(around.image, around.to_png)
    comments = commenting.anchored(lines, remarks)
    body = laid_out(paper, lines)
    cover = Cover(texts[-1].title, versions[-1].author, texts[-1].meta.get("lang", "es"), origin)
    return Exported(package.bundle(paper, body, cover, comments), tuple(dict.fromkeys(paper.absent)))
