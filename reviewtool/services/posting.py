"""What a mail tells: the person, and by proposal the notices of its batch with what the proposal changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import ReviewError
from reviewtool.models import Ballot, Person
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.mailing import ASKED
from reviewtool.rules.permissions import Act, may
from reviewtool.services import comparing, earlier, excerpts, notices, people, proposals, telling, vote_links
from reviewtool.services.excerpts import Run
from reviewtool.services.notices import Owed
from reviewtool.services.outbox import Batch
from reviewtool.services.reply_addresses import Target
from reviewtool.services.vote_links import Link
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
    """A proposal in a mail, or by the number 0 a new edition: notices, the oldest first, and what changes.

    `since` is the version that what changes is told against; 0: the published text. `link` lets the person vote; None
    where no open ballot waits for them.
    """

    number: int
    title: str
    is_own: bool
    owed: tuple[Owed, ...]
    since: int = 0
    lines: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    link: Link | None = None

    @property
    def thread(self) -> int:
        """Return the conversation that its notices are about; 0 where they are about none, or several."""
        about = {owed.thread_id for owed in self.owed if owed.thread_id}
        return about.pop() if len(about) == 1 else 0

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
    """One mail to one person; `hidden` counts the proposals left out. What is asked stands first.

    `answer` is what an answer to it becomes; None where it would become nothing, and of several proposals.
    """

    person_id: int
    name: str
    email: str
    language: str
    zone: str
    abouts: tuple[About, ...]
    hidden: int
    answer: Target | None = None

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
    found: dict[tuple[int, str], list[Owed]] = {}
    for owed in _still_true(session, notices.of_batch(session, batch.notices), now()):
        said = owed if reads or not owed.proposal else replace(owed, body="", replacement=None)
        found.setdefault((owed.proposal, owed.title), []).append(said)
    if not found:
        return None
    abouts = [
        About(number, title, owed[0].author_id == person.id, tuple(owed)) for (number, title), owed in found.items()
    ]
    abouts.sort(key=lambda about: not about.is_asked)
    if len(abouts) <= WITH_CHANGES:
        shown = len(abouts) == 1
        abouts = [_with_changes(session, workshop, about, person, shown=shown) for about in abouts]
    abouts = [replace(about, link=_link(session, person, about, batch)) for about in abouts]
    return Post(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        zone=person.timezone,
        abouts=tuple(abouts[:MOST]),
        hidden=len(abouts[MOST:]),
        answer=_answer(session, person, abouts),
    )


def _link(session: Session, person: Person, about: About, batch: Batch) -> Link | None:
    if not about.is_asked:
        return None
    return vote_links.offered(session, person, about.number, batch.batched_at, now())


def _answer(session: Session, person: Person, abouts: Sequence[About]) -> Target | None:
    if len(abouts) != 1 or not abouts[0].number or not may(people.roles(person), Act.comment):
        return None
    state = State(proposals.get(session, abouts[0].number).state)
    return Target(person.id, abouts[0].number, abouts[0].thread) if allowed(Act.comment, state) else None


def _still_true(session: Session, told: Sequence[Owed], at: datetime) -> list[Owed]:
    """Leave out what was asked until an instant that has passed, or for a ballot that has ended before it.

    Nobody is called to a vote that is over.
    """
    calls = [owed for owed in told if owed.kind in ASKED - {"registered"} and owed.facts.get("closes_at")]
    query = select(Ballot.proposal_number, Ballot.number).where(
        Ballot.proposal_number.in_({owed.proposal for owed in calls}), Ballot.closed_at.is_not(None)
    )
    closed = {(row.proposal_number, row.number) for row in session.execute(query)} if calls else set()
    over = {owed.id for owed in calls if _is_over(owed, closed, at)}
    return [owed for owed in told if owed.id not in over]


def _is_over(owed: Owed, closed: Collection[tuple[int, int]], at: datetime) -> bool:
    return (
        datetime.fromisoformat(owed.facts["closes_at"]) <= at or (owed.proposal, owed.facts.get("ballot", 0)) in closed
    )


def _with_changes(session: Session, workshop: Workshop, about: About, reader: Person, *, shown: bool) -> About:
    """Add what the newest version changes, to who has voted on an earlier one against that one.

    A mail goes without it rather than not at all.
    """
    if not about.number:
        return about
    since = _voted_on(session, about, reader)
    try:
        lines, documents = changes(session, workshop, about.number, reader.language, since)
    except ReviewError:
        return about
    return replace(about, since=since, lines=lines, documents=documents if shown else ())


def changes(
    session: Session, workshop: Workshop, number: int, language: str, since: int = 0
) -> tuple[tuple[str, ...], tuple[Document, ...]]:
    """Return what the newest version of a proposal changes, in words and as the first changed passages.

    Against the version `since`; 0: against the published text.
    """
    revisions = comparing.revisions(session, number)
    pairs: Sequence[comparing.Pair] = comparing.pairs(workshop, revisions[max(revisions)], revisions.get(since))
    told = [(pair, comparing.tell(workshop, pair)) for pair in pairs]
    documents = (Document(one.title, excerpts.of(workshop, pair)) for pair, one in told[:WITH_CHANGES])
    return tuple(telling.lines(told, language)), tuple(document for document in documents if document.passages)


def _voted_on(session: Session, about: About, reader: Person) -> int:
    """Return the earlier version that the reader's seat voted on, where its vote is to be confirmed; else 0."""
    seat, ballot = people.seat_of(reader), proposals.open_ballot(session, about.number)
    if seat is None or ballot is None or all(owed.kind != "reconfirm" for owed in about.owed):
        return 0
    return next((each.revision for each in earlier.votes(session, ballot) if each.vote.seat_id == seat.id), 0)
