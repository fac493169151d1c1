"""Word files in which words stand that were withdrawn for confidentiality: those that wait, and those attached.

A file cannot be written anew without some of its words, so it goes as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reviewtool.errors import ReviewError
from reviewtool.models import Attachment, AttachmentData, Draft, WaitingFile, WaitingRemark, WordUpload
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services.scrubbing import LONG, Words
from reviewtool.word import plain
from reviewtool.word.opening import Limits


def attached(session: Session, number: int, words: Words) -> Iterator[Attachment]:
    """Yield the Word files attached to a proposal that say the words."""
    query = select(Attachment, AttachmentData).join(AttachmentData, AttachmentData.attachment_id == Attachment.id)
    query = query.where(Attachment.proposal_number == number, Attachment.kind == "docx", Attachment.filename != INSTEAD)
    for found, kept in session.execute(query.order_by(Attachment.id)):
        if _says(kept.data, words, unreadable=False):
            yield found


def forget(session: Session, number: int, words: Words) -> None:
    """Remove the files that wait and say the words, anybody's, and take the words out of the comments that wait.

    Those on the proposal that cannot be looked into go too.
    """
    ours = select(Draft.id).where(Draft.proposal_number == number)
    on_draft = set(session.scalars(ours))
    for upload in session.scalars(select(WordUpload).order_by(WordUpload.id)):
        if _says(upload.data, words, unreadable=upload.proposal_number == number):
            session.execute(delete(WordUpload).where(WordUpload.id == upload.id))
    for file in session.scalars(select(WaitingFile).order_by(WaitingFile.id)):
        if _says(file.data, words, unreadable=file.draft_id in on_draft):
            session.execute(delete(WaitingFile).where(WaitingFile.id == file.id))
    for remark in session.scalars(select(WaitingRemark).order_by(WaitingRemark.id)):
        for name in ("quote", "prefix", "suffix", "instead"):
            setattr(remark, name, words.in_text(getattr(remark, name)))
        remark.messages = [words.in_text(each) for each in remark.messages]


def _says(data: bytes, words: Words, *, unreadable: bool) -> bool:
    try:
        text = plain.text(data, Limits(sent=len(data)))
    except ReviewError:
        return unreadable
    return words.are_in(text) or any(len(each) >= LONG and each in text for each in map(_unsigned, words.said))


def _unsigned(said: str) -> str:
    """Return a comment without what stands before its first colon: whose it is, where it came from a file."""
    return said.partition(": ")[2]
