"""Finding words in the published text, whatever their accents and capitals.

Each document is folded once, block by block under its heading, and remembered by its blob; a search reads memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape

from reviewtool.gitstore.ids import CommitId
from reviewtool.prose import ALGORITHM_VERSION, markdown, tree
from reviewtool.services import documents, modules
from reviewtool.services.documents import Document
from reviewtool.services.showing import Kind
from reviewtool.services.workshop import Workshop

LONGEST_QUERY = 200  # characters
MOST_TERMS = 8
PAGE_SIZE = 20
SHORT = 4  # characters: a shorter term must be a whole word, or «de» would find «derecho»
SNIPPETS = 3  # a document
AROUND = 90  # characters on either side of a hit
_TERM = re.compile(r'"([^"]+)"|«([^»]+)»|(\S+)')
_TAG = re.compile(r"</?[a-z][^>]*>")
_NOTE_MARK = re.compile(r'<sup class="footnote-ref">.*?</sup>|<a [^>]*class="footnote-backref"[^>]*>.*?</a>')
_CELL = re.compile(r"</(?:t[dh]|p|li|h\d|summary)>")


@dataclass(frozen=True)
class Section:
    """One block of a document: its words as written and folded, letter for letter, and the heading it stands under."""

    anchor: str
    heading: str
    text: str
    folded: str


@dataclass(frozen=True)
class Snippet:
    """The words around some hits, as (text, is a hit) pieces, and where they stand."""

    anchor: str
    heading: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Result:
    """A document in which every term is found; `hits` counts all of them."""

    path: str
    title: str
    language: str
    module: str
    module_language: str
    hits: int
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True)
class Found:
    """One page of results, the best first; `terms` empty when there was nothing to look for."""

    query: str
    terms: tuple[str, ...]
    results: tuple[Result, ...]
    total: int
    page: int
    pages: int


@cache
def _base(character: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", character.lower()) if not unicodedata.combining(c))
    return plain if len(plain) == 1 else character


def fold(text: str) -> str:
    """Take capitals and accents off, letter for letter, so that places stay the same; the text must be in NFC."""
    return text.lower() if text.isascii() else "".join(map(_base, text))


def terms(query: str) -> tuple[str, ...]:
    """Return the folded words and quoted phrases of a query, at most eight of two characters or more."""
    normal = unicodedata.normalize("NFC", query[:LONGEST_QUERY])
    found = (" ".join(fold("".join(groups)).split()) for groups in _TERM.findall(normal))
    words = (word.strip(".,;:¿?¡!()[]«»\"'") for word in found)
    return tuple(dict.fromkeys(word for word in words if len(word) > 1))[:MOST_TERMS]


def search(workshop: Workshop, commit: CommitId, query: str, page: int = 1) -> Found:
    """Return one page of the documents in which every term begins a word, those with it in their title first."""
    wanted = terms(query)
    key = ("search", ALGORITHM_VERSION, commit, wanted)
    results = workshop.cache.get(key, lambda: _results(workshop, commit, wanted)) if wanted else ()
    pages = max(1, -(-len(results) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    shown = results[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Found(query[:LONGEST_QUERY], wanted, shown, len(results), page, pages)


def _results(workshop: Workshop, commit: CommitId, wanted: Sequence[str]) -> tuple[Result, ...]:
    patterns = [re.compile(_pattern(term)) for term in wanted]
    anything = re.compile("|".join(map(_pattern, sorted(wanted, key=len, reverse=True))))
    found = []
    whole = modules.tree(workshop, commit)
    for module in whole.modules:
        for listed in (*module.documents, *module.others):
            document = documents.get(workshop, commit, listed.path)
            if not document.text:
                continue
            sections = _sections(workshop, document)
            title = fold(unicodedata.normalize("NFC", document.title))
            if all(p.search(title) or any(p.search(section.folded) for section in sections) for p in patterns):
                rank = (sum(bool(p.search(title)) for p in patterns), _hits(anything, sections))
                language = document.language or module.language
                named = (document.title, language, module.title, module.language)
                found.append((rank, Result(listed.path, *named, rank[1], _snippets(anything, patterns, sections))))
    found.sort(key=lambda pair: (-pair[0][0], -pair[0][1], modules.natural(pair[1].path)))
    return tuple(result for _, result in found)


def _pattern(term: str) -> str:
    return r"(?<!\w)" + re.escape(term) + (r"(?!\w)" if len(term) < SHORT else "")


def _hits(anything: re.Pattern[str], sections: Sequence[Section]) -> int:
    return sum(len(anything.findall(section.folded)) for section in sections)


def _snippets(
    anything: re.Pattern[str], patterns: Sequence[re.Pattern[str]], sections: Sequence[Section]
) -> tuple[Snippet, ...]:
    """Return the passages that hold most of the terms, in the order of the text."""
    scored = [
        (sum(bool(pattern.search(section.folded)) for pattern in patterns), number, section)
        for number, section in enumerate(sections)
    ]
    best = sorted((each for each in scored if each[0]), key=lambda each: (-each[0], each[1]))[:SNIPPETS]
    return tuple(_snippet(anything, section) for _, _, section in sorted(best, key=lambda each: each[1]))


def _snippet(anything: re.Pattern[str], section: Section) -> Snippet:
    hits = [match.span() for match in anything.finditer(section.folded)]
    start = max(0, hits[0][0] - AROUND)
    end = min(len(section.text), hits[0][1] + 2 * AROUND)
    if start:
        start = section.text.find(" ", start, hits[0][0]) + 1 or start
    if end < len(section.text):
        end = max(section.text.rfind(" ", hits[0][1], end), hits[0][1])
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for first, last in hits:
        if first >= at and last <= end:
            pieces += [(section.text[at:first], False), (section.text[first:last], True)]
            at = last
    pieces.append((section.text[at:end] + (" …" if end < len(section.text) else ""), False))
    return Snippet(section.anchor, section.heading, tuple(piece for piece in pieces if piece[0]))


def _sections(workshop: Workshop, document: Document) -> tuple[Section, ...]:
    key = ("sections", ALGORITHM_VERSION, document.blob, document.kind)
    return workshop.cache.get(key, lambda: tuple(_divide(document)))


def _divide(document: Document) -> list[Section]:
    if document.kind is not Kind.markdown:
        return [_section("", "", part) for part in re.split(r"\n\s*\n", document.text) if part.strip()]
    html, places = markdown.pieces(document.text)
    titles = {heading.anchor: heading.title for heading in markdown.outline(document.text)}
    found, anchor = [], ""
    for node, place in zip(tree.build(html).children, places, strict=True):
        anchor = place.heading or anchor
        found.append(_section(anchor, titles.get(anchor, ""), _plain(tree.write(node))))
    return [section for section in found if section.text and section.text != document.title]


def _plain(html: str) -> str:
    return unescape(_TAG.sub("", _CELL.sub(" ", _NOTE_MARK.sub("", html))))


def _section(anchor: str, heading: str, text: str) -> Section:
    normal = unicodedata.normalize("NFC", " ".join(text.split()))
    return Section(anchor, heading, normal, fold(normal))
