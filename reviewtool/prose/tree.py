"""The rendering as a tree whose leaves are runs of text: what the redline aligns, binds and writes out again.

Built from sanitised HTML only, which is regular (closed elements, quoted attributes, escaped text), so one expression
reads it. Text stays escaped throughout. Only `redline.py` and `binding.py` use this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from html import unescape
from typing import Final

VOID: Final = frozenset({"br", "hr", "img"})
INLINE: Final = frozenset({"a", "code", "em", "s", "strong", "sup", "br", "img"})
#: elements that may not stand inside <ins> or <del> at their place
FIXED: Final = frozenset({"li", "tr", "td", "th", "thead", "tbody", "summary"})
_UNIT: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "tr"})
#: elements whose blanks are part of the text; between all others a blank is only layout
_WORDS: Final = INLINE | {"p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "summary", "pre"}
_PART = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[^\s=>"]+="[^"]*")*)>|([^<]+)')
_LEAF = re.compile(r"&nbsp;|[^\S\xa0]+|&\w+;|\w+(?:['’]\w+)*|[^\w\s]|.", re.DOTALL)
_CODE_LEAF = re.compile(r"\n|[^\S\n]+|&\w+;|\w+|[^\w\s]")
#: attributes that follow from the place in the document; elements that differ in them alone are the same
_PLACED = re.compile(r' (?:id|aria-label|loading)="[^"]*"| href="#[^"]*"')
_TARGET = re.compile(r' data-target="[^"]*"')
_TARGETS = re.compile(r' data-target="([^"]*)"')
_RESOLVED = re.compile(r' href="[^"]*"')


class Leaf:
    """An image, code span, line break or run of text; the text of what changed is cut into runs that are shown as one.

    `size` counts the words, blanks and marks of a run that was cut.
    """

    __slots__ = ("html", "key", "match", "size", "text", "up")

    def __init__(self, html: str, key: str, text: bool = False, size: int = 1) -> None:
        self.html, self.key, self.text, self.size = html, key, text, size
        self.up: Element | None = None
        self.match: Leaf | None = None


class Whole(Leaf):
    """A top-level element that both sides have as often: taken apart (from `source`) only where it is not paired."""

    __slots__ = ("source", "tag")

    def __init__(self, source: str, key: str) -> None:
        super().__init__(_TARGET.sub("", source).rstrip(), key)
        self.source, self.tag = source, source[1 : source.index(">")].partition(" ")[0]


class Element:
    """One element; `match` is the one it is shown together with, `start`/`end` its place in the source if known."""

    __slots__ = ("attrs", "children", "mark", "match", "move", "sig", "tag", "up")

    def __init__(self, tag: str, attrs: str) -> None:
        self.tag, self.attrs = tag, _TARGET.sub("", attrs) if attrs else ""
        self.sig = (tag, _signature(attrs) if attrs else "")
        self.children: list[Node] = []
        self.up: Element | None = None
        self.match: Element | None = None
        self.move: int | None = None  # number of the move this element is one end of
        self.mark: Element | None = None  # the other end

    def add(self, node: Node) -> None:
        """Put a node at the end."""
        node.up = self
        self.children.append(node)

    def targets(self) -> Iterator[str]:
        """Give the targets of the links inside, as written and escaped."""
        if self.tag == "a":
            yield from _TARGETS.findall(self.sig[1])
        for child in self.children:
            if isinstance(child, Element):
                yield from child.targets()


Node = Leaf | Element


def _signature(attrs: str) -> str:
    """Say what makes two elements the same: links by their target as written, nothing that only names a place."""
    if ' data-target="' in attrs:
        attrs = _RESOLVED.sub("", attrs)
    return _PLACED.sub("", attrs)


def build_both(old: Sequence[str], new: Sequence[str]) -> tuple[Element, Element]:
    """Read the top-level elements of two documents into trees, leaving whole those that both have as often."""
    keys = [_key(html) for html in old], [_key(html) for html in new]
    counts = Counter(keys[0]), Counter(keys[1])
    roots = Element("root", ""), Element("root", "")
    for root, side, names in zip(roots, (old, new), keys, strict=True):
        for html, key in zip(side, names, strict=True):
            root.add(Whole(html, key) if counts[0][key] == counts[1][key] else build(html).children[0])
    return roots


def _key(html: str) -> str:
    """Name a top-level element by all that it holds, leaving out what `_signature` leaves out."""
    if '="' in html:
        html = _PART.sub(lambda m: f"<{m[2]}{_signature(m[3])}>" if m[3] else m[0], html)
    return html[1 : html.rindex("<")]


def build(html: str) -> Element:
    """Read sanitised HTML into a tree; blanks between blocks are left out."""
    root = current = Element("root", "")
    for closing, tag, attrs, text in _PART.findall(html):
        if text:
            if current.tag in _WORDS or text.strip() or _is_after_words(current):
                current.add(Leaf(text, text, True))
        elif closing:
            _close(current)
            current = current.up or root
        elif tag in ("br", "img"):
            current.add(Leaf(f"<{tag}{_TARGET.sub('', attrs)}>", f"<{tag}{attrs}>"))
        else:
            element = Element(tag, attrs)
            current.add(element)
            current = current if tag == "hr" else element
    return root


def _is_after_words(current: Element) -> bool:
    """Whether a blank here stands between words of a list item rather than between blocks."""
    last = current.children[-1] if current.children else None
    return current.tag == "li" and last is not None and (isinstance(last, Leaf) or last.tag in INLINE)


def _close(element: Element) -> None:
    """Make a code span and the mark of a footnote one leaf each."""
    parent = element.up
    if parent is not None and (element.tag == "sup" or (element.tag == "code" and parent.tag != "pre")):
        parent.children.pop()
        html = write(element)
        parent.add(Leaf(html, _PLACED.sub("", html)))


def write(node: Node, attrs: Callable[[str], str] | None = None) -> str:
    """Write a node as HTML; `attrs` may change the attributes of each element."""
    if isinstance(node, Leaf):
        return attrs(node.html) if attrs and node.html.startswith("<") else node.html
    opening = f"<{node.tag}{attrs(node.attrs) if attrs and node.attrs else node.attrs}>"
    if node.tag in VOID:
        return opening
    return f"{opening}{''.join(write(c, attrs) for c in node.children)}</{node.tag}>"


def dissolve(root: Element) -> None:
    """Part the nodes of a tree that is not needed any more: bound to each other they would wait for the collector."""
    left: list[Node] = [root]
    while left:
        node = left.pop()
        node.up = node.match = None
        if isinstance(node, Element):
            left += node.children
            node.children.clear()
            node.mark = None


class Unit:
    """What is aligned: a paragraph, heading, code block, rule, table row, loose words of a list item, or a Whole."""

    __slots__ = ("element", "html", "key", "kind", "nodes")

    def __init__(self, element: Element, nodes: list[Node], kind: str, key: str = "") -> None:
        self.element, self.nodes, self.kind = element, nodes, kind
        self.html = "".join(write(n) for n in nodes)
        self.key = key or f"{kind}:{' '.join(self.text.split())}"

    @property
    def text(self) -> str:
        """The words of the unit; pictures count with their attributes, cells stay apart."""
        return _plain(self.html)


def _plain(html: str) -> str:
    text = re.sub(r"</t[dh]>", " | ", html)
    text = re.sub(r"<img ([^>]*)>", r" \1 ", text)
    text = re.sub(r"</?[a-z][^>]*>", "", text)
    return unescape(text) if "&" in text else text


def units(root: Element) -> list[Unit]:
    """List the units of a tree in order."""
    found: list[Unit] = []
    _collect(root, found)
    return found


def _collect(element: Element, found: list[Unit]) -> None:
    loose: list[Node] = []
    before = len(found)
    for child in element.children:
        if isinstance(child, Whole):
            found.append(Unit(element, [child], child.tag, child.key))
        elif isinstance(child, Element) and child.tag not in INLINE:
            if loose:
                found.append(Unit(element, loose, "words"))
                loose = []
            if child.tag in _UNIT:
                found.append(Unit(child, list(child.children), child.tag))
            else:
                _collect(child, found)
        else:
            loose.append(child)
    if loose or len(found) == before:
        found.append(Unit(element, loose, "words"))


def open_up(root: Element, units: list[Unit], shown: Collection[int]) -> None:
    """Take apart the whole elements of a tree, and the units that they are; but not the units that are shown whole."""
    opened: dict[int, Node] = {}
    for n, unit in enumerate(units):
        node = unit.nodes[0] if unit.nodes else None
        if isinstance(node, Whole) and n not in shown:
            element = build(node.source).children[0]
            if isinstance(element, Element):
                element.up = root
                opened[id(node)] = element
                units[n] = Unit(element, list(element.children), element.tag)
    root.children = [opened.get(id(child), child) for child in root.children]


def apart(old: list[Node], new: list[Node]) -> Iterator[tuple[Node, Node]]:
    """Take what is equal off both ends of two runs and give it in pairs; what is left has to be compared by words.

    Texts are divided at the last blank before they differ, so that no word is cut.
    """
    for at in (0, -1):
        while old and new and alike(old[at], new[at]):
            yield old.pop(at), new.pop(at)
        if old and new:
            x, y = old[at], new[at]
            if isinstance(x, Leaf) and isinstance(y, Leaf) and x.text and y.text:
                shared = _shared(x.html, y.html) if at == 0 else _shared(x.html[::-1], y.html[::-1])
                if shared:
                    yield _cut(x, shared, at), _cut(y, shared, at)


def alike(x: Node, y: Node) -> bool:
    """Whether two nodes are the same with all that is in them."""
    if isinstance(x, Element) and isinstance(y, Element):
        return x.sig == y.sig and len(x.children) == len(y.children) and all(map(alike, x.children, y.children))
    return isinstance(x, Leaf) and isinstance(y, Leaf) and x.key == y.key


def _shared(x: str, y: str) -> int:
    """Count the characters that two different texts share up to and with a blank before a word."""
    low, high = 0, min(len(x), len(y)) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if x[low:middle] == y[low:middle]:
            low = middle
        else:
            high = middle - 1
    end = x.rfind(" ", 0, low) + 1
    return 0 if x[end].isspace() or y[end].isspace() else end


def _cut(leaf: Leaf, size: int, at: int) -> Leaf:
    """Divide a text in two at its place and give the part before (0) or after (-1) as a leaf of its own."""
    text = leaf.html
    part, rest = (text[:size], text[size:]) if at == 0 else (text[-size:], text[:-size])
    found = Leaf(part, part, True)
    leaf.html = leaf.key = rest
    if leaf.up is not None:
        found.up = leaf.up
        leaf.up.children.insert(leaf.up.children.index(leaf) - at, found)
    return found


def leaves(nodes: Sequence[Node], code: bool = False) -> Iterator[tuple[Leaf, list[str], list[str]]]:
    """Give the leaves below some nodes in order, each with its words as written and with the keys of these."""
    for node in nodes:
        if isinstance(node, Element):
            yield from leaves(node.children, code or node.tag == "pre")
        elif not node.text:
            yield node, [node.html], [node.key]
        elif code or _in_code(node.up):
            words = _CODE_LEAF.findall(node.html)
            yield node, words, words
        else:
            words = _LEAF.findall(node.html)
            yield node, words, [" " if word.isspace() and word != "\xa0" else word for word in words]


def replace(parent: Element, pieces: Mapping[int, Sequence[Leaf]]) -> None:
    """Put the pieces of leaves in their place; they are named by the ids of these."""
    children: list[Node] = []
    for child in parent.children:
        if id(child) in pieces:
            for piece in pieces[id(child)]:
                piece.up = parent
                children.append(piece)
        else:
            children.append(child)
    parent.children = children


def _in_code(element: Element | None) -> bool:
    while element is not None:
        if element.tag == "pre":
            return True
        element = element.up
    return False
