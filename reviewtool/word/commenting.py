"""Comments as Word has them: with a place, with answers, open or resolved; written and read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Final

from lxml import etree

from reviewtool.word.leaves import Leaf
from reviewtool.word.looks import W, value
from reviewtool.word.opening import Parts
from reviewtool.word.runs import time_of
from reviewtool.word.writing import IGNORABLE, NAMESPACES, Line, attribute, clean, date

_W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15: Final = "{http://schemas.microsoft.com/office/word/2012/wordml}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One message: who wrote it, when, and what."""

    author: str
    date: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment with its answers. `start` and `end` are its place in the Markdown, -1 for one on the whole document."""

    author: str
    date: datetime | None
    text: str
    start: int = -1
    end: int = -1
    answers: tuple[Answer, ...] = ()
    resolved: bool = False
    quote: str = ""  # the words it stands on, as they are read


def anchored(lines: Sequence[Line], remarks: Sequence[Remark]) -> tuple[str, str] | None:
    """Put the comments on the lines and write the two parts that hold them; None where there are none."""
    numbers = count()
    comments, extended = "", ""
    for remark in remarks:
        first, parent = next(numbers), _paragraph_id(remark, 0)
        numbered = [first, *(next(numbers) for _ in remark.answers)]
        _anchor(lines, remark, numbered)
        for n, each in enumerate((Answer(remark.author, remark.date, remark.text), *remark.answers)):
            name = _paragraph_id(remark, n)
            comments += _comment(each, numbered[n], name)
            above = f' w15:paraIdParent="{parent}"' if n else ""
            extended += f'<w15:commentEx w15:paraId="{name}"{above} w15:done="{int(remark.resolved)}"/>'
    if not comments:
        return None
    return (
        f"<w:comments {NAMESPACES} {IGNORABLE}>{comments}</w:comments>",
        f"<w15:commentsEx {NAMESPACES} {IGNORABLE}>{extended}</w15:commentsEx>",
    )


def _paragraph_id(remark: Remark, n: int) -> str:
    """Name a paragraph of a comment: eight digits below 80000000, the same for the same comment."""
    said = f"{remark.author}\0{remark.date}\0{remark.text}\0{remark.start}\0{n}"
    return f"{int(sha256(said.encode()).hexdigest()[:8], 16) % 0x7FFFFFFF + 1:08X}"


def _comment(answer: Answer, number: int, name: str) -> str:
    paragraphs = answer.text.split("\n")
    initials = "".join(word[0] for word in answer.author.split()[:3]).upper()
    out = ""
    for n, text in enumerate(paragraphs):
        last = f' w14:paraId="{name}"' if n == len(paragraphs) - 1 else ""
        out += (
            f'<w:p{last}><w:pPr><w:pStyle w:val="CommentText"/></w:pPr>'
            f'<w:r><w:t xml:space="preserve">{clean(text)}</w:t></w:r></w:p>'
        )
    who = f"w:author={attribute(answer.author)}{date(answer.date)} w:initials={attribute(initials)}"
    return f'<w:comment w:id="{number}" {who}>{out}</w:comment>'


def _anchor(lines: Sequence[Line], remark: Remark, numbers: Sequence[int]) -> None:
    """Mark where a comment begins and ends; one without a place stands on the first paragraph."""
    touched = [
        (n, k)
        for n, line in enumerate(lines)
        for k, piece in enumerate(line.pieces)
        if piece.deleted is None and piece.token.start < remark.end and remark.start < piece.token.end
    ]
    shown = [n for n, line in enumerate(lines) if line.pieces and not line.leaf.note]
    if not touched:
        if not shown:
            return
        touched = [(shown[0], 0), (shown[0], len(lines[shown[0]].pieces) - 1)]
    (first, begin), (last, end) = touched[0], touched[-1]
    lines[first].opens.setdefault(begin, []).extend(numbers)
    lines[last].closes.setdefault(end + 1, []).extend(numbers)


@dataclass(frozen=True, slots=True)
class _Found:
    author: str
    date: datetime | None
    text: str
    name: str


def read(parts: Parts, accepted: Sequence[Leaf], twins: Mapping[int, Leaf]) -> list[Remark]:
    """Read the comments of a file whose leaves are `accepted`.

    `twins` are the leaves of the source that are the same, by their numbers; a comment on another one has no place.
    """
    found = _comments(parts)
    parents, done = _threads(parts, found)
    places = {number: _place(number, accepted, twins) for number in found}
    out = []
    for number, each in found.items():
        if number in parents:
            continue
        answers = tuple(Answer(a.author, a.date, a.text) for n, a in found.items() if parents.get(n) == number)
        start, end, quote = places[number]
        out.append(Remark(each.author, each.date, each.text, start, end, answers, number in done, quote))
    return out


def _comments(parts: Parts) -> dict[str, _Found]:
    root = parts.part("comments")
    out: dict[str, _Found] = {}
    for each in root if root is not None else ():
        if each.tag != W + "comment":
            continue
        paragraphs = list(each.iter(W + "p"))
        text = "\n".join(_text(paragraph) for paragraph in paragraphs)
        name = paragraphs[-1].get(_W14 + "paraId", "") if paragraphs else ""
        out[value(each, "id")] = _Found(value(each, "author"), time_of(value(each, "date")), text, name)
    return out


def _text(paragraph: etree._Element) -> str:
    """Give the words of a paragraph of a comment, without those deleted."""
    return "".join(
        "\n" if each.tag == W + "br" else "\t" if each.tag == W + "tab" else each.text or ""
        for each in paragraph.iter(W + "t", W + "br", W + "tab")
    )


def _threads(parts: Parts, found: dict[str, _Found]) -> tuple[dict[str, str], set[str]]:
    """Tell which comment answers which, and which are resolved."""
    name = next((name for name in parts.names if re.search(r"commentsExtended\d*\.xml$", name)), "")
    root = parts.tree(name)
    numbers = {each.name: number for number, each in found.items() if each.name}
    parents: dict[str, str] = {}
    done: set[str] = set()
    for each in root if root is not None else ():
        number = numbers.get(each.get(_W15 + "paraId", ""), "")
        parent = numbers.get(each.get(_W15 + "paraIdParent", ""), "")
        if number and parent and number != parent:
            parents[number] = parent
        if number and each.get(_W15 + "done") in ("1", "true"):
            done.add(number)
    return {number: _top(parent, parents) for number, parent in parents.items()}, done


def _top(number: str, parents: dict[str, str]) -> str:
    """Follow answers to answers up to the comment that began."""
    for _ in range(len(parents)):
        if number not in parents:
            break
        number = parents[number]
    return number


def _place(number: str, accepted: Sequence[Leaf], twins: Mapping[int, Leaf]) -> tuple[int, int, str]:
    """Find the range of the source and the words of a comment; its first paragraph gives the place, all the words."""
    inside = [n for n, leaf in enumerate(accepted) if number in leaf.remarks]
    start = end = -1
    quote: list[str] = []
    for n in range(inside[0], inside[-1] + 1) if inside else ():
        leaf = accepted[n]
        first, last = leaf.remarks.get(number, (0, leaf.end))
        tokens = [k for k, token in enumerate(leaf.tokens) if token.start < max(last, first + 1) and first < token.end]
        quote.append("".join(leaf.tokens[k].text for k in tokens))
        twin = twins.get(n)
        if start < 0 and tokens and twin and twin.same == leaf.same and len(twin.tokens) == len(leaf.tokens):
            start, end = twin.tokens[tokens[0]].start, twin.tokens[tokens[-1]].end
    return (start, end, "\n".join(quote)) if min(start, end) >= 0 else (-1, -1, "\n".join(quote))
