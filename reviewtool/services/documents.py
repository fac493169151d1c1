"""Documents as they are read: at the published text, at an older state, at an edition; their links and pictures.

Titles and modules are in `modules`, the rendering in `rendering`, what changed and why in `histories`, finding words in
`searching`. Everything that derives from ids is kept in the workshop's cache; a warm page starts no git process.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from reviewtool.errors import NotFound, ReviewError
from reviewtool.gitstore import history, paths, reading
from reviewtool.gitstore.ids import BlobId, CommitId, check_commit
from reviewtool.models import Ballot, Edition, Proposal, Revision, Touch
from reviewtool.prose import ALGORITHM_VERSION, markdown
from reviewtool.rules.lifecycle import State
from reviewtool.services import modules, showing
from reviewtool.services.modules import Tree
from reviewtool.services.proposals import OPEN_STATES
from reviewtool.services.showing import Kind
from reviewtool.services.workshop import Workshop

WORDS_A_MINUTE = 200
StateId: TypeAlias = CommitId  # for the pages, which pass states on and know nothing of commits


@dataclass(frozen=True)
class Document:
    """One file at one commit. `text` and `encoding` are empty for what is no text; `target` is a symlink's."""

    path: str
    blob: str
    size: int
    kind: Kind
    text: str = ""
    encoding: str = ""
    title: str = ""
    language: str = ""
    target: str = ""

    @property
    def name(self) -> str:
        """Return the file's name as it can be printed."""
        return paths.shown(self.path.rpartition("/")[2])


@dataclass(frozen=True)
class Target:
    """What a relative link of a document leads to."""

    path: str
    fragment: str
    is_folder: bool


def tip(workshop: Workshop) -> CommitId:
    """Return the commit of the published text; raises NotFound("materials-empty") before anything was imported."""
    found = reading.head(workshop.store)
    if found is None:
        raise NotFound("materials-empty")
    return found


def state(session: Session, workshop: Workshop, text: str, *, revisions: bool = False) -> CommitId:
    """Return the commit that an address names, if it was ever published or is an edition; else NotFound.

    With `revisions` a version of a proposal will do too: its page shows the pictures it brings.
    """
    try:
        commit = check_commit(text)
        reading.commit(workshop.store, commit)
    except ReviewError as error:
        raise NotFound("state-unknown") from error
    head = tip(workshop)
    key = ("published", head, commit)
    if workshop.cache.get(key, lambda: reading.is_ancestor(workshop.store, commit, head)):
        return commit
    named = session.scalar(select(exists().where(Edition.commit == commit)))
    if not named and revisions:
        named = session.scalar(select(exists().where(Revision.commit == commit)))
    if not named:
        raise NotFound("state-unknown")
    return commit


def instant_of(workshop: Workshop, commit: CommitId) -> datetime:
    """Return when a state became the published text."""
    return reading.commit(workshop.store, commit).committer.at


def editions_at(session: Session, commit: CommitId) -> list[Edition]:
    """Return the editions that name this state."""
    return list(session.scalars(select(Edition).where(Edition.commit == commit).order_by(Edition.published_at)))


def get(workshop: Workshop, commit: CommitId, path: str) -> Document:
    """Return a file of a commit as it can be shown; raises NotFound."""
    found = find(workshop, commit, path)
    if found is None:
        raise NotFound("document-unknown", path=paths.shown(path))
    return found


def find(workshop: Workshop, commit: CommitId, path: str) -> Document | None:
    """Return a file of a commit as it can be shown, or None."""
    entry = reading.find(workshop.store, commit, path)
    if entry is None:
        return None
    key = ("document", ALGORITHM_VERSION, entry.blob, path, entry.mode, workshop.limits.document_bytes)
    return workshop.cache.get(key, lambda: _document(workshop, entry))


def _document(workshop: Workshop, entry: reading.Entry) -> Document:
    kind = showing.kind_by_name(entry)
    name = paths.shown(entry.path.rpartition("/")[2])
    plain = Document(entry.path, entry.blob, entry.size, kind, title=name)
    if kind in {Kind.image, Kind.submodule}:
        return plain
    if entry.size > workshop.limits.document_bytes:
        return _of_kind(plain, Kind.large if kind is Kind.markdown else Kind.binary)
    data = reading.data(workshop.store, entry.blob)
    if kind is Kind.symlink:
        return Document(entry.path, entry.blob, entry.size, kind, title=name, target=reading.text(data).text)
    shown = showing.decode(data)
    if shown is None:
        return _of_kind(plain, Kind.binary)
    title, language = name, ""
    if kind is Kind.markdown:
        title = paths.shown(markdown.title(shown.text) or name.rpartition(".")[0])
        language = (markdown.language(shown.text) or "")[:8]
    kind = kind if kind is Kind.markdown else Kind.text
    return Document(entry.path, entry.blob, entry.size, kind, shown.text, shown.encoding, title, language)


