"""Files attached to a proposal or to a comment on it: by who wrote it, or by the coordination; for good, as the record.

Their bytes stand in the database and in the review record ([0025]); what may be attached is checked in `uploads`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import InvalidInput, NotAllowed, NotFound
from reviewtool.models import Attachment, AttachmentData, Comment, Person, Proposal
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.rules.lifecycle import State, ensure_allowed
from reviewtool.rules.permissions import Act, may_attach
from reviewtool.services import events, people, proposals, sent_files, threads
from reviewtool.services.workshop import Workshop
from reviewtool.uploads import attachments, names


def to_proposal(
    session: Session, workshop: Workshop, number: int, file: tuple[str, bytes], *, by: Person
) -> Attachment:
    """Attach a file, a name and bytes, to a proposal. Raises NotAllowed, AlreadyDecided, InvalidInput."""
    people.ensure_may(by, Act.attach)
    proposal = proposals.lock(session, number)
    return _attach(session, workshop, proposal, None, file, by=by)


def to_comment(
    session: Session, workshop: Workshop, comment_id: int, file: tuple[str, bytes], *, by: Person
) -> Attachment:
    """Attach a file to a comment that was not withdrawn. Raises NotFound, NotAllowed, AlreadyDecided, InvalidInput."""
    people.ensure_may(by, Act.attach)
    comment, thread = threads.get_comment(session, comment_id)
    proposal = proposals.lock(session, thread.proposal_number)
    session.refresh(comment)
    return _attach(session, workshop, proposal, comment, file, by=by)


def may(proposal: Proposal, comment: Comment | None, by: Person) -> bool:
    """Say whether this person may attach something to a comment, or without one to the proposal; state apart."""
    if comment is not None and comment.body == INSTEAD:
        return False
    return may_attach(people.roles(by), wrote_it=by.id == (comment.author_id if comment else proposal.author_id))


def _attach(
    session: Session,
    workshop: Workshop,
    proposal: Proposal,
    comment: Comment | None,
    file: tuple[str, bytes],
    *,
    by: Person,
) -> Attachment:
    ensure_allowed(Act.attach, State(proposal.state))
    if not may(proposal, comment, by):
        raise NotAllowed("attaching-not-yours")
    _ensure_room(session, workshop, proposal, comment)
    return _add(session, workshop, proposal, comment, file, by=by)


def evidence(session: Session, workshop: Workshop, proposal: Proposal, file: tuple[str, bytes], *, by: Person) -> None:
    """Attach the file that a version was made of to a locked proposal; whoever may submit the version may bring it."""
    _add(session, workshop, proposal, None, file, by=by)


def ensure_attachable(workshop: Workshop, data: bytes) -> attachments.Checked:
    """Return a file as it may be kept; raises InvalidInput with what is wrong with it."""
    sent_files.ensure_size(workshop, data)
    return attachments.checked(data, workshop.limits.image_edge)


def _add(
    session: Session,
    workshop: Workshop,
    proposal: Proposal,
    comment: Comment | None,
    file: tuple[str, bytes],
    *,
    by: Person,
) -> Attachment:
    name, data = file
    checked = ensure_attachable(workshop, data)
    made = Attachment(
        proposal_number=proposal.number,
        comment_id=comment.id if comment else None,
        filename=names.cleaned(name, checked.kind, unnamed="archivo"),
        kind=checked.kind,
        size=len(checked.data),
        sha256=hashlib.sha256(checked.data).hexdigest(),
        added_by_id=by.id,
        added_at=now(),
    )
    session.add(made)
    session.flush()
    session.add(AttachmentData(attachment_id=made.id, data=checked.data))
    where: dict[str, Any] = {"thread": comment.thread_id, "comment": comment.id} if comment else {}
    events.add(session, proposal, "attached", by=by, attachment=made.id, **where)
    session.flush()
    return made


def _ensure_room(session: Session, workshop: Workshop, proposal: Proposal, comment: Comment | None) -> None:
    beside = Attachment.comment_id == comment.id if comment else Attachment.comment_id.is_(None)
    query = select(func.count()).select_from(Attachment).where(Attachment.proposal_number == proposal.number, beside)
    if (session.scalar(query) or 0) >= workshop.limits.attachments:
        raise InvalidInput("attachments-many", field="file", most=workshop.limits.attachments)


def of_proposal(session: Session, number: int) -> list[Attachment]:
    """Return what is attached to a proposal outside its comments, oldest first, with who attached it."""
    query = select(Attachment).where(Attachment.proposal_number == number, Attachment.comment_id.is_(None))
    return list(session.scalars(query.order_by(Attachment.id).options(joinedload(Attachment.added_by))))


def of_comments(session: Session, comment_ids: Collection[int]) -> dict[int, list[Attachment]]:
    """Return what is attached to each of some comments, in one query; asks nothing for none."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    if comment_ids:
        query = select(Attachment).where(Attachment.comment_id.in_(comment_ids)).order_by(Attachment.id)
        for each in session.scalars(query.options(joinedload(Attachment.added_by))):
            found[each.comment_id or 0].append(each)
    return found


def get(session: Session, attachment_id: int) -> tuple[Attachment, bytes]:
    """Return an attachment with its bytes; raises NotFound, also for one that was withdrawn."""
    found = session.get(Attachment, attachment_id)
    kept = session.get(AttachmentData, attachment_id)
    if found is None or kept is None or found.filename == INSTEAD:
        raise NotFound("attachment-unknown")
    return found, kept.data


def media_type(attachment: Attachment) -> str:
    """Return the media type of an attachment's content."""
    return attachments.TYPES[attachment.kind]
