"""Revisions: a draft becomes the immutable, numbered text of a proposal, and a ref of its own in Git."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotFound, OutOfDate, Unavailable
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore.ids import CommitId, TreeId
from reviewtool.gitstore.record import blob_id
from reviewtool.models import (
    Comment,
    Draft,
    DraftFile,
    Installation,
    Person,
    Proposal,
    RefMove,
    Revision,
    Suggestion,
    Touch,
)
from reviewtool.rules.lifecycle import State
from reviewtool.rules.permissions import Act
from reviewtool.services import (
    calling,
    coauthors,
    continuing,
    drafts,
    events,
    lifecycle,
    overtaken,
    people,
    proposals,
    refmoves,
    registering,
    rulesets,
    showing,
    signatures,
    word_accepting,
)
from reviewtool.services.registering import Registered, Sent
from reviewtool.services.workshop import Workshop
from reviewtool.uploads import drawings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prepared:
    """The objects of a revision, on disk before the database names them."""

    base: CommitId
    tree: TreeId
    seal: str
    touches: tuple[dict[str, str | None], ...]


def ref_of(number: int, revision: int) -> str:
    """Return the ref of a revision."""
    return f"refs/proposals/{number}/{revision}"


def submit(workshop: Workshop, draft_id: int, *, by_id: int, token: str = "", sent: Sent | None = None) -> int:
    """Make a draft the next revision of its proposal, or the first of a new one; return the proposal's number.

    `sent`: it is somebody else's, who sent it to the coordination; they are its author and are told at once. A second
    call with the draft's token returns the first one's proposal. Raises InvalidInput for what is missing,
    OutOfDate("document-changed") after bringing the draft to a text that moved under the same passage,
    OutOfDate("version-meanwhile") after joining a version that was submitted since the draft was begun, and
    OutOfDate("passages-open") while a passage where both met is not settled.
    """
    done = submitted(workshop, token) if token else None
    if done is not None:
        return done
    _bring_up_to_date(workshop, draft_id, by_id)
    with workshop.database.read() as session:
        by = people.get(session, by_id)
        draft = drafts.get(session, draft_id, by=by)
        if sent is not None:
            registering.author_of(session, sent, by=by)
        drafts.save_meta(
            draft, drafts.Meta(**{f: getattr(draft, f) for f in drafts.Meta.__dataclass_fields__}), complete=True
        )
        prepared = prepare(workshop, draft)
        session.rollback()
    try:
        with workshop.database.write() as session:
            number, move_id = _record(session, workshop, draft_id, prepared, people.get(session, by_id), sent)
    except _Overtaken:
        _bring_up_to_date(workshop, draft_id, by_id)
        raise
    try:
        refmoves.publish(workshop, move_id)
    except Unavailable as error:  # the version is safe: its objects and row are there, the recorder moves the ref
        log.warning("the ref of P-%s has to wait: %s", number, error.code)
    return number


def submitted(workshop: Workshop, token: str) -> int | None:
    """Return the proposal that a draft with this token, which only its writer knows, became, or None."""
    query = select(Revision.proposal_number).where(Revision.draft_token == token)
    with workshop.database.read() as session:
        return session.scalar(query)


class _Overtaken(OutOfDate):
    """Another version was submitted between joining what there was and asking for the lock."""


def _bring_up_to_date(workshop: Workshop, draft_id: int, by_id: int) -> None:
    with workshop.database.write() as session:
        draft = drafts.get(session, draft_id, by=people.get(session, by_id))
        collides = drafts.rebase(workshop, draft)
        newest = overtaken.newer(session, draft)
        both = overtaken.join(session, workshop, draft, newest) if newest else {}
        waits = overtaken.unsettled(draft) is not None
    if newest:
        raise OutOfDate("version-meanwhile", number=newest.proposal_number, revision=newest.number, both=both)
    if waits:
        raise OutOfDate("passages-open")
    if collides:
        raise OutOfDate("document-changed")


def prepare(workshop: Workshop, draft: Draft) -> Prepared:
    """Write a draft's blobs and tree; raises InvalidInput("nothing-changed") when it changes nothing."""
    edits: list[writing.Edit] = []
    touches: list[dict[str, str | None]] = []
    files = reading.files(workshop.store, CommitId(draft.base))
    for entry in draft.files:
        data = _drawn(drafts.content(workshop, entry), entry)
        blob = writing.write_blob(workshop.store, data) if data is not None else None
        moved = entry.old_path is not None and entry.old_path != entry.path
        if entry.old_path is not None and blob == entry.old_blob and not moved:
            continue
        mode = files[entry.old_path].mode if entry.old_path in files else "100644"
        if entry.old_path is not None and (moved or blob is None):
            edits.append(writing.Edit(entry.old_path, None, mode))
        if entry.old_path is None and entry.path in files:
            raise Conflict("path-taken", path=entry.path)
        if blob is not None:
            edits.append(writing.Edit(entry.path, blob, mode))
        status = "A" if entry.old_path is None else "D" if blob is None else "R" if moved else "M"
        touches.append(
            {
                "path": entry.path if blob else entry.old_path,
                "old_path": entry.old_path,
                "status": status,
                "old_blob": entry.old_blob,
                "new_blob": blob,
            }
        )
    if not edits:
        raise InvalidInput("nothing-changed", field="text")
    base = CommitId(draft.base)
    tree = writing.write_tree(workshop.store, base, edits)
    return Prepared(base, tree, writing.seal(workshop.store, base, tree), tuple(touches))