def _of_kind(document: Document, kind: Kind) -> Document:
    return Document(document.path, document.blob, document.size, kind, title=document.title)


def data(workshop: Workshop, document: Document) -> bytes:
    """Return the bytes of a file exactly as they are kept; raises NotFound for a submodule, which has none here."""
    if document.kind is Kind.submodule:
        raise NotFound("document-unknown", path=paths.shown(document.path))
    return reading.data(workshop.store, BlobId(document.blob))


def minutes(workshop: Workshop, document: Document) -> int:
    """Return how long reading takes, at 200 words a minute and never less than one minute."""
    key = ("words", ALGORITHM_VERSION, document.blob)
    words = workshop.cache.get(key, lambda: markdown.count_words(document.text))
    return max(1, -(-words // WORDS_A_MINUTE))


def module_minutes(workshop: Workshop, commit: CommitId, module: modules.Module) -> dict[str, int]:
    """Return the reading time of each document of a module by path."""
    found = {listed.path: get(workshop, commit, listed.path) for listed in module.documents}
    return {path: minutes(workshop, document) for path, document in found.items() if document.text}


def target(materials: Tree, source: str, written: str) -> Target | None:
    """Return what a relative link in the document at `source` leads to, or None for what is not in the materials."""
    for path, fragment in _readings(written):
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) if path else source
        joined = posixpath.normpath(path.lstrip("/") or ".") if path.startswith("/") else joined
        for form in (joined, unicodedata.normalize("NFC", joined), unicodedata.normalize("NFD", joined)):
            if form in materials.files:
                return Target(form, fragment, is_folder=False)
            if form == "." or form in materials.folders:
                return Target("" if form == "." else form, "", is_folder=True)
    return None


def _readings(written: str) -> list[tuple[str, str]]:
    # A name may hold "#" or "?": as a whole first, then with fragment and query taken off.
    path, _, fragment = written.partition("#")
    return [(written, ""), (path, fragment), (path.partition("?")[0], fragment)]


def settled_commit(workshop: Workshop, commit: CommitId, path: str) -> CommitId:
    """Return the newest commit that touched a file, if it holds this very content, else the commit itself.

    What is addressed or remembered by it stays while other files change.
    """
    entry = reading.find(workshop.store, commit, path)
    last = last_change(workshop, commit, path)
    if entry is None or last is None:
        return commit
    same = reading.find(workshop.store, last.id, path)
    return last.id if same is not None and same.blob == entry.blob else commit


def last_changes(workshop: Workshop, commit: CommitId) -> dict[str, reading.Commit]:
    """Return the newest commit that touched each path."""
    return workshop.cache.get(("last-changes", commit), lambda: history.last_changes(workshop.store, commit))


def last_change(workshop: Workshop, commit: CommitId, path: str) -> reading.Commit | None:
    """Return the newest commit that touched a path, or None for what is not there."""
    return last_changes(workshop, commit).get(path)


def open_counts(session: Session) -> dict[str, int]:
    """Return how many open proposals touch each document."""
    query = (
        select(func.coalesce(Touch.old_path, Touch.path), func.count())
        .join(Revision, Touch.revision_id == Revision.id)
        .join(Proposal, (Proposal.number == Revision.proposal_number) & (Proposal.latest == Revision.number))
        .where(Proposal.state.in_(OPEN_STATES))
        .group_by(func.coalesce(Touch.old_path, Touch.path))
    )
    return dict(row for row in session.execute(query))


def closings(session: Session, found: Sequence[Proposal]) -> dict[int, datetime]:
    """Return by number when the open ballot of each proposal closes, else its consultation."""
    waiting = {p.number: p.consultation_closes_at for p in found if p.state == State.consultation}
    query = select(Ballot.proposal_number, Ballot.closes_at).where(
        Ballot.proposal_number.in_([p.number for p in found]), Ballot.closed_at.is_(None)
    )
    ballots = dict(row for row in session.execute(query)) if found else {}
    return {number: at for number, at in (waiting | ballots).items() if at}
