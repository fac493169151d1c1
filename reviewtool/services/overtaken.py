"""A draft of a next version that was overtaken: another version was submitted since it was begun.

The newer version is joined to the draft as prose: what only one of both changed stands, and where they meet the
writer's own stands until they have settled it (`settling`). Nothing of either is written over unseen.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Draft, DraftFile, Proposal, Revision, Suggestion
from reviewtool.prose import merge3
from reviewtool.services import colliding, combining, drafts, proposals, texts
from reviewtool.services.combining import Joined, Kind
from reviewtool.services.workshop import Workshop


class _State(NamedTuple):
    """A document as somebody wants it; without data it does not stand."""

    path: str
    data: bytes | None


def newer(session: Session, draft: Draft) -> Revision | None:
    """Return the newest version when it is not in the draft yet, with its author."""
    number = draft.proposal_number
    if number is None or proposals.latest(session, number) <= (draft.revision or 0):
        return None
    return proposals.revision(session, number, proposals.latest(session, number))


def join(session: Session, workshop: Workshop, draft: Draft, newest: Revision) -> dict[str, str]:
    """Join a newer version to a draft, whose base stays; passages to settle are noted at their documents.

    Returns what the version says in those fields of the presentation that both changed, where the draft's stand.
    """
    begun = proposals.revision(session, newest.proposal_number, draft.revision or 1)
    before, theirs = (_documents(workshop, draft, version) for version in (begun, newest))
    mine = {_key(entry): entry for entry in draft.files}
    for key in dict.fromkeys((*theirs, *before, *mine)):
        stands = _published(workshop, draft, key)
        sides = (
            before.get(key, stands),
            theirs.get(key, stands),
            _state(workshop, mine[key]) if key in mine else stands,
        )
        _settle(workshop, draft, key, sides, newest.number)
    taken = select(Suggestion.comment_id).where(Suggestion.comment_id.in_(draft.suggestions), Suggestion.applied_in > 0)
    draft.suggestions = sorted(set(draft.suggestions) - set(session.scalars(taken)))
    draft.revision, draft.updated_at = newest.number, now()
    session.flush()
    return _join_said(draft, proposals.get(session, newest.proposal_number))


def unsettled(draft: Draft) -> DraftFile | None:
    """Return the first document of a draft with a passage where it met another version and nobody looked yet."""
    return next((entry for entry in draft.files if any("version" in note for note in entry.collisions)), None)


def _documents(workshop: Workshop, draft: Draft, version: Revision) -> dict[str, _State]:
    """Return what a version wants of each document, as a draft on this one's base that only holds it would say."""
    alone = Draft(base=draft.base)
    drafts.fill(workshop, alone, version.base, combining.wanted_of(workshop, version, version.touches))
    return {_key(entry): _state(workshop, entry) for entry in alone.files}


def _key(entry: DraftFile) -> str:
    return entry.old_path or entry.path


def _state(workshop: Workshop, entry: DraftFile) -> _State:
    return _State(entry.path, drafts.content(workshop, entry))


def _published(workshop: Workshop, draft: Draft, path: str) -> _State:
    entry = reading.find(workshop.store, CommitId(draft.base), path)
    return _State(path, reading.data(workshop.store, entry.blob) if entry else None)


def _settle(workshop: Workshop, draft: Draft, key: str, sides: tuple[_State, _State, _State], version: int) -> None:
    """Give one document of the draft what was changed in it: since `before`, by them, by the writer."""
    before, theirs, mine = sides
    if theirs in (before, mine):
        return
    if mine == before:
        _put(workshop, draft, key, theirs)
        return
    path = theirs.path if mine.path == before.path else mine.path
    texted = [reading.text(side.data) for side in sides if side.data is not None]
    if len(texted) < len(sides) or not all(text.exact for text in texted):
        joined = Joined(Kind.conflict, key, path, mine.data, _cause(*sides))
        _put(workshop, draft, key, _State(path, mine.data), colliding.notes(joined, "", "", ""), version)
        return
    words = [text.text for text in texted]
    merged = merge3.merge(words[0], words[1], words[2])
    text = merged.text if merged.text is not None else merge3.preferring_theirs(words[0], words[1], words[2])
    data = (texts.BOM if texted[2].bom else b"") + text.encode()
    cause = "words" if merged.text is None else ""
    joined = Joined(Kind(merged.kind), key, path, data, cause, tuple(merged.conflicts))
    _put(workshop, draft, key, _State(path, data), colliding.notes(joined, *words), version)


def _cause(before: _State, theirs: _State, mine: _State) -> str:
    if before.data is None and theirs.data is not None and mine.data is not None:
        return "exists"
    if mine.data is None:
        return "edited"
    return "deleted" if theirs.data is None else "binary"


def _put(
    workshop: Workshop,
    draft: Draft,
    key: str,
    wanted: _State,
    notes: list[dict[str, str]] | None = None,
    version: int = 0,
) -> None:
    """Set a document of the draft, which takes it in or lets it go; an open page of it may not save over this."""
    entry = next((each for each in draft.files if _key(each) == key), None)
    stands = reading.find(workshop.store, CommitId(draft.base), key)
    if entry is not None and wanted == _published(workshop, draft, key):
        draft.files.remove(entry)
        return
    if entry is None:
        entry = DraftFile(old_path=key if stands else None, old_blob=stands.blob if stands else None, saves=0)
        entry.collisions = []
        draft.files.append(entry)
    entry.path, entry.deleted = wanted.path, wanted.data is None
    entry.text = entry.data = None
    if wanted.data is not None:
        drafts.put(entry, wanted.data)
    entry.saves, entry.page, entry.updated_at = entry.saves + 1, "", now()
    entry.collisions = [*entry.collisions, *(note | {"version": str(version)} for note in notes or ())]


def _join_said(draft: Draft, proposal: Proposal) -> dict[str, str]:
    both: dict[str, str] = {}
    said = draft.said or {}
    for field, present in drafts.said_of(proposal).items():
        before, mine = said.get(field, present), getattr(draft, field)
        if mine == before:
            setattr(draft, field, present)
        elif present not in (before, mine):
            both[field] = present
    draft.said = drafts.said_of(proposal)
    return both
