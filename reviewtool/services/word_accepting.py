"""What was understood of a Word file made into a draft, and its comments into conversations.

The changes are joined to whatever the draft says now; comments go to the proposal at once where there is one, else they
wait in the draft until it is submitted. The file itself is kept with the proposal, as evidence of what was sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, defer

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import Comment, Draft, DraftFile, Person, Revision, WaitingFile, WaitingRemark, WordUpload
from reviewtool.prose import merge3
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import (
    attaching,
    colliding,
    combining,
    continuing,
    drafts,
    people,
    proposals,
    threads,
    word_uploads,
)
from reviewtool.services.word_files import Phrases
from reviewtool.services.word_uploads import Base, Said
from reviewtool.services.workshop import Workshop
from reviewtool.word.importing import Imported


@dataclass(frozen=True)
class Chosen:
    """What a person accepts: changes (None: all), comments by number, and whether for the proposal's next version.

    `keep`: the file is to stay with the proposal as evidence of what was sent. `known`: people of the group of whom the
    sender says that the comments under their names are theirs.
    """

    edits: Collection[int] | None
    remarks: Collection[int]
    version: bool
    keep: bool = False
    known: Collection[int] = ()


@dataclass(frozen=True)
class Done:
    """What came of it: the draft, if any changes were accepted, and how many messages were said."""

    draft: Draft | None
    said: int


def may_revise(session: Session, upload: WordUpload, person: Person) -> bool:
    """Say whether the changes may go to the next version of the proposal they are on."""
    if upload.proposal_number is None:
        return False
    try:
        people.ensure_may(person, Act.revise_own)
        continuing.ensure_revisable(session, proposals.get(session, upload.proposal_number), person)
    except ReviewError:
        return False
    return True


def may_comment(session: Session, upload: WordUpload) -> bool:
    """Say whether the comments may go to a proposal now."""
    number = upload.proposal_number
    return number is not None and allowed(Act.comment, State(proposals.get(session, number).state))


def accept(
    session: Session,
    workshop: Workshop,
    upload: WordUpload,
    found: Imported,
    chosen: Chosen,
    phrases: Phrases,
    *,
    by: Person,
) -> Done:
    """Make a draft of the chosen changes and say the chosen comments. Raises InvalidInput("word-nothing")."""
    said = [
        each
        for each in word_uploads.remarks(session, workshop, upload, found, phrases)
        if each.is_new and each.number in chosen.remarks
    ]
    wants = bool(found.edits) if chosen.edits is None else bool(set(chosen.edits) & set(range(len(found.edits))))
    if not wants and not (said and upload.proposal_number):
        raise InvalidInput("word-nothing", field="edits")
    said = [_signed(session, each, chosen.known, phrases, by) for each in said]
    draft = _draft(session, workshop, upload, found, chosen, by) if wants else None
    if draft is not None and chosen.keep:
        _wait_with_file(session, workshop, draft, upload)
    if said and upload.proposal_number:
        about = _About(upload, phrases.about)
        return Done(draft, _say_with_file(session, workshop, about, said, by, keep=chosen.keep and not draft))
    if draft is not None:
        _wait(session, draft, said, _About(upload, phrases.about))
    return Done(draft, 0)


def _signed(session: Session, said: Said, known: Collection[int], phrases: Phrases, by: Person) -> Said:
    """Return a comment with its messages as the sender's, each telling whose words it is."""
    names = [person.name for person_id in known if (person := people.find(session, person_id))]
    body = word_uploads.as_message(said.author, said.body, phrases, by, names)
    answers = [(who, word_uploads.as_message(who, answer, phrases, by, names)) for who, answer in said.answers]
    return replace(said, body=body, answers=tuple(answers))


@dataclass(frozen=True)
class _About:
    """The file that comments come from, and how one begins whose words are in no version."""

    upload: WordUpload
    about: str

    def instead(self, said: Said) -> str:
        """Return a comment that stands on no words."""
        return f"{self.about % {'quote': said.quote}} {said.body}" if said.quote else said.body


def may_keep(workshop: Workshop, upload: WordUpload) -> bool:
    """Say whether a file is one that may be attached to a proposal."""
    try:
        attaching.ensure_attachable(workshop, upload.data)
    except InvalidInput:
        return False
    return True


def _wait_with_file(session: Session, workshop: Workshop, draft: Draft, upload: WordUpload) -> None:
    """Keep a file until the draft is submitted, once."""
    mine = (WaitingFile.draft_id == draft.id, WaitingFile.digest == upload.digest)
    if session.scalar(select(WaitingFile.id).where(*mine)) is None and may_keep(workshop, upload):
        kept = WaitingFile(draft_id=draft.id, name=upload.name, digest=upload.digest, data=upload.data)
        session.add(kept)
        session.flush()


def _draft(
    session: Session, workshop: Workshop, upload: WordUpload, found: Imported, chosen: Chosen, by: Person
) -> Draft:
    base = word_uploads.base_of(upload)
    text = word_uploads.text_with(workshop, upload, found, chosen.edits)
    if chosen.version and base.number is not None:
        draft = drafts.start_revision(session, workshop, base.number, by=by)
        entry = next((each for each in draft.files if each.path == base.path), None)
        _join(workshop, draft, entry or drafts.add_document(workshop, draft, base.path), base, text)
        return draft
    token = sha256(f"{upload.digest} {upload.id} {text}".encode()).hexdigest()[:32]
    again = session.scalar(select(Draft).where(Draft.token == token, Draft.author_id == by.id))
    if again is not None:  # the second press
        return again
    draft = drafts.start(session, workshop, by=by)
    if session.scalar(select(Revision.id).where(Revision.draft_token == token)) is None:
        draft.token = token
    _join(workshop, draft, drafts.add_document(workshop, draft, _published(session, base)), base, text)
    session.flush()
    return draft


