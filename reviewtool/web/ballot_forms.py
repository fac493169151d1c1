"""The forms of the acts of a decision: title, what the act does, fields with what was typed, the button.

The same form stands alone on a page (`ballots/act.html`) and, for voting and opinions, in the panel of the proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from flask import request, url_for

from reviewtool.clock import now
from reviewtool.group import Group
from reviewtool.models import Opinion
from reviewtool.rules import calendar
from reviewtool.rules.lifecycle import State
from reviewtool.rules.voting import VOTE_CHOICES, OpinionStance, Position, needs_reason
from reviewtool.services import rulesets
from reviewtool.web import since_vote
from reviewtool.web.case import Case
from reviewtool.web.closings import deadline
from reviewtool.web.database import reading, workshop
from reviewtool.web.holidays import warning
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import ngettext
from reviewtool.web.offers import label
from reviewtool.web.positions import CHANNELS, HINTS, POSITIONS, PRESETS, SHOWN, STANCES, position_name
from reviewtool.web.seats import by_name, seat_name
from reviewtool.web.since_vote import SinceVote
from reviewtool.web.standing import closing

Option = tuple[str, str, str, bool]  # value, text, hint (of a select: language of the text), needs a reason


@dataclass(frozen=True)
class Field:
    """One field; kinds: textarea, reason (needed for some positions), text, date, number, select, choices, checkbox."""

    name: str
    label: str
    kind: str = "textarea"
    value: str = ""
    hint: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Form:
    """A form: `quote` is a text one should have before one's eyes, `hidden` the fields nobody types."""

    act: str
    title: str
    lead: str
    url: str
    button: str
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    quote: str = ""
    confirm: str = ""  # asked once more before it is sent
    since: SinceVote | None = None  # what changed since the reader's vote


def build(act: str, case: Case, *, objection_id: int | None = None) -> Form:
    """Return the form of an act, with what was typed where it was sent before."""
    form = _lift(case, objection_id) if act == "lift" else _BUILDERS[act](case)
    return with_typed(form)


def with_typed(form: Form) -> Form:
    """Return a form with what was typed, where it was sent before."""
    return replace(form, fields=tuple(_typed(each) for each in form.fields)) if request.method == "POST" else form


def _typed(given: Field) -> Field:
    if given.kind == "checkbox":
        return replace(given, value="1" if given.name in request.form else "")
    return replace(given, value=request.form.get(given.name, given.value))


def _reason(text: str = "", hint: str = "") -> Field:
    return Field("reason", text or _("Motivo"), hint=hint or _("Queda en la constancia de decisión."), required=True)


def _form(act: str, case: Case, title: str, lead: str, *fields: Field, notes: tuple[str, ...] = ()) -> Form:
    url = url_for(f"ballots.{act}", number=case.number)
    return Form(act, title, lead, url, label(act), fields, notes=notes)


def vote(case: Case) -> Form:
    """Return the form of the reader's vote in the open ballot, the present one or the earlier one filled in."""
    own = case.said
    present = own.position if own else ""
    positions = Field("position", _("Su posición"), "choices", present, required=True, options=_vote_options())
    ad_referendum = Field(
        "ad_referendum",
        _("Ad referéndum: debo confirmarlo con mi administración"),
        "checkbox",
        "1" if own and own.ad_referendum and not own.confirmed else "",
        _("Solo a favor. Se muestra, y cuenta solo cuando usted lo confirme."),
    )
    reason = Field(
        "reason", _("Motivo"), "reason", own.reason if own else "", _("Lo verán todas las administraciones.")
    )
    silence = case.is_silence
    fields = (reason,) if silence else (positions, ad_referendum, reason)
    hidden = (*_of_ballot(case), *((("position", Position.no_objection.value),) if silence else ()))
    form = _form("vote", case, vote_heading(case), vote_lead(case), *fields)
    button = _("Sin objeción") if silence else _("Cambiar su voto") if own else _("Emitir su voto")
    return replace(form, button=button, hidden=hidden)


def _vote_options() -> tuple[Option, ...]:
    hints = {position: _(hint) for position, hint in HINTS.items()}
    return tuple((each.value, _(POSITIONS[each]), hints.get(each, ""), needs_reason(each)) for each in VOTE_CHOICES)


