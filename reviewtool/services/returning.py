"""A text that comes back late: its draft was brought to a newer published text while somebody was writing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from reviewtool.errors import NotFound
from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Draft, DraftFile
from reviewtool.prose import merge3, splicing
from reviewtool.services import documents, drafts
from reviewtool.services.workshop import Workshop


def is_behind(workshop: Workshop, draft: Draft) -> bool:
    """Say whether the published text moved since a draft was begun or last brought up to it."""
    return documents.tip(workshop) != draft.base


def bring_up(workshop: Workshop, draft: Draft) -> str:
    """Bring a draft to today's text: "same" if none of its documents moved, "moved", or "look" if words collide."""
    before = [entry.saves for entry in draft.files]
    if drafts.rebase(workshop, draft):
        return "look"
    return "same" if before == [entry.saves for entry in draft.files] else "moved"


def rejoined(session: Session, workshop: Workshop, draft: Draft, entry: DraftFile, typed: str, base: str) -> str:
    """Return what was typed on an earlier published text together with what others changed in it since.

    Where both changed the same words, what was typed stands.
    """
    if base == draft.base or not entry.old_path:
        return typed
    try:
        commit = documents.state(session, workshop, base)
    except NotFound:  # not one that a page of ours can have named
        return typed
    was = reading.find(workshop.store, CommitId(commit), entry.old_path)
    if was is None or not entry.old_blob or was.blob == entry.old_blob:
        return typed
    before = reading.text(reading.data(workshop.store, was.blob))
    today = drafts.old_text(workshop, entry)
    if not before.exact:
        return typed
    return merge3.preferring_theirs(*(splicing.plain(text) for text in (before.text, today, typed)))
