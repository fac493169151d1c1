"""Conversations on a proposal: beginning one on a passage, a document or the whole, replying, editing, resolving.

Suggestions are taken up in `suggestions`; where a thread stands in a newer revision is told by `placing`; what pages
load of threads is in `conversations`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, NotFound, OutOfDate
from reviewtool.models import Comment, CommentEdit, Event, Mention, Objection, Person, Proposal, Suggestion, Thread
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.prose import passages
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act, may_settle_thread
from reviewtool.services import events, people, placing, proposals
from reviewtool.services.workshop import Workshop

COMMENT_LIMIT = 20_000
QUOTE_LIMIT = 5_000
TOKEN_LIMIT = 64
PAGE_SIZE = 30


@dataclass(frozen=True)
class Place:
    """Where a comment goes: a revision, perhaps a document of it, perhaps words a person selected there."""

    revision: int
    path: str | None = None
    quote: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Message:
    """What a person writes: a body, perhaps a suggestion; the token makes a second press find the first."""

    body: str
    suggestion: str | None = None
    token: str | None = None
    by_mail: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """Return what its event says of the way it came."""
        return {"by_mail": True} if self.by_mail else {}


def comment(session: Session, workshop: Workshop, number: int, place: Place, message: Message, *, by: Person) -> Thread:
    """Begin a thread on a proposal, on one of its documents, or on a passage that must be found in its text."""
    people.ensure_may(by, Act.comment)
    proposal = proposals.lock(session, number)
    found = repeated(session, message, by)
    if found is not None:
        return found.thread
    ensure_allowed(Act.comment, State(proposal.state))
    body = body_of(message)
    passage, source = _find_passage(session, workshop, proposal, place)
    if message.suggestion is not None and (passage is None or not place.path):
        raise InvalidInput("suggestion-needs-passage", field="suggestion")
    thread, first = begin(session, proposal, by=by, body=body, place=place, passage=passage, token=message.token)
    if message.suggestion is not None and passage is not None:
        _suggest(session, proposal, first, message.suggestion, source[passage.start : passage.end])
    event = events.add(session, proposal, "commented", by=by, thread=thread.id, comment=first.id, **message.facts)
    tell(session, event, thread, first, [proposal.author_id])
    return thread


def _find_passage(
    session: Session, workshop: Workshop, proposal: Proposal, place: Place
) -> tuple[passages.Passage | None, str]:
    if not 1 <= place.revision <= proposal.latest:
        raise NotFound("revision-unknown", number=proposal.number, revision=place.revision)
    if place.path is None:
        return None, ""
    revision = proposals.revision(session, proposal.number, place.revision)
    touch = next((touch for touch in revision.touches if touch.path == place.path), None)
    if touch is None:
        raise NotFound("document-unknown", path=place.path)
    quote = " ".join(place.quote.split())
    if not quote:
        return None, ""
    if len(quote) > QUOTE_LIMIT:
        raise InvalidInput("quote-too-long", field="quote", most=QUOTE_LIMIT)
    blob = touch.new_blob or touch.old_blob
    source = placing.text(workshop, blob) if blob else ""
    passage = passages.find(source, quote, place.prefix[-100:], place.suffix[:100])
    if passage is None:
        raise InvalidInput("quote-not-found", field="quote")
    return passage, source


def begin(
    session: Session,
    proposal: Proposal,
    *,
    by: Person,
    body: str,
    place: Place | None = None,
    passage: passages.Passage | None = None,
    token: str | None = None,
) -> tuple[Thread, Comment]:
    """Write a thread and its first comment on a locked proposal; no event, no notice: the caller's act has its own."""
    last = session.scalar(select(func.max(Thread.number)).where(Thread.proposal_number == proposal.number)) or 0
    thread = Thread(
        proposal_number=proposal.number,
        number=last + 1,
        revision=place.revision if place else proposal.latest,
        path=place.path if place else None,
        created_by_id=by.id,
        created_at=now(),
        reply_count=0,
    )
    if passage is not None:
        thread.quote, thread.start, thread.end = passage.quote, passage.start, passage.end
        thread.prefix, thread.suffix = passage.prefix[-200:], passage.suffix[:200]
    first = Comment(thread=thread, position=0, author_id=by.id, body=body, created_at=now(), form_token=_cut(token))
    session.add(first)
    session.flush()
    mention(session, first)
    proposal.open_threads += 1
    proposal.comment_count += 1
    return thread, first


