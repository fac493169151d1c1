"""The suggestions on a proposal as a list: what each would change, why, where it stands and what its reader may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.models import Person, Proposal, Suggestion
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.rules.lifecycle import State, allowed
from reviewtool.rules.permissions import Act
from reviewtool.services import coauthors, comparing, conversations, placing, suggestions
from reviewtool.services.placing import Placed
from reviewtool.services.suggestions import Declined
from reviewtool.web import talk
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined
from reviewtool.web.places import Places
from reviewtool.web.security import may_now


@dataclass(frozen=True)
class Row:
    """One suggestion; `warning` says that its passage is not what it was, `outcome` what became of the suggestion."""

    comment_id: int
    thread_number: int
    document: str
    language: str  # of its document, "" where the page speaks it
    author: str
    place: str
    at: datetime
    reason: Markup
    runs: tuple[tuple[str, str], ...]
    warning: str
    outcome: str
    because: str
    is_waiting: bool
    may_take: bool


def rows(session: Session, proposal: Proposal, reader: Person) -> list[Row]:
    """Return the suggestions on a proposal, those that wait first, each in the order they were written."""
    found = [each for each in suggestions.of_proposal(session, proposal.number) if each.replacement != INSTEAD]
    if not found:
        return []
    said_no = suggestions.declined(session, proposal.number)
    in_draft = conversations.in_draft(session, proposal, reader)
    revisions = placing.with_touches(session, proposal.number)
    threads = [each.comment.thread for each in found]
    places = placing.place_all(workshop(), revisions, threads, revisions[-1].number)
    takes = may_take(proposal) and coauthors.writes(session, proposal, reader)
    names, made = Places(), []
    for suggestion, placed in zip(found, places, strict=True):
        outcome = _outcome(suggestion, said_no, in_draft)
        made.append(_row(suggestion, placed, outcome, said_no, names, takes))
    return sorted(made, key=lambda row: not row.is_waiting)


def may_take(proposal: Proposal) -> bool:
    """Say whether suggestions are taken up now by who may: while the text is discussed."""
    return may_now(Act.apply_suggestion) and allowed(Act.apply_suggestion, State(proposal.state))


def _outcome(suggestion: Suggestion, said_no: Mapping[int, Declined], in_draft: frozenset[int]) -> str:
    if suggestion.applied_in is not None:
        return _("Aplicada en la versión %(number)s", number=suggestion.applied_in)
    if suggestion.comment_id in said_no:
        return _("No aceptada por %(name)s", name=said_no[suggestion.comment_id].by)
    return _("Está en su borrador de la próxima versión") if suggestion.comment_id in in_draft else ""


def _row(
    suggestion: Suggestion, placed: Placed, outcome: str, said_no: Mapping[int, Declined], names: Places, takes: bool
) -> Row:
    comment = suggestion.comment
    waits = not outcome
    refused = said_no.get(suggestion.comment_id)
    return Row(
        comment_id=comment.id,
        thread_number=comment.thread.number,
        document=names.document(placed.path) if placed.path else "",
        language=names.foreign(placed.path) if placed.path else "",
        author=comment.author.name,
        place=talk.place_of(comment.author),
        at=comment.created_at,
        reason=talk.body(comment.body),
        runs=comparing.words_changed(suggestion.original, suggestion.replacement),
        warning=_warning(placed) if waits else "",
        outcome=outcome,
        because=refused.reason if refused and suggestion.applied_in is None else "",
        is_waiting=waits,
        may_take=takes and waits,
    )


def _warning(placed: Placed) -> str:
    versions = joined([str(each) for each in placed.changed_in])
    if placed.state == "lost":
        return _("El fragmento se eliminó en la versión %(version)s: aplíquela a mano.", version=placed.changed_in[-1])
    if placed.state == "edited":
        return _("El fragmento cambió desde que se sugirió este texto (versión %(versions)s).", versions=versions)
    return ""
