"""What can be withdrawn for confidentiality, and what goes with it: rows, words, and the files of the record.

`withdrawals` takes it out. Each sort has its finder in `FINDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reviewtool.errors import NotFound
from reviewtool.models import (
    Attachment,
    Ballot,
    Comment,
    Event,
    Objection,
    Opinion,
    Revision,
    Suggestion,
    Thread,
    Touch,
    Vote,
    Withdrawal,
)
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.prose import changes
from reviewtool.services import comparing, documents, placing, proposals, record_files, word_scrubbing
from reviewtool.services.scrubbing import Fragments, Words
from reviewtool.services.workshop import Workshop


@dataclass(frozen=True)
class Target:
    """What is to be withdrawn: the rows whose `fields` go, and of a version also what it alone says."""

    proposal_number: int
    rows: tuple[tuple[Any, tuple[str, ...]], ...]
    facts: dict[str, Any]
    own: dict[str, int]  # the files of the record that tell it, each with its id there
    revision: Revision | None = None
    fragments: Fragments = field(default_factory=Fragments)  # what its text alone says
    passages: tuple[Passage, ...] = ()
    acts: tuple[Event, ...] = ()  # whose facts say its words again
    attached: tuple[Attachment, ...] = ()  # whose bytes go
    files: tuple[Attachment, ...] = ()  # Word files that say the words: name and bytes go

    @cached_property
    def words(self) -> Words:
        """Return the texts that must not stay."""
        said = {str(getattr(row, name) or "") for row, names in self.rows for name in names}
        here = {text for each in self.passages for text in each.texts} | {each.filename for each in self.files}
        number = self.revision.number if self.revision is not None else 0
        gone = frozenset(record_files.bytes_path(each.id, each.kind) for each in (*self.attached, *self.files))
        return Words(_sorted(said), self.own, _sorted(here), number, self.fragments, gone)

    def is_done(self, made: Withdrawal) -> bool:
        """Say whether its withdrawal, once begun, has come to its end."""
        if self.revision is not None:
            return self.revision.commit in made.renamed.values()
        return not self.words.said


def _sorted(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(texts - {"", INSTEAD}, key=lambda each: (-len(each), each)))


@dataclass(frozen=True)
class Passage:
    """A thread on a passage of a withdrawn version; `kept` is where its passage stands in the text before, if it does.

    The words around a passage go in any case: they find it again in its own version only.
    """

    thread: Thread
    suggestions: tuple[Suggestion, ...]
    kept: int | None

    @property
    def texts(self) -> Iterator[str]:
        """Yield what goes with the version."""
        yield from (self.thread.prefix, self.thread.suffix)
        if self.kept is None:
            yield self.thread.quote or ""
            for each in self.suggestions:
                yield from (each.original, each.replacement)

    def blank(self) -> None:
        """Take the texts out of the rows; a passage that is gone leaves a comment on its document."""
        thread = self.thread
        thread.prefix = thread.suffix = ""
        if self.kept is not None:
            thread.start, thread.end = self.kept, self.kept + (thread.end or 0) - (thread.start or 0)
            return
        thread.quote, thread.start, thread.end = INSTEAD, None, None
        for each in self.suggestions:
            each.original = each.replacement = INSTEAD


def find(session: Session, workshop: Workshop, kind: str, target_id: int) -> Target:
    """Return what is to be withdrawn; raises NotFound("withdrawal-unknown")."""
    finder = FINDERS.get(kind)
    found = finder(session, workshop, target_id) if finder else None
    if found is None:
        raise NotFound("withdrawal-unknown", kind=kind, id=target_id)
    return _with_files(session, found)


def _with_files(session: Session, target: Target) -> Target:
    """Let the attached Word files go too that say the words, as the file does that a comment came from."""
    known = {each.id for each in target.attached}
    said = word_scrubbing.attached(session, target.proposal_number, target.words)
    files = [each for each in said if each.id not in known]
    if not files:
        return target
    return replace(
        target,
        facts=target.facts | {"attachments": [*target.facts.get("attachments", ()), *(each.id for each in files)]},
        own=target.own | {_told_in(each): each.id for each in files},
        files=tuple(files),
    )


def _comment(session: Session, _workshop: Workshop, comment_id: int) -> Target | None:
    found = session.scalar(
        select(Comment)
        .where(Comment.id == comment_id)
        .options(selectinload(Comment.edits), selectinload(Comment.suggestion), selectinload(Comment.thread))
    )
    if found is None:
        return None
    rows: list[tuple[Any, tuple[str, ...]]] = [(found, ("body",)), *((edit, ("body",)) for edit in found.edits)]
    if isinstance(found.suggestion, Suggestion):
        rows.append((found.suggestion, ("replacement",)))
    own = {record_files.path_of("comments", found.id): found.id}
    facts: dict[str, Any] = {"thread": found.thread_id, "comment": found.id}
    attached = tuple(session.scalars(select(Attachment).where(Attachment.comment_id == found.id)))
    if attached:
        rows += [(each, ("filename",)) for each in attached]
        own |= {_told_in(each): each.id for each in attached}
        facts["attachments"] = [each.id for each in attached]
    return Target(found.thread.proposal_number, tuple(rows), facts, own, attached=attached)


def _told_in(attachment: Attachment) -> str:
    return f"attachments/{attachment.id}.json"


def _attachment(session: Session, _workshop: Workshop, attachment_id: int) -> Target | None:
    found = session.get(Attachment, attachment_id)
    if found is None:
        return None
    rows = ((found, ("filename",)),)
    own = {_told_in(found): found.id}
    return Target(found.proposal_number, rows, {"attachment": found.id}, own, attached=(found,))


def _vote(session: Session, _workshop: Workshop, vote_id: int) -> Target | None:
    found = session.get(Vote, vote_id)
    ballot = session.get(Ballot, found.ballot_id) if found else None
    if found is None or ballot is None:
        return None
    own = {f"ballots/{ballot.number}.json": found.id}
    return Target(ballot.proposal_number, ((found, ("reason",)),), {"ballot": ballot.number}, own)


def _opinion(session: Session, _workshop: Workshop, opinion_id: int) -> Target | None:
    found = session.get(Opinion, opinion_id)
    if found is None:
        return None
    own = {f"opinions/{found.id}.json": found.id}
    return Target(found.proposal_number, ((found, ("reason",)),), {"opinion": found.id}, own)


def _objection(session: Session, workshop: Workshop, objection_id: int) -> Target | None:
    found = session.get(Objection, objection_id)
    if found is None:
        return None
    first = session.scalar(select(Comment).where(Comment.thread_id == found.thread_id, Comment.position == 0))
    said = _comment(session, workshop, first.id) if first else None
    rows: tuple[tuple[Any, tuple[str, ...]], ...] = ((found, ("reason",)),)
    facts: dict[str, Any] = {"objection": found.id}
    own = {f"objections/{found.id}.json": found.id}
    if said is None:
        return Target(found.proposal_number, rows, facts, own)
    return replace(said, rows=rows + said.rows, facts=facts | said.facts, own=own | said.own)


def _version(session: Session, workshop: Workshop, revision_id: int) -> Target | None:
    found = session.scalar(select(Revision).where(Revision.id == revision_id).options(selectinload(Revision.touches)))
    if found is None:
        return None
    number = found.proposal_number
    about = Event.facts["revision"].as_integer() == found.number
    acts = session.scalars(
        select(Event).where(Event.proposal_number == number, Event.kind.in_(("submitted", "revised")), about)
    ).all()
    on = tuple(_passages(session, workshop, found))
    own = {f"revisions/{found.number}.json": found.id}
    own |= {record_files.path_of("events", event.seq): event.id for event in acts}
    own |= {record_files.path_of("threads", each.thread.id): each.thread.id for each in on}
    commented = [suggestion.comment_id for each in on for suggestion in each.suggestions]
    own |= {record_files.path_of("comments", comment_id): comment_id for comment_id in commented}
    return Target(
        proposal_number=number,
        rows=((found, ("note",)),),
        facts={"revision": found.number, "threads": [each.thread.id for each in on], "comments": commented},
        own=own,
        revision=found,
        fragments=_said_alone(session, workshop, found),
        passages=on,
        acts=tuple(acts),
    )


def _said_alone(session: Session, workshop: Workshop, revision: Revision) -> Fragments:
    """Return what a version adds, to be known again where somebody quotes it."""
    added: list[str] = []
    for touch in revision.touches:
        if touch.new_blob is not None and touch.new_blob != touch.old_blob:
            old = placing.text(workshop, touch.old_blob) if touch.old_blob else ""
            new = placing.text(workshop, touch.new_blob)
            added += [change.text for change in changes.compare(old, new).changes if change.op == "insert"]
            before = set(old.splitlines())
            added += [line for line in new.splitlines() if line not in before]
    return Fragments(added, _others(session, workshop, revision)) if added else Fragments()


def _others(session: Session, workshop: Workshop, revision: Revision) -> Iterator[str]:
    """Yield the texts that stay: what the version was made from, the published ones, and the other versions."""
    origins = {touch.old_path or touch.path for touch in revision.touches}
    gone = proposals.withdrawn_versions(session, revision.proposal_number)
    blobs = {touch.old_blob for touch in revision.touches}
    blobs |= {comparing.blob_at(workshop, documents.tip(workshop), path) for path in origins}
    rest = select(Touch, Revision.number).join(Revision, Revision.id == Touch.revision_id)
    for touch, number in session.execute(rest.where(Revision.proposal_number == revision.proposal_number)):
        if number != revision.number and number not in gone:
            blobs.add(touch.new_blob)
    for blob in blobs - {None}:
        yield placing.text(workshop, str(blob))


def _passages(session: Session, workshop: Workshop, revision: Revision) -> Iterator[Passage]:
    """Yield the threads on passages of what a version changed."""
    touched = {touch.path: touch for touch in revision.touches}
    query = select(Thread).where(
        Thread.proposal_number == revision.proposal_number,
        Thread.revision == revision.number,
        Thread.path.in_(touched),
        Thread.start.is_not(None),
    )
    for thread in session.scalars(query.order_by(Thread.id)):
        touch = touched[thread.path or ""]
        written = select(Suggestion).join(Comment, Comment.id == Suggestion.comment_id)
        suggestions = session.scalars(written.where(Comment.thread_id == thread.id).order_by(Comment.id)).all()
        yield Passage(thread, tuple(suggestions), _kept(workshop, thread, touch))


def _kept(workshop: Workshop, thread: Thread, touch: Touch) -> int | None:
    """Return where a passage stands in the text that the version was made from, the nearest place, or None."""
    if touch.old_blob is None or touch.new_blob is None or thread.start is None or thread.end is None:
        return None
    old, new = placing.text(workshop, touch.old_blob), placing.text(workshop, touch.new_blob)
    wanted = new[thread.start : thread.end]
    places = [at for at in (old.rfind(wanted, 0, thread.end), old.find(wanted, thread.start)) if at >= 0]
    return min(places, key=lambda at: abs(at - (thread.start or 0))) if wanted and places else None


FINDERS: Final[Mapping[str, Callable[[Session, Workshop, int], Target | None]]] = {
    "comment": _comment,
    "vote": _vote,
    "opinion": _opinion,
    "objection": _objection,
    "version": _version,
    "attachment": _attachment,
}
