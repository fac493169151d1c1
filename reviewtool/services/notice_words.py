"""Notices in words: one sentence for each kind, in a language, for pages and mails. The one place that says them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from reviewtool import i18n
from reviewtool.i18n import mark
from reviewtool.services import account_notices
from reviewtool.services.notices import Owed

WITHOUT_NAMES: Final[dict[str, str]] = {  # what is told without saying who did it
    "unconfirmed": mark("Su voto sobre «%(title)s» no cuenta mientras no lo confirme, y la votación cierra pronto"),
    "overdue": mark("Lleva cinco días hábiles aprobada sin incorporarse: «%(title)s»"),
    "text_changed": mark("El texto cambió durante la votación, que sigue sobre la versión nueva: «%(title)s»"),
    "consultation": mark("Se abrió la consulta sobre «%(title)s»"),
    "consultation_extended": mark("La consulta sobre «%(title)s» se prorrogó"),
    "silence": mark("Se abrió un procedimiento de silencio: se aprueba «%(title)s» si nadie lo interrumpe"),
    "second_call": mark("Se abrió la segunda convocatoria sobre «%(title)s»; los votos dados se conservan"),
    "objection_submitted": mark("Su objeción formal a «%(title)s» se somete a la decisión del grupo"),
    "collided": mark("El texto vigente cambió en los mismos pasajes: presente una versión nueva de «%(title)s»"),
    "edition": mark("Se publicó la edición «%(title)s»"),
    "your_turn": mark("Le toca votar: se abrió la votación sobre «%(title)s»"),
    "extended": mark("La votación sobre «%(title)s» se prorrogó"),
    "extension_declined": mark("No se concedió la prórroga pedida para «%(title)s»"),
    "reconfirm": mark("El texto de «%(title)s» cambió después de su voto: confírmelo o cámbielo"),
    "merged": mark("Se incorporó al texto vigente: «%(title)s»"),
    "followed_up": mark("La coordinación anotó el seguimiento de «%(title)s»"),
    "ordered": mark("Cambió el orden en que se decide «%(title)s»"),
}
_CLOSING: Final[dict[tuple[str, int], str]] = {  # kind, and so many days before the close or fewer
    ("consultation_closing", 7): mark("Queda a lo sumo una semana de consulta sobre «%(title)s», y no ha comentado"),
    ("consultation_closing", 2): mark("Quedan a lo sumo dos días de consulta sobre «%(title)s», y no ha comentado"),
    ("consultation_closing", 0): mark("Hoy cierra la consulta sobre «%(title)s», y usted no ha comentado"),
    ("closing", 7): mark("Queda a lo sumo una semana para votar «%(title)s», y usted no se ha pronunciado"),
    ("closing", 2): mark("Quedan a lo sumo dos días para votar «%(title)s», y usted no se ha pronunciado"),
    ("closing", 0): mark("Hoy cierra la votación sobre «%(title)s», y usted no se ha pronunciado"),
    ("silence_closing", 7): mark(
        "Queda a lo sumo una semana de silencio sobre «%(title)s»; usted no se ha pronunciado"
    ),
    ("silence_closing", 2): mark("Quedan a lo sumo dos días de silencio sobre «%(title)s»; usted no se ha pronunciado"),
    ("silence_closing", 0): mark("Hoy termina el silencio sobre «%(title)s», y usted no se ha pronunciado"),
}
CLOSING_KINDS: Final = frozenset(kind for kind, _days in _CLOSING)
#: Kinds that say until when something is open.
_OPEN: Final = frozenset(
    {
        *("consultation", "consultation_extended", "your_turn", "silence", "second_call", "objection_submitted"),
        *("extended", "reconfirm", "text_changed", *CLOSING_KINDS),
    }
)
_DECIDED: Final[dict[str, str]] = {  # how the ballot ended
    "approved": mark("Se aprobó «%(title)s»"),
    "not_approved": mark("No se aprobó «%(title)s»"),
    "no_quorum": mark("Quedó sin decisión por falta de quórum: «%(title)s»"),
    "superseded": mark("La votación sobre «%(title)s» quedó sin efecto"),
    "suspended": mark("Se suspendió la votación sobre «%(title)s»"),
}
_NAMED: Final[dict[str, str]] = {
    "silence_interrupted": mark("%(who)s interrumpió el silencio sobre «%(title)s»"),
    "reminder": mark("%(who)s le recuerda que falta su posición sobre «%(title)s»"),
    "objection": mark("%(who)s presentó una objeción formal a «%(title)s»"),
    "objection_lifted": mark("%(who)s retiró su objeción formal a «%(title)s»"),
    "mention": mark("%(who)s se dirige a usted en «%(title)s»"),
}
_REGISTERED: Final[dict[str, str]] = {  # what the coordination entered in the person's name
    "vote_registered": mark("%(who)s registró su voto sobre «%(title)s»"),
    "submitted": mark("%(who)s registró su propuesta «%(title)s»"),
    "revised": mark("%(who)s registró una versión nueva de su propuesta «%(title)s»"),
    "comment_registered": mark("%(who)s registró su comentario sobre «%(title)s»"),
    "lifting_registered": mark(
        "%(who)s registró por teléfono el retiro de su objeción formal a «%(title)s»: confírmelo"
    ),
    "objection_lifted": mark("%(who)s registró el retiro de su objeción formal a «%(title)s»"),
}
_COAUTHOR: Final[dict[str, str]] = {  # between the proposer and whom they write with
    "coauthor_invited": mark("%(who)s le invita a escribir en coautoría «%(title)s»"),
    "coauthor_accepted": mark("%(who)s aceptó escribir en coautoría «%(title)s»"),
    "coauthor_declined": mark("%(who)s no aceptó escribir en coautoría «%(title)s»"),
    "coauthor_left": mark("%(who)s dejó la coautoría de «%(title)s»"),
    "coauthor_removed": mark("%(who)s puso fin a su coautoría de «%(title)s»"),
    "revised": mark("%(who)s presentó una versión nueva de su propuesta común «%(title)s»"),
}
_ACCOUNT: Final[dict[str, str]] = {  # what was done to the reader's account
    account_notices.LINK_MAILED: mark(
        "%(who)s hizo un enlace para una contraseña nueva de su cuenta; se le envió a usted por correo"
    ),
    account_notices.LINK_SHOWN: mark("%(who)s tiene un enlace con el que se pone una contraseña nueva a su cuenta"),
    account_notices.LINK_ASKED: mark("Alguien pidió en la página de entrada una contraseña nueva para su cuenta"),
    account_notices.CHANGED_BY_SELF: mark("La contraseña de su cuenta se cambió desde su perfil"),
    account_notices.SET_ON_SERVER: mark("Quien administra la instalación puso otra contraseña a su cuenta"),
    account_notices.ACCOUNT_CLOSED: mark("%(who)s dejó su cuenta fuera de uso"),
    account_notices.ACCOUNT_OPENED: mark("%(who)s volvió a poner su cuenta en uso"),
    account_notices.FACTOR_CHANGED: mark("El segundo paso de su cuenta cambió"),
    account_notices.RECOVERY_CODE_USED: mark("Se usó un código de recuperación de su cuenta"),
    account_notices.CERTIFICATION: mark("Su certificación de instructor experto vence dentro de poco"),
    account_notices.CERTIFICATION_OF: mark("La certificación de %(who)s como instructor experto vence dentro de poco"),
}
_FORGOTTEN: Final = (
    mark("%(who)s quitó el segundo paso de su cuenta"),
    mark("Quien administra la instalación quitó el segundo paso de su cuenta"),
)
_LINK_USED: Final = (  # made by somebody, or asked for on the sign-in page
    mark("La contraseña de su cuenta se cambió con el enlace que hizo %(who)s"),
    mark("La contraseña de su cuenta se cambió con el enlace que se pidió en la página de entrada"),
)


def of_account(kind: str, who: str, language: str) -> str:
    """Say in one sentence what was done to an account; `who` is empty where nobody of the group did it."""
    by_kind = {account_notices.LINK_USED: _LINK_USED, account_notices.FACTOR_FORGOTTEN: _FORGOTTEN}
    said = by_kind[kind][0 if who else 1] if kind in by_kind else _ACCOUNT[kind]
    return i18n.text(language, said, who=who)


#: All there are; `docs/notices.md` says who is told each.
KINDS: Final = frozenset({*WITHOUT_NAMES, *CLOSING_KINDS, *_NAMED, "decided", "registered", "coauthor", "comment"})


def headline(owed: Owed, language: str, *, own: bool) -> str:
    """Say a notice in one sentence; `own`: it is about the reader's own proposal."""
    if owed.kind in account_notices.KINDS:
        return of_account(owed.kind, owed.by, language)
    return i18n.text(language, _sentence(owed, own=own), who=owed.by, title=owed.title)