def _drawn(data: bytes | None, entry: DraftFile) -> bytes | None:
    """Return a file's bytes, of a drawing that changed only what draws: it is text, and may have been typed."""
    if data is None or showing.extension(entry.path) != "svg" or blob_id(data) == entry.old_blob:
        return data
    return drawings.taken_over(data, field="text")


def _record(
    session: Session, workshop: Workshop, draft_id: int, prepared: Prepared, by: Person, sent: Sent | None
) -> tuple[int, int]:
    session.scalar(select(Installation.id).with_for_update())  # one submits at a time: new numbers, and second presses
    draft = drafts.get(session, draft_id, by=by)
    author = registering.author_of(session, sent, by=by) if sent else by
    registered = Registered(by, sent.received) if sent else None
    if sent is None:
        people.ensure_may(by, Act.propose if draft.proposal_number is None else Act.revise_own)
    proposal = _next_of(session, draft, author) if draft.proposal_number else _new_proposal(session, draft, author)
    at = now()  # once the lock is held
    revision = _new_revision(session, workshop, proposal, draft, prepared, registered)
    opens = open_consultation(session, workshop, proposal, [touch["path"] or "" for touch in prepared.touches])
    _mark_suggestions(session, draft, revision)
    remarks, files = word_accepting.waiting(session, draft), word_accepting.files_waiting(session, draft)
    proposal.amendment_asked = False
    kind = "submitted" if revision.number == 1 else "revised"
    facts = sent.received.facts() | {"name": author.name} if sent else {}
    if opens is not None:
        facts["closes_at"] = opens.isoformat()
    event = events.add(
        session,
        proposal,
        kind,
        by=by,
        at=at,
        revision=revision.number,
        note=revision.note,
        comments=list(draft.suggestions),
        **facts,
    )
    events.tell(session, event, [author.id] if sent else [], "registered")
    if author.id != proposal.author_id:
        events.tell(session, event, [proposal.author_id], "coauthor")
    if opens is not None:
        calling.to_consultation(session, event, coauthors.writers(session, proposal), rulesets.today(workshop.group))
    continuing.go_on(session, workshop.group, proposal, revision, by=by, at=at)
    lifecycle.settle(session, proposal, at)
    word_accepting.say_waiting(session, workshop, proposal.number, revision, remarks, by)
    word_accepting.attach_waiting(session, workshop, proposal.number, files, by)
    session.delete(draft)
    move = refmoves.plan(
        session,
        ref_of(proposal.number, revision.number),
        old=None,
        new=revision.commit,
        purpose="revision",
        proposal=proposal.number,
    )
    return proposal.number, move.id


def _next_of(session: Session, draft: Draft, author: Person) -> Proposal:
    proposal = proposals.lock(session, draft.proposal_number or 0)
    continuing.ensure_revisable(session, proposal, author)
    if overtaken.newer(session, draft) is not None:
        raise _Overtaken("version-meanwhile", number=proposal.number, revision=proposal.latest)
    proposal.latest += 1
    for field in ("title", "reason", "instrument", "instrument_number", "instrument_paragraph", "kind"):
        setattr(proposal, field, getattr(draft, field))
    return proposal