def vote_heading(case: Case) -> str:
    """Say whose vote it is: the member's, or the administration's."""
    if workshop().group.unit == "administration" and case.seat is not None:
        return _("Voto de %(seat)s", seat=seat_name(case.seat))
    return _("Su respuesta") if case.is_silence else _("Su voto")


def vote_lead(case: Case) -> str:
    """Say what one votes on and until when it may be changed."""
    if case.ballot is None:
        return ""
    version = case.ballot.revision
    if case.ballot.purpose == "override":
        return _("Se decide si se sigue adelante pese a la objeción formal. A favor significa seguir adelante.")
    if case.is_in_form_list:
        return _("Corrección de forma anunciada en una lista. Si nadie la separa hasta el cierre, se aprueba.")
    if case.is_silence:
        return _("Sobre la versión %(version)s. Si nadie interrumpe el silencio, se aprueba.", version=version)
    return _("Sobre la versión %(version)s. Puede cambiarlo hasta el cierre.", version=version)


def _confirm(case: Case) -> Form:
    own = case.said
    lead = _("Su voto: %(position)s.", position=position_name(own.position)) if own else ""
    form = _form("confirm", case, _("Confirmar su voto en P-%(number)s", number=case.number), lead)
    since, quote = since_vote.of(reading(), case), own.reason if own else ""
    return replace(form, hidden=_of_ballot(case), since=since, quote=quote)


def _of_ballot(case: Case) -> tuple[tuple[str, str], ...]:
    return (("ballot", str(case.ballot.number if case.ballot else 0)),)


def _interrupt(case: Case) -> Form:
    lead = _(
        "La votación se detiene, se abre una objeción formal de su puesto y la coordinación decide cómo seguir: una "
        "versión nueva, una votación o una reunión."
    )
    form = _form("interrupt", case, _("Interrumpir el silencio en P-%(number)s", number=case.number), lead, _reason())
    return replace(form, hidden=_of_ballot(case))


def opinion(case: Case, own: Opinion | None = None) -> Form:
    """Return the form of an observer's opinion on the newest version, the present one filled in."""
    options = tuple((stance.value, _(STANCES[stance][0]), "", False) for stance in OpinionStance)
    form = _form(
        "opinion",
        case,
        _("Su parecer"),
        _("Sobre la versión %(version)s. No cuenta para el resultado.", version=case.proposal.latest),
        Field("stance", _("Su parecer"), "choices", own.stance if own else "", required=True, options=options),
        Field("reason", _("Motivo"), value=own.reason if own else "", id="opinion-reason"),
    )
    return replace(form, hidden=(("revision", str(case.proposal.latest)),))


def _ask_extension(case: Case) -> Form:
    lead = _("Se pide una sola vez en cada consulta o votación. La coordinación responde.")
    return _form("ask_extension", case, _("Solicitar prórroga en P-%(number)s", number=case.number), lead, _reason())


def _object(case: Case) -> Form:
    lead = _(
        "Impide incorporar el cambio hasta que su puesto la retire o el grupo decida. Abre una conversación propia."
    )
    hint = _("Diga qué habría que cambiar para retirarla. Lo verán todas las administraciones.")
    title = _("Plantear una objeción formal a P-%(number)s", number=case.number)
    return _form("object", case, title, lead, _reason(_("Motivo de la objeción"), hint))


def _lift(case: Case, objection_id: int | None) -> Form:
    objection = next((each for each in case.objections if each.id == objection_id), None)
    title = _("Retirar la objeción formal a P-%(number)s", number=case.number)
    why = Field("reason", _("Por qué se retira"), value=objection.lifting_reason if objection else "")
    url = url_for("ballots.lift", number=case.number, objection_id=objection_id)
    lead = _("La objeción deja de impedir que el cambio se incorpore. Lo que dice queda en la constancia.")
    return Form("lift", title, lead, url, _("Retirar la objeción"), (why,), quote=objection.reason if objection else "")


