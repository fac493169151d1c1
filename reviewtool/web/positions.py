"""The names of positions, opinions, outcomes, channels and presets, and how a vote is shown. No counting."""

from __future__ import annotations

from datetime import date

from reviewtool.models import Vote
from reviewtool.rules.lifecycle import Actor
from reviewtool.rules.voting import OpinionStance, Outcome, Position
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import localdate, mark

POSITIONS: dict[Position, str] = {
    Position.for_: mark("A favor"),
    Position.for_with_remarks: mark("A favor, con observaciones"),
    Position.against: mark("En contra"),
    Position.abstain: mark("Abstención"),
    Position.recused: mark("Me excuso (conflicto de interés)"),
    Position.no_objection: mark("Sin objeción"),
}
HINTS: dict[Position, str] = {
    Position.for_with_remarks: mark("Exige motivo. Cuenta a favor."),
    Position.against: mark("Exige motivo."),
    Position.abstain: mark("Cuenta para el quórum."),
    Position.recused: mark("No cuenta para el quórum."),
}
SHOWN: dict[str, tuple[str, str, str]] = {  # mark of the strip -> text, tone and icon of the row
    "for": (mark("A favor"), "good", "yes"),
    "for_with_remarks": (mark("Con observaciones"), "good", "yes"),
    "against": (mark("En contra"), "bad", "no"),
    "abstain": (mark("Abstención"), "neutral", "minus"),
    "recused": (mark("Se excusa"), "neutral", ""),
    "to_be_confirmed": (mark("Por confirmar"), "warn", "clock"),
    "silence": (mark("Sin objeción"), "good", "check"),
    "pending": (mark("No se ha pronunciado"), "muted", ""),
}
STANCES: dict[OpinionStance, tuple[str, str, str]] = {
    OpinionStance.favourable: (mark("Favorable"), "good", "yes"),
    OpinionStance.unfavourable: (mark("Desfavorable"), "bad", "no"),
    OpinionStance.none: (mark("Sin parecer"), "muted", ""),
}
OUTCOMES: dict[Outcome, tuple[str, str]] = {
    Outcome.approved: (mark("Aprobada"), "good"),
    Outcome.not_approved: (mark("No aprobada"), "bad"),
    Outcome.no_quorum: (mark("Sin decisión por falta de quórum"), "neutral"),
    Outcome.superseded: (mark("Sin efecto"), "neutral"),
    Outcome.suspended: (mark("Suspendida"), "warn"),
}
CHANNELS: dict[str, str] = {
    "note": mark("oficio"),
    "e-mail": mark("correo electrónico"),
    "meeting": mark("reunión"),
    "telephone": mark("teléfono"),
}
PRESETS: dict[str, str] = {
    "votacion": mark("Votación"),
    "silencio": mark("Consenso con procedimiento de silencio"),
}
NEXT: dict[Actor, str] = {
    Actor.group: mark("Ahora le toca al grupo: leer, comentar y sugerir."),
    Actor.author: mark("Ahora le toca a quien propuso el cambio."),
    Actor.seats: mark("Ahora les toca a los puestos que no se han pronunciado."),
    Actor.objector: mark("Ahora le toca a quien presentó la objeción formal."),
    Actor.coordination: mark("Ahora le toca a la coordinación."),
    Actor.nobody: "",
}


def position_name(position: str) -> str:
    """Say a position as its owner chooses it."""
    return _(POSITIONS[Position(position)])


def outcome_name(outcome: str) -> str:
    """Say how a ballot ended."""
    return _(OUTCOMES[Outcome(outcome)][0])


def outcome_tone(outcome: str) -> str:
    """Return the tone of how a ballot ended."""
    return OUTCOMES[Outcome(outcome)][1]


def channel_name(channel: str) -> str:
    """Say how something reached the coordination."""
    return _(CHANNELS.get(channel, ""))


def registered(vote: Vote) -> str:
    """Say that the coordination entered a vote, and according to what; nothing for a vote its owner cast."""
    if vote.registered_by_id is None or vote.channel is None:
        return ""
    return according_to(vote.channel, vote.channel_reference, vote.channel_on)


def according_to(channel: str, reference: str, on: date | None) -> str:
    """Say that the coordination entered something, and according to what."""
    received = received_by(channel, reference)
    if on is None:
        return _("Registrado por la coordinación según %(channel)s", channel=received)
    day = localdate(on, "long")
    return _("Registrado por la coordinación según %(channel)s del %(day)s", channel=received, day=day)


def received_by(channel: str, reference: str | None) -> str:
    """Name a channel with its reference: «oficio N.º 114»."""
    return " ".join(part for part in (channel_name(channel), reference) if part)


def given_on(vote: Vote, revision: int) -> str:
    """Say what a vote said, and on which version."""
    recused, *_look = SHOWN["recused"]  # not as its owner says it: «Me excuso»
    said = _(recused) if vote.position == Position.recused else position_name(vote.position)
    return _("%(position)s, sobre la versión %(version)s", position=said, version=revision)


def unconfirmed(vote: Vote) -> str:
    """Say why a vote waits to be confirmed; nothing for one that counts."""
    if vote.confirmed:
        return ""
    said = position_name(vote.position)
    if vote.ad_referendum:
        return _("%(position)s, ad referéndum", position=said)
    return _("%(position)s, por teléfono", position=said)