def _sentence(owed: Owed, *, own: bool) -> str:
    if owed.kind == "registered":
        return _REGISTERED[owed.act]
    if owed.kind == "coauthor":
        return _COAUTHOR.get(owed.act) or _said(owed, own=own)
    if owed.kind == "decided":
        return _DECIDED[owed.facts["outcome"]]
    if (owed.kind, owed.facts.get("days")) in _CLOSING:
        return _CLOSING[owed.kind, owed.facts["days"]]
    if owed.kind == "your_turn" and owed.act == "content_withdrawn":
        return mark("Se retiró un texto por confidencialidad: presente una versión nueva de «%(title)s»")
    return WITHOUT_NAMES.get(owed.kind) or _said(owed, own=own)


def _said(owed: Owed, *, own: bool) -> str:
    """Return the sentence of what somebody said."""
    if owed.kind in _NAMED and not (owed.kind == "mention" and own and owed.replacement is not None):
        return _NAMED[owed.kind]
    if owed.replacement is not None and own:
        return mark("%(who)s sugiere otro texto para su propuesta «%(title)s»")
    return mark("%(who)s comenta su propuesta «%(title)s»") if own else mark("%(who)s responde en «%(title)s»")


def until(owed: Owed, language: str, zone: str) -> str:
    """Say until when what a notice opened or extended is open, in a reader's zone; empty where nothing is."""
    closes_at = owed.facts.get("closes_at")
    if not closes_at or owed.kind not in _OPEN:
        return ""
    when = i18n.instant(datetime.fromisoformat(closes_at), language, zone)
    return i18n.text(language, "Abierta hasta el %(when)s", when=when)