def reply(session: Session, thread_id: int, message: Message, *, by: Person) -> Comment:
    """Add a message to a thread; a resolved one is opened again by it."""
    people.ensure_may(by, Act.comment)
    proposal, thread = lock(session, thread_id)
    found = repeated(session, message, by)
    if found is not None:
        return found
    ensure_allowed(Act.comment, State(proposal.state))
    body = body_of(message)
    if message.suggestion is not None and thread.quote is None:
        raise InvalidInput("suggestion-needs-passage", field="suggestion")
    thread.reply_count += 1
    added = Comment(
        thread_id=thread.id,
        position=thread.reply_count,
        author_id=by.id,
        body=body,
        created_at=now(),
        form_token=_cut(message.token),
    )
    session.add(added)
    session.flush()
    mention(session, added)
    if message.suggestion is not None:
        first = session.scalar(
            select(Suggestion.original)
            .join(Comment)
            .where(Comment.thread_id == thread.id)
            .order_by(Comment.id)
            .limit(1)
        )
        _suggest(session, proposal, added, message.suggestion, first or thread.quote or "")
    if thread.resolved_at is not None:
        thread.resolved_at = thread.resolved_by_id = None
        proposal.open_threads += 1
    proposal.comment_count += 1
    event = events.add(session, proposal, "replied", by=by, thread=thread.id, comment=added.id, **message.facts)
    tell(session, event, thread, added, [proposal.author_id, *participants(session, thread.id)])
    return added


def edit(session: Session, comment_id: int, body: str, *, by: Person, seen: str) -> Comment:
    """Change one's own comment; what it said before is kept. `seen` is the text the form started from."""
    people.ensure_may(by, Act.edit_own_comment)
    changed = session.get(Comment, comment_id)
    if changed is None:
        raise NotFound("comment-unknown")
    proposal, thread = lock(session, changed.thread_id)
    ensure_allowed(Act.edit_own_comment, State(proposal.state))
    session.refresh(changed)
    if changed.author_id != by.id:
        raise NotAllowed("comment-of-other")
    if changed.body == INSTEAD:
        raise NotAllowed("comment-withdrawn")
    if _plain(seen) != _plain(changed.body):
        raise OutOfDate("comment-changed")
    text = body_of(Message(body))
    if text != changed.body:
        session.add(CommentEdit(comment_id=changed.id, body=changed.body, until_at=now()))
        changed.body, changed.edited_at = text, now()
        session.flush()
        mention(session, changed)
        events.add(session, proposal, "comment_edited", by=by, thread=thread.id, comment=changed.id)
    return changed


def resolve(session: Session, thread_id: int, *, by: Person) -> Thread:
    """Mark a thread as resolved; a formal objection's thread is resolved by lifting the objection."""
    people.ensure_may(by, Act.resolve_thread)
    proposal, thread = lock(session, thread_id)
    ensure_allowed(Act.resolve_thread, State(proposal.state))
    if not may_resolve(proposal, thread, by):
        raise NotAllowed("thread-not-yours")
    if session.scalar(select(Objection).where(Objection.thread_id == thread.id, Objection.lifted_at.is_(None))):
        raise AlreadyDecided("thread-is-objection")
    if thread.resolved_at is None:
        thread.resolved_at, thread.resolved_by_id = now(), by.id
        proposal.open_threads -= 1
        events.add(session, proposal, "thread_resolved", by=by, thread=thread.id)
    return thread


def reopen(session: Session, thread_id: int, *, by: Person) -> Thread:
    """Open a resolved thread again."""
    people.ensure_may(by, Act.reopen_thread)
    proposal, thread = lock(session, thread_id)
    ensure_allowed(Act.reopen_thread, State(proposal.state))
    if not may_resolve(proposal, thread, by):
        raise NotAllowed("thread-not-yours")
    if thread.resolved_at is not None:
        thread.resolved_at = thread.resolved_by_id = None
        proposal.open_threads += 1
        events.add(session, proposal, "thread_reopened", by=by, thread=thread.id)
    return thread


def may_resolve(proposal: Proposal, thread: Thread, by: Person) -> bool:
    """Let who began a thread, the proposal's author and the coordination resolve it and open it again."""
    began, author = by.id == thread.created_by_id, by.id == proposal.author_id
    return may_settle_thread(people.roles(by), began_it=began, is_author=author)


