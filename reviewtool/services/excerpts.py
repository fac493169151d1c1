"""The first changed passages of a document as runs of words: for mails, which cannot show a page's redline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from reviewtool.prose.redline import Labels
from reviewtool.services import comparing
from reviewtool.services.comparing import Frame, Pair
from reviewtool.services.workshop import Workshop

PASSAGES: Final = 3  # of one document
AROUND: Final = 90  # characters of unchanged words kept on each side of a change
LONGEST: Final = 700  # characters of one passage
_BLOCK: Final = re.compile(r"</?(?:p|li|ul|ol|t[dhr]|thead|tbody|table|h\d|div|br|dt|dd|blockquote|pre)\b[^>]*>")
_MARK: Final = re.compile(r"(</?(?:ins|del)\b[^>]*>)")
_TAG: Final = re.compile(r"<[^>]*>")
_SPACE: Final = re.compile(r"\s+")
_FRAME: Final = Frame(("excerpts",), Labels(), lambda _path, _kind: None, lambda _path, _kind: None)


@dataclass(frozen=True)
class Run:
    """Words that stayed ("equal"), came ("insert") or went ("delete")."""

    op: str
    text: str


def of(workshop: Workshop, pair: Pair) -> tuple[tuple[Run, ...], ...]:
    """Return the first changed passages of a document; none of what is no text."""
    rows = (row for row in comparing.compare(workshop, pair, _FRAME).rows if row.changed)
    found = (_shortened(_runs(row.html)) for row in rows)
    return tuple(passage for passage, _ in zip(filter(None, found), range(PASSAGES), strict=False))


def _runs(html: Markup) -> list[Run]:
    op = "equal"
    runs: list[Run] = []
    for piece in _MARK.split(comparing.without_notes(html)):
        if _MARK.fullmatch(piece):
            op = "equal" if piece.startswith("</") else "insert" if piece.startswith("<ins") else "delete"
            continue
        plain = _SPACE.sub(" ", Markup(_TAG.sub("", _BLOCK.sub(" ", piece))).unescape())  # noqa: S704  (only read)
        if plain.strip() or (plain and runs):
            runs.append(Run(op, plain))
    return runs


def _shortened(runs: list[Run]) -> tuple[Run, ...]:
    """Cut long unchanged stretches, and the passage itself where it is too long."""
    if all(run.op == "equal" for run in runs):
        return ()
    kept, room = [], LONGEST
    for at, run in enumerate(runs):
        text = run.text if run.op != "equal" else _cut(run.text, first=at == 0, last=at == len(runs) - 1)
        if len(text) > room:
            kept.append(Run(run.op, text[:room].rsplit(" ", 1)[0] + "…"))
            break
        kept.append(Run(run.op, text))
        room -= len(text)
    return tuple(kept)


def _cut(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= AROUND * (1 if first or last else 2):
        return text
    before = "" if first else text[:AROUND].rsplit(" ", 1)[0]
    after = "" if last else text[-AROUND:].partition(" ")[2]
    return (
        f"{before} … {after}".lstrip() if first else f"{before} … {after}".rstrip() if last else f"{before} … {after}"
    )
