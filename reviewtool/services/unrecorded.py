"""What stands in Git and in no record, because a process was killed between the two: versions and merges.

Only needed where the database was lost with it; otherwise `refmoves.reconcile` and the recorder bring both up.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewtool.gitstore import history, reading, writing
from reviewtool.gitstore.reading import Commit
from reviewtool.models import Ballot, Merge, Person, Proposal, Revision, Touch
from reviewtool.rules.lifecycle import State
from reviewtool.services import (
    events,
    lifecycle,
    people,
    receiving,
    registering,
    revisions,
    signatures,
    verifying_merges,
)
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)
_VERSION = re.compile(r"refs/proposals/([1-9]\d*)/([1-9]\d*)\Z")


def take_up(session: Session, workshop: Workshop) -> None:
    """Write the rows of the versions and merges that only their commits tell of; what is unclear is logged."""
    _versions(session, workshop)
    _merges(session, workshop)


def _versions(session: Session, workshop: Workshop) -> None:
    known = set(session.execute(select(Revision.proposal_number, Revision.number)).all())
    found = [_VERSION.match(ref) for ref in reading.refs(workshop.store, "refs/proposals/")]
    numbers = sorted((int(match[1]), int(match[2])) for match in found if match)
    for number, revision in numbers:
        if (number, revision) not in known:
            commit = reading.head(workshop.store, revisions.ref_of(number, revision))
            if commit is not None:
                _version(session, workshop, number, revision, reading.commit(workshop.store, commit))


def _version(session: Session, workshop: Workshop, number: int, revision: int, commit: Commit) -> None:
    proposal = session.get(Proposal, number)
    by = session.get(Person, signatures.person_id(commit.author.email) or 0)
    if by is None or revision != (proposal.latest if proposal else 0) + 1:
        log.warning("version %s of P-%s, commit %s, fits no record", revision, number, commit.id)
        return
    author, at = people.get(session, by.id), commit.author.at
    proposal = proposal or _proposal(session, number, commit, author)
    proposal.latest = revision
    base = commit.parents[0]
    changes = history.diff_paths(workshop.store, base, commit.id)
    seal = writing.seal(workshop.store, base, commit.id)
    made = Revision(
        proposal_number=number,
        number=revision,
        base=base,
        commit=commit.id,
        seal=seal,
        author_id=author.id,
        note="" if revision == 1 else _without_trailers(commit),
        submitted_at=at,
    )
    session.add(made)
    session.flush()
    for change in changes:
        module, _, rest = change.path.partition("/")
        session.add(
            Touch(
                revision_id=made.id,
                path=change.path,
                old_path=change.old_path,
                status=change.status,
                old_blob=change.old_blob,
                new_blob=change.new_blob,
                module=module if rest else "",
            )
        )
    revisions.open_consultation(session, workshop, proposal, [change.path for change in changes])
    kind = "submitted" if revision == 1 else "revised"
    by, facts = _registered(session, commit, author)
    events.add(session, proposal, kind, by=by, at=at, revision=revision, note=made.note, comments=[], **facts)
    lifecycle.settle(session, proposal, at)


def _registered(session: Session, commit: Commit, author: Person) -> tuple[Person, dict[str, Any]]:
    """Return who submitted a version, and where that was the coordination how it was received, as its commit says."""
    who, _sign, said = dict(commit.trailers).get(registering.TRAILER, "").partition(" # ")
    by = session.get(Person, signatures.person_id(who) or 0)
    if by is None:
        return author, {}
    return people.get(session, by.id), receiving.of_line(said).facts() | {"name": author.name}


def _proposal(session: Session, number: int, commit: Commit, author: Person) -> Proposal:
    at = commit.author.at
    made = Proposal(
        number=number,
        title=commit.subject,
        reason=_without_trailers(commit),
        kind="substance",
        author_id=author.id,
        state=State.consultation,
        state_changed_at=at,
        created_at=at,
    )
    session.add(made)
    session.flush()
    return made


def _without_trailers(commit: Commit) -> str:
    return commit.body.rpartition("\n\n")[0] if commit.trailers else commit.body


def _merges(session: Session, workshop: Workshop) -> None:
    tip = reading.head(workshop.store)
    for commit in verifying_merges.since_start(session, workshop, tip) if tip else ():
        number = verifying_merges.proposal_of(commit)
        proposal = session.get(Proposal, number) if number else None
        if proposal is None or session.get(Merge, proposal.number) is not None:
            continue
        said = dict(commit.trailers)
        by = session.get(Person, signatures.person_id(commit.committer.email) or 0)
        revision = session.scalar(
            select(Revision).where(
                Revision.proposal_number == proposal.number, Revision.number == int(said.get("Revision", 0))
            )
        )
        ballot = session.scalar(
            select(func.max(Ballot.number)).where(
                Ballot.proposal_number == proposal.number, Ballot.outcome == "approved", Ballot.purpose == "text"
            )
        )
        if by is None or revision is None or ballot is None:
            log.warning("commit %s says that it merges P-%s, which its record does not explain", commit.id, number)
            continue
        at = commit.committer.at
        session.add(
            Merge(
                proposal_number=proposal.number,
                revision=revision.number,
                ballot_number=ballot,
                commit=commit.id,
                base=revision.base,
                tip=commit.parents[0],
                kind=said.get("Merge-kind", "exact"),
                tree=commit.tree,
                merged_by_id=by.id,
                merged_at=at,
            )
        )
        events.add(session, proposal, "merged", by=people.get(session, by.id), at=at, commit=commit.id, merge=True)
        lifecycle.settle(session, proposal, at)
