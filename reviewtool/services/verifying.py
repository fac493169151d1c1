"""`verify`: whether the database and Git say the same of everything that was decided (git-record, «Invariants»).

Reads and never repairs. It may run while the group works: what moved between two looks is looked at again, and only
what was wrong each time is told. The checks of merges are in `verifying_merges`, those of records in
`verifying_records`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.db import Base
from reviewtool.errors import ReviewError
from reviewtool.gitstore import maintenance, reading, signing
from reviewtool.models import Ballot, Comment, Edition, Merge, Proposal, RefMove, Revision, Vote, Withdrawal
from reviewtool.services import revisions, verifying_merges, verifying_records
from reviewtool.services.findings import Finding, Report, finding
from reviewtool.services.workshop import Workshop

LOOKS = 3
BETWEEN_SECONDS = 1.5  # the recorder follows within one
WAITING = timedelta(minutes=1)  # how long a move may be pending while its owner is alive
NOTES = frozenset({"commit-unexplained", "text-unchecked", "unsigned", "withdrawn"})
SIGNED = ("refs/proposals/", "refs/reviews/", "refs/group", "refs/tags/edicion/")
_COUNTED: dict[str, type[Base]] = {
    "proposals": Proposal,
    "revisions": Revision,
    "ballots": Ballot,
    "votes": Vote,
    "comments": Comment,
    "merges": Merge,
    "editions": Edition,
}


def verify(workshop: Workshop, *, wait: Callable[[float], None] = time.sleep) -> Report:
    """Check every invariant and return what is wrong, in the order of the invariants."""
    began = time.monotonic()
    at = now()
    found, looked_at = _look(workshop)
    for _ in range(LOOKS - 1):
        if all(each.code in NOTES for each in found):
            break
        wait(BETWEEN_SECONDS)
        again, looked_at = _look(workshop)
        still = set(again)
        found = [each for each in found if each in still]
    found += _signatures(workshop)
    found += [finding("store-unsound", said=said) for said in maintenance.check(workshop.store)]
    findings = tuple(each for each in found if each.code not in NOTES)
    notes = tuple(each for each in found if each.code in NOTES)
    return Report(at, time.monotonic() - began, looked_at, findings, notes)


def _look(workshop: Workshop) -> tuple[list[Finding], dict[str, int]]:
    """Look at everything once, in one snapshot of the database."""
    counted: Counter[str] = Counter()
    found: list[Finding] = []
    with workshop.database.read() as session:
        _hold_still(session)
        for name, table in _COUNTED.items():
            counted[name] = session.scalar(select(func.count()).select_from(table)) or 0
        for check in (verifying_merges.check, _versions, verifying_records.check, _editions, _moves, _withdrawals):
            try:
                found.extend(check(session, workshop, counted))
            except ReviewError as error:  # an object that is gone or damaged: what depends on it cannot be checked
                facts = ", ".join(f"{key} {value}" for key, value in error.facts.items())
                found.append(finding("store-unreadable", said=f"{error.code} {facts}".strip()))
    return found, {name: counted[name] for name in (*_COUNTED, "files", "commits")}


def _hold_still(session: Session) -> None:
    """Let every statement of the session see the same state; SQLite's readers always do."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _signatures(workshop: Workshop) -> list[Finding]:
    """Check the signatures of merges, versions, editions and the newest entry of each record, which seals the earlier.

    Nothing is asked where no key was ever used. What was made before the first key is unsigned for good.
    """
    allowed = workshop.allowed_signers
    if allowed is None or not allowed.is_file():
        return []
    named = dict(reading.refs(workshop.store, "refs/"))
    ids = {ref: str(commit) for ref, commit in named.items() if ref.startswith(SIGNED)}
    tip = named.get(reading.MAIN)
    with workshop.database.read() as session:
        for commit in verifying_merges.since_start(session, workshop, tip) if tip else ():
            if verifying_merges.proposal_of(commit) is not None:
                ids[f"{reading.MAIN} P-{verifying_merges.proposal_of(commit)}"] = commit.id
    try:
        verdicts = signing.check(workshop.store, ids.values(), allowed)
    except ReviewError as error:
        return [finding("store-unreadable", said=error.code)]
    codes = {"unsigned": "unsigned", "wrong": "wrongly-signed"}
    return [finding(codes[verdicts[each]], what=name, id=each) for name, each in ids.items() if verdicts[each] in codes]


def _versions(session: Session, workshop: Workshop, _counted: Counter[str]) -> Iterator[Finding]:
    """Invariant 4: every version's ref is the commit that is named, and there is no other ref."""
    present = reading.refs(workshop.store, "refs/proposals/")
    query = select(Revision.proposal_number, Revision.number, Revision.commit)
    for number, revision, commit in session.execute(query.order_by(Revision.proposal_number, Revision.number)):
        ref = revisions.ref_of(number, revision)
        found = present.pop(ref, None)
        if found is None:
            yield finding("version-missing", number=number, revision=revision, ref=ref)
        elif found != commit:
            yield finding("version-differs", number=number, revision=revision, found=found, wanted=commit)
    yield from (finding("version-unknown", ref=ref) for ref in present)


def _editions(session: Session, workshop: Workshop, _counted: Counter[str]) -> Iterator[Finding]:
    present = reading.refs(workshop.store, "refs/tags/edicion/")
    for edition in session.scalars(select(Edition).order_by(Edition.id)):
        ref = f"refs/tags/edicion/{edition.tag}"
        tag = present.pop(ref, None)
        if tag is None:
            yield finding("edition-missing", name=edition.name, ref=ref)
        elif (found := reading.peeled(workshop.store, tag)) != edition.commit:
            yield finding("edition-differs", name=edition.name, found=found, wanted=edition.commit)
    yield from (finding("edition-unknown", ref=ref) for ref in present)


def _withdrawals(session: Session, _workshop: Workshop, _counted: Counter[str]) -> Iterator[Finding]:
    for made in session.scalars(select(Withdrawal).order_by(Withdrawal.id)):
        facts = {"number": made.proposal_number, "kind": made.kind, "id": made.target_id}
        yield finding("withdrawn", **facts, withdrawal=made.id)


def _moves(session: Session, _workshop: Workshop, _counted: Counter[str]) -> Iterator[Finding]:
    pending = select(RefMove).where(RefMove.state == "pending", RefMove.created_at < now() - WAITING)
    for move in session.scalars(pending.order_by(RefMove.id)):
        since = move.created_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        yield finding("move-pending", ref=move.ref, new=move.new, since=since)
