"""Whether each merged proposal is one commit of the published text, as the database and its votes say (1 to 3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from reviewtool.errors import ReviewError
from reviewtool.gitstore import reading, record, trees, writing
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.reading import Commit, Signature
from reviewtool.models import Ballot, Installation, Merge, Proposal, Revision, Withdrawal
from reviewtool.prose import ALGORITHM_VERSION
from reviewtool.rules.lifecycle import State
from reviewtool.services import combining, merging, people, proposals, registering, signatures
from reviewtool.services.findings import Finding, finding
from reviewtool.services.record_files import ref_of
from reviewtool.services.workshop import Workshop

RECORD: Final = "Review-record"


def check(session: Session, workshop: Workshop, counted: Counter[str]) -> Iterator[Finding]:
    """Compare the merges that the database knows with the commits of the published text."""
    tip = reading.head(workshop.store)
    if tip is None:
        yield finding("main-missing")
        return
    query = select(Merge).options(joinedload(Merge.merged_by)).order_by(Merge.proposal_number)
    merges = {merge.proposal_number: merge for merge in session.scalars(query)}
    by_proposal: dict[int, list[Commit]] = defaultdict(list)
    for commit in since_start(session, workshop, tip):
        counted["commits"] += 1
        number = proposal_of(commit)
        if number is None:
            yield finding("commit-unexplained", id=commit.id, subject=commit.subject)
        else:
            by_proposal[number].append(commit)
    for number, commits in sorted(by_proposal.items()):
        if number not in merges:
            yield from (finding("merge-unknown", id=commit.id, number=number) for commit in commits)
    for number, merge in merges.items():
        yield from _one(session, workshop, merge, by_proposal.get(number, []))
    said = select(Proposal.number).where(Proposal.state == State.merged).order_by(Proposal.number)
    yield from (finding("state-merged", number=number) for number in session.scalars(said) if number not in merges)


def since_start(session: Session, workshop: Workshop, tip: CommitId) -> list[Commit]:
    """Return the commits of the published text since the group began, oldest first."""
    start = session.scalar(select(Installation.start))
    if not start:  # made before it was written down: what the first merge was put upon
        start = session.scalar(select(Merge.tip).order_by(Merge.merged_at, Merge.proposal_number).limit(1)) or tip
    return reading.between(workshop.store, CommitId(start), tip)


def proposal_of(commit: Commit) -> int | None:
    """Return the number of the proposal that a commit of `main` says it merges."""
    said = dict(commit.trailers).get("Proposal", "")
    return int(said) if said.isdecimal() else None


def _one(session: Session, workshop: Workshop, merge: Merge, commits: list[Commit]) -> Iterator[Finding]:
    number = merge.proposal_number
    if not commits:
        yield finding("merge-missing", number=number)
        return
    if len(commits) > 1:
        yield finding("merge-twice", number=number, ids=", ".join(commit.id[:12] for commit in commits))
    commit = next((each for each in commits if each.id == merge.commit), None)
    if commit is None:
        yield finding("merge-elsewhere", number=number, named=merge.commit, found=commits[0].id)
        return
    revision = session.scalar(
        select(Revision)
        .where(Revision.proposal_number == number, Revision.number == merge.revision)
        .options(selectinload(Revision.touches), joinedload(Revision.author))
    )
    if revision is None:
        yield finding("version-missing", number=number, revision=merge.revision, ref="-")
        return
    yield from _commit(session, workshop, merge, revision, commit)
    yield from _text(session, workshop, merge, revision, commit)


@dataclass(frozen=True)
class _Same:
    """Compares what a commit says with what it should say, field by field."""

    commit: str
    number: int

    def __call__(self, field: str, found: object, wanted: object) -> Iterator[Finding]:
        if found != wanted:
            facts = {"id": self.commit, "number": self.number, "field": field}
            yield finding("commit-differs", **facts, found=str(found), wanted=str(wanted))


def _commit(
    session: Session, workshop: Workshop, merge: Merge, revision: Revision, commit: Commit
) -> Iterator[Finding]:
    """Invariant 2: people, instants, parent, tree, trailers and words."""
    same = _Same(commit.id, merge.proposal_number)
    proposal = proposals.get(session, merge.proposal_number)
    author = people.get(session, proposal.author_id)
    yield from same("author", _who(commit.author), _who(signatures.of(workshop.group, author, revision.submitted_at)))
    wanted = signatures.of(workshop.group, merge.merged_by, merge.merged_at)
    yield from same("committer", _who(commit.committer), _who(wanted))
    yield from same("parent", commit.parents, (merge.tip,))
    yield from same("tree", commit.tree, merge.tree or commit.tree)
    ballot = session.scalar(
        select(Ballot).where(Ballot.proposal_number == merge.proposal_number, Ballot.number == merge.ballot_number)
    )
    if ballot is None:
        yield from same("ballot", None, merge.ballot_number)
        return
    said = merging.trailers(session, workshop.group, proposal, revision, ballot, merge.kind)
    withdrawn = session.scalars(
        select(Withdrawal.renamed).where(Withdrawal.proposal_number == proposal.number).order_by(Withdrawal.id)
    ).all()
    unlike = {RECORD, registering.TRAILER} if withdrawn else {RECORD}
    for name in dict.fromkeys(name for name, _value in (*said, *commit.trailers) if name not in unlike):
        yield from same(name, _said(commit.trailers, name), _said(said, name))
    if not withdrawn:  # the words of a withdrawal go from the database, not from what was published
        message = writing.message(proposal.title, merge.note or proposal.reason, commit.trailers)
        yield from same("message", f"{commit.subject}\n\n{commit.body}".strip(), message.strip())
    yield from _recorded(workshop, proposal.number, dict(commit.trailers).get(RECORD), withdrawn)


def _said(trailers: Iterable[tuple[str, str]], name: str) -> str:
    """Return what trailers of one name say, in an order that does not matter, people by their ids."""
    return "; ".join(sorted(_voted(value) for key, value in trailers if key == name))


def _who(signature: Signature) -> tuple[str, int]:
    """Return whom a signature names and the second; names change, and the group's domain may."""
    return _known(signature.email), int(signature.at.timestamp())


