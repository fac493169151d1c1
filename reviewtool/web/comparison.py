"""One reading of a proposal: which revision against which, in what view, with the addresses its texts need.

`services/comparing` compares; `reading` makes view models of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from reviewtool.models import Revision
from reviewtool.prose import markdown
from reviewtool.services import comparing
from reviewtool.services.comparing import Compared, Frame, Pair, Row, Side
from reviewtool.web.database import workshop
from reviewtool.web.i18n import language
from reviewtool.web.labels import labels

VIEWS = {"cambios": "redline", "completo": "full", "columnas": "sides", "propuesto": "final", "fuente": "source"}


@dataclass(frozen=True)
class Asked:
    """What of a proposal is read: a revision against its base or an earlier one, and in which view."""

    number: int
    shown: Revision
    since: Revision | None
    latest: int
    view: str
    whole: bool

    @property
    def is_newest(self) -> bool:
        """Say whether this is the newest revision as a whole."""
        return self.shown.number == self.latest and self.since is None

    @cached_property
    def _path(self) -> str:
        return url_for("proposals.page", number=self.number)

    def url(self, anchor: str = "", **other: Any) -> str:
        """Return the address of this reading with some things changed; a page has hundreds of them."""
        query: dict[str, Any] = {
            "vista": self.view,
            "version": None if self.shown.number == self.latest and self.since is None else self.shown.number,
            "desde": self.since.number if self.since else None,
            "todo": 1 if self.whole else None,
        }
        asked = urlencode({name: value for name, value in (query | other).items() if value is not None})
        return f"{self._path}?{asked}{'#' + anchor if anchor else ''}"

    def unfolded(self, anchor: str = "") -> str:
        """Return the address that shows all of this reading; what shows only changes becomes the full text."""
        return self.url(anchor, vista="completo" if self.view == "cambios" else self.view, todo=1)


class Reader:
    """Compares the documents of one reading: each with the addresses its links and pictures need."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.pairs = comparing.pairs(workshop(), asked.shown, asked.since)
        self._labels = labels()
        self._new = {pair.new.path: at for at, pair in enumerate(self.pairs, 1) if pair.status in {"A", "R"}}

    def compared(self, position: int) -> Compared:
        """Return a document compared, positions counted from 1."""
        pair = self.pairs[position - 1]
        return comparing.compare(workshop(), pair, self.frame(pair))

    def final(self, position: int) -> Compared:
        """Return the proposed text alone, in the same blocks."""
        pair = self.pairs[position - 1]
        alone = Pair(pair.new, pair.new)
        return comparing.compare(workshop(), alone, self.frame(alone))

    def frame(self, pair: Pair) -> Frame:
        """Return the addresses and words of a comparison, with all that they depend on as its key."""
        key: Hashable = (self.asked.number, tuple(self._new.items()), language(), request.script_root)
        old, new = self._resolver(pair.old, pair), self._resolver(pair.new, pair)
        return Frame(key, self._labels, old, new)

    def _resolver(self, side: Side, pair: Pair) -> markdown.Resolve:
        def resolve(kind: str, written: str) -> str | None:
            found = comparing.target(workshop(), side, written)
            if found is None or (kind == "image" and found.is_folder):
                return None
            if kind == "image":
                return picture(self._standing(side, pair, found.path), found.path)
            if found.path in self._new:
                return f"#{found.fragment}" if found.fragment else f"#document-{self._new[found.path]}"
            if not found.path:
                return url_for("documents.overview")
            return url_for("documents.document", path=found.path, _anchor=found.fragment or None)

        return resolve

    @staticmethod
    def _standing(side: Side, pair: Pair, path: str) -> str:
        """Name the commit of a picture so that one that stays has the same address on both sides."""
        before = comparing.blob_at(workshop(), pair.old.commit, path)
        return pair.old.commit if before == comparing.blob_at(workshop(), side.commit, path) else side.commit


def picture(commit: str, path: str) -> str:
    """Return the address of a picture, or of any other file, at a commit."""
    return url_for("documents.raw_at", commit=commit, path=path)


def row_of(rows: Sequence[Row], offset: int, *, old: bool = False) -> int | None:
    """Find the row that holds an offset of the new (or old) text, else the nearest one before it."""
    best: int | None = None
    for at, row in enumerate(rows):
        start, end = (row.old_start, row.old_end) if old else (row.new_start, row.new_end)
        if start is None or end is None:
            continue
        if start <= offset < end:
            return at
        if start <= offset or best is None:
            best = at
    return best