def _new_proposal(session: Session, draft: Draft, author: Person) -> Proposal:
    number = (session.scalar(select(func.max(Proposal.number))) or 0) + 1
    proposal = Proposal(
        number=number,
        title=draft.title,
        reason=draft.reason,
        instrument=draft.instrument,
        instrument_number=draft.instrument_number,
        instrument_paragraph=draft.instrument_paragraph,
        kind=draft.kind,
        author_id=author.id,
        state=State.consultation,
        state_changed_at=now(),
        created_at=now(),
        undoes=draft.undoes,
        latest=1,
    )
    session.add(proposal)
    session.flush()
    return proposal


def open_consultation(session: Session, workshop: Workshop, proposal: Proposal, paths: list[str]) -> datetime | None:
    """Give a new proposal its full consultation; a revision made after the close gets one again, outside a ballot.

    Return until when it is open, None where none is opened.
    """
    at, closes_at = now(), proposal.consultation_closes_at
    if proposal.state == State.voting or (closes_at is not None and closes_at > at):
        return None
    rules = rulesets.rules_for(session, workshop.group, paths, preset=proposal.preset)
    proposal.consultation_closes_at = rulesets.closing(session, workshop.group, at, rules.consultation_days)
    return proposal.consultation_closes_at


def _new_revision(
    session: Session,
    workshop: Workshop,
    proposal: Proposal,
    draft: Draft,
    prepared: Prepared,
    registered: Registered | None,
) -> Revision:
    author = people.get(session, proposal.author_id if registered else draft.author_id)
    coauthors = _coauthors(session, proposal, draft, author)
    commit = writing.commit_tree(
        workshop.store,
        prepared.tree,
        [prepared.base],
        writing.message(
            proposal.title,
            draft.note or proposal.reason,
            [
                ("Proposal", str(proposal.number)),
                ("Revision", str(proposal.latest)),
                *(("Co-authored-by", signatures.line(workshop.group, who)) for who in coauthors),
                *registering.trailers(workshop.group, registered),
            ],
        ),
        signatures.of(workshop.group, author, now()),
        signatures.of(workshop.group, registered.by if registered else author, now()),
    )
    revision = Revision(
        proposal_number=proposal.number,
        number=proposal.latest,
        base=prepared.base,
        commit=commit,
        seal=prepared.seal,
        author_id=author.id,
        note=draft.note,
        submitted_at=now(),
        draft_token=draft.token,
        coauthors=[who.id for who in coauthors],
    )
    session.add(revision)
    session.flush()
    for touch in prepared.touches:
        module, _, rest = (touch["path"] or "").partition("/")
        session.add(Touch(revision_id=revision.id, module=module if rest else "", **touch))
    session.flush()
    return revision


def _coauthors(session: Session, proposal: Proposal, draft: Draft, author: Person) -> list[Person]:
    """Return whose text or suggestion stands in the revision, besides its author's, in a fixed order."""
    query = select(Revision.author_id, Revision.coauthors).where(Revision.proposal_number == proposal.number)
    ids = {proposal.author_id}
    for wrote, known in session.execute(query):
        ids |= {wrote, *known}
    ids |= set(suggesters(session, draft.suggestions))
    return [people.get(session, person_id) for person_id in sorted(ids - {author.id})]


def suggesters(session: Session, comment_ids: list[int]) -> list[int]:
    """Return who wrote the suggestions that a draft took up."""
    return list(session.scalars(select(Comment.author_id).where(Comment.id.in_(comment_ids)))) if comment_ids else []


def _mark_suggestions(session: Session, draft: Draft, revision: Revision) -> None:
    for comment_id in draft.suggestions:
        suggestion = session.get(Suggestion, comment_id)
        if suggestion is not None:
            suggestion.applied_in, suggestion.applied_at = revision.number, now()


@refmoves.finishes("revision")
def _public(_session: Session, _move: RefMove) -> None:
    """Do nothing more: a revision's row is complete when it is written, the ref only publishes it."""


def text_at(workshop: Workshop, commit: str, path: str) -> bytes | None:
    """Return a document's bytes at a commit, or None where it does not stand."""
    entry = reading.find(workshop.store, CommitId(commit), path)
    return reading.data(workshop.store, entry.blob) if entry is not None and entry.kind == "file" else None


def ensure_known(session: Session, number: int, revision: int) -> Revision:
    """Return a revision that exists; raises NotFound."""
    if revision < 1:
        raise NotFound("revision-unknown", number=number, revision=revision)
    return proposals.revision(session, number, revision)
