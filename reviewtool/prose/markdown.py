"""Markdown of the materials to safe HTML, and what a document says about itself: title, language, headings, words.

The same rendering serves reading and the redline, which takes it piece by piece (`pieces`). This module and the redline
are the only makers of Markup: everything passes the sanitiser with a fixed list of elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from reviewtool.prose import dialect, outlining, parsing

#: (kind "link" or "image", relative target as written) -> URL to use, or None to leave it
Resolve = Callable[[str, str], str | None]

LINE: Final = re.compile(r"\r\n?|\n")  # what markdown-it takes for the end of a line
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_FIELD = re.compile(r"([\w-]+)[ \t]*:[ \t]*(.*)")
_RELATIVE = re.compile(r"(?![a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
#: stands between what is sanitised at once; no document can write it, for its text is escaped
_SEAM: Final = '<section class="piece"></section>'
_CLEANER = nh3.Cleaner(
    tags={
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "em"),
        *("strong", "s", "a", "img", "sup", "table", "thead", "tbody", "tr", "th", "td", "div", "section", "details"),
        "summary",
    },
    attributes={
        **{f"h{n}": {"id"} for n in range(1, 7)},
        "a": {"href", "title", "id", "class", "rel", "aria-label", "data-target"},
        "img": {"src", "alt", "title", "loading", "data-target"},
        "div": {"class", "tabindex", "role", "aria-label"},
        "ol": {"start", "class"},
        "li": {"id", "class"},
        **{tag: {"class"} for tag in ("p", "code", "sup", "th", "td", "section", "details")},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a document: level 1 to 6, the id it has on the page, its words.

    `start` is where it begins in the source; None where it stands inside something else, as in a quotation.
    """

    level: int
    anchor: str
    title: str
    start: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """One top-level element of the rendering and its place in the source; None for the collected footnotes."""

    html: str
    start: int | None
    end: int | None
    heading: str | None


def render(text: str, *, resolve: Resolve | None = None) -> Markup:
    """Render a document as it is read; raw HTML is shown as text, front matter is not shown."""
    return pieces(text, resolve=resolve)[0]


def pieces(
    text: str, *, resolve: Resolve | None = None, targets: bool = False, known: parsing.Known | None = None
) -> tuple[Markup, tuple[Piece, ...]]:
    """Render a document and give each top-level element of the result, in order, with its place in the source.

    With `targets` links and images keep the target as written in `data-target`, which the redline compares. With
    `known` blocks are taken from what was rendered with it before, and left there for the next document.
    """
    env = _env(text)
    reading = parsing.Reading(env, lambda tokens: _resolve(tokens, resolve, targets), _clean, known)
    starts = _line_starts(text)
    found = []
    for part in reading.parts(LINE.sub("\n", text.removeprefix("\ufeff")).replace("\0", "\ufffd")):
        start, end = _span(part.lines, starts)
        found.append(Piece(part.html, start, end, part.heading))
    return Markup("".join(p.html for p in found)), tuple(found)  # noqa: S704  (sanitised)


def _clean(htmls: Sequence[str]) -> list[str]:
    """Sanitise many runs of HTML at once."""
    return _CLEANER.clean(_SEAM.join(htmls)).split(_SEAM) if htmls else []


@lru_cache(maxsize=4)  # whoever summarises a change also asks for its title
def outline(text: str) -> tuple[Heading, ...]:
    """List the headings in order with the anchors that the rendering gives them."""
    found = outlining.lines(text.removeprefix("\ufeff"))
    if found is None:
        return _parsed_outline(text)
    shift = text.startswith("\ufeff")
    taken: dict[str, int] = {}
    headings = []
    for level, words, start in found:
        said = parsing.read_line(words)
        headings.append(Heading(level, dialect.anchor(said, taken), " ".join(said.split()), start + shift))
    return tuple(headings)


def _parsed_outline(text: str) -> tuple[Heading, ...]:
    tokens = parsing.headings(text.removeprefix("\ufeff"), _env(text))
    starts = _line_starts(text)
    return tuple(
        Heading(
            int(token.tag[1]),
            str(token.attrs["id"]),
            " ".join(dialect.inline_text(tokens[i + 1]).split()),
            starts[token.map[0]] if token.map and token.level == 0 else None,
        )
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
    )


def title(text: str) -> str | None:
    """Take the title from the front matter, else from the first heading of level 1."""
    return front_matter(text).get("title") or next((h.title for h in outline(text) if h.level == 1), None)


def language(text: str) -> str | None:
    """Take the language the front matter declares, as written («es», «pt-BR»)."""
    return front_matter(text).get("lang") or None


def count_words(text: str) -> int:
    """Count the words a reader sees: pictures, targets of links and front matter are not read."""
    tokens = parsing.tokens(text.removeprefix("\ufeff"), _env(text))
    count = 0
    for token in tokens:
        if token.type == "inline":
            count += len(_WORD.findall(dialect.inline_text(token)))
        elif token.type in ("fence", "code_block"):
            count += len(_WORD.findall(token.content))
    return count


def front_matter(text: str) -> dict[str, str]:
    """Read the plain `key: value` lines between the two rules at the top; keys are lowered, quotes taken off."""
    lines = _lines(text.removeprefix("\ufeff"))
    if next(lines).rstrip() != "---":
        return {}
    found: dict[str, str] = {}
    for line in lines:
        if line.rstrip() == "---":
            return found
        field = _FIELD.match(line)
        if field:
            value = field[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[field[1].lower()] = value[1:-1] if quoted else value
    return {}


def _lines(text: str) -> Iterator[str]:
    at = 0
    for end in LINE.finditer(text):
        yield text[at : end.start()]
        at = end.end()
    yield text[at:]


def _env(text: str) -> dict[str, Any]:
    return {"words": dialect.words_for(front_matter(text).get("lang", ""))}


def _line_starts(text: str) -> list[int]:
    shift = 1 if text.startswith("\ufeff") else 0
    return [shift, *(m.end() for m in LINE.finditer(text)), len(text)]


def _span(lines: tuple[int, int] | None, starts: Sequence[int]) -> tuple[int, int] | tuple[None, None]:
    """Turn lines into offsets."""
    return (starts[lines[0]], starts[min(lines[1], len(starts) - 1)]) if lines else (None, None)


def _resolve(tokens: Sequence[Token], resolve: Resolve | None, targets: bool) -> None:
    for token in tokens:
        for child in token.children or ():
            kind = {"link_open": "link", "image": "image"}.get(child.type)
            if kind:
                _point(child, kind, resolve, targets)
            if child.children:
                _resolve([child], resolve, targets)


def _point(token: Token, kind: str, resolve: Resolve | None, targets: bool) -> None:
    """Give a link or image its final target."""
    name = "href" if kind == "link" else "src"
    written = str(token.attrs.get(name, ""))
    if resolve and written and _RELATIVE.match(written):
        found = resolve(kind, unquote(written))
        if found is not None and dialect.is_safe_url(found):
            token.attrSet(name, found)
    if kind == "image":
        token.attrSet("loading", "lazy")
    elif re.match(r"https?:|//", written, re.IGNORECASE):
        token.attrSet("rel", "noopener noreferrer nofollow")
    if targets:
        token.attrSet("data-target", written)
