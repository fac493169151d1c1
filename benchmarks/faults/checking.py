"""Whether what was acknowledged stands in the database and in the review record, once. Reads, and writes nothing."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from benchmarks.faults.ledger import Act, Ledger
from reviewtool.gitstore import maintenance, reading
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Ballot, Comment, Merge, Proposal, RefMove, Revision, Thread, Vote
from reviewtool.services import record_files, revisions, verifying
from reviewtool.services.workshop import Workshop

WORDS = re.compile(r"\b(?:comentario|motivo|marca)-\d{5}\b")
Row = dict[str, Any]


@dataclass
class Found:
    """What was found of the acknowledged acts, by sort, and every difference as a sentence."""

    database: Counter[str] = field(default_factory=Counter)
    record: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Checker:
    """Compares a ledger with an installation; remembers files of the record, which never change."""

    workshop: Workshop
    ledger: Ledger
    _parsed: dict[str, Row] = field(default_factory=dict)

    def compare(self) -> Found:
        """Look for every acknowledged act in both places, and for what must not be there."""
        found = Found()
        rows = _Rows(self.workshop)
        record = {number: self._record(number) for number in rows.versions}
        self._comments(found, rows, record)
        self._votes(found, rows, record)
        self._versions(found, rows, record)
        self._merges(found, rows, record)
        found.wrong += [f"a move of {ref} is pending" for ref in rows.pending]
        found.wrong += [f"fsck: {line}" for line in maintenance.check(self.workshop.store)]
        found.wrong += _verified(self.workshop)
        return found

    def _record(self, number: int) -> dict[str, Row]:
        """Return the files of a proposal's review record, by path."""
        tip = reading.head(self.workshop.store, record_files.ref_of(number))
        if tip is None:
            return {}
        entries = reading.files(self.workshop.store, tip)
        for path, entry in entries.items():
            if path.endswith(".json") and entry.blob not in self._parsed:
                self._parsed[entry.blob] = json.loads(reading.data(self.workshop.store, entry.blob))
        return {path: self._parsed[entry.blob] for path, entry in entries.items() if path.endswith(".json")}

    def _acts(self, sort: str) -> list[Act]:
        return [act for act in self.ledger.acknowledged if act.sort == sort]

    def _comments(self, found: Found, rows: _Rows, record: dict[int, dict[str, Row]]) -> None:
        for act in self._acts("comment"):
            known = rows.comments.get(act.words, [])
            if [(number, person) for _, number, person, _ in known] == [(act.number, act.person)]:
                found.database["comment"] += 1
            else:
                found.wrong.append(f"{act} is in the database {len(known)} times")
            for comment_id, _, person, body in known:
                file = record[act.number].get(f"comments/{comment_id // 100}/{comment_id}.json", {})
                if (file.get("body"), file.get("author_id")) == (body, person):
                    found.record["comment"] += 1
                else:
                    found.wrong.append(f"{act} is not in the record")
        for known_by_words in (rows.comments, rows.titled):  # acknowledged or not
            twice = [words for words, each in known_by_words.items() if words and len(each) > 1]
            found.wrong += [f"{words} was written twice" for words in twice]

    def _votes(self, found: Found, rows: _Rows, record: dict[int, dict[str, Row]]) -> None:
        for act in self._acts("vote"):
            known = [row for row in rows.votes.get(act.words, []) if row[1:] == (act.number, act.person, act.said)]
            if not known:
                found.wrong.append(f"{act} is not in the database")
                continue
            found.database["vote"] += 1
            votes = record[act.number].get(f"ballots/{known[0][0]}.json", {}).get("votes", [])
            if any(
                act.words in vote["reason"] and (vote["person_id"], vote["position"]) == (act.person, act.said)
                for vote in votes
            ):
                found.record["vote"] += 1
            else:
                found.wrong.append(f"{act} is not in the record")

    def _versions(self, found: Found, rows: _Rows, record: dict[int, dict[str, Row]]) -> None:
        for act in self._acts("version"):
            known = [row for row in rows.titled.get(act.words, []) if row[0] == act.number]
            if len(known) != 1:
                found.wrong.append(f"{act} is in the database {len(known)} times")
                continue
            ((number, revision, commit),) = known
            text = reading.find(self.workshop.store, CommitId(commit), act.said)
            if text is None or act.words.encode() not in reading.data(self.workshop.store, text.blob):
                found.wrong.append(f"{act}: the text of version {revision} is another")
            found.database["version"] += 1
            stands = reading.head(self.workshop.store, revisions.ref_of(number, revision))
            recorded = record[number].get(f"revisions/{revision}.json", {}).get("commit")
            if stands == recorded == commit:
                found.record["version"] += 1
            else:
                found.wrong.append(f"{act}: the ref stands at {stands}, the record says {recorded}, not {commit}")

    def _merges(self, found: Found, rows: _Rows, record: dict[int, dict[str, Row]]) -> None:
        published = self._published()
        for act in self._acts("merge"):
            commit = rows.merges.get(act.number)
            if commit is None:
                found.wrong.append(f"{act} is not in the database")
                continue
            found.database["merge"] += 1
            if self.ledger.commits.setdefault(act.number, commit) != commit:
                found.wrong.append(f"{act}: its commit was {self.ledger.commits[act.number]}, and is {commit}")
            if record[act.number].get("merge.json", {}).get("commit") == commit:
                found.record["merge"] += 1
            else:
                found.wrong.append(f"{act} is not in the record")
        if published != {number: [commit] for number, commit in rows.merges.items()}:
            found.wrong.append(f"main has {published}, the database {rows.merges}")

    def _published(self) -> dict[int, list[str]]:
        """Return the commits of `main` by the proposal that their trailer names."""
        form = "--format=%H %(trailers:key=Proposal,valueonly,separator=%x2C)"
        lines = self.workshop.store.run("log", form, "refs/heads/main").decode().splitlines()
        found: dict[int, list[str]] = defaultdict(list)
        for commit, _, number in (line.partition(" ") for line in lines):
            if number:
                found[int(number)].append(commit)
        return dict(found)


