"""What a page loads of the conversations on a proposal: some threads with their first comment and newest replies.

Acts are in `threads`. Whatever the number of comments, a page costs the same few queries and loads the same few rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.models import Comment, Draft, Event, Mention, Objection, Person, Proposal, RoleTerm, Thread
from reviewtool.rules.permissions import Role
from reviewtool.services.threads import PAGE_SIZE

REPLIES_SHOWN = 3


@dataclass(frozen=True)
class Shown:
    """A thread as a page shows it: its comments loaded, how many are left out after the first, its objection."""

    thread: Thread
    first: Comment
    replies: tuple[Comment, ...]
    hidden: int
    objection: Objection | None


@dataclass(frozen=True)
class Page:
    """Some threads of a proposal; `after` asks for the next ones, None at the end."""

    shown: tuple[Shown, ...]
    after: int | None
    total: int


@dataclass(frozen=True)
class First:
    """The threads that the proposal's own page shows, open ones first; `more` when there are others."""

    shown: tuple[Shown, ...]
    more: bool


def first_page(session: Session, number: int, *, size: int = PAGE_SIZE) -> First:
    """Return the oldest open threads of a proposal and, where there is room, resolved ones, in five queries at most."""
    found = list(session.scalars(_threads(number, resolved=False).limit(size + 1)))
    if len(found) <= size:
        found += session.scalars(_threads(number, resolved=True).limit(size + 1 - len(found)))
    return First(_complete(session, found[:size]), len(found) > size)


def page(session: Session, number: int, *, resolved: bool = False, after: int = 0, size: int = PAGE_SIZE) -> Page:
    """Return some threads of a proposal, oldest first, in five queries whatever the number of comments."""
    state = Thread.resolved_at.is_not(None) if resolved else Thread.resolved_at.is_(None)
    count = select(func.count()).select_from(Thread).where(Thread.proposal_number == number, state)
    total = session.scalar(count) or 0
    found = list(session.scalars(_threads(number, resolved=resolved).where(Thread.id > after).limit(size + 1)))
    more, found = len(found) > size, found[:size]
    return Page(_complete(session, found), found[-1].id if more else None, total)


def whole(session: Session, thread: Thread) -> Shown:
    """Return a thread that was loaded with all of its comments."""
    objection = _objections(session, [thread.id]).get(thread.id)
    return Shown(thread, thread.comments[0], tuple(thread.comments[1:]), 0, objection)


def _threads(number: int, *, resolved: bool) -> Select[Thread]:
    state = Thread.resolved_at.is_not(None) if resolved else Thread.resolved_at.is_(None)
    query = select(Thread).where(Thread.proposal_number == number, state).order_by(Thread.id)
    return query.options(joinedload(Thread.resolved_by)) if resolved else query


def _complete(session: Session, threads: list[Thread]) -> tuple[Shown, ...]:
    if not threads:
        return ()
    ids = [thread.id for thread in threads]
    said, objections = _some_comments(session, ids), _objections(session, ids)
    return tuple(_shown(thread, said[thread.id], objections.get(thread.id)) for thread in threads)


def _shown(thread: Thread, comments: list[Comment], objection: Objection | None) -> Shown:
    first, *replies = comments
    return Shown(thread, first, tuple(replies), thread.reply_count - len(replies), objection)


def _some_comments(session: Session, thread_ids: list[int]) -> dict[int, list[Comment]]:
    """Return the first comment and the newest replies of each thread, by indexed position."""
    load = (joinedload(Comment.author), joinedload(Comment.suggestion))
    firsts = select(Comment).where(Comment.thread_id.in_(thread_ids), Comment.position == 0).options(*load)
    lasts = (
        select(Comment)
        .join(Thread, and_(Thread.id == Comment.thread_id, Comment.position > Thread.reply_count - REPLIES_SHOWN))
        .where(Comment.thread_id.in_(thread_ids), Comment.position > 0)
        .order_by(Comment.thread_id, Comment.position)
        .options(*load)
    )
    found: dict[int, list[Comment]] = {}
    for one in [*session.scalars(firsts), *session.scalars(lasts)]:
        found.setdefault(one.thread_id, []).append(one)
    return found


def _objections(session: Session, thread_ids: list[int]) -> dict[int, Objection]:
    query = select(Objection).where(Objection.thread_id.in_(thread_ids)).options(joinedload(Objection.seat))
    return {objection.thread_id: objection for objection in session.scalars(query)}


def mentions(session: Session, comment_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    """Return who is named in each of some comments: id and name."""
    found: dict[int, list[tuple[int, str]]] = {}
    query = select(Mention.comment_id, Person.id, Person.name).join(Person, Person.id == Mention.person_id)
    for comment_id, person_id, name in session.execute(query.where(Mention.comment_id.in_(comment_ids))):
        found.setdefault(comment_id, []).append((person_id, name))
    return found


def by_mail(session: Session, number: int) -> set[int]:
    """Return which comments on a proposal were written as answers to mails."""
    said = Event.facts["comment"].as_integer()
    query = select(said).where(
        Event.proposal_number == number,
        Event.kind.in_(("commented", "replied")),
        Event.facts["by_mail"].as_boolean(),
    )
    return set(session.scalars(query))


def names(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of some people; asks nothing for nobody."""
    ids = set(person_ids)
    query = select(Person.id, Person.name).where(Person.id.in_(ids))
    return dict(session.execute(query).all()) if ids else {}


def observers(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Return which of some people are observers today; asks nothing for nobody."""
    ids, day = set(person_ids), now().date()
    query = select(RoleTerm.person_id).where(
        RoleTerm.person_id.in_(ids),
        RoleTerm.role == Role.observer,
        RoleTerm.starts_on <= day,
        or_(RoleTerm.ends_on.is_(None), RoleTerm.ends_on >= day),
    )
    return set(session.scalars(query)) if ids else set()


def in_draft(session: Session, proposal: Proposal, person: Person) -> frozenset[int]:
    """Return the comments whose suggestion already stands in the person's draft of the next revision."""
    query = select(Draft.suggestions).where(Draft.proposal_number == proposal.number, Draft.author_id == person.id)
    return frozenset(session.scalar(query) or ())
