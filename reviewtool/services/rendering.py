"""A document rendered as blocks that know their lines, and which of them an open proposal would change.

The pages of `documents` and `histories` show the blocks. All HTML comes from `prose`; here it is only taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass

from markupsafe import Markup

from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId
from reviewtool.models import Proposal, Touch
from reviewtool.prose import ALGORITHM_VERSION, changes, markdown, tree
from reviewtool.services import showing
from reviewtool.services.documents import Document
from reviewtool.services.workshop import Workshop

BROKEN = "#enlace-roto"  # what a `Resolve` answers for a target that is not in the materials
_BROKEN_LINK = re.compile(rf'<a href="{BROKEN}"[^>]*>(.*?)</a>', re.DOTALL)
_BROKEN_IMAGE = re.compile(rf'<img src="{BROKEN}"(?: alt="([^"]*)")?[^>]*>')


@dataclass(frozen=True)
class Block:
    """One top-level piece of a rendered document and the lines of the file (from 1) it was made of; 0 for none."""

    number: int
    html: Markup
    heading: str | None
    start: int
    end: int
    first_line: int
    last_line: int


@dataclass(frozen=True)
class Rendered:
    """A document as blocks; the first heading is left out when it only repeats the title (`title_anchor` is its id)."""

    blocks: tuple[Block, ...]
    outline: tuple[markdown.Heading, ...]
    title_anchor: str


def rendered(workshop: Workshop, document: Document, resolve: markdown.Resolve, key: Hashable) -> Rendered:
    """Render a document once for all readers; `key` names what `resolve` depends on: the commit, the site's prefix."""
    whole = ("rendered", ALGORITHM_VERSION, document.blob, document.path, key)
    return workshop.cache.get(whole, lambda: _render(document, resolve))


def _render(document: Document, resolve: markdown.Resolve) -> Rendered:
    html, places = markdown.pieces(document.text, resolve=resolve)
    headings = markdown.outline(document.text)
    lines = _Lines(document.text)
    blocks = [
        _block(number, node, place, lines)
        for number, (node, place) in enumerate(zip(tree.build(html).children, places, strict=True))
    ]
    first = headings[0] if headings else None
    if first and blocks and blocks[0].heading == first.anchor and first.level == 1 and first.title == document.title:
        return Rendered(tuple(blocks[1:]), headings[1:], first.anchor)
    return Rendered(tuple(blocks), headings, "")


def _block(number: int, node: tree.Node, place: markdown.Piece, lines: _Lines) -> Block:
    html = mend(Markup(tree.write(node)))  # noqa: S704  (one element of what prose has sanitised)
    span = lines.span(place.start, place.end)
    return Block(number, html, place.heading, place.start or 0, place.end or 0, *span)


class _Lines:
    """The lines of a text as git counts them: a line feed ends one, nothing else does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line = 0, 1

    def span(self, start: int | None, end: int | None) -> tuple[int, int]:
        """Return the first and last line of text[start:end], blank ones at its end left out; (0, 0) for no place."""
        if start is None or end is None:
            return 0, 0
        if start < self._at:
            self._at, self._line = 0, 1
        self._line += self._text.count("\n", self._at, start)
        self._at = start
        inside = self._text[start:end].rstrip()
        return self._line, self._line + inside.count("\n")


def mend(html: Markup) -> Markup:
    """Show links and pictures whose target is not in the materials as text that says so."""
    if BROKEN not in html:
        return html
    # str(): `re` joins what it keeps by the subject's own `join`, and that of Markup escapes.
    linked = _BROKEN_LINK.sub(r'<span class="broken-link">\1</span>', str(html))
    whole = _BROKEN_IMAGE.sub(r'<span class="broken-link">\1</span>', linked)
    return Markup(whole)  # noqa: S704  (sanitised by prose; an element was only replaced by a plainer one)


def competing(
    workshop: Workshop, document: Document, whole: Rendered, touches: list[tuple[Proposal, Touch]]
) -> dict[int, list[Proposal]]:
    """Return by block number the open proposals whose changed passage begins there.

    Only proposals made on the present text of the document: where the others would fall is known when they are merged.
    """
    found: dict[int, list[Proposal]] = {}
    for proposal, touch in touches:
        if touch.old_blob != document.blob or not touch.new_blob:
            continue
        ranges = changed_ranges(workshop, document, touch.new_blob)
        before = False
        for block in whole.blocks:
            now = any(start < block.end and end > block.start for start, end in ranges)
            if now and not before:
                found.setdefault(block.number, []).append(proposal)
            before = now
    return found


def changed_ranges(workshop: Workshop, document: Document, blob: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of a document's text that the version in another blob changes."""
    key = ("changed-ranges", ALGORITHM_VERSION, document.blob, blob)
    return workshop.cache.get(key, lambda: _changed(workshop, document.text, blob))


def _changed(workshop: Workshop, text: str, blob: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of a text that another one changes; where it only inserts, the character before the place."""
    other = showing.decode(reading.data(workshop.store, BlobId(blob)))
    if other is None:
        return ((0, len(text)),)
    ranges, at = [], 0
    for change in changes.compare(text, other.text).changes:
        if change.op == "insert":
            ranges.append((max(at - 1, 0), max(at, 1)))
        elif change.op == "delete":
            ranges.append((at, at + len(change.text)))
        at += len(change.text) if change.op != "insert" else 0
    return tuple(ranges)
