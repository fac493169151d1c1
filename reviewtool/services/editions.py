"""Editions: a named state of the materials, an annotated tag that is never moved."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from reviewtool.clock import now
from reviewtool.errors import Conflict, InvalidInput, NotFound, Unavailable
from reviewtool.gitstore import writing
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import Edition, Notice, RefMove
from reviewtool.rules.permissions import Act
from reviewtool.services import documents, people, refmoves, signatures
from reviewtool.services.workshop import Workshop

NAME_LIMIT = 80


def publish(workshop: Workshop, name: str, *, by_id: int, note: str = "") -> Edition:
    """Publish the present text as an edition; everybody is told.

    Raises InvalidInput, Conflict("edition-taken"), NotAllowed.
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise InvalidInput("edition-name", field="name", most=NAME_LIMIT)
    if len(note) > 5_000:
        raise InvalidInput("text-too-long", field="note", most=5_000)
    tag = slug(name)
    if not tag:
        raise InvalidInput("edition-name", field="name", most=NAME_LIMIT)
    commit = documents.tip(workshop)
    with workshop.database.read() as session:
        by = people.get(session, by_id)
        people.ensure_may(by, Act.publish_edition)
        _ensure_free(session, name, tag)
    at = now()
    made = writing.create_tag(
        workshop.store, tag, commit, writing.message(name, note, []), signatures.of(workshop.group, by, at)
    )
    with workshop.database.write() as session:
        _ensure_free(session, name, tag)
        move = refmoves.plan(
            session,
            f"refs/tags/edicion/{tag}",
            old=None,
            new=made,
            purpose="edition",
            name=name,
            tag=tag,
            note=note.strip(),
            commit=commit,
            by=by_id,
            at=at.isoformat(),
        )
        move_id = move.id
    try:
        published = refmoves.publish(workshop, move_id)
    except Unavailable as error:
        raise Unavailable("edition-waiting", name=name) from error
    if not published:
        raise Conflict("edition-taken", name=name)
    with workshop.database.read() as session:
        return get(session, tag)


def _ensure_free(session: Session, name: str, tag: str) -> None:
    if session.scalar(select(Edition).where((Edition.tag == tag) | (Edition.name == name))):
        raise Conflict("edition-taken", name=name)
    if refmoves.pending(session, f"refs/tags/edicion/{tag}"):
        raise Unavailable("store-busy")


def slug(name: str) -> str:
    """Return the name as it stands in the tag: plain letters, digits, dots and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.").replace("..", ".")


@refmoves.finishes("edition")
def _finish(session: Session, move: RefMove) -> None:
    facts = move.facts
    made = Edition(
        name=facts["name"],
        tag=facts["tag"],
        note=facts["note"],
        commit=facts["commit"],
        published_by_id=facts["by"],
        published_at=datetime.fromisoformat(facts["at"]),
    )
    session.add(made)
    session.flush()
    by, at = made.published_by_id, made.published_at
    told = {each.id for each in people.everybody(session) if people.roles(each)} - {by}
    session.add_all(
        Notice(person_id=each, edition_id=made.id, by_id=by, kind="edition", created_at=at) for each in sorted(told)
    )


def get(session: Session, tag: str) -> Edition:
    """Return an edition by its tag; raises NotFound."""
    found = session.scalar(select(Edition).where(Edition.tag == tag).options(joinedload(Edition.published_by)))
    if found is None:
        raise NotFound("edition-unknown")
    return found


def all_of_them(session: Session) -> list[Edition]:
    """Return the editions, the newest first."""
    return list(
        session.scalars(select(Edition).options(joinedload(Edition.published_by)).order_by(Edition.published_at.desc()))
    )


def commit_of(edition: Edition) -> CommitId:
    """Return the commit an edition names."""
    return CommitId(edition.commit)
