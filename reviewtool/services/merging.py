"""The merge: what the group approved becomes one commit of the published text (git-record, «Merging»).

The combined tree is made outside any transaction; T1 checks and plans; the ref publishes; T2 tells the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput, NotAllowed, OutOfDate, ReviewError, Unavailable
from reviewtool.gitstore import reading, record, writing
from reviewtool.gitstore.ids import CommitId, TreeId
from reviewtool.gitstore.objects import Batch
from reviewtool.group import Group
from reviewtool.models import (
    Ballot,
    Comment,
    Merge,
    Objection,
    Person,
    Proposal,
    RefMove,
    Revision,
    Suggestion,
    Thread,
    Vote,
)
from reviewtool.prose import ALGORITHM_VERSION
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import Outcome, Position, Standing, may_merge
from reviewtool.services import (
    ballots,
    combining,
    documents,
    events,
    lifecycle,
    objections,
    ordering,
    people,
    proposals,
    record_files,
    recording,
    refmoves,
    registering,
    signatures,
    votes,
)
from reviewtool.services.workshop import Workshop

MAIN = reading.MAIN
TRIES = 3
NOTE_LIMIT = 5_000

TRAILER_OF = {
    Position.for_: "Approved-by",
    Position.for_with_remarks: "Approved-with-remarks-by",
    Position.against: "Opposed-by",
    Position.abstain: "Abstained-by",
    Position.recused: "Recused-by",
}


@dataclass(frozen=True)
class Readiness:
    """Whether a proposal may be merged now, and what its version would do to the text of today."""

    combination: combining.Combination
    standing: Standing | None
    approved: bool

    @property
    def ready(self) -> bool:
        """Say whether merging would be allowed now."""
        return self.approved and self.combination.mergeable and self.standing is not None and may_merge(self.standing)


def readiness(session: Session, workshop: Workshop, proposal: Proposal, revision: Revision) -> Readiness:
    """Return what a merge of this revision would meet now."""
    combination = combining.of_revision(workshop, revision, documents.tip(workshop))
    ballot = deciding_ballot(session, proposal, revision)
    standing = ballots.standing_of(session, ballot) if ballot is not None else None
    return Readiness(combination, standing, proposal.state == State.approved)


def deciding_ballot(session: Session, proposal: Proposal, revision: Revision) -> Ballot | None:
    """Return the ballot on the text that approved exactly this revision, or None."""
    return session.scalar(
        select(Ballot)
        .where(
            Ballot.proposal_number == proposal.number,
            Ballot.revision == revision.number,
            Ballot.purpose == "text",
            Ballot.outcome == Outcome.approved,
            Ballot.seal == revision.seal,
        )
        .order_by(Ballot.number.desc())
        .limit(1)
    )


def merge(workshop: Workshop, number: int, *, by_id: int, revision: int, note: str = "") -> str:
    """Merge an approved proposal and return its commit; `revision` is the one the page showed.

    Raises OutOfDate for another revision, AlreadyDecided for another state, Conflict("merge-woven"/"merge-conflict")
    when the votes do not hold for what the text would become, Unavailable when Git could not move the ref (the merge
    stays planned and is finished later), NotAllowed.
    """
    if len(note) > NOTE_LIMIT:
        raise InvalidInput("text-too-long", field="note", most=NOTE_LIMIT)
    recording.record(workshop, number)  # the commit names the record as it stood before
    for _ in range(TRIES):
        refmoves.reconcile(workshop, MAIN)
        tip = documents.tip(workshop)
        result = _combined(workshop, number, revision, tip)
        try:
            with workshop.database.write() as session:
                asked = _Asked(people.get(session, by_id), revision, note.strip(), now())
                move_id, commit = _plan(session, workshop, number, asked, result)
        except IntegrityError as error:
            if "ref_move" in str(error.orig):  # somebody else's merge was planned between: start again
                continue
            raise
        if _publish(workshop, number, move_id):
            recording.record(workshop, number)
            return commit
    raise Unavailable("merge-busy", number=number)


@dataclass(frozen=True)
class Several:
    """What came of merging several: those in the text now, the one that could not be and why, those not tried."""

    merged: tuple[int, ...]
    stopped: int | None = None
    error: ReviewError | None = None
    left: tuple[int, ...] = ()


def merge_several(workshop: Workshop, wanted: Sequence[tuple[int, int]], *, by_id: int) -> Several:
    """Merge approved proposals (number, revision) in this order, each its own commit, up to one that cannot be merged.

    One that was merged already is passed over: somebody presses again whose answer was lost.
    """
    done: list[int] = []
    for at, (number, revision) in enumerate(wanted):
        try:
            merge(workshop, number, by_id=by_id, revision=revision)
        except ReviewError as error:
            if error.code != "merged-already":
                left = tuple(other for other, _revision in wanted[at + 1 :])
                return Several(tuple(done), number, error, left)
        done.append(number)
    return Several(tuple(done))


def _publish(workshop: Workshop, number: int, move_id: int) -> bool:
    try:
        return refmoves.publish(workshop, move_id)
    except Unavailable as error:
        raise Unavailable("merge-waiting", number=number) from error


@dataclass(frozen=True)
class _Result:
    """What the text becomes: the combination, its tree, and the batch in which that waits to be written."""

    combination: combining.Combination
    tree: TreeId
    batch: Batch


def _combined(workshop: Workshop, number: int, revision_number: int, tip: CommitId) -> _Result:
    with workshop.database.read() as session:
        revision = proposals.revision(session, number, revision_number)
        combination = combining.of_revision(workshop, revision, tip)
    if not combination.mergeable:
        raise Conflict(f"merge-{combination.kind}", number=number)
    batch = Batch(workshop.store)
    return _Result(combination, combining.plan_tree(workshop, combination, batch), batch)


@dataclass(frozen=True)
class _Asked:
    """Who asks for a merge, of which revision, with which note, when."""

    by: Person
    revision: int
    note: str
    at: datetime


@dataclass(frozen=True)
class _Parts:
    """What a merge's commit is made of."""

    proposal: Proposal
    revision: Revision
    ballot: Ballot
    combination: combining.Combination


