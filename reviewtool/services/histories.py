"""What changed in a document, when, by whom and on which decision: its history, one change, the origin of a block.

From the commits and their trailers; the database adds what the proposal said. Called by the pages of documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.errors import InvalidInput, NotFound
from reviewtool.gitstore import history, paths, reading
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Ballot, Merge, Proposal
from reviewtool.services import differences, documents
from reviewtool.services.differences import Difference
from reviewtool.services.documents import Document
from reviewtool.services.rendering import Block, Rendered
from reviewtool.services.workshop import Workshop

PAGE_SIZE = 20
_COUNTED = {
    "Approved-by": "for",
    "Approved-with-remarks-by": "for_with_remarks",
    "Opposed-by": "against",
    "Abstained-by": "abstain",
    "Recused-by": "recused",
}


@dataclass(frozen=True)
class Step:
    """One change of a document: its commit, and the proposal that a decision of the group made into it, if any.

    `votes` counts the seats by position; empty for what was imported and for a silence procedure.
    """

    commit: CommitId
    title: str
    author: str
    at: datetime
    path: str
    old_path: str | None
    votes: tuple[tuple[str, int], ...] = ()
    proposal: Proposal | None = None
    merge: Merge | None = None
    by_silence: bool = False


@dataclass(frozen=True)
class Page:
    """One page of a history, newest first; pages count from 1."""

    steps: tuple[Step, ...]
    number: int
    more: bool


@dataclass(frozen=True)
class Changed:
    """What one commit did to a document, and the decision behind it."""

    step: Step
    difference: Difference


@dataclass(frozen=True)
class Origin:
    """A change that wrote some lines of a block."""

    step: Step
    lines: int


def page(
    session: Session, workshop: Workshop, commit: CommitId, path: str, number: int = 1, size: int = PAGE_SIZE
) -> Page:
    """Return one page of a document's history up to a commit; a deleted document has one too. Raises NotFound."""
    number = max(1, number)
    present = reading.find(workshop.store, commit, path) is not None
    if not present:
        _ensure_could_have_been(path)
    key = ("history", commit, path, number, size)
    entries = workshop.cache.get(
        key,
        lambda: tuple(history.log(workshop.store, commit, path, limit=size + 1, skip=(number - 1) * size)),
    )
    if not entries or not (present or _find_change(workshop, entries[0].commit, path)):
        raise NotFound("document-unknown", path=paths.shown(path))
    steps = [_step(entry.commit, entry.path or path, entry.old_path) for entry in entries[:size]]
    return Page(tuple(_decided(session, steps)), number, len(entries) > size)


def _ensure_could_have_been(path: str) -> None:
    # What stands in no tree comes from an address bar: it reaches git only if it could be a document's name.
    try:
        paths.check(path)
    except InvalidInput as error:
        raise NotFound("document-unknown", path=paths.shown(path)) from error


def _find_change(workshop: Workshop, made: reading.Commit, path: str) -> history.PathChange | None:
    """Return what a commit did to a file, under its new name or its old one; a folder is no file."""
    before = made.parents[0] if made.parents else None
    changed = differences.paths(workshop, before, made.id)
    return next((each for each in changed if path in (each.path, each.old_path)), None)


def change(session: Session, workshop: Workshop, commit: CommitId, path: str) -> Changed:
    """Return what one commit did to the document at `path`; raises NotFound when it did nothing to it."""
    made = reading.commit(workshop.store, commit)
    one = _find_change(workshop, made, path)
    if one is None:
        raise NotFound("document-unknown", path=paths.shown(path))
    before = made.parents[0] if made.parents else None
    found = differences.of(workshop, before, commit, one)
    (decided,) = _decided(session, [_step(made, found.path, found.old_path)])
    return Changed(decided, found)


def block_of(whole: Rendered, number: int) -> Block:
    """Return a block by its number; raises NotFound for one that the document does not have."""
    for block in whole.blocks:
        if block.number == number:
            return block
    raise NotFound("block-unknown", number=number)


def origins(session: Session, workshop: Workshop, commit: CommitId, document: Document, block: Block) -> list[Origin]:
    """Return the changes that wrote the lines of a block, the one with most lines first, then the newest."""
    counted: Counter[CommitId] = Counter()
    for first, lines, writer in _writers(workshop, commit, document):
        shared = min(first + lines - 1, block.last_line) - max(first, block.first_line) + 1
        if shared > 0 and block.first_line:
            counted[writer] += shared
    steps = [_step(reading.commit(workshop.store, each), document.path, None) for each in counted]
    found = [Origin(step, counted[step.commit]) for step in _decided(session, steps)]
    return sorted(found, key=lambda origin: (-origin.lines, -origin.step.at.timestamp()))


def _writers(workshop: Workshop, commit: CommitId, document: Document) -> tuple[tuple[int, int, CommitId], ...]:
    # At the newest commit that touched the document the answer is the same, and stays remembered while others change.
    at = documents.settled_commit(workshop, commit, document.path)
    key = ("blame", at, document.path)
    return workshop.cache.get(
        key,
        lambda: tuple(
            (run.first_line, run.lines, run.commit) for run in history.blame(workshop.store, at, document.path)
        ),
    )


def _step(commit: reading.Commit, path: str, old_path: str | None) -> Step:
    counts = Counter(_COUNTED[name] for name, _ in commit.trailers if name in _COUNTED)
    votes = tuple((position, counts[position]) for position in _COUNTED.values() if counts[position])
    title = paths.shown(commit.subject)
    return Step(commit.id, title, paths.shown(commit.author.name), commit.committer.at, path, old_path, votes)


def _decided(session: Session, steps: Iterable[Step]) -> list[Step]:
    """Add to each step the decision behind it, as the database knows it: a trailer from elsewhere may say anything."""
    steps = list(steps)
    query = (
        select(Proposal, Merge, Ballot)
        .join(Merge, Merge.proposal_number == Proposal.number)
        .outerjoin(Ballot, (Ballot.proposal_number == Proposal.number) & (Ballot.number == Merge.ballot_number))
        .where(Merge.commit.in_([step.commit for step in steps]))
        .options(joinedload(Proposal.author), joinedload(Merge.merged_by))
    )
    found = {merge.commit: (proposal, merge, ballot) for proposal, merge, ballot in session.execute(query)}
    decided = []
    for step in steps:
        proposal, merge, ballot = found.get(step.commit, (None, None, None))
        votes = step.votes if merge else ()
        silence = ballot is not None and ballot.rules.get("majority") == "silence"
        decided.append(replace(step, proposal=proposal, merge=merge, votes=votes, by_silence=silence))
    return decided
