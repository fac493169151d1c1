"""Documents and proposals as Word files: `word` writes them of what the store and the database hold.

Each is kept in the workshop's cache under the ids of all it is made of. Links in a file lead to the pages of the
published documents, below the address `site`; pictures come from the state that the text is of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, TypeAlias
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from reviewtool.errors import InvalidInput, NotFound
from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.models import Comment, Proposal, Revision, Thread
from reviewtool.prose import ALGORITHM_VERSION
from reviewtool.services import comparing, documents, drawing, modules, placing, proposals, showing
from reviewtool.services.comparing import Pair
from reviewtool.services.documents import Document, StateId
from reviewtool.services.showing import Kind
from reviewtool.services.workshop import Workshop
from reviewtool.word import consulting, exporting
from reviewtool.word.commenting import Answer, Remark
from reviewtool.word.exporting import Surroundings
from reviewtool.word.inlines import Address
from reviewtool.word.package import Origin
from reviewtool.word.redlining import Version

PROGRAM: Final = version("reviewtool")
Headings: TypeAlias = consulting.Headings  # for the pages, which know nothing of `word`
Sheet: TypeAlias = consulting.Sheet


def document(workshop: Workshop, state: StateId, path: str, site: str) -> bytes:
    """Return a document at a state as a Word file; raises NotFound, InvalidInput("document-no-word")."""
    found = documents.get(workshop, state, path)
    ensure_word(found)
    key = ("word", PROGRAM, ALGORITHM_VERSION, state, path, found.blob, site)
    origin = Origin(path, state, PROGRAM)
    around = surroundings(workshop, (state,), path, site)
    return workshop.cache.get(key, lambda: exporting.document(found.text, origin, around).data)


def ensure_word(found: Document) -> None:
    """Raise unless a document is one that goes to Word: Markdown, and not too large."""
    if found.kind is not Kind.markdown:
        raise InvalidInput("document-no-word", path=found.name)


def address_in(workshop: Workshop, states: Sequence[str], path: str, site: str) -> Address:
    """Return what makes absolute addresses of the links in the document at `path`; pictures stay as written."""

    def address(kind: str, written: str) -> str:
        found = None if kind == "image" else _target(workshop, states, path, written)
        if found is None:
            return written
        try:
            return site + quote(found.path) + (f"#{quote(found.fragment)}" if found.fragment else "")
        except UnicodeEncodeError:  # a name that is not UTF-8: no browser can ask for it
            return written

    return address


def surroundings(workshop: Workshop, states: Sequence[str], path: str, site: str) -> Surroundings:
    """Return addresses and pictures for the document at `path`, each from the first state that has it."""

    def image(written: str) -> bytes | None:
        blob = _picture(workshop, states, path, written)
        return reading.data(workshop.store, BlobId(blob)) if blob else None

    return Surroundings(address_in(workshop, states, path, site), image, drawing.as_png)


def _target(workshop: Workshop, states: Sequence[str], path: str, written: str) -> documents.Target | None:
    if "://" in written or written.startswith("mailto:"):
        return None
    trees = (modules.tree(workshop, CommitId(state)) for state in states)
    return next((found for tree in trees if (found := documents.target(tree, path, written))), None)


def _picture(workshop: Workshop, states: Sequence[str], path: str, written: str) -> str | None:
    found = _target(workshop, states, path, written)
    if found is None or found.is_folder or not showing.image_type(found.path):
        return None
    return next((blob for state in states if (blob := comparing.blob_at(workshop, state, found.path))), None)


@dataclass(frozen=True)
class Phrases:
    """What a comment in Word says around the words of people, in the language of whom the file is for."""

    on_whole: str  # that it is on the whole proposal
    on_lost: str  # with «quote»: that its words are no longer there
    suggests: str  # before the text that is suggested
    from_file: str  # with %(name)s: before what somebody else wrote in a file that a person sent
    about: str  # with «quote»: before a comment whose words are in no version yet


@dataclass(frozen=True)
class Talk:
    """A thread as it goes into a Word file."""

    thread: Thread
    remark: Remark


def proposal(
    session: Session,
    workshop: Workshop,
    number: int,
    position: int,
    site: str,
    phrases: Phrases | None,
) -> bytes:
    """Return one document of a proposal's newest version, counted from 1, with tracked changes and comments.

    Without `phrases` it has no comments: for who may not read the discussion. Raises NotFound,
    InvalidInput("document-no-word").
    """
    revisions = list(comparing.revisions(session, number).values())
    found = proposals.get(session, number)
    newest = revisions[-1]
    pair = pair_at(workshop, newest, position)
    talks = conversations(session, workshop, found, revisions, position, phrases) if phrases else []
    said = [(each.thread.id, each.remark) for each in talks]
    people = tuple(revision.author.name for revision in revisions)
    key = ("word-proposal", PROGRAM, ALGORITHM_VERSION, newest.commit, position, people, str(said), site)

    def made() -> bytes:
        origin = Origin(pair.path, newest.commit, PROGRAM, number, newest.number)
        around = surroundings(workshop, (newest.commit, newest.base), pair.path, site)
        versions = [
            Version(text, each.author.name, each.submitted_at) for each, text in _texts(workshop, revisions, pair)
        ]
        base = placing.text(workshop, pair.old.blob) if pair.old.blob else ""
        return exporting.proposal(base, versions, [remark for _id, remark in said], origin, around).data

    return workshop.cache.get(key, made)


def pair_at(workshop: Workshop, revision: Revision, position: int) -> Pair:
    """Return a document that a version changes, counted from 1; raises NotFound, InvalidInput("document-no-word")."""
    pairs = comparing.pairs(workshop, revision, None)
    if not 1 <= position <= len(pairs):
        raise NotFound("document-unknown", path=str(position))
    pair = pairs[position - 1]
    if not goes_to_word(workshop, pair):
        raise InvalidInput("document-no-word", path=pair.path.rpartition("/")[2])
    return pair


def goes_to_word(workshop: Workshop, pair: Pair) -> bool:
    """Say whether a changed document is one that goes to Word."""
    return comparing.tell(workshop, pair).kind is Kind.markdown


def _texts(workshop: Workshop, revisions: Sequence[Revision], pair: Pair) -> list[tuple[Revision, str]]:
    """Return each version's text of a document, oldest first; one that leaves it alone has the text it stands on."""
    origin = pair.old.path or pair.path
    found = []
    for revision in revisions:
        touch = next((touch for touch in revision.touches if (touch.old_path or touch.path) == origin), None)
        blob = touch.new_blob if touch else comparing.blob_at(workshop, revision.commit, origin)
        found.append((revision, placing.text(workshop, blob) if blob else ""))
    return found


