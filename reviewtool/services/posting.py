"""What a mail tells: the person, and by proposal the notices of its batch with what the proposal changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import ReviewError
from reviewtool.rules.mailing import ASKED
from reviewtool.rules.permissions import Act, may
from reviewtool.services import comparing, excerpts, notices, people, telling
from reviewtool.services.excerpts import Run
from reviewtool.services.notices import Owed
from reviewtool.services.outbox import Batch
from reviewtool.services.workshop import Workshop

MOST: Final = 20  # proposals in one mail
WITH_CHANGES: Final = 3  # of so many proposals it is said what they change; of a single one it is shown


@dataclass(frozen=True)
class Document:
    """A changed document with its first changed passages."""

    title: str
    passages: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class About:
    """A proposal in a mail: its notices, the oldest first, and what it changes in words and as passages."""

    number: int
    title: str
    is_own: bool
    owed: tuple[Owed, ...]
    lines: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Say whether something is asked of the person."""
        return any(owed.kind in ASKED for owed in self.owed)

    @property
    def weightiest(self) -> Owed:
        """Return the newest notice with which something is asked, else the newest."""
        return next((owed for owed in reversed(self.owed) if owed.kind in ASKED), self.owed[-1])


@dataclass(frozen=True)
class Post:
    """One mail to one person; `hidden` counts the proposals left out. What is asked stands first."""

    person_id: int
    name: str
    email: str
    language: str
    zone: str
    abouts: tuple[About, ...]
    hidden: int

    @property
    def is_asked(self) -> bool:
        """Say whether something is asked of the person: such mails cannot be unsubscribed from."""
        return any(about.is_asked for about in self.abouts)


def of_batch(session: Session, workshop: Workshop, batch: Batch) -> Post | None:
    """Return what the mail of a batch tells; None when its person has no role any more, or all of it is past."""
    person = people.find(session, batch.person_id or 0)
    held = people.roles(person) if person else frozenset()
    if person is None or not held:
        return None
    reads = may(held, Act.read_discussion, readers_see_discussion=workshop.group.readers_see_discussion)
    by_number: dict[int, list[Owed]] = {}
    for owed in _still_true(notices.of_batch(session, batch.notices), now()):
        by_number.setdefault(owed.proposal, []).append(owed if reads else replace(owed, body="", replacement=None))
    if not by_number:
        return None
    abouts = [
        About(number, owed[0].title, owed[0].author_id == person.id, tuple(owed)) for number, owed in by_number.items()
    ]
    abouts.sort(key=lambda about: not about.is_asked)
    if len(abouts) <= WITH_CHANGES:
        shown = len(abouts) == 1
        abouts = [_with_changes(session, workshop, about, person.language, shown=shown) for about in abouts]
    return Post(
        person.id, person.name, person.email, person.language, person.timezone, tuple(abouts[:MOST]), len(abouts[MOST:])
    )


def _still_true(told: Sequence[Owed], at: datetime) -> list[Owed]:
    """Leave out what was asked until an instant that has passed: nobody is called to a vote that is over."""
    return [owed for owed in told if owed.kind not in ASKED or not _is_over(owed, at)]


def _is_over(owed: Owed, at: datetime) -> bool:
    closes_at: str = owed.facts.get("closes_at") or ""
    return closes_at != "" and datetime.fromisoformat(closes_at) <= at


def _with_changes(session: Session, workshop: Workshop, about: About, language: str, *, shown: bool) -> About:
    """Add what the newest version changes; a mail goes without it rather than not at all."""
    revisions = comparing.revisions(session, about.number)
    try:
        pairs: Sequence[comparing.Pair] = comparing.pairs(workshop, revisions[max(revisions)], None)
        told = [(pair, comparing.tell(workshop, pair)) for pair in pairs]
        documents = tuple(
            Document(one.title, excerpts.of(workshop, pair)) for pair, one in told[:WITH_CHANGES] if shown
        )
    except ReviewError:
        return about
    seen = tuple(document for document in documents if document.passages)
    return replace(about, lines=tuple(telling.lines(told, language)), documents=seen)
