"""Undoing a merged change: a draft of a new proposal with the inverse, conflicts as usual."""

from __future__ import annotations

from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided
from reviewtool.gitstore import history, reading
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Draft, Person
from reviewtool.rules.permissions import Act
from reviewtool.services import combining, documents, drafts, people, proposals
from reviewtool.services.workshop import Workshop


def start(session: Session, workshop: Workshop, number: int, *, by: Person) -> Draft:
    """Begin a draft that takes a merged proposal back: its documents as they stood before, later changes kept."""
    people.ensure_may(by, Act.propose_undoing)
    proposal = proposals.get(session, number)
    merged = proposals.merge_of(session, number)
    if merged is None:
        raise AlreadyDecided("not-merged", number=number)
    draft = Draft(
        author_id=by.id,
        base=documents.tip(workshop),
        created_at=now(),
        updated_at=now(),
        undoes=number,
        kind=proposal.kind,
    )
    session.add(draft)
    wanted = [
        combining.Wanted(
            None if change.status == "D" else change.path,
            change.old_path or change.path,
            reading.data(workshop.store, change.old_blob) if change.old_blob and change.status != "A" else None,
        )
        for change in history.diff_paths(workshop.store, CommitId(merged.tip), CommitId(merged.commit))
    ]
    drafts.fill(workshop, draft, merged.commit, wanted)
    session.flush()
    return draft
