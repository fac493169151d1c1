"""Suggestions: the author takes some up in the next revision, whose co-authors their writers are, or declines them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound, ReviewError
from reviewtool.models import Comment, Draft, DraftFile, Event, Person, Revision, Suggestion, Thread
from reviewtool.prose import merge3, passages
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import coauthors, drafts, events, people, placing, proposals, threads
from reviewtool.services.threads import Message
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


def of_proposal(session: Session, number: int) -> list[Suggestion]:
    """Return every suggestion on a proposal with its comment, author and conversation, the oldest first."""
    query = (
        select(Suggestion)
        .join(Comment, Comment.id == Suggestion.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Thread.proposal_number == number)
        .options(
            joinedload(Suggestion.comment).joinedload(Comment.thread),
            joinedload(Suggestion.comment).joinedload(Comment.author),
        )
        .order_by(Suggestion.comment_id)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class Declined:
    """That the author did not take a suggestion up; why is the answer in its conversation."""

    by: str
    at: datetime
    reason: str


def declined(session: Session, number: int) -> dict[int, Declined]:
    """Return the declined suggestions of a proposal by their comment; one query."""
    answer = Event.facts["answer"].as_integer()
    query = (
        select(Event.facts, Event.at, Person.name, Comment.body)
        .join(Person, Person.id == Event.person_id)
        .join(Comment, Comment.id == answer)
        .where(Event.proposal_number == number, Event.kind == "suggestion_declined")
    )
    return {facts["comment"]: Declined(name, at, body) for facts, at, name, body in session.execute(query)}


def is_declined() -> ColumnElement[bool]:
    """Return the condition that a suggestion was declined, for a query that has Suggestion and Thread."""
    return exists().where(
        Event.proposal_number == Thread.proposal_number,
        Event.kind == "suggestion_declined",
        Event.facts["comment"].as_integer() == Suggestion.comment_id,
    )


def apply(session: Session, workshop: Workshop, comment_id: int, *, by: Person) -> Draft:
    """Put a suggestion into the draft of the author's next revision, begun now if there is none; return the draft.

    Raises AlreadyDecided when it was applied or declined, InvalidInput("suggestion-lost") when its passage is gone,
    InvalidInput("suggestion-outdated") when its words changed meanwhile where the suggestion changes them.
    """
    draft, refused = apply_chosen(session, workshop, get(session, comment_id)[2].proposal_number, [comment_id], by=by)
    if refused:
        raise refused[0].error
    return draft


@dataclass(frozen=True)
class Refused:
    """A chosen suggestion that was not applied, and why."""

    suggestion: Suggestion
    error: ReviewError


def apply_chosen(
    session: Session, workshop: Workshop, number: int, comment_ids: Collection[int], *, by: Person
) -> tuple[Draft, list[Refused]]:
    """Put several suggestions into the author's draft, in the order they were written; what cannot be is returned.

    Of two on the same words the first is applied, and the second refused as changed meanwhile: nothing is guessed.
    Raises InvalidInput("no-suggestion-chosen") for none.
    """
    people.ensure_may(by, Act.apply_suggestion)
    proposal = proposals.lock(session, number)
    ensure_allowed(Act.apply_suggestion, State(proposal.state))
    chosen = [each for each in of_proposal(session, number) if each.comment_id in set(comment_ids)]
    if not chosen:
        raise InvalidInput("no-suggestion-chosen", field="chosen")
    draft = drafts.start_revision(session, workshop, number, by=by)
    revisions, refused = placing.with_touches(session, number), []
    said_no = declined(session, number)
    for suggestion in chosen:
        try:
            _ensure_open(suggestion, said_no)
            if suggestion.comment_id not in draft.suggestions:
                _put(workshop, draft, revisions, suggestion)
        except ReviewError as error:
            refused.append(Refused(suggestion, error))
    session.flush()
    return draft, refused


def _ensure_open(suggestion: Suggestion, said_no: Collection[int]) -> None:
    if suggestion.applied_in is not None:
        raise AlreadyDecided("suggestion-applied", revision=suggestion.applied_in)
    if suggestion.comment_id in said_no:
        raise AlreadyDecided("suggestion-declined")


def _put(workshop: Workshop, draft: Draft, revisions: Sequence[Revision], suggestion: Suggestion) -> None:
    """Write a suggestion into a draft where its passage stands there now."""
    comment, newest = suggestion.comment, revisions[-1].number
    placed = placing.place(workshop, revisions, comment.thread, newest)
    if placed.passage is None or placed.path is None:
        raise InvalidInput("suggestion-lost", field="suggestion")
    entry = _entry(draft, placed.path)
    text = drafts.text_of(workshop, entry) if entry else None
    if entry is None or text is None:
        raise InvalidInput("suggestion-lost", field="suggestion")
    stood = placing.text(workshop, placed.blob) if placed.blob else ""
    carried = passages.carry(placed.passage, stood, text).passage
    if carried is None:
        raise InvalidInput("suggestion-lost", field="suggestion")
    now_there = text[carried.start : carried.end]
    merged = merge3.merge(_suggested_on(workshop, revisions, comment), now_there, suggestion.replacement)
    if merged.text is None or (merged.text == now_there != suggestion.replacement):
        raise InvalidInput("suggestion-outdated", field="suggestion")
    drafts.save_text(workshop, draft, entry, text[: carried.start] + merged.text + text[carried.end :], saves=None)
    draft.suggestions = [*draft.suggestions, comment.id]


def decline(session: Session, comment_id: int, message: Message, *, by: Person) -> Comment:
    """Answer that a suggestion is not taken up; the reason stands in its conversation, and its writer is told.

    Raises NotAllowed for anybody but who may apply it, AlreadyDecided when it was applied or declined,
    InvalidInput("reason-missing") without a reason.
    """
    people.ensure_may(by, Act.decline_suggestion)
    suggestion, _comment, thread = get(session, comment_id)
    proposal = proposals.lock(session, thread.proposal_number)
    ensure_allowed(Act.decline_suggestion, State(proposal.state))
    if not coauthors.writes(session, proposal, by):
        raise NotAllowed("not-your-proposal", number=proposal.number)
    _ensure_open(suggestion, declined(session, proposal.number))
    begun = session.scalar(
        select(Draft).where(Draft.proposal_number == proposal.number, Draft.author_id == by.id).limit(1)
    )
    if begun is not None and comment_id in begun.suggestions:
        raise AlreadyDecided("suggestion-in-draft")
    if not message.body.strip():
        raise InvalidInput("reason-missing", field="body")
    answer = threads.reply(session, thread.id, message, by=by)
    events.add(session, proposal, "suggestion_declined", by=by, thread=thread.id, comment=comment_id, answer=answer.id)
    return answer


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
