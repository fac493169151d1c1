"""What changes in a proposal, said in sentences: the lines of «Qué cambia», figures first and never more than five.

The facts are `prose.summary`'s, as `services.comparing` keeps them. The labels of states and kinds stand here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewtool.rules.lifecycle import State
from reviewtool.services.comparing import Compared, Fact, Pair, Signal
from reviewtool.services.showing import Kind
from reviewtool.web import labels
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import joined, mark, ngettext

LINES = 5
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.?\s")
_LONG = 60  # characters of a quoted text in one line

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


def summary(documents: Sequence[tuple[Pair, Compared]]) -> list[str]:
    """Say what a proposal changes in at most five lines: figures, negations, references, documents, then counts."""
    facts = [fact for _pair, compared in documents for fact in compared.facts]
    whole = [line for pair, compared in documents if (line := _document(pair, compared))]
    details = [line for fact in facts if (line := _detail(fact))]
    urgent = [line for fact, line in ((fact, _detail(fact)) for fact in facts) if line and _is_urgent(fact)]
    calm = [line for line in details if line not in urgent]
    ends = [line for line in (_counts(facts, one=len(documents) == 1), _amount(documents)) if line]
    lines = list(dict.fromkeys([*urgent, *whole, *calm]))
    most = LINES - len(ends)
    if len(lines) > most:
        left = len(lines) - most + 1
        lines = [*lines[: most - 1], ngettext("Y %(num)s cambio más", "Y %(num)s cambios más", left)]
    return [*lines, *ends]


def _is_urgent(fact: Fact) -> bool:
    return fact.kind.startswith(("figure_", "negation_", "reference_"))


def _place(fact: Fact) -> str:
    if not fact.heading:
        return ""
    numbered = _NUMBERED.match(fact.heading)
    if numbered:
        return " " + _("en el apartado %(number)s", number=numbered[1])
    return " " + _("en «%(heading)s»", heading=_short(fact.heading))


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[:_LONG].rsplit(" ", 1)[0] + "…"


_SENTENCES: dict[str, str] = {
    "figure_replaced": mark("Se sustituye «%(old)s» por «%(new)s»%(place)s"),
    "figure_added": mark("Se añade «%(new)s»%(place)s"),
    "figure_removed": mark("Se suprime «%(old)s»%(place)s"),
    "reference_replaced": mark("Se sustituye la referencia «%(old)s» por «%(new)s»%(place)s"),
    "reference_added": mark("Se añade la referencia «%(new)s»%(place)s"),
    "reference_removed": mark("Se suprime la referencia «%(old)s»%(place)s"),
    "negation_added": mark("Se añade una negación o salvedad («%(new)s»)%(place)s"),
    "negation_removed": mark("Se suprime una negación o salvedad («%(old)s»)%(place)s"),
    "heading_added": mark("Título nuevo: «%(new)s»"),
    "heading_removed": mark("Se suprime el título «%(old)s»"),
    "heading_changed": mark("El título «%(old)s» pasa a ser «%(new)s»"),
    "image_replaced": mark("Se sustituye la imagen «%(old)s» por «%(new)s»%(place)s"),
    "image_added": mark("Se añade la imagen «%(new)s»%(place)s"),
    "image_removed": mark("Se suprime la imagen «%(old)s»%(place)s"),
}


def _detail(fact: Fact) -> str:
    sentence = _SENTENCES.get(fact.kind)
    if sentence is None:
        told = {"front_matter_changed": _front_matter, "paragraph_moved": _moved}.get(fact.kind)
        return told(fact) if told else ""
    return _(sentence, old=_short(fact.old), new=_short(fact.new), place=_place(fact))


_SORTS: dict[str, str] = {
    "reference": mark("Referencia"),
    "date": mark("Fecha"),
    "percentage": mark("Porcentaje"),
    "amount": mark("Importe"),
    "number": mark("Cifra"),
    "currency": mark("Moneda"),
    "incoterm": mark("Incoterm"),
    "negation": mark("Negación"),
    "term": mark("Término"),
}


def signal_label(signal: Signal) -> str:
    """Say what kind of thing a signal is."""
    return _(_SORTS[signal.sort])


def signal(signal: Signal) -> str:
    """Say what becomes of a figure, reference, negation or term."""
    if signal.old and signal.new:
        return _("«%(old)s» pasa a «%(new)s»", old=_short(signal.old), new=_short(signal.new))
    if signal.new:
        return _("se añade «%(new)s»", new=_short(signal.new))
    return _("se suprime «%(old)s»", old=_short(signal.old))


def _front_matter(fact: Fact) -> str:
    key = labels.fact(fact.heading or "")
    if fact.old and fact.new:
        return _("Dato «%(key)s»: «%(old)s» pasa a ser «%(new)s»", key=key, old=_short(fact.old), new=_short(fact.new))
    return _("Dato «%(key)s»: «%(value)s»", key=key, value=_short(fact.new or fact.old))


def _moved(fact: Fact) -> str:
    if not fact.number:
        return ""
    place = _place(fact)
    if not fact.after:
        return _("Se traslada el párrafo %(number)s%(place)s", number=fact.number, place=place)
    return _(
        "Se traslada el párrafo %(number)s detrás del %(after)s%(place)s",
        number=fact.number,
        after=fact.after,
        place=place,
    )


def _document(pair: Pair, compared: Compared) -> str:
    image = compared.kind is Kind.image
    if pair.status == "A":
        said = _("Imagen nueva: %(title)s") if image else _("Documento nuevo: %(title)s")
    elif pair.status == "D":
        said = _("Se suprime la imagen %(title)s") if image else _("Se suprime el documento %(title)s")
    elif pair.status == "R":
        return _("Cambia el nombre de %(title)s", title=_short(compared.title))
    elif image:
        said = _("Se sustituye la imagen %(title)s")
    elif compared.kind in {Kind.binary, Kind.large}:
        said = _("Se sustituye el archivo %(title)s")
    else:
        return ""
    return said % {"title": _short(compared.title)}


def _counts(facts: Sequence[Fact], *, one: bool) -> str:
    """Count what happened to blocks; a table is named by its number when all are of `one` document."""
    parts = []
    for kind, say in _COUNTED:
        found = [fact for fact in facts if fact.kind == kind and not fact.number]
        tables = {fact.table for fact in found}
        if found:
            said = say(sum(fact.count for fact in found))
            alone = one and len(tables) == 1 and tables != {0}
            parts.append(_("%(what)s en la tabla %(table)s", what=said, table=tables.pop()) if alone else said)
    if not parts:
        return ""
    text = joined(parts)
    return text[0].upper() + text[1:]


_COUNTED: tuple[tuple[str, Callable[[int], str]], ...] = (
    ("paragraph_changed", lambda n: ngettext("se modifica %(num)s párrafo", "se modifican %(num)s párrafos", n)),
    ("paragraph_added", lambda n: ngettext("se añade %(num)s párrafo", "se añaden %(num)s párrafos", n)),
    ("paragraph_removed", lambda n: ngettext("se suprime %(num)s párrafo", "se suprimen %(num)s párrafos", n)),
    ("paragraph_moved", lambda n: ngettext("se traslada %(num)s párrafo", "se trasladan %(num)s párrafos", n)),
    ("item_changed", lambda n: ngettext("se modifica %(num)s punto", "se modifican %(num)s puntos", n)),
    ("item_added", lambda n: ngettext("se añade %(num)s punto", "se añaden %(num)s puntos", n)),
    ("item_removed", lambda n: ngettext("se suprime %(num)s punto", "se suprimen %(num)s puntos", n)),
    ("item_moved", lambda n: ngettext("se traslada %(num)s punto", "se trasladan %(num)s puntos", n)),
    ("row_changed", lambda n: ngettext("se modifica %(num)s fila", "se modifican %(num)s filas", n)),
    ("row_added", lambda n: ngettext("se añade %(num)s fila", "se añaden %(num)s filas", n)),
    ("row_removed", lambda n: ngettext("se suprime %(num)s fila", "se suprimen %(num)s filas", n)),
    ("row_moved", lambda n: ngettext("se traslada %(num)s fila", "se trasladan %(num)s filas", n)),
    ("note_changed", lambda n: ngettext("se modifica %(num)s nota", "se modifican %(num)s notas", n)),
    ("note_added", lambda n: ngettext("se añade %(num)s nota", "se añaden %(num)s notas", n)),
    ("note_removed", lambda n: ngettext("se suprime %(num)s nota", "se suprimen %(num)s notas", n)),
    ("note_moved", lambda n: ngettext("se traslada %(num)s nota", "se trasladan %(num)s notas", n)),
    (
        "code_changed",
        lambda n: ngettext("se modifica %(num)s bloque de código", "se modifican %(num)s bloques de código", n),
    ),
    ("code_added", lambda n: ngettext("se añade %(num)s bloque de código", "se añaden %(num)s bloques de código", n)),
    (
        "code_removed",
        lambda n: ngettext("se suprime %(num)s bloque de código", "se suprimen %(num)s bloques de código", n),
    ),
    (
        "code_moved",
        lambda n: ngettext("se traslada %(num)s bloque de código", "se trasladan %(num)s bloques de código", n),
    ),
    (
        "format_changed",
        lambda n: ngettext("cambia el formato de %(num)s pasaje", "cambia el formato de %(num)s pasajes", n),
    ),
)


def _amount(documents: Sequence[tuple[Pair, Compared]]) -> str:
    texts = [compared for _pair, compared in documents]
    added = sum(fact.count for compared in texts for fact in compared.facts if fact.kind == "words_added")
    removed = sum(fact.count for compared in texts for fact in compared.facts if fact.kind == "words_removed")
    same = sum(compared.unchanged for compared in texts)
    parts = []
    if added:
        parts.append(ngettext("%(num)s palabra insertada", "%(num)s palabras insertadas", added))
    if removed:
        parts.append(ngettext("%(num)s suprimida", "%(num)s suprimidas", removed))
    said = joined(parts)
    if not same:
        return said
    others = ngettext("el otro párrafo queda idéntico", "los otros %(num)s párrafos quedan idénticos", same)
    return f"{said}; {others}" if said else others[0].upper() + others[1:]