def _plan(session: Session, workshop: Workshop, number: int, asked: _Asked, result: _Result) -> tuple[int, str]:
    """T1: check all under the lock, write tree and commit, plan the move; return the move's id and the commit."""
    people.ensure_may(asked.by, Act.merge)
    proposal = proposals.lock(session, number)
    if proposal.state == State.merged:
        raise AlreadyDecided("merged-already", number=number)
    if asked.revision != proposal.latest:
        raise OutOfDate("revision-newer", number=number)
    ensure_allowed(Act.merge, State(proposal.state))
    ordering.ensure_turn(session, number)
    revision = proposals.latest_revision(session, proposal)
    ballot = deciding_ballot(session, proposal, revision)
    if ballot is None:
        raise AlreadyDecided("not-approved", number=number)
    if not may_merge(ballots.standing_of(session, ballot)):
        raise AlreadyDecided("objection-holds", number=number)
    ensure_not_own(session, proposal, asked.by)
    combination = result.combination
    commit = _commit(session, workshop, _Parts(proposal, revision, ballot, combination), result, asked)
    move = refmoves.plan(
        session,
        MAIN,
        old=combination.tip,
        new=commit,
        purpose="merge",
        proposal=number,
        revision=revision.number,
        ballot=ballot.number,
        base=revision.base,
        kind=combination.kind.value,
        tree=result.tree,
        algorithm=ALGORITHM_VERSION,
        note=asked.note,
        by=asked.by.id,
        at=asked.at.isoformat(),
    )
    return move.id, commit


def ensure_not_own(session: Session, proposal: Proposal, by: Person) -> None:
    """Refuse that who proposed a text merges it where somebody else of the coordination can."""
    if proposal.author_id == by.id and set(people.coordination(session)) - {by.id}:
        raise NotAllowed("merge-own", number=proposal.number)


def _commit(session: Session, workshop: Workshop, parts: _Parts, result: _Result, asked: _Asked) -> str:
    proposal, revision = parts.proposal, parts.revision
    author = people.get(session, proposal.author_id)
    kind = parts.combination.kind.value
    said = trailers(session, workshop.group, proposal, revision, parts.ballot, kind)
    tip = record.tip(workshop.store, record_files.ref_of(proposal.number))
    said += [("Review-record", tip)] if tip else []
    commit = writing.plan_commit(
        result.batch,
        (result.tree, [CommitId(parts.combination.tip)]),
        writing.message(proposal.title, asked.note or proposal.reason, said),
        signatures.of(workshop.group, author, revision.submitted_at),
        signatures.of(workshop.group, asked.by, asked.at),
    )
    result.batch.write()  # one process for text, trees and commit
    return commit


