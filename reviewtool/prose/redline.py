"""The rendered redline: two documents as one, with <ins> and <del> in place.

Property: dropping <del> and unwrapping <ins> gives the rendering of the new text, the reverse that of the old one (but
for ids, from what carries the class `redline-note`, and from answers being open). Elements that may not be wrapped at
their place (li, tr, td, …) carry data-diff="ins|del" and hold the <ins>/<del> inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import Final, Literal

from markupsafe import Markup

from reviewtool.prose import align, binding, changes, markdown, parsing, tree, weighing
from reviewtool.prose.changes import Change
from reviewtool.prose.markdown import Piece, Resolve
from reviewtool.prose.tree import FIXED, INLINE, Element, Leaf, Node

_STRETCH: Final = 30  # lines of source shown or folded as one
_HELD: Final = frozenset({"tr", "thead", "tbody"})  # what may hold neither text nor <ins>/<del>
_TAG = re.compile(r"(<[^>]*>)")
_EMPTY: Final = ("<br", "<hr", "<img")
_ID = re.compile(r' id="')
_REMOVED_LINK = re.compile(r' href="#\?([^"]*)"')
_MOVE_LINK = re.compile(r'<a class="move-link redline-note" href="#(move_[^"]*)">[^<]*</a>')
_HASH = re.compile(r' href="#')
_ANSWER: Final = ' class="answer"'


@dataclass(frozen=True, slots=True)
class Labels:
    """The words a redline adds: hidden ones for screen readers around each change, shown ones where a block moved."""

    inserted_open: str = "[insertado: "
    inserted_close: str = "]"
    deleted_open: str = "[suprimido: "
    deleted_close: str = "]"
    moved_from: str = "Trasladado de otro lugar: ver dónde estaba"
    moved_to: str = "Trasladado a otro lugar: ver dónde está"
    front_matter: str = "Datos del documento"
    format_old_open: str = "[formato anterior: "
    format_new_open: str = "[formato nuevo: "
    target: str = "destino del enlace:"
    too_heavy: str = "Son demasiados cambios para marcarlos en el texto compuesto: se marcan en el texto fuente."
    facts: tuple[tuple[str, str], ...] = (("title", "Título"), ("lang", "Idioma"))  # names of the front matter's keys


@dataclass(frozen=True, slots=True)
class Chunk:
    """One top-level block of the redline; offsets are None on the side where the block is not."""

    html: Markup
    changed: bool
    heading: str | None
    new_start: int | None
    new_end: int | None
    old_start: int | None
    old_end: int | None


@dataclass(frozen=True, slots=True)
class Redline:
    """The blocks of two documents shown as one, in order."""

    chunks: tuple[Chunk, ...]

    @property
    def changed(self) -> bool:
        """Whether a reader would see any change."""
        return any(c.changed for c in self.chunks)


def compare(
    old_md: str,
    new_md: str,
    *,
    resolve_old: Resolve | None = None,
    resolve_new: Resolve | None = None,
    labels: Labels | None = None,
) -> Redline:
    """Show two documents as one. Let `resolve_*` give an image a URL that names its content, so a new picture shows.

    What would take too long (`weighing`) is shown as source, for which the property of this module does not hold.
    """
    writer = _Writer(labels or Labels())
    if weighing.is_too_heavy(old_md, new_md):
        return Redline(tuple(_in_source(writer, old_md, new_md)))
    known = parsing.Known()
    _, old_pieces = markdown.pieces(old_md, resolve=resolve_old, targets=True, known=known)
    _, new_pieces = markdown.pieces(new_md, resolve=resolve_new, targets=True, known=known)
    old, new = tree.build_both([p.html for p in old_pieces], [p.html for p in new_pieces])
    binding.bind(old, new)
    binding.lift_moves(old)
    drafts = _front_matter(writer, old_md, new_md)
    drafts += _chunks(writer, (old, old_pieces), (new, new_pieces))
    tree.dissolve(old)
    tree.dissolve(new)
    ids = {m for d in drafts for m in re.findall(r' id="([^"]*)"', d.html)}
    return Redline(tuple(d.finished(ids) for d in drafts))


def _in_source(writer: _Writer, old: str, new: str) -> Iterator[Chunk]:
    """Show two texts as their source in stretches of some lines, what changed marked; the first change has a note."""
    note = Markup(f'<p class="callout redline-note">{escape(writer.labels.too_heavy)}</p>')  # noqa: S704  (escaped)
    for chunk in _stretches(writer, _by_lines(changes.compare(old, new).changes)):
        yield replace(chunk, html=note + chunk.html) if chunk.changed else chunk
        note = Markup() if chunk.changed else note


def _stretches(writer: _Writer, found: Iterable[Change]) -> Iterator[Chunk]:
    held: list[Change] = []
    lines = i = j = 0
    for change in found:
        held.append(change)
        lines += change.text.count("\n")
        if lines >= _STRETCH and change.text.endswith("\n"):
            yield (chunk := _stretch(writer, held, i, j))
            i, j, lines, held = chunk.old_end or i, chunk.new_end or j, 0, []
    if held:
        yield _stretch(writer, held, i, j)


def _by_lines(found: Iterable[Change]) -> Iterator[Change]:
    """Divide long changes after every few lines."""
    for op, text, _move in found:
        lines = text.split("\n")
        lines = [f"{line}\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
        for at in range(0, len(lines), _STRETCH):
            yield Change(op, "".join(lines[at : at + _STRETCH]))


def _stretch(writer: _Writer, held: Sequence[Change], i: int, j: int) -> Chunk:
    inner = "".join(
        escape(text) if op == "equal" else writer.wrapped("ins" if op == "insert" else "del", escape(text), "")
        for op, text, _move in held
    )
    old = i + sum(len(change.text) for change in held if change.op != "insert")
    new = j + sum(len(change.text) for change in held if change.op != "delete")
    changed = any(change.op != "equal" for change in held)
    return Chunk(Markup(f"<pre><code>{inner}</code></pre>"), changed, None, j, new, i, old)  # noqa: S704  (escaped)


def redline(old_markdown: str, new_markdown: str) -> Markup:
    """Show two documents as one piece of HTML."""
    return Markup("").join(c.html for c in compare(old_markdown, new_markdown).chunks)


def side(html: Markup, side: Literal["old", "new"]) -> Markup:
    """Reduce a redline to one column: the old one drops every <ins> and keeps <del>, the new one the reverse."""
    return Markup("".join(_one_side(html, "ins" if side == "old" else "del")))  # noqa: S704  (parts of Markup)


def _one_side(html: str, dropped: str) -> Iterator[str]:
    """Give the parts of a redline without the elements of one side."""
    inside = 0  # elements open since the one that is left out
    for n, part in enumerate(_TAG.split(html)):
        if n % 2 == 0:
            if not inside:
                yield part
        elif inside:
            inside += -1 if part.startswith("</") else not part.startswith(_EMPTY)
        elif part.startswith((f"<{dropped}>", f"<{dropped} ")) or f' data-diff="{dropped}"' in part:
            inside = 1
        else:
            yield part


@dataclass(slots=True)
class _Draft:
    html: str
    heading: str | None
    old: Piece | None
    new: Piece | None

    def finished(self, ids: set[str]) -> Chunk:
        """Point links of removed text at what is left of their targets; drop a move's link whose end is not shown."""
        html = _REMOVED_LINK.sub(lambda m: f' href="#{"old_" if f"old_{m[1]}" in ids else ""}{m[1]}"', self.html)
        html = _MOVE_LINK.sub(lambda m: m[0] if m[1] in ids else "", html)
        changed = "<ins" in html or "<del" in html or " data-diff=" in html
        old, new = self.old or Piece("", None, None, None), self.new or Piece("", None, None, None)
        return Chunk(Markup(html), changed, self.heading, new.start, new.end, old.start, old.end)  # noqa: S704  (sanitised)


