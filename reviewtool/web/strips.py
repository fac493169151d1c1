"""The strip of seats of a ballot for lists, home and desk: its marks, the line of the quorum, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass

from reviewtool.rules.permissions import Act
from reviewtool.rules.voting import Outcome, results_visible
from reviewtool.services.standings import Counted
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext
from reviewtool.web.security import may_now
from reviewtool.web.standing import counts, marks, quorum_line


@dataclass(frozen=True)
class Strip:
    """What the macro `seats` needs, the short words beside it, and how many formal objections are open."""

    marks: tuple[str, ...]
    quorum: int | None
    label: str
    text: str
    objections: str


def strip_of(ballot: Counted | None) -> Strip | None:
    """Return the strip of a ballot; None where there is none, or where this person may not see positions yet."""
    if ballot is None or (ballot.closed_at is None and not may_now(Act.read_discussion)):
        return None
    state = ballot.standing
    text = _took_part(ballot)
    open_objections = state.objections
    flagged = (
        ngettext("%(num)s objeción formal", "%(num)s objeciones formales", open_objections) if open_objections else ""
    )
    if not results_visible(ballot.rules, closed=ballot.closed_at is not None):
        return Strip((), None, "", text, flagged)
    said = text if ballot.is_silence else f"{text}. {counts(state)}"
    return Strip(marks(state, ballot.roll, ballot.casts, ballot.objecting), quorum_line(state), said, text, flagged)


def _took_part(ballot: Counted) -> str:
    state = ballot.standing
    if ballot.is_silence:
        if state.outcome is Outcome.approved:
            return _("Nadie interrumpió el silencio")
        return ngettext("%(num)s respuesta expresa", "%(num)s respuestas expresas", state.no_objection)
    answered = state.base - len(state.waiting_for)
    if ballot.closed_at is not None:
        return _("Se pronunciaron %(count)s de %(base)s", count=answered, base=state.base)
    return _("Se han pronunciado %(count)s de %(base)s", count=answered, base=state.base)