def _open_one(case: Case) -> Form:
    group = workshop().group
    paths = [touch.path for touch in case.revision.touches]
    early = case.state is State.consultation
    rules = rulesets.rules_for(reading(), group, paths, preset=case.proposal.preset)
    closes = rulesets.closing(reading(), group, now(), rules.decision_days)
    notes = [_("El texto de la versión %(version)s queda fijo hasta el cierre.", version=case.proposal.latest)]
    if rules.revisions_during_vote:
        notes = [_("Quien propone puede presentar otra versión: lo votado queda por confirmar y el cierre se corre.")]
    if early and case.proposal.consultation_closes_at is not None:
        notes.append(_("La consulta sigue abierta. %(closes)s", closes=closing(case.proposal.consultation_closes_at)))
    fields = [
        _preset(case, paths, rules.preset),
        *_close(group, calendar.day_of(closes, rulesets.calendar_of(reading(), group))),
    ]
    why = _reason(_("Por qué se abre antes de que termine la consulta")) if early else Field("reason", _("Nota"))
    lead = _(
        "Se propone el cierre a los %(days)s días hábiles. Todos los puestos reciben un aviso.",
        days=rules.decision_days,
    )
    title = _("Abrir la votación de P-%(number)s", number=case.number)
    return _form("open_one", case, title, lead, *fields, why, notes=tuple(notes))


def _preset(case: Case, paths: list[str], chosen: str) -> Field:
    session, group = reading(), workshop().group
    kept = {rulesets.rules_for(session, group, paths, preset=name) for name in PRESETS}
    names = [chosen] if len(kept) == 1 else list(PRESETS)
    options = tuple((name, _(PRESETS[name]) if name in PRESETS else name, "", False) for name in names)
    hint = _("Las reglas del grupo fijan el procedimiento para estos documentos.") if len(names) == 1 else ""
    return Field("preset", _("Procedimiento"), "select", chosen, hint, required=True, options=options)


def _close(group: Group, day: object) -> tuple[Field, ...]:
    chosen = request.form.get("closes_on", str(day)) if request.method == "POST" else str(day)
    asked = warning(chosen)
    hour = rulesets.calendar_of(reading(), group).closing_time.strftime("%H:%M")
    hint = _("Cierra a las %(hour)s, hora del grupo. Debe ser un día hábil.", hour=hour)
    found = [Field("closes_on", _("Día del cierre"), "date", str(day), hint, required=True)]
    if asked:
        found.append(Field("keep", _("Mantener el cierre ese día"), "checkbox", "", asked))
    return tuple(found)


def _days(value: str = "5") -> Field:
    return Field("days", _("Días hábiles"), "number", value, required=True)


def _extend(case: Case) -> Form:
    closes = deadline(case.ballot.closes_at) if case.ballot else ""
    lead = _("Ahora cierra el %(day)s. El cierre se corre esos días hábiles; los votos quedan como están.", day=closes)
    title = _("Prorrogar la votación de P-%(number)s", number=case.number)
    return _form("extend", case, title, lead, _days(), _reason(), notes=asked(case))


def _extend_consultation(case: Case) -> Form:
    closes = case.proposal.consultation_closes_at
    lead = _("Ahora cierra el %(day)s.", day=deadline(closes)) if closes else ""
    title = _("Prorrogar la consulta de P-%(number)s", number=case.number)
    return _form("extend_consultation", case, title, lead, _days(), _reason(), notes=asked(case))


def asked(case: Case) -> tuple[str, ...]:
    """Say which seats ask for more time, and why."""
    return tuple(
        _("%(seat)s pide prórroga: «%(reason)s»", seat=seat_name(each.seat), reason=each.reason)
        for each in case.requests
    )


def _decline_extension(case: Case) -> Form:
    title = _("Denegar la prórroga en P-%(number)s", number=case.number)
    lead = _("El cierre queda como está y quien la pidió recibe su respuesta.")
    return _form("decline_extension", case, title, lead, _reason(), notes=asked(case))


def _suspend(case: Case) -> Form:
    lead = _("La votación termina sin decisión para que el texto se corrija. Después se vuelve a preguntar a todos.")
    count = len(case.votes)
    lost = (
        ngettext(
            "%(num)s voto ya emitido queda guardado y no cuenta para la próxima.",
            "%(num)s votos ya emitidos quedan guardados y no cuentan para la próxima.",
            count,
        )
        if count
        else ""
    )
    title = _("Suspender la votación de P-%(number)s", number=case.number)
    return _form("suspend", case, title, lead, _reason(), notes=(lost,) if lost else ())


def _close_now(case: Case) -> Form:
    lead = _("Se decide ahora con los votos emitidos: nada de lo que falta puede cambiar el resultado.")
    return _form("close", case, _("Cerrar la votación de P-%(number)s", number=case.number), lead, _reason())