def lock(session: Session, thread_id: int) -> tuple[Proposal, Thread]:
    """Lock the proposal of a thread and return both; raises NotFound."""
    number = session.scalar(select(Thread.proposal_number).where(Thread.id == thread_id))
    if number is None:
        raise NotFound("thread-unknown")
    proposal = proposals.lock(session, number)
    return proposal, session.get_one(Thread, thread_id, populate_existing=True)


def get(session: Session, thread_id: int) -> Thread:
    """Return a thread with all of its comments; raises NotFound."""
    found = session.scalar(
        select(Thread)
        .where(Thread.id == thread_id)
        .options(
            joinedload(Thread.created_by),
            joinedload(Thread.resolved_by),
            selectinload(Thread.comments).options(
                joinedload(Comment.author), joinedload(Comment.suggestion), selectinload(Comment.edits)
            ),
        )
    )
    if found is None:
        raise NotFound("thread-unknown")
    return found


def repeated(session: Session, message: Message, by: Person) -> Comment | None:
    """Find what a first press of the same button wrote; asked under the lock, so that of two at once one waits."""
    token = _cut(message.token)
    if token is None:
        return None
    return session.scalar(
        select(Comment)
        .where(Comment.author_id == by.id, Comment.form_token == token)
        .options(joinedload(Comment.thread))
    )


def get_comment(session: Session, comment_id: int) -> tuple[Comment, Thread]:
    """Return a comment with its thread; raises NotFound."""
    found = session.scalar(select(Comment).where(Comment.id == comment_id).options(joinedload(Comment.thread)))
    if found is None:
        raise NotFound("comment-unknown")
    return found, found.thread


def own_comment(session: Session, comment_id: int, *, by: Person) -> tuple[Comment, Thread]:
    """Return a comment that this person wrote, with its thread; raises NotFound, NotAllowed."""
    found, thread = get_comment(session, comment_id)
    if found.author_id != by.id:
        raise NotAllowed("comment-of-other")
    return found, thread


def _cut(token: str | None) -> str | None:
    return token[:TOKEN_LIMIT] if token else None


def body_of(message: Message) -> str:
    """Return what a message says, as it is kept. Raises InvalidInput."""
    body = _plain(message.body).strip()
    if not body and not (message.suggestion or "").strip():
        raise InvalidInput("comment-empty", field="body")
    if len(body) > COMMENT_LIMIT or len(message.suggestion or "") > COMMENT_LIMIT:
        raise InvalidInput("text-too-long", field="body", most=COMMENT_LIMIT)
    if "\0" in body:
        raise InvalidInput("text-bad", field="body")
    return body


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _suggest(session: Session, proposal: Proposal, where: Comment, replacement: str, original: str) -> None:
    ensure_allowed(Act.suggest, State(proposal.state))
    session.add(Suggestion(comment_id=where.id, replacement=_plain(replacement).strip(), original=original))
    session.flush()


def participants(session: Session, thread_id: int) -> list[int]:
    """Return who has written in a thread."""
    return list(session.scalars(select(Comment.author_id).where(Comment.thread_id == thread_id).distinct()))


_MENTION = re.compile(r"@(\w[\w.'’-]*(?: \w[\w.'’-]*){0,3})")


def mention(session: Session, said: Comment) -> list[int]:
    """Keep who is named with @ in a comment, by full name; return their ids."""
    named = {match.group(1).casefold() for match in _MENTION.finditer(said.body)}
    if not named:
        return []
    known = set(session.scalars(select(Mention.person_id).where(Mention.comment_id == said.id)))
    found = []
    for person_id, name in session.execute(select(Person.id, Person.name).where(Person.active)):
        full = name.casefold()
        if any(said_name == full or said_name.startswith(full + " ") for said_name in named):
            found.append(person_id)
            if person_id not in known:
                session.add(Mention(comment_id=said.id, person_id=person_id))
    session.flush()
    return found


def tell(session: Session, event: Event, thread: Thread, said: Comment, others: Collection[int]) -> None:
    """Owe notices of a comment to who is named in it and to others whom it concerns."""
    asked = select(Mention.person_id).where(Mention.comment_id == said.id)
    mentioned = session.scalars(asked).all() if "@" in said.body else ()
    events.tell(session, event, mentioned, "mention", thread_id=thread.id)
    events.tell(session, event, set(others) - set(mentioned), "comment", thread_id=thread.id)
