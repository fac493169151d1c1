"""The states and kinds of proposals in the reader's language, and what one changes («Qué cambia»)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reviewtool.rules.lifecycle import State
from reviewtool.services import telling
from reviewtool.services.comparing import Compared, Pair
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, mark, quoted

STATES: dict[str, tuple[str, str, str]] = {  # state -> label, tone and symbol of its tag
    State.consultation: (mark("En consulta"), "neutral", "comment"),
    State.awaiting_decision: (mark("Por someter a decisión"), "warn", "clock"),
    State.voting: (mark("En votación"), "warn", "clock"),
    State.approved: (mark("Aprobada (pendiente de incorporar)"), "good", "yes"),
    State.merged: (mark("Incorporada al texto"), "good", "check"),
    State.not_approved: (mark("No aprobada"), "bad", "no"),
    State.no_decision: (mark("Sin decisión"), "neutral", "minus"),
    State.withdrawn: (mark("Retirada por su proponente"), "neutral", "minus"),
}
KINDS: dict[str, str] = {
    "form": mark("Corrección de forma"),
    "substance": mark("Cambio de fondo"),
    "update": mark("Actualización"),
    "adaptation": mark("Adaptación"),
    "new": mark("Material nuevo"),
}


@dataclass(frozen=True)
class StateTag:
    """How a state is shown."""

    text: str
    tone: str
    symbol: str


def state_tag(state: str) -> StateTag:
    """Say a proposal's state in the reader's language, with the look of its tag."""
    label, tone, symbol = STATES[state]
    return StateTag(_(label), tone, symbol)


def kind(code: str) -> str:
    """Say the kind of change in the reader's language."""
    return _(KINDS[code]) if code in KINDS else code


def summary(documents: Sequence[tuple[Pair, Compared]]) -> list[Markup]:
    """Say what a proposal changes in at most five lines; what they quote of its documents is marked as such."""
    spoken = {compared.language for _pair, compared in documents if compared.language}
    code = spoken.pop() if len(spoken) == 1 else ""
    return [quoted(line, code) for line in telling.lines(documents, language())]