def _register(case: Case) -> Form:
    present = {vote.seat.key: position_name(vote.position) for vote in case.votes}
    seats = tuple(
        (
            seat.key,
            _("%(seat)s (ya votó: %(position)s)", seat=seat_name(seat), position=present[seat.key])
            if seat.key in present
            else seat_name(seat),
            "",
            False,
        )
        for seat in by_name(case.roll.seats)
        if seat.votes
    )
    allowed = [Position.no_objection, Position.recused] if case.is_silence else list(VOTE_CHOICES)
    names = {**POSITIONS, Position.recused: SHOWN["recused"][0]}  # said of somebody else
    positions = tuple((each.value, _(names[each]), "", needs_reason(each)) for each in allowed)
    form = _form(
        "register",
        case,
        _("Registrar un voto recibido en P-%(number)s", number=case.number),
        _(
            "Quien ocupa el puesto recibe un aviso enseguida y puede corregirlo hasta el cierre. Lo recibido por "
            "teléfono cuenta solo cuando lo confirme."
        ),
        Field("seat", _("Puesto"), "select", required=True, options=seats),
        Field("position", _("Posición"), "choices", required=True, options=positions),
        *received_fields(CHANNELS),
        Field("reason", _("Motivo"), "reason", "", _("Lo verán todas las administraciones.")),
    )
    return replace(form, hidden=_of_ballot(case))


def received_fields(channels: Iterable[str]) -> tuple[Field, ...]:
    """Return the fields that ask how something reached the coordination: channel, day, reference."""
    names = [(code, _(CHANNELS[code])) for code in channels]
    options = tuple((code, name[:1].upper() + name[1:], "", False) for code, name in names)
    return (
        Field("channel", _("Cómo se recibió"), "select", "note", required=True, options=options),
        Field("received_on", _("Fecha en que se recibió"), "date", today(), required=True),
        Field("reference", _("Número o referencia"), "text", hint=_("Por ejemplo: N.º 114"), required=True),
    )


def today() -> str:
    """Return the group's day as a form has it."""
    return str(calendar.day_of(now(), rulesets.calendar_of(reading(), workshop().group)))


def _call_again(case: Case) -> Form:
    lead = _(
        "Mismo texto; los votos emitidos se conservan y pueden cambiarse. Tiene plazo y quórum propios, y es la última."
    )
    return _form("call_again", case, _("Segunda convocatoria de P-%(number)s", number=case.number), lead, _reason())


def _submit_objection(case: Case) -> Form:
    lead = _("El grupo vota si se sigue adelante pese a la objeción: dos tercios, con quórum. La objeción se cita.")
    form = _form("submit_objection", case, _("Someter la objeción a P-%(number)s", number=case.number), lead, _reason())
    return replace(form, quote="\n".join(f"{seat_name(each.seat)}: {each.reason}" for each in case.open_objections))


def _ask_amendment(case: Case) -> Form:
    lead = _(
        "El texto no cambia mientras se vota. La coordinación puede suspender la votación para que usted lo corrija."
    )
    return _form("ask_amendment", case, _("Pedir la enmienda de P-%(number)s", number=case.number), lead, _reason())


def _withdraw(case: Case) -> Form:
    lead = _("Lo dicho y lo votado se conserva. Podrá retomarla en consulta más adelante.")
    form = _form("withdraw", case, _("Retirar P-%(number)s", number=case.number), lead, _reason())
    return replace(form, confirm=_("La propuesta deja de discutirse y de votarse."))


def _reopen(case: Case) -> Form:
    lead = _("Vuelve a consulta con un plazo completo. Lo votado antes queda en la constancia y no decide.")
    return _form("reopen", case, _("Retomar P-%(number)s en consulta", number=case.number), lead, _reason())


_BUILDERS: Mapping[str, Callable[[Case], Form]] = {
    "vote": vote,
    "confirm": _confirm,
    "interrupt": _interrupt,
    "opinion": opinion,
    "ask_extension": _ask_extension,
    "object": _object,
    "open_one": _open_one,
    "extend": _extend,
    "extend_consultation": _extend_consultation,
    "decline_extension": _decline_extension,
    "suspend": _suspend,
    "close": _close_now,
    "register": _register,
    "call_again": _call_again,
    "submit_objection": _submit_objection,
    "ask_amendment": _ask_amendment,
    "withdraw": _withdraw,
    "reopen": _reopen,
}
