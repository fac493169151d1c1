"""The files of the review record and of the group's record: what each holds, from the rows of the database.

`docs/record.md` describes them for readers, `reviewtool/schemas/` for programs. The recorder writes them, `verifying`
compares all of them with the database, and `rebuilding` makes rows of them again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from reviewtool.db import Base
from reviewtool.models import (
    Attachment,
    AttachmentData,
    Ballot,
    Comment,
    CommentEdit,
    Edition,
    Event,
    ExtensionRequest,
    FollowUp,
    Installation,
    Mention,
    Merge,
    Objection,
    Opinion,
    Person,
    Proposal,
    Revision,
    RoleTerm,
    RuleSet,
    Seat,
    SeatHolding,
    Suggestion,
    Thread,
    Touch,
    Vote,
    Withdrawal,
    WorkingCalendar,
)

FORMAT: Final = 2
MINUTES: Final = "record.md"
#: acts that change nothing but a thread, its comments and what is attached
TALK: Final = frozenset(
    {"commented", "comment_registered", "replied", "comment_edited", "thread_resolved", "thread_reopened", "attached"}
)
#: columns of the working desk only: what a page sends twice, how far the record has come, what is private to a person
NOT_RECORDED: Final = frozenset({"form_token", "recorded_version", "draft_token"})
PRIVATE: Final = frozenset(
    {
        "email",
        "password_hash",
        "language",
        "timezone",
        "session_version",
        "seen_at",
        "previous_seen_at",
        "view",
        "erased_at",
    }
)
Row = dict[str, Any]
Files = dict[str, bytes]
#: the files of some (None: all) of a proposal's rows of one sort
Write = Callable[[Session, int, list[Any] | None], Files]


def ref_of(number: int) -> str:
    """Return the ref of a proposal's review record."""
    return f"refs/reviews/{number}"


GROUP_REF: Final = "refs/group"


def of_acts(session: Session, proposal: Proposal, events: Sequence[Event]) -> Files:
    """Return the files that these acts changed.

    The threads and comments, of which there may be thousands, and the attachments, which may be large, are those that
    the acts name in their facts. Of what there is little all is written again after every act that is not talk,
    whatever it names.
    """
    files = {"proposal.json": to_json(_row(proposal))} | of_events(events)
    named: dict[str, list[Any] | None] = {key: sorted(values) for key, values in _named(events).items()}
    if any(event.kind not in TALK for event in events):
        named |= dict.fromkeys(ROWS.keys() - {"thread", "comment", "attachment"})
    for key, values in named.items():
        files |= ROWS[key](session, proposal.number, values)
    return files


def of_proposal(session: Session, proposal: Proposal) -> Files:
    """Return all files of a proposal's record but its minutes, whatever the acts name."""
    query = select(Event).where(Event.proposal_number == proposal.number).order_by(Event.seq)
    files = {"proposal.json": to_json(_row(proposal))} | of_events(session.scalars(query))
    for write in ROWS.values():
        files |= write(session, proposal.number, None)
    return files


def of_group(session: Session) -> Files:
    """Return all files of the group's record."""
    installation = session.scalars(select(Installation)).one()
    about = {key: _plain(getattr(installation, key)) for key in ("created_at", "demonstration", "start")}
    terms = _grouped(_rows(session, RoleTerm, order=RoleTerm.id), "person_id")
    held = _grouped(_rows(session, SeatHolding, order=SeatHolding.id), "seat_id")
    files = {"installation.json": to_json(about)}
    for row in _rows(session, Person, leaving=PRIVATE):
        files[f"people/{row['id']}.json"] = to_json(row | {"terms": terms.get(row["id"], [])})
    for row in _rows(session, Seat):
        files[f"seats/{row['id']}.json"] = to_json(row | {"holdings": held.get(row["id"], [])})
    for row in _rows(session, RuleSet):
        files[f"rules/{row['id']}.json"] = to_json(row)
    for row in _rows(session, WorkingCalendar):
        files[f"calendars/{row['id']}.json"] = to_json(row)
    files["editions.json"] = to_json({"editions": _rows(session, Edition, order=Edition.id)})
    files["withdrawals.json"] = to_json({"withdrawals": _rows(session, Withdrawal, order=Withdrawal.id)})
    return files


def of_events(events: Iterable[Event]) -> Files:
    """Return the files of acts."""
    return {_path("events", event.seq, by_hundreds=True): to_json(_row(event)) for event in events}


def _named(events: Sequence[Event]) -> dict[str, set[Any]]:
    """Return the rows that acts say they changed: by the name of the fact, several in one fact counted each."""
    found: dict[str, set[Any]] = defaultdict(set)
    for event in events:
        for key, value in event.facts.items():
            if key in {"comments", "threads", "objections", "attachments"}:
                found[key.removesuffix("s")].update(value)
            elif key in ROWS:
                found[key].add(value)
    return found


def _simple(table: type[Base], folder: str, *, by_hundreds: bool = False) -> Write:
    """Return how rows of a table are written: each as it is, under its id."""

    def write(session: Session, number: int, ids: list[int] | None) -> Files:
        columns = table.__table__.c
        rows = _rows(session, table, *_which(columns.proposal_number, number, columns.id, ids))
        return {_path(folder, row["id"], by_hundreds=by_hundreds): to_json(row) for row in rows}

    return write


