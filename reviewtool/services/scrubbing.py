"""How words leave a text, a file of the record and the rows of the database: long ones anywhere, short ones at home.

Called by `withdrawals`. Nothing here decides what is to be withdrawn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Session

from reviewtool.models import (
    Attachment,
    Ballot,
    Comment,
    CommentEdit,
    Draft,
    DraftFile,
    Event,
    ExtensionRequest,
    FollowUp,
    Merge,
    Objection,
    Opinion,
    PrivateNote,
    Proposal,
    Revision,
    Suggestion,
    Thread,
    Vote,
)
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services import record_files
from reviewtool.services.record_files import MINUTES

#: what people write, by the name of its column, key or fact; the rest are names of documents, dates and values
PROSE: Final = frozenset(
    {
        *("title", "reason", "instrument", "instrument_number", "instrument_paragraph", "note", "outcome_reason"),
        *("lifting_reason", "quote", "prefix", "suffix", "body", "replacement", "original", "text", "ours", "theirs"),
        *("channel_reference", "reference", "ground", "filename"),
    }
)
GONE: Final = f"{INSTEAD}\n".encode()  # what a file says instead
LONG: Final = 12  # characters from which on the words are looked for anywhere, not only in their own place

_NEWEST: Final = re.compile(r"^## Versiones\n\n- Versión (\d+),", re.MULTILINE)
_CHANGES: Final = re.compile(r"(?<=^## Qué cambia\n\n).*?(?=\n\n## )", re.MULTILINE | re.DOTALL)


class Fragments:
    """Knows again what somebody quotes of an added text, whatever stands between its words.

    That is six words in a row, three of which one is a figure or a name that no other text has, or such a figure alone.
    Less could be anybody's words.
    """

    def __init__(self, added: Iterable[str] = (), others: Iterable[str] = ()) -> None:
        elsewhere: set[str] = set()
        said: set[tuple[str, ...]] = set()
        for other in others:
            words = [match[0] for match in _WORD.finditer(other)]
            elsewhere.update(words)
            said.update(_windows(words, _MANY))
        self._known: set[tuple[str, ...]] = set()
        for text in added:
            words = [match[0] for match in _WORD.finditer(text)]
            rare = {word for word in words if (word not in elsewhere and word != word.lower()) or _is_figure(word)}
            rare -= elsewhere
            self._known.update(window for window in _windows(words, _FEW) if rare.intersection(window))
            self._known.update((word,) for word in rare if _is_figure(word) and len(word) >= _FIGURE)
            self._known.update(set(_windows(words, _MANY)) - said)

    def __bool__(self) -> bool:
        return bool(self._known)

    def out_of(self, text: str) -> str:
        """Return a text with INSTEAD in the place of what it quotes."""
        found = list(_WORD.finditer(text))
        words = [match[0] for match in found]
        out, copied, end = [], 0, -1
        for at in range(len(words)):
            sizes = [size for size in (1, _FEW, _MANY) if tuple(words[at : at + size]) in self._known]
            if not sizes:
                continue
            start, last = found[at].start(), found[min(at + max(sizes), len(words)) - 1].end()
            if start > end:
                out += [text[copied:start], INSTEAD]
            end = copied = max(end, last)
        return "".join(out) + text[copied:]


_WORD: Final = re.compile(r"\w+(?:[.,/'’-]\w+)*")
_FEW: Final = 3
_MANY: Final = 6
_FIGURE: Final = 5  # characters from which on a figure alone is known again


def _windows(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def _is_figure(word: str) -> bool:
    return any(char.isdigit() for char in word)


@dataclass(frozen=True)
class Words:
    """Texts that must not stay, the longest first: `said` also elsewhere when they are long, `here` at home only.

    `own` names the files of the record that tell what is withdrawn, each with its id; minutes that tell what `version`
    changes do so no more, and what anybody quotes of its text is known by its `fragments`. Files that are `gone`
    have the notice in the place of their bytes.
    """

    said: tuple[str, ...]
    own: Mapping[str, int]
    here: tuple[str, ...] = ()
    version: int = 0
    fragments: Fragments = field(default_factory=Fragments)
    gone: frozenset[str] = frozenset()

    def in_file(self, path: str, data: bytes) -> bytes:
        """Return a file of a record without the words."""
        if path in self.gone:
            return GONE
        if path == MINUTES:
            return self._minutes(data.decode("utf-8")).encode("utf-8")
        inside = self.own.get(path)
        sought = self.said if inside is None else (*self.said, *self.here)
        if not path.endswith(".json") or not (self.fragments or any(_in_json(each) in data for each in sought)):
            return data
        content = json.loads(data)
        changed = self.in_value(content, inside)
        return record_files.written(changed) if changed != content else data

    def in_value(self, value: Any, own: int | None = None, *, inside: bool = False, key: str = "") -> Any:
        """Return a value with the words taken out of what people wrote in it; `key` is what it is called.

        `inside`: it belongs to what is withdrawn, short words go too.
        """
        if isinstance(value, dict):
            inside = inside or (own is not None and own in (value.get("id"), value.get("comment_id")))
            return {name: self.in_value(each, own, inside=inside, key=name) for name, each in value.items()}
        if isinstance(value, list):
            return [self.in_value(each, own, key=key) for each in value]
        if not isinstance(value, str) or key not in PROSE:
            return value
        return INSTEAD if inside and (value in self.said or value in self.here) else self.in_text(value)

    def in_text(self, text: str) -> str:
        """Return a text without long words and without what it quotes."""
        for each in self.said:
            if len(each) >= LONG:
                text = text.replace(each, INSTEAD)
        return self.fragments.out_of(text) if self.fragments else text

    def are_in(self, text: str) -> bool:
        """Say whether a text has long words, or quotes what goes."""
        return self.in_text(text) != text

    def in_rows(self, session: Session, number: int) -> None:
        """Take long words out of every row about a proposal, drafts included: somebody may have quoted them."""
        for row in _rows(session, number):
            for column in row.__table__.columns:
                if isinstance(column.type, String | Text | JSON):
                    value = getattr(row, column.key)
                    changed = self.in_value(value, key=column.key)
                    if changed != value:
                        setattr(row, column.key, changed)

    def _minutes(self, said: str) -> str:
        newest = _NEWEST.search(said)
        if self.version and newest and int(newest[1]) == self.version:
            said = _CHANGES.sub(f"- {INSTEAD}", said)
        for words in self.said:
            line = " ".join(words.split())
            for form in {line, line.replace("|", "\\|")}:
                found = re.escape(form)
                found = found if len(form) >= LONG else rf"(?<!\w){found}(?!\w)"
                said = re.sub(found, INSTEAD, said)
        return self.fragments.out_of(said) if self.fragments else said


def _in_json(words: str) -> bytes:
    return json.dumps(words, ensure_ascii=False)[1:-1].encode()


def _rows(session: Session, number: int) -> Iterator[Any]:
    threads = select(Thread.id).where(Thread.proposal_number == number)
    comments = select(Comment.id).where(Comment.thread_id.in_(threads))
    ballots = select(Ballot.id).where(Ballot.proposal_number == number)
    drafts = select(Draft.id).where(Draft.proposal_number == number)
    for query in (
        select(Proposal).where(Proposal.number == number),
        *(select(table).where(table.proposal_number == number) for table in (Event, Revision, Ballot, Thread, Merge)),
        *(
            select(table).where(table.proposal_number == number)
            for table in (Objection, Opinion, ExtensionRequest, FollowUp, PrivateNote, Attachment)
        ),
        select(Vote).where(Vote.ballot_id.in_(ballots)),
        select(Comment).where(Comment.id.in_(comments)),
        *(select(table).where(table.comment_id.in_(comments)) for table in (CommentEdit, Suggestion)),
        select(Draft).where(Draft.id.in_(drafts)),
        select(DraftFile).where(DraftFile.draft_id.in_(drafts)),
    ):
        yield from session.scalars(query)
