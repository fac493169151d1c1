"""Open proposals that change what somebody else changes too: told while a draft is written, and on both proposals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId
from reviewtool.models import Draft, Proposal, Revision, Touch
from reviewtool.prose import ALGORITHM_VERSION, dividing, merge3
from reviewtool.prose.dividing import Part
from reviewtool.rules.lifecycle import OPEN_STATES
from reviewtool.services import drafts, proposals
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Overlap:
    """An open proposal that touches a document of the draft.

    `same_passage` when both change the same place; `parts` is what the proposal does there, where that is text.
    """

    number: int
    title: str
    author: str
    administration: str
    path: str
    same_passage: bool
    parts: tuple[Part, ...] = ()


def of_draft(session: Session, workshop: Workshop, draft: Draft) -> list[Overlap]:
    """Return the open proposals that touch what the draft touches."""
    by_path = {entry.old_path: entry for entry in draft.files if entry.old_path}
    found = []
    for proposal, touch in proposals.open_touching(session, list(by_path), besides=draft.proposal_number):
        entry = by_path.get(touch.old_path or touch.path)
        if entry is not None:
            sides = (drafts.before(workshop, entry), drafts.content(workshop, entry))
            parts = _meeting(workshop, touch, *sides)
            who = proposal.author
            same = parts is None or bool(parts)
            found.append(
                Overlap(proposal.number, proposal.title, who.name, who.administration, touch.path, same, parts or ())
            )
    return found


_OTHER, _REVISION, _TOUCH = aliased(Proposal), aliased(Revision), aliased(Touch)
_BESIDE = (
    select(_OTHER.number, _OTHER.latest)
    .select_from(Proposal)
    .join(Revision, (Revision.proposal_number == Proposal.number) & (Revision.number == Proposal.latest))
    .join(Touch, Touch.revision_id == Revision.id)
    .join(_OTHER, _OTHER.state.in_(OPEN_STATES) & (_OTHER.number != Proposal.number))
    .join(_REVISION, (_REVISION.proposal_number == _OTHER.number) & (_REVISION.number == _OTHER.latest))
    .join(_TOUCH, _TOUCH.revision_id == _REVISION.id)
    .where(Proposal.number == bindparam("number"), Proposal.state.in_(OPEN_STATES))
    .where(or_(*(mine == theirs for mine in (Touch.path, Touch.old_path) for theirs in (_TOUCH.path, _TOUCH.old_path))))
    .distinct()
    .order_by(_OTHER.number)
)


def beside(session: Session, number: int) -> tuple[tuple[int, int], ...]:
    """Return the open proposals on the documents of an open one, with their newest versions: what sharing depends on.

    One query.
    """
    return tuple((other, latest) for other, latest in session.execute(_BESIDE, {"number": number}))


@dataclass(frozen=True)
class Shared:
    """A document that two open proposals change at the same places; without parts it is no text, or goes as a whole."""

    path: str
    mine: tuple[Part, ...]
    theirs: tuple[Part, ...]


def shared(session: Session, workshop: Workshop, number: int, other: int) -> tuple[Shared, ...]:
    """Return where two open proposals change the same places."""
    if other not in {each for each, _latest in beside(session, number)}:
        return ()
    sides = [
        {_old(touch): touch for touch in proposals.latest_revision(session, each).touches}
        for each in (proposals.get(session, number), proposals.get(session, other))
    ]
    found = []
    for path in sides[0].keys() & sides[1].keys():
        mine, theirs = sides[0][path], sides[1][path]
        key = (
            "meeting",
            ALGORITHM_VERSION,
            *(blob for each in (mine, theirs) for blob in (each.old_blob, each.new_blob)),
        )
        met = workshop.cache.get(key, partial(_both, workshop, mine, theirs))
        if met is None or met[0] or met[1]:
            found.append(Shared(path, *(met or ((), ()))))
    return tuple(sorted(found, key=lambda each: each.path))


def _old(touch: Touch) -> str:
    return touch.old_path or touch.path


def _both(workshop: Workshop, mine: Touch, theirs: Touch) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    there, here = (
        _meeting(workshop, one, *(_data(workshop, blob) for blob in (two.old_blob, two.new_blob)))
        for one, two in ((mine, theirs), (theirs, mine))
    )
    return None if there is None or here is None else (there, here)


def _data(workshop: Workshop, blob: str | None) -> bytes | None:
    return reading.data(workshop.store, BlobId(blob)) if blob else None


def _meeting(workshop: Workshop, touch: Touch, base: bytes | None, mine: bytes | None) -> tuple[Part, ...] | None:
    """Return what a proposal does to a document where `mine` changes the `base` too; None where that is no text."""
    theirs, stood = (_data(workshop, blob) for blob in (touch.new_blob, touch.old_blob))
    if mine is None or base is None or theirs is None or stood is None:
        return None
    texts = [reading.text(data) for data in (stood, base, theirs, mine)]
    if not all(text.exact for text in texts):
        return None
    was, there, wanted, own = (text.text for text in texts)
    joined = merge3.merge(was, there, wanted).text  # it may be written on another day's text
    return dividing.meeting(there, wanted if joined is None else joined, own)
