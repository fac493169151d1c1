"""Word files that come back: kept for a day for whoever sent them, and what was understood of them.

They are read outside the request (`word_jobs`). Nothing else is saved of a file until the person accepts what was
understood (`word_accepting`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotFound
from reviewtool.gitstore import reading
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.i18n import collated
from reviewtool.models import Person, Proposal, Revision, WordUpload
from reviewtool.prose import passages
from reviewtool.rules.permissions import Act
from reviewtool.services import comparing, documents, people, proposals, texts, word_files
from reviewtool.services.threads import COMMENT_LIMIT
from reviewtool.services.word_files import Phrases
from reviewtool.services.workshop import Workshop
from reviewtool.word import importing, keeping
from reviewtool.word.commenting import Remark
from reviewtool.word.exporting import Surroundings
from reviewtool.word.opening import Limits, Parts
from reviewtool.word.package import Origin
from reviewtool.word.rewriting import applied

Imported: TypeAlias = importing.Imported  # for the pages, which know nothing of `word`
KEPT: Final = timedelta(days=1)
MOST_KEPT: Final = 5  # files of one person
MOST_WORDS: Final = 30_000  # of a file: what is read in a minute
MOST_ASKED: Final = 4_000_000  # bytes that the parts which tell what a file is may inflate to
WITHOUT_BYTES: Final = (defer(WordUpload.data), defer(WordUpload.result))  # for lists
_TEXT: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"


@dataclass(frozen=True)
class Place:
    """From which page a file was sent: a document's, a proposal's, or neither."""

    path: str = ""
    number: int = 0


@dataclass(frozen=True)
class Base:
    """The text a file was made from: a document at a state, perhaps of a version of a proposal."""

    path: str
    state: str
    number: int | None = None
    revision: int | None = None


def receive(session: Session, workshop: Workshop, data: bytes, place: Place, *, by: Person) -> Base:
    """Look at what a file is and find its base, all that costs nothing; raises InvalidInput with what is wrong with it.

    What it says of itself counts before the page it was sent from.
    """
    people.ensure_may(by, Act.comment)
    megabytes = workshop.limits.upload_bytes // 1024 // 1024
    if len(data) > workshop.limits.upload_bytes:
        raise InvalidInput("word-too-large", field="file", megabytes=megabytes)
    if not data:
        raise InvalidInput("file-missing", field="file")
    parts = Parts(data, Limits(sent=workshop.limits.upload_bytes, inflated=MOST_ASKED))
    return _base(session, workshop, parts, place)


def _ensure_short(data: bytes, limits: Limits) -> None:
    parts = Parts(data, limits)
    root = parts.tree(parts.main)
    if root is not None and sum(len((each.text or "").split()) for each in root.iter(_TEXT)) > MOST_WORDS:
        raise InvalidInput("word-too-long", field="file", most=MOST_WORDS)


def _base(session: Session, workshop: Workshop, parts: Parts, place: Place) -> Base:
    origin = parts.origin()
    if origin is None and parts.properties().get("ReviewProgram"):
        raise InvalidInput("word-is-sheet", field="file")
    found = _of_origin(session, workshop, origin) if origin else None
    if found is None and place.number:
        found = _of_proposal(session, workshop, place)
    if found is None and place.path:
        found = Base(place.path, documents.tip(workshop))
    if found is None:
        raise InvalidInput("word-no-base", field="file")
    base_text(workshop, found)
    return found


def _of_origin(session: Session, workshop: Workshop, origin: Origin) -> Base | None:
    """Return the base that a file names, if it is there: a version, or a state that was published."""
    try:
        if origin.proposal:
            revision = proposals.revision(session, origin.proposal, origin.revision)
            known = revision.commit == origin.commit
            base = Base(origin.document, revision.commit, origin.proposal, revision.number) if known else None
        else:
            base = Base(origin.document, documents.state(session, workshop, origin.commit, revisions=True))
    except NotFound:
        return None
    there = base and comparing.blob_at(workshop, base.state, base.path)
    return base if there else None


def _of_proposal(session: Session, workshop: Workshop, place: Place) -> Base:
    """Return the newest version of the proposal whose page it was, if it has one document only or the page named it."""
    revision = proposals.latest_revision(session, proposals.get(session, place.number))
    found = [
        pair.new.path
        for pair in comparing.pairs(workshop, revision, None)
        if pair.new.path and word_files.goes_to_word(workshop, pair) and place.path in {"", pair.new.path}
    ]
    if len(found) != 1:
        raise InvalidInput("word-no-base", field="file")
    return Base(found[0], revision.commit, place.number, revision.number)


def base_text(workshop: Workshop, base: Base) -> str:
    """Return the text a file was made from; raises InvalidInput("document-not-editable")."""
    blob = comparing.blob_at(workshop, base.state, base.path)
    text = texts.editable(reading.data(workshop.store, BlobId(blob))) if blob else None
    if text is None:
        raise InvalidInput("document-not-editable", field="file", path=base.path.rpartition("/")[2])
    return text


def keep(session: Session, file: tuple[str, bytes], base: Base, site: str, *, by: Person) -> WordUpload:
    """Keep a file for its sender, to be read; those of yesterday go, and the oldest of a person who sends many."""
    people.ensure_may(by, Act.comment)
    name, data = file
    session.execute(delete(WordUpload).where(WordUpload.sent_at < now() - KEPT))
    mine = select(WordUpload.id).where(WordUpload.person_id == by.id).order_by(WordUpload.id.desc())
    older = list(session.scalars(mine.offset(MOST_KEPT - 1)))
    session.execute(delete(WordUpload).where(WordUpload.id.in_(older)))
    kept = WordUpload(
        person_id=by.id,
        name=name[:200],
        data=data,
        digest=sha256(data).hexdigest(),
        path=base.path,
        state=base.state,
        proposal_number=base.number,
        revision=base.revision,
        sent_at=now(),
        site=site,
    )
    session.add(kept)
    session.flush()
    return kept


def get(session: Session, upload_id: int, *, by: Person) -> WordUpload:
    """Return a file of this person that is still kept; anybody else's does not exist for them."""
    found = session.get(WordUpload, upload_id, options=WITHOUT_BYTES)
    if found is None or found.person_id != by.id or found.sent_at < now() - KEPT:
        raise NotFound("word-upload-unknown")
    return found