def _chunks(
    writer: _Writer, old: tuple[Element, Sequence[Piece]], new: tuple[Element, Sequence[Piece]]
) -> list[_Draft]:
    """Write the top level one element at a time, with its places in the sources."""
    drafts = []
    for html, i, j in writer.steps(old[0].children, new[0].children):
        a = old[1][i] if i is not None else None
        b = new[1][j] if j is not None else None
        heading = b.heading if b else f"old_{a.heading}" if a and a.heading else None
        drafts.append(_Draft(html, heading, a, b))
    return drafts


def _front_matter(writer: _Writer, old: str, new: str) -> list[_Draft]:
    """Show what the front matter said and says, if that changed; the rendering itself leaves it out."""
    before, after = markdown.front_matter(old), markdown.front_matter(new)
    if before == after:
        return []
    rows, names = [], dict(writer.labels.facts)
    for key in [*before, *(k for k in after if k not in before)]:
        if before.get(key) == after.get(key):
            continue
        cells = [
            writer.wrapped(op, escape(value), "")
            for op, value in (("del", before.get(key)), ("ins", after.get(key)))
            if value is not None
        ]
        rows.append(f"<li>{escape(names.get(key, key))}: {' '.join(cells)}</li>")
    title = escape(writer.labels.front_matter)
    head = f'<p class="front-matter-title">{title}</p>'
    html = f'<div class="front-matter redline-note">{head}<ul>{"".join(rows)}</ul></div>'
    return [_Draft(html, None, None, None)]