def _which(owner: Any, number: int, key: Any, keys: list[Any] | None) -> list[ColumnElement[bool]]:
    return [owner == number] if keys is None else [owner == number, key.in_(keys)]


def _path(folder: str, identity: int, *, by_hundreds: bool) -> str:
    return f"{folder}/{identity // 100}/{identity}.json" if by_hundreds else f"{folder}/{identity}.json"


def _revisions(session: Session, number: int, numbers: list[int] | None) -> Files:
    rows = _rows(session, Revision, *_which(Revision.proposal_number, number, Revision.number, numbers))
    ids = [row["id"] for row in rows]
    touches = _grouped(_rows(session, Touch, Touch.revision_id.in_(ids), order=Touch.path), "revision_id")
    return {f"revisions/{row['number']}.json": to_json(row | {"touches": touches.get(row["id"], [])}) for row in rows}


def _ballots(session: Session, number: int, numbers: list[int] | None) -> Files:
    rows = _rows(session, Ballot, *_which(Ballot.proposal_number, number, Ballot.number, numbers))
    votes = _rows(session, Vote, Vote.ballot_id.in_([row["id"] for row in rows]), order=Vote.id)
    query = select(Seat.id, Seat.key).where(Seat.id.in_({vote["seat_id"] for vote in votes}))
    seats = dict(session.execute(query).all())
    cast = _grouped([vote | {"seat": seats[vote["seat_id"]]} for vote in votes], "ballot_id")
    return {f"ballots/{row['number']}.json": to_json(row | {"votes": cast.get(row["id"], [])}) for row in rows}


def _comments(session: Session, number: int, ids: list[int] | None) -> Files:
    found = _comment_ids(number) if ids is None else ids
    rows = _rows(session, Comment, Comment.id.in_(found))
    suggestions = _grouped(_rows(session, Suggestion, Suggestion.comment_id.in_(found)), "comment_id")
    edits = _grouped(_rows(session, CommentEdit, CommentEdit.comment_id.in_(found), order=CommentEdit.id), "comment_id")
    named = _grouped(_rows(session, Mention, Mention.comment_id.in_(found), order=Mention.person_id), "comment_id")
    return {
        _path("comments", row["id"], by_hundreds=True): to_json(
            row
            | {
                "suggestion": next(iter(suggestions.get(row["id"], [])), None),
                "edits": edits.get(row["id"], []),
                "mentions": [mention["person_id"] for mention in named.get(row["id"], [])],
            }
        )
        for row in rows
    }


def _comment_ids(number: int) -> Select[int]:
    return select(Comment.id).join(Thread, Thread.id == Comment.thread_id).where(Thread.proposal_number == number)


def _attachments(session: Session, number: int, ids: list[int] | None) -> Files:
    rows = _rows(session, Attachment, *_which(Attachment.proposal_number, number, Attachment.id, ids))
    query = select(AttachmentData.attachment_id, AttachmentData.data)
    data = dict(session.execute(query.where(AttachmentData.attachment_id.in_([row["id"] for row in rows]))).all())
    told = {_path("attachments", row["id"], by_hundreds=False): to_json(row) for row in rows}
    return told | {bytes_path(row["id"], row["kind"]): data[row["id"]] for row in rows}


def bytes_path(attachment_id: int, kind: str) -> str:
    """Return where the bytes of an attachment stand in a record: under its number, as its name may be withdrawn."""
    return f"attachments/{attachment_id}.{kind}"


def _merge(session: Session, number: int, _values: list[Any] | None) -> Files:
    rows = _rows(session, Merge, Merge.proposal_number == number)
    return {"merge.json": to_json(rows[0])} if rows else {}


# The facts of acts that name rows, and how those rows are written.
ROWS: Final[Mapping[str, Write]] = {
    "revision": _revisions,
    "ballot": _ballots,
    "thread": _simple(Thread, "threads", by_hundreds=True),
    "comment": _comments,
    "objection": _simple(Objection, "objections"),
    "opinion": _simple(Opinion, "opinions"),
    "extension": _simple(ExtensionRequest, "extensions"),
    "merge": _merge,
    "follow_up": _simple(FollowUp, "followups"),
    "attachment": _attachments,
}


def _rows(
    session: Session,
    table: type[Base],
    *which: ColumnElement[bool],
    order: Any = None,
    leaving: frozenset[str] = NOT_RECORDED,
) -> list[Row]:
    """Return rows as they are recorded: plain values of their columns. Loaded objects would cost ten times as much."""
    query = select(*table.__table__.columns).where(*which).order_by(order)
    return [
        {key: _plain(value) for key, value in row.items() if key not in leaving}
        for row in session.execute(query).mappings()
    ]


def _grouped(rows: Iterable[Row], owner: str) -> dict[int, list[Row]]:
    """Return rows by the id of what they belong to, in their order."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[owner]].append(row)
    return found


def _row(thing: Base) -> Row:
    columns = thing.__table__.columns
    return {column.key: _plain(getattr(thing, column.key)) for column in columns if column.key not in NOT_RECORDED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def to_json(value: Mapping[str, Any]) -> bytes:
    """Write a file of the record: the same values always give the same bytes."""
    return written({"format": FORMAT} | dict(value))


def written(value: Mapping[str, Any]) -> bytes:
    """Write what a file of the record says as its bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def path_of(folder: str, identity: int) -> str:
    """Return where a thread, comment or act stands in a record."""
    return _path(folder, identity, by_hundreds=True)