def discard(session: Session, upload: WordUpload) -> None:
    """Throw a file away."""
    session.delete(upload)
    session.flush()


def base_of(upload: WordUpload) -> Base:
    """Return what a kept file was made from."""
    return Base(upload.path, upload.state, upload.proposal_number, upload.revision)


def read(workshop: Workshop, upload: WordUpload) -> Imported:
    """Read a file as changes of its base; raises ReviewError with what is wrong with it."""
    base = base_of(upload)
    limits = Limits(sent=workshop.limits.upload_bytes)
    _ensure_short(upload.data, limits)
    around = Surroundings(word_files.address_in(workshop, _states(workshop, base), base.path, upload.site))
    return importing.document(base_text(workshop, base), upload.data, around, limits)


def understood(workshop: Workshop, upload: WordUpload) -> Imported:
    """Return what was understood of a file; raises Conflict("word-not-read") before that."""
    if upload.result is None:
        raise Conflict("word-not-read")
    return keeping.read(base_text(workshop, base_of(upload)), upload.result)


def _states(workshop: Workshop, base: Base) -> Sequence[str]:
    """Return the states in which links are looked up, as the file was written."""
    if base.number is None:
        return (base.state,)
    parents = reading.commit(workshop.store, CommitId(base.state)).parents
    return (base.state, *parents)


def text_with(workshop: Workshop, upload: WordUpload, found: Imported, chosen: Collection[int] | None) -> str:
    """Return the text with some of the changes that were understood, or with all of them."""
    if chosen is None:
        return found.text
    kept = [edit for number, edit in enumerate(found.edits) if number in chosen]
    return applied(base_text(workshop, base_of(upload)), kept)


def known_as(session: Session, name: str) -> Person | None:
    """Return the one person of the group whose whole name a file gives; accents and capitals do not count."""
    wanted = collated(" ".join(name.split()))
    found = [each for each in people.everybody(session) if collated(each.name) == wanted]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Said:
    """A comment of a file: where it goes, what it says, its answers; `thread` is the one of ours that it is already."""

    number: int
    author: str
    body: str
    quote: str
    prefix: str
    suffix: str
    answers: tuple[tuple[str, str], ...]
    resolved: bool
    thread: int | None = None

    @property
    def is_new(self) -> bool:
        """Say whether there is anything in it that the proposal does not have."""
        return self.thread is None or bool(self.answers)


def remarks(session: Session, workshop: Workshop, upload: WordUpload, found: Imported, phrases: Phrases) -> list[Said]:
    """Return the comments of a file; what went out with it and came back is known by author and words."""
    known = _known(session, workshop, upload, phrases)
    out = []
    for number, remark in enumerate(found.remarks):
        ours = known.get(_signature(remark.author, remark.text))
        if not remark.text.strip() and not remark.answers:
            continue
        before = ours[1] if ours else set()
        answers = tuple(
            (each.author, each.text) for each in remark.answers if _signature(each.author, each.text) not in before
        )
        quote, prefix, suffix = _quoted(found.text, remark)
        thread = ours[0] if ours else None
        out.append(Said(number, remark.author, remark.text, quote, prefix, suffix, answers, remark.resolved, thread))
    return out


def _quoted(text: str, remark: Remark) -> tuple[str, str, str]:
    if remark.start < 0:
        return " ".join(remark.quote.split()), "", ""
    passage = passages.locate(text, remark.start, remark.end)
    return passage.quote, passage.prefix[-200:], passage.suffix[:200]


def _known(
    session: Session, workshop: Workshop, upload: WordUpload, phrases: Phrases
) -> dict[tuple[str, str], tuple[int, set[tuple[str, str]]]]:
    """Return the conversations of the proposal as its file says them: thread and answers by first author and words."""
    if upload.proposal_number is None:
        return {}
    revisions: list[Revision] = list(comparing.revisions(session, upload.proposal_number).values())
    about: Proposal = proposals.get(session, upload.proposal_number)
    pairs = comparing.pairs(workshop, revisions[-1], None)
    found = {}
    for position in range(1, len(pairs) + 1):
        for talk in word_files.conversations(session, workshop, about, revisions, position, phrases):
            answers = {_signature(each.author, each.text) for each in talk.remark.answers}
            found[_signature(talk.remark.author, talk.remark.text)] = (talk.thread.id, answers)
    return found


def _signature(author: str, text: str) -> tuple[str, str]:
    return collated(author), "".join(text.split())


def as_message(author: str, body: str, phrases: Phrases, by: Person, names: Collection[str] = ()) -> str:
    """Return what a comment of a file says as one of its sender, who tells whose words they are.

    `names` are people of the group of whom the sender says that they wrote it: they are mentioned, and so hear of it.
    """
    own = collated(author) == collated(by.name) or not author.strip()
    known = next((name for name in names if collated(name) == collated(" ".join(author.split()))), "")
    said = body if own else f"{phrases.from_file % {'name': f'@{known}' if known else author}} {body}"
    return said[:COMMENT_LIMIT].replace("\0", " ").strip() or "–"