class _Rows:
    """What the database says, by the words that only one act has."""

    def __init__(self, workshop: Workshop) -> None:
        self.comments: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
        self.votes: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
        self.titled: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        said = select(Comment.id, Thread.proposal_number, Comment.author_id, Comment.body).join(Thread)
        cast = select(Ballot.number, Ballot.proposal_number, Vote.person_id, Vote.position, Vote.reason)
        with workshop.database.read() as session:
            for comment in session.execute(said):
                self.comments[_words(comment.body)].append(tuple(comment))
            for ballot, number, person, position, reason in session.execute(cast.join(Vote)):
                self.votes[_words(reason)].append((ballot, number, person, position))
            self.versions = dict(iter(session.execute(select(Proposal.number, Proposal.latest))))
            kept = session.execute(select(Revision.proposal_number, Revision.number, Revision.commit)).all()
            self.merges = dict(iter(session.execute(select(Merge.proposal_number, Merge.commit))))
            self.pending = list(session.scalars(select(RefMove.ref).where(RefMove.state == "pending")))
        for number, revision, commit in kept:  # the subject of a version's commit is the title it had then
            title = reading.commit(workshop.store, CommitId(commit)).subject
            self.titled[_words(title)].append((number, revision, commit))


def _words(text: str) -> str:
    found = WORDS.search(text)
    return found[0] if found else ""


def waiting(workshop: Workshop) -> int:
    """Return how many proposals the record has yet to follow, and how many moves of refs are pending."""
    dirty = select(func.count()).select_from(Proposal).where(Proposal.recorded_version < Proposal.version)
    pending = select(func.count()).select_from(RefMove).where(RefMove.state == "pending")
    with workshop.database.read() as session:
        return (session.scalar(dirty) or 0) + (session.scalar(pending) or 0)


def _verified(workshop: Workshop) -> list[str]:
    """Return what the product's own check of record against database finds wrong."""
    return [f"verify: {each.code}: {each.said('en')}" for each in verifying.verify(workshop).findings]
