"""Reads HTML as a browser does (html5lib) into a flat list of tags and words, for comparing two renderings."""

from __future__ import annotations

import re
from typing import Any

import html5lib

BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
} | {"blockquote", "hr", "div", "details", "summary", "section"}
PLACED = frozenset({"id", "data-diff", "open", "aria-label", "loading"})


def flat(html: str, dropped: str | None = None) -> list[tuple[Any, ...]]:
    """List the tags, attributes and texts of a page, leaving out what the mark `dropped` (ins or del) holds."""
    out: list[tuple[Any, ...]] = []
    _children(html5lib.parseFragment(html, namespaceHTMLElements=False), dropped, False, out)
    return _without_layout(out)


def errors(html: str) -> list[str]:
    """Name what a browser would have to repair; odd characters of the text are not the page's mistake."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parseFragment(html)
    return [name for _, name, _ in parser.errors if "codepoint" not in name]


def _element(node: Any, dropped: str | None, code: bool, out: list[tuple[Any, ...]]) -> None:
    if "redline-note" in node.get("class", "").split():
        return
    if node.tag in ("ins", "del"):
        if node.tag != dropped:
            _children(node, dropped, code, out)
        return
    if dropped and node.get("data-diff") == dropped:
        return
    attributes = sorted(
        (k, "#" if k == "href" and v.startswith("#") else v) for k, v in node.attrib.items() if k not in PLACED
    )
    out.append(("open", node.tag, tuple(attributes)))
    _children(node, dropped, code or node.tag == "pre", out)
    out.append(("close", node.tag))


def _children(node: Any, dropped: str | None, code: bool, out: list[tuple[Any, ...]]) -> None:
    _text(node.text, code, out)
    for child in node:
        _element(child, dropped, code, out)
        _text(child.tail, code, out)


def _text(text: str | None, code: bool, out: list[tuple[Any, ...]]) -> None:
    if not text:
        return
    if out and out[-1][0] == "text":
        text = out.pop()[1] + text
    out.append(("text", text if code else re.sub(r"[ \t\n\r\f]+", " ", text), code))


def _without_layout(parts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    out = []
    for n, part in enumerate(parts):
        if part[0] == "text" and not part[2]:
            text = part[1]
            if n == 0 or parts[n - 1][1] in BLOCKS:
                text = text.lstrip(" ")
            if n + 1 == len(parts) or parts[n + 1][1] in BLOCKS:
                text = text.rstrip(" ")
            if text:
                out.append(("text", text))
        else:
            out.append(part)
    return out
