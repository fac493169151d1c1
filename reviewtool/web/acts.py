"""Acts in words: what each kind of act is called, and a sentence for one act. The one place that tells acts.

The sentences leave out who acted, which stands beside them, and take the seats' names from whoever shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviewtool.rules.voting import OpinionStance, Position
from reviewtool.services.logbook import Entry
from reviewtool.web.follow_up_rows import recipient_name, step_name
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localtime, mark
from reviewtool.web.positions import SHOWN, STANCES, outcome_name, position_name, received_by

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Family:
    """Kinds of acts that belong together, by the word that the address says and by a name."""

    key: str
    name: str
    kinds: Mapping[str, str]  # kind -> what such an act is called


FAMILIES = (
    Family(
        "texto",
        mark("Propuestas y versiones"),
        {
            "submitted": mark("Propuesta presentada"),
            "revised": mark("Versión nueva"),
            "coauthor_invited": mark("Invitación a la coautoría"),
            "coauthor_accepted": mark("Coautoría aceptada"),
            "coauthor_declined": mark("Coautoría no aceptada"),
            "coauthor_left": mark("Coautoría dejada"),
            "coauthor_removed": mark("Coautoría terminada por quien propone"),
            "followed_up": mark("Seguimiento anotado"),
            "withdrawn": mark("Propuesta retirada"),
            "reopened": mark("Propuesta retomada"),
            "merged": mark("Incorporación al texto"),
            "collided": mark("Choque con el texto vigente"),
            "overdue": mark("Cinco días hábiles sin incorporarse"),
        },
    ),
    Family(
        "comentarios",
        mark("Comentarios y sugerencias"),
        {
            "commented": mark("Comentario"),
            "comment_registered": mark("Comentario registrado por la coordinación"),
            "replied": mark("Respuesta"),
            "comment_edited": mark("Comentario modificado"),
            "thread_resolved": mark("Comentario resuelto"),
            "thread_reopened": mark("Comentario abierto de nuevo"),
            "suggestion_declined": mark("Sugerencia no aceptada"),
            "suggestion_adopted": mark("Sugerencia que un miembro hizo suya"),
            "attached": mark("Archivo adjunto"),
            "content_withdrawn": mark("Retiro por confidencialidad"),
        },
    ),
    Family(
        "plazos",
        mark("Plazos"),
        {
            "consultation_extended": mark("Consulta prorrogada"),
            "consultation_closed": mark("Consulta terminada"),
            "ballot_extended": mark("Votación prorrogada"),
            "extension_asked": mark("Prórroga pedida"),
            "extension_declined": mark("Prórroga denegada"),
            "closing_soon": mark("Aviso de un cierre próximo"),
            "ordered": mark("Orden entre propuestas"),
        },
    ),
    Family(
        "votacion",
        mark("Votaciones"),
        {
            "ballot_opened": mark("Votación abierta"),
            "ballot_continued": mark("Votación que sigue sobre una versión nueva"),
            "voted": mark("Voto"),
            "vote_registered": mark("Voto registrado por la coordinación"),
            "vote_confirmed": mark("Voto confirmado"),
            "reminded": mark("Recordatorio a quienes faltan por votar"),
            "unconfirmed": mark("Recordatorio de votos por confirmar"),
            "opinion_given": mark("Parecer"),
            "amendment_asked": mark("Enmienda pedida"),
            "silence_interrupted": mark("Silencio interrumpido"),
            "ballot_closed": mark("Votación terminada"),
        },
    ),
    Family(
        "objeciones",
        mark("Objeciones formales"),
        {
            "objection_raised": mark("Objeción formal presentada"),
            "objection_lifted": mark("Objeción formal retirada"),
            "lifting_registered": mark("Retiro de una objeción formal por confirmar"),
        },
    ),
)
_SHORT: dict[str, str] = {  # a sentence without facts
    "coauthor_accepted": mark("Aceptó la coautoría"),
    "coauthor_declined": mark("No aceptó la coautoría"),
    "coauthor_left": mark("Dejó la coautoría"),
    "withdrawn": mark("Retiró la propuesta"),
    "reopened": mark("Retomó la propuesta en consulta"),
    "merged": mark("Incorporó el cambio al texto vigente"),
    "commented": mark("Escribió un comentario"),
    "replied": mark("Respondió a un comentario"),
    "comment_edited": mark("Modificó su comentario"),
    "thread_resolved": mark("Dio por resuelto un comentario"),
    "thread_reopened": mark("Volvió a abrir un comentario"),
    "suggestion_declined": mark("Respondió que no acepta una sugerencia"),
    "suggestion_adopted": mark("Hizo suya una sugerencia"),
    "attached": mark("Adjuntó un archivo"),
    "content_withdrawn": mark("Retiró un texto por confidencialidad"),
    "consultation_closed": mark("Terminó la consulta"),
    "extension_declined": mark("Denegó la prórroga"),
    "overdue": mark("Lleva cinco días hábiles aprobada sin incorporarse"),
    "collided": mark("El texto vigente cambió en los mismos pasajes"),
    "closing_soon": mark("Avisó del cierre próximo a los puestos que no se habían pronunciado"),
    "reminded": mark("Recordó la votación a los puestos que no se habían pronunciado"),
    "unconfirmed": mark("Recordó que faltan votos por confirmar antes del cierre"),
    "amendment_asked": mark("Pidió suspender la votación para enmendar el texto"),
}


def kinds_of(asked: str) -> tuple[str, ...]:
    """Return the kinds that a word of the address asks: one kind, or those of a family; nothing for any other word."""
    for family in FAMILIES:
        if asked == family.key:
            return tuple(family.kinds)
        if asked in family.kinds:
            return (asked,)
    return ()


def told(entry: Entry, seats: Mapping[str, str]) -> str:
    """Say one act in the reader's language; `seats` are their names by key. A kind nobody knows is said by its code."""
    seat = seats.get(entry.facts.get("seat", ""), entry.facts.get("seat", ""))
    if entry.hidden:
        return _("Voto de %(seat)s, que se conocerá al terminar la votación", seat=seat)
    if entry.kind in _SHORT:
        return _(_SHORT[entry.kind])
    tell = _TOLD.get(entry.kind)
    return tell(entry.facts, seat) if tell else entry.kind


