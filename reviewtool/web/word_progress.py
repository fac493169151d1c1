"""How far a Word file has come that somebody sent, in words: on its page, in the list of those sent, among notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from reviewtool.errors import InvalidInput
from reviewtool.models import WordUpload
from reviewtool.services import word_jobs
from reviewtool.services.word_jobs import Progress, Status
from reviewtool.web.errors import say
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark, ngettext

STEPS = (
    mark("El archivo se recibió"),
    mark("Espera su turno"),
    mark("Se lee y se compara con el texto"),
    mark("Se muestra qué se entendió"),
)
_AT = {Status.waiting: 1, Status.reading: 2, Status.ready: 3, Status.failed: 3}


@dataclass(frozen=True)
class Shown:
    """Where a file stands: its steps, each with whether it is done or current, and one sentence."""

    steps: tuple[tuple[str, str], ...]
    sentence: str
    has_ended: bool
    has_failed: bool
    may_again: bool
    worker: bool


def of(session: Session, upload: WordUpload) -> Shown:
    """Return how far a file has come."""
    found = word_jobs.progress(session, upload)
    at = _AT[found.status]
    steps = tuple((_(text), "done" if n < at else "current" if n == at else "") for n, text in enumerate(STEPS))
    return Shown(
        steps,
        _sentence(upload, found),
        found.status in word_jobs.ENDED,
        found.status is Status.failed,
        word_jobs.may_again(upload),
        found.worker,
    )


def _sentence(upload: WordUpload, found: Progress) -> str:
    match found.status:
        case Status.ready:
            return _("Listo: vea qué se entendió.")
        case Status.failed:
            return say(InvalidInput(upload.failure, **{k: v for k, v in upload.facts.items() if k != "field"}))
        case Status.reading:
            return _("Se está leyendo. Suele tardar unos segundos; un archivo muy largo, hasta un minuto.")
    if not found.worker:
        return _("Espera su turno, pero nadie está leyendo archivos en este momento. Avise a la coordinación.")
    if found.before:
        return ngettext(
            "Espera su turno: hay %(num)s archivo antes.", "Espera su turno: hay %(num)s archivos antes.", found.before
        )
    return _("Espera su turno: es el próximo.")


@dataclass(frozen=True)
class Sent:
    """A file that a person has sent, in a list."""

    name: str
    url: str
    at: object
    sentence: str
    is_new: bool


def sent(session: Session, person_id: int, *, unseen: bool = False) -> Sequence[Sent]:
    """Return the files of a person that are still kept, the newest first; `unseen`: only what came of them is new."""
    found = word_jobs.of_person(session, person_id)
    made = [
        Sent(
            each.name,
            url_for("word_uploads.review", upload_id=each.id),
            each.sent_at,
            of(session, each).sentence,
            each.ended_at is not None and each.seen_at is None,
        )
        for each in found
    ]
    return [each for each in made if each.is_new or not unseen]
