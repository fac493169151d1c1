"""Moves of refs that survive a kill: objects -> database -> ref -> done (`docs/decisions`, git-record).

A `RefMove` row is the intention, written in the transaction of the act; `publish` moves the ref and finishes the row.
`reconcile` does the same for whatever a killed process left pending. It rolls forward and never voids a move while the
ref stands at the old place, because the move's owner may be alive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.errors import Unavailable
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore.ids import CommitId
from reviewtool.models import RefMove
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)

Finish = Callable[[Session, RefMove], None]
_FINISH: dict[str, Finish] = {}


def finishes(purpose: str) -> Callable[[Finish], Finish]:
    """Register what the database must learn, in the finishing transaction, once a move of this purpose is public."""

    def register(function: Finish) -> Finish:
        _FINISH[purpose] = function
        return function

    return register


def plan(session: Session, ref: str, *, old: str | None, new: str, purpose: str, **facts: Any) -> RefMove:
    """Write down the intention to move a ref. One pending move a ref: a second raises IntegrityError."""
    move = RefMove(
        ref=ref,
        old=old,
        new=new,
        purpose=purpose,
        proposal_number=facts.pop("proposal", None),
        facts=facts,
        created_at=now(),
    )
    session.add(move)
    session.flush()
    return move


def publish(workshop: Workshop, move_id: int) -> bool:
    """Move the ref of a planned move and finish it; True when the ref stands there, False when the move is void.

    Raises Unavailable when Git could not move the ref and it stands where it stood: the move stays pending.
    """
    with workshop.database.read() as session:
        move = session.get(RefMove, move_id)
        if move is None or move.state != "pending":
            return move is not None and move.state == "done"
        ref, old, new = move.ref, move.old, move.new
    moved = writing.update_ref(workshop.store, ref, CommitId(new), CommitId(old) if old else None)
    if not moved and _passed(workshop, ref, new):
        moved = True
    with workshop.database.write() as session:
        state = "done" if moved else "void"
        claimed = session.execute(
            update(RefMove)
            .where(RefMove.id == move_id, RefMove.state == "pending")
            .values(state=state, done_at=now())
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount and moved:  # type: ignore[attr-defined]  # CursorResult of an UPDATE
            finished = session.get_one(RefMove, move_id)
            _FINISH[finished.purpose](session, finished)
    if not moved:
        log.warning("ref move %s of %s is void: the ref moved elsewhere", move_id, ref)
    return moved


def _passed(workshop: Workshop, ref: str, new: str) -> bool:
    # A compare-and-swap repeated after its own success fails, and main may have gone further since.
    tip = reading.head(workshop.store, ref)
    return tip is not None and reading.is_ancestor(workshop.store, CommitId(new), tip)


def pending(session: Session, ref: str | None = None) -> list[RefMove]:
    """Return the moves that are not finished, oldest first."""
    query = select(RefMove).where(RefMove.state == "pending").order_by(RefMove.id)
    return list(session.scalars(query.where(RefMove.ref == ref) if ref else query))


def reconcile(workshop: Workshop, ref: str | None = None) -> int:
    """Publish and finish every pending move; return how many were. A ref that cannot move now stays pending."""
    with workshop.database.read() as session:
        waiting = [move.id for move in pending(session, ref)]
    done = 0
    for move_id in waiting:
        try:
            done += publish(workshop, move_id)
        except Unavailable:
            log.warning("ref move %s cannot be finished now", move_id)
    return done
