"""Withdrawal for confidentiality (*retiro por confidencialidad*): content that must not stay is taken out everywhere.

Importers' data (article 10 of the Agreement) may have been written by mistake. Place, author and date stay; the words
go from the database, from every entry of the review record, which is written anew, and from the version that had them.
The old objects stay in the repository, unreachable, until `reviewtool maintain --drop-withdrawn`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session, selectinload

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, InvalidInput, NotFound, OutOfDate
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore import record as store_record
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.gitstore.objects import Batch
from reviewtool.models import AttachmentData, DraftFile, Merge, Person, Proposal, Revision, Withdrawal
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.rules.lifecycle import OPEN_STATES
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import Outcome
from reviewtool.services import (
    ballots,
    documents,
    events,
    lifecycle,
    passing,
    people,
    placing,
    proposals,
    recording,
    refmoves,
    revisions,
    withdrawal_targets,
    word_scrubbing,
)
from reviewtool.services.record_files import ref_of
from reviewtool.services.scrubbing import GONE, LONG, Words
from reviewtool.services.withdrawal_targets import Target
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

GROUND_LIMIT: Final = 2_000
TRIES: Final = 5


def withdraw(workshop: Workshop, kind: str, target_id: int, *, ground: str, by_id: int) -> Withdrawal:
    """Take the words of a comment, a version's text, or the reason of a vote, opinion or objection out of everything.

    Git first, then the database: where a process was killed between, asking again finishes it. An open ballot on a
    version that goes is suspended, and the text is its author's turn again. Raises NotAllowed, NotFound,
    InvalidInput("ground-missing"), AlreadyDecided("withdrawn-already"/"withdrawal-published"/"merging-now").
    """
    ground = ground.strip()
    if not ground or len(ground) > GROUND_LIMIT:
        raise InvalidInput("ground-missing", field="ground", most=GROUND_LIMIT)
    refmoves.reconcile(workshop)
    with workshop.database.read() as session:
        people.ensure_may(people.get(session, by_id), Act.withdraw_for_confidentiality)
        target = ready(session, workshop, kind, target_id)
        words = target.words
    number = target.proposal_number
    asked = _Asked(number, kind, target_id, ground, by_id)
    recording.record(workshop, number)  # what was said before has its entry, which is then written anew
    _rewrite(workshop, asked, words)
    _versions_anew(workshop, asked, target)
    with workshop.database.write() as session:
        _forget_on_disk(session)
        words = _blank(session, workshop, asked, words)
    _rewrite(workshop, asked, words)  # somebody may have written of them in between
    recording.record(workshop, number)
    recording.record_group(workshop)
    _forget_written_ahead(workshop)
    workshop.cache.clear()
    workshop.store.forget()
    log.warning("%s %s of P-%s withdrawn by p%s", kind, target_id, number, by_id)
    with workshop.database.read() as session:
        return _made(session, asked)


def ready(session: Session, workshop: Workshop, kind: str, target_id: int) -> Target:
    """Return what may be withdrawn now. Raises NotFound and what `ensure_ready` raises."""
    target = withdrawal_targets.find(session, workshop, kind, target_id)
    ensure_ready(target, find(session, kind, target_id), proposals.merge_of(session, target.proposal_number))
    return target


def ensure_ready(target: Target, made: Withdrawal | None, merged: Merge | None) -> None:
    """Raise AlreadyDecided("withdrawn-already"/"withdrawal-published") for what cannot be withdrawn (any more)."""
    if made is not None and target.is_done(made):
        raise AlreadyDecided("withdrawn-already")
    if target.revision is not None and merged is not None and merged.revision == target.revision.number:
        raise AlreadyDecided("withdrawal-published", number=target.proposal_number)


@dataclass(frozen=True)
class _Asked:
    """Who asks to withdraw what, and why."""

    number: int
    kind: str
    target_id: int
    ground: str
    by_id: int


def find(session: Session, kind: str, target_id: int) -> Withdrawal | None:
    """Return the withdrawal of something, or None."""
    return session.scalar(select(Withdrawal).where(Withdrawal.kind == kind, Withdrawal.target_id == target_id))


def published(workshop: Workshop, session: Session, words: Words, number: int) -> tuple[str, ...]:
    """Return what of the published text says long words too: paths, and the id of the merge whose message does."""
    sought = [each for each in words.said if len(each) >= LONG]
    found = []
    tip = documents.tip(workshop)
    for path, entry in reading.files(workshop.store, tip).items():
        if entry.kind == "file" and sought:
            text_there = placing.text(workshop, entry.blob)
            if any(each in text_there for each in sought):
                found.append(path)
    merged = proposals.merge_of(session, number)
    if merged is not None and any(each in _message(workshop, merged.commit) for each in sought):
        found.append(merged.commit[:12])
    return tuple(found)


def _made(session: Session, asked: _Asked) -> Withdrawal:
    found = find(session, asked.kind, asked.target_id)
    if found is None:
        raise NotFound("withdrawal-unknown", kind=asked.kind, id=asked.target_id)
    return found


def _intend(session: Session, workshop: Workshop, asked: _Asked, renamed: dict[str, str]) -> None:
    """Write the withdrawal down, with the commits that it is about to make, before any ref moves.

    From now on nobody votes on a version that goes, and nobody merges it.
    """
    proposal = proposals.lock(session, asked.number)
    made = find(session, asked.kind, asked.target_id)
    if made is None:
        ready(session, workshop, asked.kind, asked.target_id)  # it may have been merged meanwhile
        made = Withdrawal(
            proposal_number=asked.number,
            kind=asked.kind,
            target_id=asked.target_id,
            ground=asked.ground,
            withdrawn_by_id=asked.by_id,
            withdrawn_at=now(),
        )
        session.add(made)
        session.flush()
        if asked.kind == "version":
            _undecide(session, proposal, people.get(session, asked.by_id))
    made.renamed = made.renamed | renamed
    session.flush()


def _undecide(session: Session, proposal: Proposal, by: Person) -> None:
    """Suspend the open ballot on a text that goes, and give the proposal back to its author."""
    if proposal.latest not in proposals.withdrawn_versions(session, proposal.number):
        return
    at = now()
    passing.close_due_of(session, proposal, at)
    proposal.amendment_asked = proposal.state in OPEN_STATES
    ballot = proposals.open_ballot(session, proposal.number)
    if ballot is not None:
        ballots.end(session, proposal, ballot, Outcome.suspended, at=at, by=by, reason=INSTEAD)
    lifecycle.settle(session, proposal, at)


def _blank(session: Session, workshop: Workshop, asked: _Asked, words: Words) -> Words:
    """Put the notice in the place of the words, with the act; once, of two that do it at the same time.

    Return the words as they are known now, which may be more than those the record was rewritten without.
    """
    by = people.get(session, asked.by_id)
    people.ensure_may(by, Act.withdraw_for_confidentiality)
    proposal = proposals.lock(session, asked.number)
    target, made = withdrawal_targets.find(session, workshop, asked.kind, asked.target_id), _made(session, asked)
    if target.is_done(made):
        return words
    words = target.words
    for row, fields in target.rows:
        for field in fields:
            if getattr(row, field):
                setattr(row, field, INSTEAD)
    for attached in (*target.attached, *target.files):
        session.get_one(AttachmentData, attached.id).data = GONE
    for file in target.files:
        file.filename = INSTEAD
    for passage in target.passages:
        passage.blank()
    for event in target.acts:
        event.facts = words.in_value(event.facts, inside=True)
    _blank_versions(session, workshop, target, made.renamed)
    session.flush()
    words.in_rows(session, proposal.number)
    word_scrubbing.forget(session, proposal.number, words)
    event = events.add(session, proposal, "content_withdrawn", by=by, withdrawal=made.id, **target.facts)
    if target.revision is not None and proposal.amendment_asked:
        events.tell(session, event, [proposal.author_id], "your_turn")
    return words


def _blank_versions(session: Session, workshop: Workshop, target: Target, renamed: dict[str, str]) -> None:
    for revision in session.scalars(select(Revision).where(Revision.proposal_number == target.proposal_number)):
        revision.commit = renamed.get(revision.commit, revision.commit)
    if target.revision is None:
        return
    gone = {touch.new_blob for touch in target.revision.touches if touch.new_blob != touch.old_blob} - {None}
    entries = reading.files(workshop.store, CommitId(target.revision.commit))
    for touch in target.revision.touches:
        if touch.new_blob is not None:
            touch.new_blob = entries[touch.path].blob
    with_bytes = select(DraftFile).where(DraftFile.data.is_not(None))
    for file in session.scalars(with_bytes) if gone else ():
        if store_record.blob_id(file.data or b"") in gone:
            session.delete(file)


def _rewrite(workshop: Workshop, asked: _Asked, words: Words) -> None:
    """Write the review record anew without the words: objects, then the row that names them, then the ref."""
    store, ref = workshop.store, ref_of(asked.number)
    for _ in range(TRIES):
        tip = store_record.tip(store, ref)
        renamed = store_record.plan_rewrite(store, tip, words.in_file) if tip is not None else {}
        with workshop.database.write() as session:
            _intend(session, workshop, asked, renamed)
        if tip is None or not renamed or writing.update_ref(store, ref, renamed[tip], tip):
            return
    raise OutOfDate("record-moved", number=asked.number)


def _versions_anew(workshop: Workshop, asked: _Asked, target: Target) -> None:
    """Write the commits of versions anew: the one withdrawn without its text, any that quotes the words without them.

    In the order of `_rewrite`. Author, instants, base and trailers stay, and with them what the version touched.
    """
    store, words = workshop.store, target.words
    with workshop.database.read() as session:
        known = _made(session, asked).renamed
        query = select(Revision).where(Revision.proposal_number == asked.number).options(selectinload(Revision.touches))
        found = session.scalars(query.order_by(Revision.number)).all()
        batch = Batch(store)
        goes = target.revision.id if target.revision is not None else 0
        renamed = {
            each.commit: known.get(each.commit) or _anew(workshop, batch, each, words, goes=each.id == goes)
            for each in found
        }
        refs = {each.commit: revisions.ref_of(each.proposal_number, each.number) for each in found}
        batch.write()
    renamed = {old: new for old, new in renamed.items() if old != new}
    with workshop.database.write() as session:
        _intend(session, workshop, asked, renamed)
    for old, new in renamed.items():
        if not writing.update_ref(store, refs[old], new, old) and reading.head(store, refs[old]) != new:
            raise OutOfDate("record-moved", number=asked.number)


def _anew(workshop: Workshop, batch: Batch, revision: Revision, words: Words, *, goes: bool) -> CommitId:
    """Plan the commit of a version anew; the same one when nothing of it goes."""
    store, old = workshop.store, CommitId(revision.commit)
    made, message = reading.commit(store, old), _message(workshop, revision.commit)
    tree = made.tree
    if goes:
        edits = [
            writing.Edit(touch.path, BlobId(touch.old_blob or batch.add("blob", GONE)))
            for touch in revision.touches
            if touch.new_blob is not None
        ]
        tree = writing.plan_tree(store, tree, edits, batch)
        message = writing.message(made.subject, INSTEAD, made.trailers)
    changed = words.in_text(message)
    if tree == made.tree and changed == _message(workshop, revision.commit):
        return old
    return writing.plan_commit(batch, (tree, list(made.parents)), changed, made.author, made.committer)


def _message(workshop: Workshop, commit: str) -> str:
    return workshop.store.object(CommitId(commit))[1].partition(b"\n\n")[2].decode("utf-8")


def _forget_on_disk(session: Session) -> None:
    """Let SQLite overwrite what is replaced in this transaction; PostgreSQL needs a VACUUM FULL afterwards."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def _forget_written_ahead(workshop: Workshop) -> None:
    """Empty SQLite's write-ahead log, which has the old pages; where somebody reads just now, maintenance does it."""
    engine = workshop.database.engine
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
