"""The decision on a proposal as its page shows it: seats, quorum, what is missing in a sentence, the reader's position.

First version: only what the head of the page needs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from reviewtool.models import Ballot, Proposal, Revision


@dataclass(frozen=True)
class Panel:
    """What the panel says."""

    seats: tuple[str, ...]
    quorum: int | None
    sentence: str
    position: str


def panel(session: Session, proposal: Proposal, revision: Revision, ballot: Ballot | None) -> Panel:
    """Return the decision on a proposal as its page shows it."""
    return Panel((), None, "", "")
