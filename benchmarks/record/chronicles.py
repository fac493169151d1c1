"""Review records for proposals that are only rows: what the recorder would have written, many of them in one batch.

Of a closed proposal, whose record nobody adds to, only `proposal.json` is written: one in ten of the objects, the same
refs. All files of ten thousand took ten minutes and the measured costs were the same.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.crowd import OPEN_STATES
from reviewtool.clock import now
from reviewtool.gitstore import maintenance
from reviewtool.gitstore import record as store_record
from reviewtool.models import Proposal
from reviewtool.services import record_files, recording, signatures
from reviewtool.services.record_files import ref_of
from reviewtool.services.workshop import Workshop

AT_ONCE = 1_000
OPEN = frozenset(state for state, _ in OPEN_STATES)


def write(workshop: Workshop) -> None:
    """Bring the record of every proposal to what its rows say, the group's too, and pack refs and objects."""
    with workshop.database.read() as session:
        last = session.scalar(select(func.max(Proposal.number))) or 0
    for first in range(1, last + 1, AT_ONCE):
        with workshop.database.read() as session:
            found = session.scalars(select(Proposal).where(Proposal.number.between(first, first + AT_ONCE - 1))).all()
            entries = [_entry(session, workshop, proposal) for proposal in found]
        moved = store_record.append_all(workshop.store, entries)
        if moved:
            raise RuntimeError(f"records that moved meanwhile: {sorted(moved)[:3]}")
    recording.record_group(workshop)
    maintenance.pack(workshop.store)


def _entry(session: Session, workshop: Workshop, proposal: Proposal) -> store_record.Entry:
    whole = proposal.state in OPEN
    files = record_files.of_proposal(session, proposal) if whole else record_files.of_acts(session, proposal, [])
    ref = ref_of(proposal.number)
    tip = store_record.tip(workshop.store, ref)
    engine = signatures.of_engine(workshop.group, now())
    return store_record.Entry(ref, files, f"P-{proposal.number}", engine, tip)
