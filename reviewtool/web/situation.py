"""The title of the home page, which states the situation, and the sentence under it with the next deadline.

Facts come from `services.worklist`, `desk` and `news`; the most urgent thing makes the title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewtool.services.desk import Board
from reviewtool.services.news import Deadline
from reviewtool.services.worklist import MOST, Queue, Work
from reviewtool.web.closings import deadline
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark, ngettext

_NUMBERS = {
    2: mark("Dos"),
    3: mark("Tres"),
    4: mark("Cuatro"),
    5: mark("Cinco"),
    6: mark("Seis"),
    7: mark("Siete"),
    8: mark("Ocho"),
    9: mark("Nueve"),
    10: mark("Diez"),
    11: mark("Once"),
    12: mark("Doce"),
}


@dataclass(frozen=True)
class Situation:
    """What the head of the home page says."""

    title: str
    lead: str


def number_word(count: int) -> str:
    """Say a number that begins a sentence: in letters up to twelve; what was not counted to its end, as «more than»."""
    if count >= MOST:
        return _("Más de %(count)s", count=MOST - 1)
    return _(_NUMBERS[count]) if count in _NUMBERS else str(count)


Said = tuple[str, Queue | None]  # a sentence, and the queue whose deadlines belong to it


def of_home(work: Work, board: Board | None, news: int, deadlines: tuple[Deadline, ...], *, reads: bool) -> Situation:
    """Return the title and the lead of a person's home; `reads` is a reader, to whom nothing is ever asked."""
    said = [*_asked(work), *(_of_desk(board) if board else ()), *_offered(work)]
    if not said:
        return Situation(_without(news) if reads else _("No hay nada que espere de usted"), next_deadline(deadlines))
    (title, queue), *others = said
    sentences = [_most_urgent(queue), *(f"{other}." for other, _queue in others[:2])]
    return Situation(title, " ".join(sentence for sentence in sentences if sentence))


def _asked(work: Work) -> Iterator[Said]:
    """Say what only this person can do, the most urgent first."""
    if work.votes:
        yield _votes(work.votes.total), work.votes
    if work.confirmations:
        yield _confirmations(work.confirmations.total), work.confirmations
    if work.to_revise:
        yield _revisions(len(work.to_revise)), None
    if work.opinions:
        yield _opinions(work.opinions.total), work.opinions


def _of_desk(board: Board) -> Iterator[Said]:
    if board.ready:
        yield ready(len(board.ready)), None
    if board.to_decide:
        count = len(board.to_decide)
        yield (
            ngettext(
                "Una propuesta espera una decisión de la coordinación",
                "%(count)s propuestas esperan una decisión de la coordinación",
                count,
                count=number_word(count),
            ),
            None,
        )


def _offered(work: Work) -> Iterator[Said]:
    """Say what the person may do; what is addressed to them first."""
    if work.talk:
        yield _talk(len(work.talk)), None
    if work.silences:
        yield _silences(work.silences.total), work.silences
    if work.consultations:
        yield _consultations(work.consultations.total), work.consultations


def _silences(count: int) -> str:
    return ngettext(
        "Un procedimiento de silencio está en curso",
        "%(count)s procedimientos de silencio están en curso",
        count,
        count=number_word(count),
    )


def _consultations(count: int) -> str:
    return ngettext(
        "Una propuesta en consulta admite sus comentarios",
        "%(count)s propuestas en consulta admiten sus comentarios",
        count,
        count=number_word(count),
    )


def ready(count: int) -> str:
    """Say how many proposals can be merged."""
    return ngettext(
        "Una propuesta está lista para incorporar",
        "%(count)s propuestas están listas para incorporar",
        count,
        count=number_word(count),
    )


def _votes(count: int) -> str:
    return ngettext(
        "Una propuesta espera su voto", "%(count)s propuestas esperan su voto", count, count=number_word(count)
    )


def _confirmations(count: int) -> str:
    return ngettext(
        "Un voto suyo espera que lo confirme",
        "%(count)s votos suyos esperan que los confirme",
        count,
        count=number_word(count),
    )


def _revisions(count: int) -> str:
    return ngettext(
        "Una propuesta suya necesita una versión nueva",
        "%(count)s propuestas suyas necesitan una versión nueva",
        count,
        count=number_word(count),
    )


def _talk(count: int) -> str:
    return ngettext(
        "Un mensaje está dirigido a usted",
        "%(count)s mensajes están dirigidos a usted",
        count,
        count=number_word(count),
    )


def _opinions(count: int) -> str:
    return ngettext(
        "Una propuesta espera su parecer", "%(count)s propuestas esperan su parecer", count, count=number_word(count)
    )


def _without(news: int) -> str:
    if not news:
        return _("Sin novedades desde su última visita")
    return ngettext(
        "Una novedad desde su última visita",
        "%(count)s novedades desde su última visita",
        news,
        count=number_word(news),
    )


def _most_urgent(queue: Queue | None) -> str:
    instants = [item.closes_at for item in queue.shown if item.closes_at] if queue else []
    if not instants:
        return ""
    if len(instants) == 1:
        return _("El plazo vence el %(day)s.", day=deadline(instants[0]))
    return _("El plazo más próximo vence el %(day)s.", day=deadline(min(instants)))


def next_deadline(deadlines: tuple[Deadline, ...]) -> str:
    """Say the next deadline of the group."""
    if not deadlines:
        return _("No hay plazos pendientes.")
    return _("Próximo plazo: %(day)s. %(what)s.", day=deadline(deadlines[0].at), what=what_closes(deadlines[0]))


def what_closes(closing: Deadline) -> str:
    """Say what closes at a deadline."""
    texts = {
        "ballot": _("Cierra la votación de P-%(number)s", number=closing.number),
        "silence": _("Termina el silencio de P-%(number)s", number=closing.number),
        "consultation": _("Cierra la consulta de P-%(number)s", number=closing.number),
    }
    return texts[closing.kind]


def of_desk(board: Board) -> str:
    """Return the title of the coordination's desk."""
    if board.ready:
        return ready(len(board.ready))
    if board.to_decide:
        return ngettext(
            "Una propuesta espera su decisión",
            "%(count)s propuestas esperan su decisión",
            len(board.to_decide),
            count=number_word(len(board.to_decide)),
        )
    return _("Nada espera su decisión")
