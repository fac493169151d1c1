"""What the newest versions of many proposals touch, how long reading it takes, which collide with the published text.

Plain values in a constant number of queries, for lists, the home page and the desk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reviewtool.models import Proposal, Revision, Touch
from reviewtool.prose import ALGORITHM_VERSION
from reviewtool.services import combining, documents, placing, showing
from reviewtool.services.workshop import Workshop

WORDS_A_MINUTE = 200


def collisions(session: Session, workshop: Workshop, approved: Collection[int]) -> frozenset[int]:
    """Return which approved proposals cannot be merged as they stand, because the published text moved on."""
    if not approved:
        return frozenset()
    tip = documents.tip(workshop)
    newest = Proposal.latest == Revision.number
    query = select(Revision.id, Revision.proposal_number).join(
        Proposal, (Proposal.number == Revision.proposal_number) & newest
    )
    numbers = dict(session.execute(query.where(Proposal.number.in_(approved))).all())

    def look(fresh: list[int]) -> dict[int, bool]:
        revisions = session.scalars(
            select(Revision).where(Revision.id.in_(fresh)).options(selectinload(Revision.touches))
        )
        return {each.id: combining.of_revision(workshop, each, tip).mergeable for each in revisions}

    mergeable = workshop.cache.get_many({each: ("mergeable", ALGORITHM_VERSION, each, tip) for each in numbers}, look)
    return frozenset(numbers[each] for each, holds in mergeable.items() if not holds)


@dataclass(frozen=True)
class Touched:
    """One document that a newest revision touches."""

    path: str
    old_blob: str | None
    new_blob: str | None


def touches(session: Session, wanted: Collection[int]) -> dict[int, tuple[Touched, ...]]:
    """Return what the newest revision of each of some proposals touches, in one query."""
    found: dict[int, tuple[Touched, ...]] = {}
    if not wanted:
        return found
    newest = (Revision.proposal_number == Proposal.number) & (Revision.number == Proposal.latest)
    query = (
        select(Proposal.number, Touch.path, Touch.old_blob, Touch.new_blob)
        .join(Revision, newest)
        .join(Touch, Touch.revision_id == Revision.id)
        .where(Proposal.number.in_(wanted))
        .order_by(Touch.path)
    )
    for number, path, old_blob, new_blob in session.execute(query):
        found[number] = (*found.get(number, ()), Touched(path, old_blob, new_blob))
    return found


def minutes(workshop: Workshop, touched: Iterable[Touched]) -> int:
    """Return how long reading the changed paragraphs takes, at 200 words a minute; 0 where there is no text."""
    words = sum(_words(workshop, touch) for touch in touched if showing.extension(touch.path) in showing.MARKDOWN)
    return -(-words // WORDS_A_MINUTE)


def _words(workshop: Workshop, touch: Touched) -> int:
    """Count the words of the paragraphs that a version adds or changes; remembered, since blobs never change."""

    def count() -> int:
        old, new = (_paragraphs(workshop, blob) for blob in (touch.old_blob, touch.new_blob))
        kept = set(old)
        return sum(len(paragraph.split()) for paragraph in new if paragraph not in kept)

    return workshop.cache.get(("changed-words", ALGORITHM_VERSION, touch.old_blob, touch.new_blob), count)


def _paragraphs(workshop: Workshop, blob: str | None) -> Sequence[str]:
    text = placing.text(workshop, blob) if blob else ""
    return [paragraph.strip() for paragraph in text.replace("\r\n", "\n").split("\n\n")]