def _published(session: Session, base: Base) -> str:
    """Return the path under which a document is published, of one that a version renames."""
    if base.number is None:
        return base.path
    revision = proposals.revision(session, base.number, base.revision or 0)
    return next((touch.old_path or touch.path for touch in revision.touches if touch.path == base.path), base.path)


def _join(workshop: Workshop, draft: Draft, entry: DraftFile, base: Base, text: str) -> None:
    """Bring the changes into what the document of the draft says now; the writer looks where both changed the same."""
    before = word_uploads.base_text(workshop, base)
    now_there = drafts.text_of(workshop, entry)
    if now_there is None:
        raise InvalidInput("document-not-editable", field="edits", path=entry.path)
    merged = merge3.merge(before, now_there, text)
    joined = merged.text if merged.text is not None else merge3.preferring_theirs(before, now_there, text)
    kind = combining.Kind(merged.kind)
    told = combining.Joined(kind, entry.old_path, entry.path, joined.encode(), "words", tuple(merged.conflicts))
    entry.collisions = [*entry.collisions, *colliding.notes(told, before, now_there, text)]
    drafts.save_text(workshop, draft, entry, joined, saves=None)


def _say_with_file(
    session: Session,
    workshop: Workshop,
    about: _About,
    said: Sequence[Said],
    by: Person,
    *,
    keep: bool,
) -> int:
    """Say comments, and attach the file to the first of them that the sender wrote, unless it is there already."""
    before = session.scalar(select(func.max(Comment.id))) or 0
    upload = about.upload
    count = _say(session, workshop, about, said, by)
    first = session.scalar(select(func.min(Comment.id)).where(Comment.id > before, Comment.author_id == by.id))
    if keep and first is not None and may_keep(workshop, upload):
        attaching.to_comment(session, workshop, first, (upload.name, upload.data), by=by)
    return count


def _say(session: Session, workshop: Workshop, about: _About, said: Sequence[Said], by: Person) -> int:
    upload = about.upload
    number, revision = upload.proposal_number or 0, upload.revision or 1
    count = 0
    for each in said:
        key = f"word-{upload.id}-{each.number}"
        thread = each.thread
        if thread is None:
            place = threads.Place(revision, upload.path, each.quote, each.prefix, each.suffix)
            message = threads.Message(each.body, token=key)
            thread = _begin(session, workshop, number, place, (message, about.instead(each)), by=by)
            count += 1
        for at, (_who, answer) in enumerate(each.answers):
            threads.reply(session, thread, threads.Message(answer, token=f"{key}-{at}"), by=by)
            count += 1
    return count


def _begin(
    session: Session,
    workshop: Workshop,
    number: int,
    place: threads.Place,
    said: tuple[threads.Message, str],
    *,
    by: Person,
) -> int:
    """Begin a thread on its words, or where the version does not have them, on the document, with other words."""
    message, instead = said
    try:
        return threads.comment(session, workshop, number, place, message, by=by).id
    except InvalidInput as error:
        if error.field != "quote":
            raise
    whole = threads.Place(place.revision, place.path)
    other = threads.Message(instead[: threads.COMMENT_LIMIT], token=message.token)
    return threads.comment(session, workshop, number, whole, other, by=by).id


def _wait(session: Session, draft: Draft, said: Sequence[Said], about: _About) -> None:
    """Keep comments until the draft is submitted; what waited of this document from an earlier press goes."""
    upload = about.upload
    session.execute(delete(WaitingRemark).where(WaitingRemark.draft_id == draft.id, WaitingRemark.path == upload.path))
    for each in said:
        session.add(
            WaitingRemark(
                draft_id=draft.id,
                path=upload.path,
                quote=each.quote,
                prefix=each.prefix,
                suffix=each.suffix,
                instead=about.instead(each)[: threads.COMMENT_LIMIT],
                messages=[each.body, *(answer for _who, answer in each.answers)],
            )
        )
    session.flush()


def waiting(session: Session, draft: Draft) -> list[WaitingRemark]:
    """Return the comments that wait for a draft to be submitted."""
    query = select(WaitingRemark).where(WaitingRemark.draft_id == draft.id).order_by(WaitingRemark.id)
    return list(session.scalars(query))


def files_waiting(session: Session, draft: Draft) -> list[WaitingFile]:
    """Return the Word files that wait for a draft to be submitted."""
    query = select(WaitingFile).where(WaitingFile.draft_id == draft.id).order_by(WaitingFile.id)
    return list(session.scalars(query.options(defer(WaitingFile.data))))


def attach_waiting(session: Session, workshop: Workshop, number: int, files: Sequence[WaitingFile], by: Person) -> None:
    """Attach the Word files whose changes are in the version that was submitted just now."""
    proposal = proposals.get(session, number)
    for each in files:
        attaching.evidence(session, workshop, proposal, (each.name, each.data), by=by)


def say_waiting(
    session: Session, workshop: Workshop, number: int, revision: Revision, remarks: Sequence[WaitingRemark], by: Person
) -> None:
    """Say the comments that waited in a draft, now that its proposal is there."""
    if not remarks:
        return
    paths = {touch.path for touch in proposals.revision(session, number, revision.number).touches}
    for each in remarks:
        body, *answers = each.messages
        path = each.path if each.path in paths else None
        place = threads.Place(revision.number, path, each.quote if path else "", each.prefix, each.suffix)
        thread = _begin(session, workshop, number, place, (threads.Message(body), each.instead), by=by)
        for answer in answers:
            threads.reply(session, thread, threads.Message(answer), by=by)