def reason(entry: Entry) -> str:
    """Return why somebody acted so, in their own words on one line, where they said it."""
    return " ".join(str(entry.facts.get("reason") or entry.facts.get("note") or "").split())


def _ballot_opened(facts: Facts, _seat: str) -> str:
    if facts.get("purpose") == "override":
        return _("Abrió la votación %(number)s, sobre la objeción formal", number=facts["ballot"])
    return _(
        "Abrió la votación %(number)s, sobre la versión %(version)s", number=facts["ballot"], version=facts["revision"]
    )


def _position(facts: Facts) -> str:
    recused, *_look = SHOWN["recused"]  # not as its owner says it: «Me excuso»
    said = _(recused) if facts["position"] == Position.recused else position_name(facts["position"])
    return _("%(position)s, ad referéndum", position=said) if facts.get("ad_referendum") else said


def _registered(facts: Facts, seat: str) -> str:
    return _(
        "Registró el voto de %(seat)s según %(channel)s: %(position)s",
        seat=seat,
        channel=received_by(facts["channel"], facts.get("reference")),
        position=_position(facts),
    )


def _lifted(facts: Facts, seat: str) -> str:
    if "channel" not in facts:
        return _("Retiró la objeción formal de %(seat)s", seat=seat)
    received = received_by(facts["channel"], facts.get("reference"))
    return _("Registró el retiro de la objeción formal de %(seat)s según %(channel)s", seat=seat, channel=received)


