"""Suggestions: the author takes one up in the next revision with one action; its writer becomes a co-author."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import AlreadyDecided, InvalidInput, NotFound
from reviewtool.models import Comment, Draft, DraftFile, Person, Revision, Suggestion, Thread
from reviewtool.prose import merge3, passages
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import drafts, events, people, placing, proposals
from reviewtool.services.workshop import Workshop


def get(session: Session, comment_id: int) -> tuple[Suggestion, Comment, Thread]:
    """Return a suggestion with its comment and thread; raises NotFound."""
    found = session.scalar(
        select(Suggestion)
        .where(Suggestion.comment_id == comment_id)
        .options(joinedload(Suggestion.comment).joinedload(Comment.thread))
    )
    if found is None:
        raise NotFound("suggestion-unknown")
    return found, found.comment, found.comment.thread


def apply(session: Session, workshop: Workshop, comment_id: int, *, by: Person) -> Draft:
    """Put a suggestion into the draft of the author's next revision, begun now if there is none; return the draft.

    Raises Conflict-like AlreadyDecided when it was applied, InvalidInput("suggestion-lost") when its passage is gone,
    InvalidInput("suggestion-outdated") when its words changed meanwhile where the suggestion changes them.
    """
    people.ensure_may(by, Act.apply_suggestion)
    suggestion, comment, thread = get(session, comment_id)
    proposal = proposals.lock(session, thread.proposal_number)
    ensure_allowed(Act.apply_suggestion, State(proposal.state))
    if suggestion.applied_in is not None:
        raise AlreadyDecided("suggestion-applied", revision=suggestion.applied_in)
    draft = drafts.start_revision(session, workshop, proposal.number, by=by)
    if comment.id in draft.suggestions:
        return draft
    revisions = placing.with_touches(session, proposal.number)
    placed = placing.place(workshop, revisions, thread, proposal.latest)
    if placed.passage is None or placed.path is None:
        raise InvalidInput("suggestion-lost", field="suggestion")
    entry = _entry(draft, placed.path)
    text = drafts.text_of(workshop, entry) if entry else None
    if entry is None or text is None:
        raise InvalidInput("suggestion-lost", field="suggestion")
    newest = placing.text(workshop, placed.blob) if placed.blob else ""
    carried = passages.carry(placed.passage, newest, text).passage
    if carried is None:
        raise InvalidInput("suggestion-lost", field="suggestion")
    start, end = carried.start, carried.end
    base = _suggested_on(workshop, revisions, comment)
    merged = merge3.merge(base, text[start:end], suggestion.replacement)
    if merged.text is None or (merged.text == text[start:end] != suggestion.replacement):
        raise InvalidInput("suggestion-outdated", field="suggestion")
    drafts.save_text(workshop, draft, entry, text[:start] + merged.text + text[end:], saves=None)
    draft.suggestions = [*draft.suggestions, comment.id]
    session.flush()
    return draft


def _suggested_on(workshop: Workshop, revisions: Sequence[Revision], comment: Comment) -> str:
    """Return the source of the passage in the newest revision there was when a suggestion was written."""
    thread = comment.thread
    there = [each.number for each in revisions if each.submitted_at <= comment.created_at]
    placed = placing.place(workshop, revisions, thread, max([thread.revision, *there]))
    if placed.passage is None or placed.blob is None:
        return placing.commented(workshop, revisions, thread)
    return placing.text(workshop, placed.blob)[placed.passage.start : placed.passage.end]


def _entry(draft: Draft, path: str) -> DraftFile | None:
    return next((entry for entry in draft.files if path in {entry.path, entry.old_path}), None)


def adopt(session: Session, comment_id: int, *, by: Person) -> Suggestion:
    """Let a member take up an observer's suggestion as their own; both stand in the record."""
    people.ensure_may(by, Act.adopt_suggestion)
    suggestion, comment, thread = get(session, comment_id)
    proposal = proposals.lock(session, thread.proposal_number)
    ensure_allowed(Act.adopt_suggestion, State(proposal.state))
    if suggestion.adopted_by_id is not None:
        raise AlreadyDecided("suggestion-adopted")
    suggestion.adopted_by_id = by.id
    events.add(session, proposal, "suggestion_adopted", by=by, thread=thread.id, comment=comment.id)
    return suggestion
