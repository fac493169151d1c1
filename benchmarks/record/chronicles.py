"""Review records for proposals that are only rows: what the recorder would have written, many of them in one batch."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool.clock import now
from reviewtool.gitstore import maintenance
from reviewtool.gitstore import record as store_record
from reviewtool.models import Proposal
from reviewtool.services import record_files, recording, signatures
from reviewtool.services.record_files import ref_of
from reviewtool.services.workshop import Workshop

AT_ONCE = 500


def write(workshop: Workshop) -> None:
    """Bring the record of every proposal to what its rows say, the group's too, and pack refs and objects."""
    with workshop.database.read() as session:
        numbers = list(session.scalars(select(Proposal.number).order_by(Proposal.number)))
    for start in range(0, len(numbers), AT_ONCE):
        with workshop.database.read() as session:
            entries = [_entry(session, workshop, number) for number in numbers[start : start + AT_ONCE]]
        moved = store_record.append_all(workshop.store, entries)
        if moved:
            raise RuntimeError(f"records that moved meanwhile: {sorted(moved)[:3]}")
    recording.record_group(workshop)
    maintenance.pack(workshop.store)


def _entry(session: Session, workshop: Workshop, number: int) -> store_record.Entry:
    files = record_files.of_proposal(session, session.get_one(Proposal, number))
    ref = ref_of(number)
    tip = store_record.tip(workshop.store, ref)
    return store_record.Entry(ref, files, f"P-{number}", signatures.of_engine(workshop.group, now()), tip)
