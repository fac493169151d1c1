"""«Para consulta interna»: a proposal for people without an account, printed or in Word, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from reviewtool.models import Proposal, Revision
from reviewtool.rules.lifecycle import State
from reviewtool.services import comparing, proposals, word_files
from reviewtool.services.word_files import Headings, Phrases, Sheet
from reviewtool.web import words
from reviewtool.web.comparison import Asked, Reader
from reviewtool.web.context import place_name
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, localdate, localtime
from reviewtool.web.proposal_page import source


@dataclass(frozen=True)
class Printed:
    """One document of the page: both texts whole, and beside each other where they differ."""

    title: str
    language: str
    current: Markup
    proposed: Markup
    pairs: tuple[tuple[Markup, Markup], ...]


@dataclass(frozen=True)
class PrintedSheet:
    """The page: what the Word file says, drawn as HTML."""

    number: int
    title: str
    facts: tuple[tuple[str, str], ...]
    changes: list[Markup]
    headings: Headings
    documents: tuple[Printed, ...]


def phrases() -> Phrases:
    """Return what comments in a Word file say around the words of people."""
    return Phrases(
        on_whole=_("[Sobre la propuesta en su conjunto]"),
        on_lost=_("[Sobre un fragmento que ya no está: «%(quote)s»]", quote="%(quote)s"),
        suggests=_("Texto sugerido:"),
        from_file=_("%(name)s, en el archivo de Word:", name="%(name)s"),
        about=_("Sobre «%(quote)s»:", quote="%(quote)s"),
    )


def content(session: Session, proposal: Proposal, revision: Revision, site: str) -> Sheet:
    """Return what the Word file says."""
    reader = _reader(proposal, revision)
    return Sheet(
        title=f"P-{proposal.number}. {proposal.title}",
        facts=_facts(session, proposal, revision),
        changes=tuple(line.striptags() for line in words.summary(_compared(reader))),
        documents=word_files.sheet_documents(workshop(), revision, site),
        headings=_headings(),
        language=language(),
        author=proposal.author.name,
    )


def printed(session: Session, proposal: Proposal, revision: Revision) -> PrintedSheet:
    """Return what the page says."""
    reader = _reader(proposal, revision)
    return PrintedSheet(
        number=proposal.number,
        title=proposal.title,
        facts=_facts(session, proposal, revision),
        changes=words.summary(_compared(reader)),
        headings=_headings(),
        documents=tuple(_printed(reader, at) for at in word_positions(revision)),
    )


def word_positions(revision: Revision) -> list[int]:
    """Return which documents of a version go to Word, counted from 1."""
    pairs = comparing.pairs(workshop(), revision, None)
    return [at for at, pair in enumerate(pairs, 1) if word_files.goes_to_word(workshop(), pair)]


def _reader(proposal: Proposal, revision: Revision) -> Reader:
    return Reader(Asked(proposal.number, revision, None, proposal.latest, "columnas", whole=True))


def _compared(reader: Reader) -> list[tuple[comparing.Pair, comparing.Compared]]:
    return [(pair, reader.compared(at)) for at, pair in enumerate(reader.pairs, 1)]


def _printed(reader: Reader, position: int) -> Printed:
    pair = reader.pairs[position - 1]
    compared = reader.compared(position)
    both = comparing.columns(workshop(), pair, reader.frame(pair))
    changed = [sides for sides, row in zip(both, compared.rows, strict=True) if row.changed]
    current, proposed = (_alone(reader, side) for side in (pair.old, pair.new))
    return Printed(compared.title, compared.language, current, proposed, tuple(changed))


def _alone(reader: Reader, side: comparing.Side) -> Markup:
    if side.blob is None:
        return Markup()
    alone = comparing.Pair(side, side)
    return Markup().join(row.html for row in comparing.compare(workshop(), alone, reader.frame(alone)).rows)


def _headings() -> Headings:
    return Headings(
        changes=_("Qué cambia"),
        current=_("Texto vigente"),
        proposed=_("Texto propuesto"),
        comparison=_("Comparación a dos columnas"),
    )


def _facts(session: Session, proposal: Proposal, revision: Revision) -> tuple[tuple[str, str], ...]:
    place = place_name(proposal.author.administration) if proposal.author.administration else ""
    author = f"{proposal.author.name}, {place}" if place else proposal.author.name
    version = _("%(number)s, del %(day)s", number=revision.number, day=localdate(revision.submitted_at))
    closing, at = _closing(session, proposal)
    address = url_for("proposals.page", number=proposal.number, _external=True)
    facts = (
        (_("Propuesta"), f"P-{proposal.number}"),
        (_("Versión"), version),
        (_("De"), author),
        (_("Clase de cambio"), words.kind(proposal.kind)),
        (closing, localtime(at, "long") if at else ""),
        (_("Motivo"), " ".join(proposal.reason.split())),
        (_("Fuente"), source(proposal)),
        (_("En la herramienta"), address),
    )
    return tuple((name, said) for name, said in facts if said)


def _closing(session: Session, proposal: Proposal) -> tuple[str, datetime | None]:
    """Return what closes and when; no instant where nothing is open."""
    ballot = proposals.open_ballot(session, proposal.number)
    if ballot is not None:
        return _("Cierre de la votación"), ballot.closes_at
    if proposal.state == State.consultation:
        return _("Cierre de la consulta"), proposal.consultation_closes_at
    return _("Estado"), None