class _Writer:
    """Writes two bound trees as one."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    def steps(self, old: Sequence[Node], new: Sequence[Node]) -> list[tuple[str, int | None, int | None]]:
        """Write the children of two bound elements one by one: (HTML, index among the old, index among the new)."""
        out: list[tuple[str, int | None, int | None]] = []
        i = j = 0
        for a, b in [*_kept(old, new), (len(old), len(new))]:
            alone = zip(old[i:a], new[j:b], strict=True) if a - i == b - j else [(None, None)]
            extra = "format" if all(x and y and _is_format_only([x], [y]) for x, y in alone) else ""
            out.extend((self._gone(old[x : x + 1], "del", extra), x, None) for x in range(i, a))
            out.extend((self._gone(new[y : y + 1], "ins", extra), None, y) for y in range(j, b))
            if a < len(old):
                out.append((self._both(old[a], new[b]), a, b))
            i, j = a + 1, b + 1
        return out

    def merged(self, old: Sequence[Node], new: Sequence[Node]) -> str:
        """Write the children of two bound elements as one run of HTML."""
        out = []
        i = j = 0
        for a, b in [*_kept(old, new), (len(old), len(new))]:
            if i < a or j < b:
                gone, come = old[i:a], new[j:b]
                extra = "format" if gone and come and _is_format_only(gone, come) else ""
                out.append(self._gone(gone, "del", extra))
                out.append(self._gone(come, "ins", extra))
            if a < len(old):
                out.append(self._both(old[a], new[b]))
            i, j = a + 1, b + 1
        return "".join(out)

    def _both(self, old: Node, new: Node) -> str:
        if isinstance(new, Leaf) or isinstance(old, Leaf):
            return tree.write(new)
        if new.tag == "hr":
            return "<hr>"
        inner = self.merged(old.children, new.children)
        shown = new.attrs
        if new.tag == "details" and ("<ins" in inner or "<del" in inner or "data-diff" in inner):
            shown += ' open=""'
        return f"<{new.tag}{shown}>{inner}</{new.tag}>"

    def _gone(self, nodes: Sequence[Node], op: str, extra: str = "") -> str:
        """Write nodes that are on one side only, in as few marks as may hold them."""
        out: list[str] = []
        held: list[Node] = []

        def flush() -> None:
            if held:
                html = "".join(tree.write(n, _CHANGES[op]) for n in held) + (self._targets(held) if extra else "")
                plain = all(isinstance(n, Leaf) and n.key == " " for n in held)
                out.append(f"<{op}>{html}</{op}>" if plain else self.wrapped(op, html, extra))
                held.clear()

        for node in nodes:
            if isinstance(node, Element) and (node.tag in FIXED or node.move is not None):
                flush()
                out.append(self._fixed(node, op) if node.tag in FIXED else self._moved(node, op))
            elif isinstance(node, Element) and node.tag not in INLINE:
                flush()
                held.append(node)
                flush()
            else:
                held.append(node)
        flush()
        return "".join(out)

    def _fixed(self, node: Element, op: str) -> str:
        """Write an element that may not be wrapped: marked itself, its content wrapped."""
        opening = f'<{node.tag}{_CHANGES[op](node.attrs)} data-diff="{op}">'
        if node.tag in _HELD:
            inner = self._cells(node, op)
        else:
            inner = self._moved(node, op) if node.move is not None else self.wrapped(op, self._content(node, op), "")
        return f"{opening}{inner}</{node.tag}>"

    def _cells(self, node: Element, op: str) -> str:
        cells = [c for c in node.children if isinstance(c, Element)]
        if node.tag == "tr" and node.move is not None and cells:
            return "".join(self._cell(c, node, op, first=c is cells[0]) for c in cells)
        return "".join(self._fixed(c, op) for c in cells)

    def _cell(self, cell: Element, row: Element, op: str, *, first: bool) -> str:
        """Write a cell of a moved row; the first one carries the mark of the move."""
        content = self._inner(cell, cell.match, op)
        inner = self._ends(op, row.move or 0, content) if first else f"<{op}>{content}</{op}>"
        return f'<{cell.tag}{cell.attrs} data-diff="{op}">{inner}</{cell.tag}>'

    def _content(self, node: Element, op: str) -> str:
        return "".join(tree.write(c, _CHANGES[op]) for c in node.children)

    def _inner(self, node: Element, other: Element | None, op: str) -> str:
        """Write what a moved element holds: at the new place with its inner changes, at the old one as it was."""
        if op == "ins" and other is not None:
            # What was removed inside stands at the old place too: its ids stay there.
            return re.sub(r' id="old_[^"]*"', "", self.merged(other.children, node.children))
        return self._content(node, op)

    def _moved(self, node: Element, op: str) -> str:
        inner = self._inner(node, node.mark, op)
        if node.tag not in FIXED:
            inner = f"<{node.tag}{_CHANGES[op](node.attrs)}>{inner}</{node.tag}>"
        return self._ends(op, node.move or 0, inner)

    def _ends(self, op: str, number: int, inner: str) -> str:
        """Write one end of a move, with a link to the other end."""
        here, there = ("from", "to") if op == "del" else ("to", "from")
        label = escape(self.labels.moved_to if op == "del" else self.labels.moved_from)
        link = f'<a class="move-link redline-note" href="#move_{number}_{there}">{label}</a>'
        return f'<{op} class="moved" id="move_{number}_{here}">{link}{inner}</{op}>'

    def _targets(self, nodes: Sequence[Node]) -> str:
        """Say where links lead whose words stayed the same."""
        found = [target for node in nodes if isinstance(node, Element) for target in node.targets()]
        label = escape(self.labels.target)
        return "".join(f'<span class="link-target redline-note"> ({label} {target})</span>' for target in found)

    def wrapped(self, op: str, html: str, extra: str) -> str:
        """Wrap a run in its mark, with the hidden words for screen readers."""
        if not html:
            return ""
        words = self.labels
        if op == "ins":
            first, last = words.format_new_open if extra else words.inserted_open, words.inserted_close
        else:
            first, last = words.format_old_open if extra else words.deleted_open, words.deleted_close
        css = f' class="{extra}"' if extra else ""
        return f"<{op}{css}>{_hidden(first)}{html}{_hidden(last)}</{op}>"


def _hidden(text: str) -> str:
    return f'<span class="visually-hidden redline-note">{escape(text)}</span>' if text else ""


def _kept(old: Sequence[Node], new: Sequence[Node]) -> list[tuple[int, int]]:
    """Choose the bound children to show as one: the heaviest chain in order on both sides."""
    place = {id(n): j for j, n in enumerate(new)}
    found = [
        (i, place[id(n.match)], 1.0 + len(n.children) if isinstance(n, Element) else n.size)
        for i, n in enumerate(old)
        if n.match is not None and id(n.match) in place
    ]
    if any(y[1] <= x[1] for x, y in pairwise(found)):
        return align.chain(found)
    return [f[:2] for f in found]


def _is_format_only(gone: Sequence[Node], come: Sequence[Node]) -> bool:
    """Whether the same words come back in another form: bold, heading or list of another kind, link led elsewhere."""
    before, after = ("".join(re.sub(r"</?\w+[^>]*>", "", tree.write(n)) for n in side) for side in (gone, come))
    return before.split() == after.split() != []


def _old_attrs(attrs: str) -> str:
    return _new_attrs(_HASH.sub(' href="#?', _ID.sub(' id="old_', attrs)))


def _new_attrs(attrs: str) -> str:
    return attrs + ' open=""' if attrs == _ANSWER else attrs


_CHANGES: Final = {"del": _old_attrs, "ins": _new_attrs}