def _known(text: str) -> str:
    number = signatures.person_id(text)
    return f"p{number}" if number else text


def _voted(value: str) -> str:
    who, sign, rest = value.partition(" # ")
    return f"{_known(who)}{sign}{rest}"


def _recorded(
    workshop: Workshop, number: int, named: str | None, withdrawn: Sequence[Mapping[str, str]]
) -> Iterator[Finding]:
    """Check that the record which a merge names is still part of the record, by what withdrawals renamed it to."""
    tip = record.tip(workshop.store, ref_of(number))
    if named is None or tip is None:
        return
    for renamed in withdrawn:
        named = renamed.get(named, named)
    try:
        kept = reading.is_ancestor(workshop.store, CommitId(named), tip)
    except ReviewError:
        kept = False
    if not kept:
        yield finding("record-rewritten", number=number, id=named)


def _text(session: Session, workshop: Workshop, merge: Merge, revision: Revision, commit: Commit) -> Iterator[Finding]:
    """Invariant 3: each path the proposal did not touch is the tip's; each that it touched is what was joined."""
    store, number = workshop.store, merge.proposal_number
    if writing.seal(store, CommitId(revision.base), CommitId(revision.commit)) != revision.seal:
        yield finding("seal-differs", number=number, revision=revision.number)
    combination = combining.of_revision(workshop, revision, CommitId(merge.tip))
    wanted = {path: row[1] for path, row in trees.walk(store, reading.tree_of(store, CommitId(merge.tip)))}
    joined: set[str] = set()
    for document in combination.documents:
        if document.old_path and (document.data is None or document.old_path != document.path):
            wanted.pop(document.old_path, None)
        if document.data is not None:
            wanted[document.path] = record.blob_id(document.data)
            if document.kind is not combining.Kind.exact:
                joined.add(document.path)
    found = {path: row[1] for path, row in trees.walk(store, commit.tree)}
    for path in sorted(wanted.keys() | found.keys()):
        if wanted.get(path) == found.get(path):
            continue
        older = path in joined and merge.algorithm != ALGORITHM_VERSION
        yield finding("text-unchecked" if older else "text-differs", number=number, path=path)