def trailers(
    session: Session, group: Group, proposal: Proposal, revision: Revision, ballot: Ballot, kind: str
) -> list[tuple[str, str]]:
    """Return what the commit of a merge says of its proposal and decision, in the order of git-record."""
    found = [("Proposal", str(proposal.number)), ("Revision", str(revision.number))]
    found += [
        ("Co-authored-by", signatures.line(group, people.get(session, person_id)))
        for person_id in coauthors(session, proposal, revision)
    ]
    found += registering.trailers(group, registering.versions(session, proposal.number).get(revision.number))
    cast = votes.of_ballot(session, ballot.id)
    for position, name in TRAILER_OF.items():
        found += [
            (name, f"{signatures.line(group, vote.person)} # {vote.seat.key}")
            for vote in cast
            if vote.position == position and vote.confirmed
        ]
    found += [
        ("Advised-by", f"{signatures.line(group, opinion.person)} # {opinion.stance}")
        for opinion in votes.opinions(session, proposal.number)
    ]
    found += [
        ("Objection-overridden", f"{objection.seat.key} by ballot {objection.overridden_in}")
        for objection in _overridden(session, proposal.number)
    ]
    return [*found, ("Decision", decision(ballots.standing_of(session, ballot))), ("Merge-kind", kind)]


def _overridden(session: Session, number: int) -> list[Objection]:
    return [objection for objection in objections.of_proposal(session, number) if objection.overridden_in]


def coauthors(session: Session, proposal: Proposal, revision: Revision) -> list[int]:
    """Return who, besides the proposer, wrote a version or an applied suggestion that is in the text."""
    ids = set(revision.coauthors) | set(
        session.scalars(select(Revision.author_id).where(Revision.proposal_number == proposal.number))
    )
    ids |= set(
        session.scalars(
            select(Comment.author_id)
            .join(Suggestion, Suggestion.comment_id == Comment.id)
            .join(Thread, Thread.id == Comment.thread_id)
            .where(Thread.proposal_number == proposal.number, Suggestion.applied_in.is_not(None))
        )
    )
    return sorted(ids - {proposal.author_id})


def decision(state: Standing) -> str:
    """Say the decision in the words of the trailer, the same for every language."""
    if state.outcome is None:
        raise ValueError("a decision needs a closed ballot")
    if state.majority == "silence":
        return f"{state.outcome}; silence procedure; {state.no_objection} without objection, {len(state.silent)} silent"
    return (
        f"{state.outcome}; {state.in_favour} for, {state.against} against, {state.abstaining} abstaining; "
        f"quorum {state.quorum_needed} of {state.base}"
    )


@refmoves.finishes("merge")
def _finish(session: Session, move: RefMove) -> None:
    """Tell the database of a merge that stands in `main`."""
    facts = move.facts
    at = datetime.fromisoformat(facts["at"])
    proposal = session.scalar(select(Proposal).where(Proposal.number == move.proposal_number).with_for_update())
    if proposal is None or session.scalar(select(exists().where(Merge.proposal_number == proposal.number))):
        return
    by = people.get(session, facts["by"])
    session.add(
        Merge(
            proposal_number=proposal.number,
            revision=facts["revision"],
            ballot_number=facts["ballot"],
            commit=move.new,
            base=facts["base"],
            tip=move.old or "",
            kind=facts["kind"],
            tree=facts.get("tree", ""),  # a move planned before an upgrade has none
            algorithm=facts.get("algorithm", 0),
            note=facts["note"],
            merged_by_id=by.id,
            merged_at=at,
        )
    )
    event = events.add(session, proposal, "merged", by=by, at=at, commit=move.new, merge=True)
    told = {proposal.author_id, *votes_of(session, proposal.number)}
    events.tell(session, event, told, "merged")
    lifecycle.settle(session, proposal, at)


def votes_of(session: Session, number: int) -> list[int]:
    """Return who voted on a proposal."""
    return list(
        session.scalars(
            select(Vote.person_id).join(Ballot, Ballot.id == Vote.ballot_id).where(Ballot.proposal_number == number)
        )
    )
