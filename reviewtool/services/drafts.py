"""Drafts: the private place where a proposal, or the next revision of one, is written.

A draft belongs to its author alone. It is the only text that is ever rebased by itself; `revisions` submits it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotFound, OutOfDate
from reviewtool.gitstore import paths, reading
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.models import Draft, DraftFile, Person, Proposal
from reviewtool.prose import merge3
from reviewtool.rules.permissions import Act
from reviewtool.services import colliding, combining, continuing, documents, modules, people, proposals, showing, texts
from reviewtool.services.modules import Module
from reviewtool.services.workshop import Workshop

KINDS = ("form", "substance", "update", "adaptation", "new")
TEXT_LIMITS = {
    "title": 200,
    "reason": 10_000,
    "instrument": 200,
    "instrument_number": 60,
    "instrument_paragraph": 60,
    "note": 2_000,
}


@dataclass(frozen=True)
class Meta:
    """What a proposal says of itself, as typed."""

    title: str = ""
    reason: str = ""
    instrument: str = ""
    instrument_number: str = ""
    instrument_paragraph: str = ""
    kind: str = "substance"
    note: str = ""


def mine(session: Session, person: Person) -> list[Draft]:
    """Return a person's drafts, the newest first."""
    return list(session.scalars(select(Draft).where(Draft.author_id == person.id).order_by(Draft.updated_at.desc())))


def get(session: Session, draft_id: int, *, by: Person) -> Draft:
    """Return a draft of this person; anybody else's does not exist for them."""
    draft = session.get(Draft, draft_id)
    if draft is None or draft.author_id != by.id:
        raise NotFound("draft-unknown")
    return draft


def lock(session: Session, draft_id: int, *, by: Person) -> Draft:
    """Return a draft of this person to be written: who saves it at the same time waits."""
    session.get(Draft, draft_id, with_for_update=True)
    return get(session, draft_id, by=by)


def file(draft: Draft, file_id: int) -> DraftFile:
    """Return one document of a draft; raises NotFound."""
    for found in draft.files:
        if found.id == file_id:
            return found
    raise NotFound("draft-file-unknown")


def start(session: Session, workshop: Workshop, *, by: Person) -> Draft:
    """Begin an empty draft of a new proposal on today's text."""
    people.ensure_may(by, Act.propose)
    draft = Draft(author_id=by.id, base=documents.tip(workshop), created_at=now(), updated_at=now())
    session.add(draft)
    session.flush()
    return draft


def start_revision(
    session: Session, workshop: Workshop, number: int, *, by: Person, author: Person | None = None
) -> Draft:
    """Begin the next revision, the newest text joined to today's, of one's own proposal or `author`'s, or resume."""
    people.ensure_may(by, Act.revise_own)
    proposal = proposals.get(session, number)
    continuing.ensure_revisable(session, proposal, author or by)
    begun = session.scalar(select(Draft).where(Draft.proposal_number == number, Draft.author_id == by.id))
    if begun:
        return begun
    said = said_of(proposal)
    draft = Draft(
        author_id=by.id,
        base=documents.tip(workshop),
        created_at=now(),
        updated_at=now(),
        proposal_number=number,
        revision=proposal.latest,
        said=said,
        **said,
    )
    session.add(draft)
    newest = proposals.latest_revision(session, proposal)
    wanted = combining.wanted_of(workshop, newest, newest.touches)
    fill(workshop, draft, newest.base, wanted)
    session.flush()
    return draft


def said_of(proposal: Proposal) -> dict[str, str]:
    """Return what a proposal says of itself, by field."""
    return {field: getattr(proposal, field) for field in Meta.__dataclass_fields__ if field != "note"}


def fill(workshop: Workshop, draft: Draft, base: str, wanted: list[combining.Wanted]) -> None:
    """Set a draft's documents to what is wanted, written on `base`, joined to the draft's own base.

    Where both changed the same words the wanted ones stand, and the author is asked to look.
    """
    combined = combining.combine(workshop, base, draft.base, wanted)
    if not draft.files:
        draft.files = [DraftFile(path=want.path, updated_at=now(), collisions=[]) for want in wanted]
    for entry, want, joined in zip(draft.files, wanted, combined.documents, strict=True):
        stands = reading.find(workshop.store, CommitId(draft.base), joined.old_path) if joined.old_path else None
        entry.path, entry.old_path = joined.path, joined.old_path
        entry.old_blob = stands.blob if stands else None
        entry.deleted = want.data is None
        entry.collisions = [*entry.collisions, *_notes(workshop, base, stands, want, joined)]
        entry.text = entry.data = None
        data = joined.data
        if joined.kind == combining.Kind.conflict and want.data is not None:
            data = _preferring(workshop, base, stands, want)
        if data is not None and (stands is None or data != reading.data(workshop.store, stands.blob)):
            put(entry, data)