def _submitted(facts: Facts, _seat: str) -> str:
    if "channel" not in facts:
        return _("Presentó la propuesta")
    received = received_by(facts["channel"], facts.get("reference"))
    return _("Registró la propuesta de %(who)s según %(channel)s", who=facts["name"], channel=received)


def _revised(facts: Facts, _seat: str) -> str:
    if "channel" not in facts:
        return _("Presentó la versión %(version)s", version=facts["revision"])
    return _(
        "Registró la versión %(version)s de %(who)s según %(channel)s",
        version=facts["revision"],
        who=facts["name"],
        channel=received_by(facts["channel"], facts.get("reference")),
    )


def _lifting_registered(facts: Facts, seat: str) -> str:
    received = received_by(facts["channel"], facts.get("reference"))
    return _(
        "Registró que se retira la objeción formal de %(seat)s según %(channel)s, por confirmar",
        seat=seat,
        channel=received,
    )


def _until(facts: Facts) -> str:
    return localtime(datetime.fromisoformat(facts["closes_at"]))


def _ordered(facts: Facts, _seat: str) -> str:
    if facts["first"] is None:
        return _("Quitó la espera por otra propuesta")
    return _("Decidió que se decide primero P-%(first)s", first=facts["first"])


_TOLD: dict[str, Callable[[Facts, str], str]] = {
    "submitted": _submitted,
    "revised": _revised,
    "consultation_extended": lambda facts, _seat: _("Prorrogó la consulta hasta el %(when)s", when=_until(facts)),
    "comment_registered": lambda facts, _seat: _(
        "Registró un comentario de %(who)s según %(channel)s",
        who=facts["name"],
        channel=received_by(facts["channel"], facts.get("reference")),
    ),
    "ballot_opened": _ballot_opened,
    "ballot_continued": lambda facts, _seat: _(
        "La votación %(before)s sigue como votación %(number)s, sobre la versión %(version)s, hasta el %(when)s",
        before=facts["before"],
        number=facts["ballot"],
        version=facts["revision"],
        when=_until(facts),
    ),
    "ballot_extended": lambda facts, _seat: _(
        "Prorrogó la votación %(number)s hasta el %(when)s", number=facts["ballot"], when=_until(facts)
    ),
    "extension_asked": lambda _facts, seat: _("Pidió una prórroga en nombre de %(seat)s", seat=seat),
    "voted": lambda facts, seat: _("Voto de %(seat)s: %(position)s", seat=seat, position=_position(facts)),
    "vote_registered": _registered,
    "vote_confirmed": lambda facts, seat: _(
        "Confirmó el voto de %(seat)s: %(position)s", seat=seat, position=_position(facts)
    ),
    "opinion_given": lambda facts, _seat: _(
        "Dio su parecer: %(stance)s", stance=_(STANCES[OpinionStance(facts["stance"])][0])
    ),
    "silence_interrupted": lambda _facts, seat: _("Interrumpió el silencio en nombre de %(seat)s", seat=seat),
    "ballot_closed": lambda facts, _seat: _(
        "Terminó la votación %(number)s: %(outcome)s", number=facts["ballot"], outcome=outcome_name(facts["outcome"])
    ),
    "coauthor_invited": lambda facts, _seat: _("Invitó a %(who)s a la coautoría", who=facts["whom"]),
    "coauthor_removed": lambda facts, _seat: _("Puso fin a la coautoría de %(who)s", who=facts["whom"]),
    "ordered": _ordered,
    "followed_up": lambda facts, _seat: _(
        "Anotó el seguimiento: %(step)s (%(recipient)s)",
        step=step_name(facts["step"]),
        recipient=recipient_name(facts["recipient"]),
    ),
    "objection_raised": lambda _facts, seat: _("Presentó una objeción formal en nombre de %(seat)s", seat=seat),
    "objection_lifted": _lifted,
    "lifting_registered": _lifting_registered,
}
TELLS = frozenset(_SHORT) | frozenset(_TOLD)  # the kinds that have a sentence
