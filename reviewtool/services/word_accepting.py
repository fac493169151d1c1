"""What was understood of a Word file made into a draft, and its comments into conversations.

The changes are joined to whatever the draft says now; comments go to the proposal at once where there is one, else they
wait in the draft until it is submitted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput, ReviewError
from reviewtool.models import Draft, DraftFile, Person, Revision, WaitingRemark, WordUpload
from reviewtool.prose import merge3
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import colliding, combining, continuing, drafts, people, proposals, threads, word_uploads
from reviewtool.services.word_files import Phrases
from reviewtool.services.word_uploads import Base, Said
from reviewtool.services.workshop import Workshop
from reviewtool.word.importing import Imported


@dataclass(frozen=True)
class Chosen:
    """What a person accepts: changes (None: all), comments by number, and whether for the proposal's next version."""

    edits: Collection[int] | None
    remarks: Collection[int]
    version: bool


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
    draft = _draft(session, workshop, upload, found, chosen, by) if wants else None
    if said and upload.proposal_number:
        return Done(draft, _say(session, workshop, upload, said, phrases, by))
    if draft is not None:
        _wait(session, draft, said, upload, phrases, by)
    return Done(draft, 0)


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


def _say(
    session: Session, workshop: Workshop, upload: WordUpload, said: Sequence[Said], phrases: Phrases, by: Person
) -> int:
    number, revision = upload.proposal_number or 0, upload.revision or 1
    count = 0
    for each in said:
        key = f"word-{upload.id}-{each.number}"
        thread = each.thread
        if thread is None:
            place = threads.Place(revision, upload.path, each.quote, each.prefix, each.suffix)
            body = word_uploads.as_message(each.author, each.body, phrases, by)
            instead = f"{phrases.about % {'quote': each.quote}} {body}"
            thread = _begin(session, workshop, number, place, (threads.Message(body, token=key), instead), by=by)
            count += 1
        for at, (author, answer) in enumerate(each.answers):
            message = threads.Message(word_uploads.as_message(author, answer, phrases, by), token=f"{key}-{at}")
            threads.reply(session, thread, message, by=by)
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


def _wait(
    session: Session, draft: Draft, said: Sequence[Said], upload: WordUpload, phrases: Phrases, by: Person
) -> None:
    """Keep comments until the draft is submitted; what waited of this document from an earlier press goes."""
    session.execute(delete(WaitingRemark).where(WaitingRemark.draft_id == draft.id, WaitingRemark.path == upload.path))
    for each in said:
        bodies = ((each.author, each.body), *each.answers)
        messages = [word_uploads.as_message(author, body, phrases, by) for author, body in bodies]
        instead = f"{phrases.about % {'quote': each.quote}} {messages[0]}" if each.quote else messages[0]
        session.add(
            WaitingRemark(
                draft_id=draft.id,
                path=upload.path,
                quote=each.quote,
                prefix=each.prefix,
                suffix=each.suffix,
                instead=instead[: threads.COMMENT_LIMIT],
                messages=messages,
            )
        )
    session.flush()


def waiting(session: Session, draft: Draft) -> list[WaitingRemark]:
    """Return the comments that wait for a draft to be submitted."""
    query = select(WaitingRemark).where(WaitingRemark.draft_id == draft.id).order_by(WaitingRemark.id)
    return list(session.scalars(query))


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