def _notes(
    workshop: Workshop, base: str, stands: reading.Entry | None, want: combining.Wanted, joined: combining.Joined
) -> list[dict[str, str]]:
    """Return what the writer has to look at; what they have not settled of an earlier time stays."""
    if joined.kind in combining.MERGEABLE:
        return []
    before = reading.find(workshop.store, CommitId(base), want.old_path) if want.old_path else None
    sides = (reading.data(workshop.store, each.blob) if each else b"" for each in (before, stands))
    return colliding.notes(joined, *(reading.text(data).text for data in (*sides, want.data or b"")))


def _preferring(workshop: Workshop, base: str, stands: reading.Entry | None, want: combining.Wanted) -> bytes:
    """Return the author's words where both changed the same, and today's text elsewhere."""
    before = reading.find(workshop.store, CommitId(base), want.old_path) if want.old_path else None
    theirs = want.data or b""
    if before is None or stands is None:
        return theirs
    sides = [
        reading.text(data)
        for data in (reading.data(workshop.store, before.blob), reading.data(workshop.store, stands.blob), theirs)
    ]
    if not all(side.exact for side in sides):
        return theirs
    return merge3.preferring_theirs(*(side.text for side in sides)).encode()


def put(entry: DraftFile, data: bytes) -> None:
    """Set a document's new bytes: as text when they are text."""
    text = texts.editable(data)
    if text is not None and not data.startswith(texts.BOM):
        entry.text, entry.data = text, None
    else:
        entry.text, entry.data = None, data
    entry.updated_at = now()


def add_document(workshop: Workshop, draft: Draft, path: str) -> DraftFile:
    """Take a document of the published text into the draft; returns it when it is there already."""
    for found in draft.files:
        if found.old_path == path:
            return found
    entry = reading.find(workshop.store, CommitId(draft.base), path)
    if entry is None:
        raise NotFound("document-unknown", path=path)
    if entry.kind != "file":
        raise InvalidInput("document-not-editable", field="path", path=path)
    added = DraftFile(path=path, old_path=path, old_blob=entry.blob, updated_at=now())
    draft.files.append(added)
    _touched(draft)
    return added