def conversations(
    session: Session,
    workshop: Workshop,
    about: Proposal,
    revisions: Sequence[Revision],
    position: int,
    phrases: Phrases,
) -> list[Talk]:
    """Return what is said of a document of the newest version; with the first one go those that have no other place."""
    newest = revisions[-1]
    pairs = comparing.pairs(workshop, newest, None)
    wanted = {pairs[position - 1].old.path, pairs[position - 1].new.path} - {None}
    placed_there = {path for pair in pairs for path in (pair.old.path, pair.new.path) if path}
    threads = list(
        session.scalars(
            select(Thread)
            .where(Thread.proposal_number == about.number)
            .order_by(Thread.number)
            .options(selectinload(Thread.comments).options(joinedload(Comment.author), joinedload(Comment.suggestion)))
        )
    )
    found = []
    for thread, place in zip(threads, placing.place_all(workshop, revisions, threads, newest.number), strict=True):
        elsewhere = position == 1 and place.path not in placed_there
        if place.path in wanted or elsewhere:
            found.append(Talk(thread, _remark(thread, place, phrases)))
    return found


def _remark(thread: Thread, place: placing.Placed, phrases: Phrases) -> Remark:
    first, *replies = thread.comments
    start, end = (place.passage.start, place.passage.end) if place.passage else (-1, -1)
    head = ""
    if place.path is None:
        head = phrases.on_whole + "\n"
    elif place.state == "lost":
        head = phrases.on_lost % {"quote": thread.quote or ""} + "\n"
    answers = tuple(Answer(each.author.name, each.created_at, said(each, phrases)) for each in replies)
    resolved = thread.resolved_at is not None
    return Remark(first.author.name, first.created_at, head + said(first, phrases), start, end, answers, resolved)


def said(comment: Comment, phrases: Phrases) -> str:
    """Return what a comment says, with the text that it suggests."""
    if comment.suggestion is None:
        return comment.body
    return f"{comment.body}\n{phrases.suggests} {comment.suggestion.replacement}".strip()


def sheet(workshop: Workshop, revision: Revision, site: str, content: consulting.Sheet) -> bytes:
    """Return «Para consulta interna» as a Word file; the documents of `content` are those of `sheet_documents`."""
    said = (content.title, content.facts, content.changes, content.language)
    key = ("word-sheet", PROGRAM, ALGORITHM_VERSION, revision.commit, said, site)
    origin = Origin("", revision.commit, PROGRAM, revision.proposal_number, revision.number)
    around = Surroundings(to_png=drawing.as_png)
    return workshop.cache.get(key, lambda: consulting.sheet(content, origin, around).data)


def sheet_documents(workshop: Workshop, revision: Revision, site: str) -> tuple[consulting.Pair, ...]:
    """Return the documents of a version that go to Word, with their links and pictures."""
    found = []
    for pair in comparing.pairs(workshop, revision, None):
        if goes_to_word(workshop, pair):
            old, new = (placing.text(workshop, side.blob) if side.blob else "" for side in (pair.old, pair.new))
            title = comparing.tell(workshop, pair).title
            around = surroundings(workshop, (revision.commit, revision.base), pair.path, site)
            found.append(consulting.Pair(title, old, new, around))
    return tuple(found)