def add_new(workshop: Workshop, draft: Draft, path: str, data: bytes) -> DraftFile:
    """Add a new document or image under a path that is free; raises InvalidInput, Conflict("path-taken")."""
    path = _free(workshop, draft, path)
    if len(data) > workshop.limits.upload_bytes:
        raise InvalidInput("file-too-large", field="file", megabytes=workshop.limits.upload_bytes // 1024 // 1024)
    added = DraftFile(path=path, updated_at=now())
    put(added, data)
    draft.files.append(added)
    _touched(draft)
    return added


def put_file(workshop: Workshop, draft: Draft, path: str, data: bytes) -> DraftFile:
    """Add a file that was looked into (`sent_files`), or replace the bytes of the published one that stands there."""
    path = paths.check(path.strip())
    if reading.find(workshop.store, CommitId(draft.base), path) is None:
        return add_new(workshop, draft, path, data)
    entry = add_document(workshop, draft, path)
    put(entry, data)
    entry.saves += 1
    return entry


def rename(workshop: Workshop, draft: Draft, entry: DraftFile, path: str) -> None:
    """Give a document another path of the same extension; raises InvalidInput, Conflict("path-taken")."""
    if showing.extension(path.strip()) != showing.extension(entry.path):
        raise InvalidInput("extension-changes", field="path", extension=showing.extension(entry.path) or "-")
    if path.strip() != entry.path:
        entry.path = _free(workshop, draft, path)
        entry.updated_at = now()
        _touched(draft)


def _free(workshop: Workshop, draft: Draft, path: str) -> str:
    path = paths.check(path.strip())
    if any(found.path == path and not found.deleted for found in draft.files):
        raise Conflict("path-taken", path=path)
    leaving = {found.old_path for found in draft.files if found.deleted or found.path != found.old_path}
    files = reading.files(workshop.store, CommitId(draft.base))
    folders = {path.rsplit("/", depth)[0] for depth in range(1, path.count("/") + 1)}
    below = path + "/"
    if (path in files and path not in leaving) or any(name in files for name in folders):
        raise Conflict("path-taken", path=path)
    if any(name.startswith(below) for name in files):
        raise Conflict("path-taken", path=path)
    return path


def mark_deleted(entry: DraftFile, *, deleted: bool = True) -> None:
    """Propose that a published document goes away, or take that back."""
    if entry.old_path is None:
        raise InvalidInput("draft-file-new", field="path")
    entry.deleted = deleted
    entry.updated_at = now()


def drop(draft: Draft, entry: DraftFile) -> None:
    """Take a document out of the draft: the proposal will not touch it."""
    draft.files.remove(entry)
    _touched(draft)


def before(workshop: Workshop, entry: DraftFile) -> bytes | None:
    """Return the bytes the document has at the draft's base, or None for a new one."""
    return reading.data(workshop.store, BlobId(entry.old_blob)) if entry.old_blob else None


def content(workshop: Workshop, entry: DraftFile) -> bytes | None:
    """Return the bytes the draft would give the document, or None when it is deleted."""
    if entry.deleted:
        return None
    old = before(workshop, entry)
    if entry.data is not None:
        return entry.data
    if entry.text is None:
        return old or b""
    return (texts.BOM if old is not None and old.startswith(texts.BOM) else b"") + entry.text.encode()


def text_of(workshop: Workshop, entry: DraftFile) -> str | None:
    """Return the text the author edits, or None when the document is not text or is deleted."""
    data = content(workshop, entry)
    return None if data is None else texts.editable(data)


def old_text(workshop: Workshop, entry: DraftFile) -> str:
    """Return the text the document has at the draft's base; empty for a new one."""
    old = before(workshop, entry)
    return reading.text(old).text if old is not None else ""


def published(workshop: Workshop, draft: Draft) -> list[str]:
    """Return the paths of the files at the draft's base, links and parts of other repositories left out."""
    files = reading.files(workshop.store, CommitId(draft.base))
    return [path for path, entry in files.items() if entry.kind == "file"]


def addable(workshop: Workshop, draft: Draft) -> list[Module]:
    """Return the modules at the draft's base with the files that the draft does not have yet."""
    free = set(published(workshop, draft)) - {entry.old_path for entry in draft.files}
    return modules.only(workshop, CommitId(draft.base), free)


def save_text(
    workshop: Workshop, draft: Draft, entry: DraftFile, text: str, *, saves: int | None, page: str = ""
) -> int:
    """Save a document's text and return the new count of saves.

    `saves` is the count the page had seen when it was opened, `page` names that page: raises
    OutOfDate("draft-saved-elsewhere") when another one saved since.
    """
    if saves is not None and saves != entry.saves and not (page and page == entry.page):
        raise OutOfDate("draft-saved-elsewhere")
    words = texts.editable(texts.typed(text, before(workshop, entry)))
    if words is None:
        raise InvalidInput("text-bad", field="text")
    return save_exactly(workshop, draft, entry, words, page)


def save_exactly(workshop: Workshop, draft: Draft, entry: DraftFile, text: str, page: str = "") -> int:
    """Save a document's text as it is, line ends too, and return the new count of saves."""
    if len(text.encode()) > workshop.limits.document_bytes:
        raise InvalidInput("document-too-large", field="text", kilobytes=workshop.limits.document_bytes // 1024)
    entry.text, entry.data = text, None
    entry.saves, entry.page = entry.saves + 1, page[:32]
    entry.updated_at = now()
    _touched(draft)
    return entry.saves


def save_meta(draft: Draft, meta: Meta, *, complete: bool = False) -> None:
    """Save what the proposal says of itself; `complete`: as submitting asks. Raises InvalidInput naming the field."""
    for field, most in TEXT_LIMITS.items():
        if len(getattr(meta, field)) > most:
            raise InvalidInput("text-too-long", field=field, most=most)
    if meta.kind not in KINDS:
        raise InvalidInput("kind-unknown", field="kind")
    title = " ".join(meta.title.split())
    if complete and not title:
        raise InvalidInput("title-missing", field="title")
    if complete and not meta.reason.strip():
        raise InvalidInput("reason-missing", field="reason")
    for field in Meta.__dataclass_fields__:
        setattr(draft, field, getattr(meta, field))
    draft.title = title
    _touched(draft)


def discard(session: Session, draft: Draft) -> None:
    """Throw a draft away."""
    session.delete(draft)
    session.flush()


def rebase(workshop: Workshop, draft: Draft) -> bool:
    """Bring a draft to today's text when that moved; True when a passage changed on both sides and wants a look."""
    present = documents.tip(workshop)
    if present == draft.base:
        return False
    wanted = [combining.Wanted(entry.old_path, entry.path, content(workshop, entry)) for entry in draft.files]
    combined = combining.combine(workshop, draft.base, present, wanted)
    if combined.kind == combining.Kind.exact:
        for entry, joined in zip(draft.files, combined.documents, strict=True):
            stands = reading.find(workshop.store, present, joined.old_path) if joined.old_path else None
            entry.old_path, entry.old_blob = joined.old_path, stands.blob if stands else None
    else:
        base, draft.base = draft.base, present
        fill(workshop, draft, base, wanted)
        for entry in draft.files:  # a page that shows the text of before must not overwrite it
            entry.saves, entry.page = entry.saves + 1, ""
    draft.base = present
    _touched(draft)
    return not combined.mergeable


def _touched(draft: Draft) -> None:
    draft.updated_at = now()
