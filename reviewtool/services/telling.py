"""What a change does, said in sentences in a language: «Qué cambia» for pages, the record and mails.

The facts are `prose.summary`'s, as `services.comparing` keeps them: figures first, never more than five lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reviewtool import i18n
from reviewtool.i18n import mark, mark_plural
from reviewtool.services.comparing import Compared, Fact, Pair, Signal
from reviewtool.services.showing import Kind

LINES: Final = 5
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)*)\.?\s")
_LONG: Final = 60  # characters of a quoted text in one line
_URGENT: Final = ("figure_", "negation_", "reference_")

FACTS: Final[dict[str, str]] = {  # what a document declares at its beginning; other keys are said as they are written
    "title": mark("Título"),
    "lang": mark("Idioma"),
    "author": mark("Autoría"),
    "date": mark("Fecha"),
    "summary": mark("Resumen"),
    "adapted_from": mark("Adaptado de"),
    "adapted_by": mark("Adaptado por"),
}
_SENTENCES: Final[dict[str, str]] = {
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
_ONE: Final[dict[str, str]] = {  # where only one did, and its number is known
    "row_changed": mark("se modifica la fila %(number)s de la tabla %(table)s"),
    "row_added": mark("se añade la fila %(number)s de la tabla %(table)s"),
    "row_removed": mark("se suprime la fila %(number)s de la tabla %(table)s"),
    "item_changed": mark("se modifica el punto %(number)s%(place)s"),
    "item_added": mark("se añade el punto %(number)s%(place)s"),
    "item_removed": mark("se suprime el punto %(number)s%(place)s"),
    "note_changed": mark("se modifica la nota %(number)s"),
    "note_added": mark("se añade la nota %(number)s"),
    "note_removed": mark("se suprime la nota %(number)s"),
}
_COUNTED: Final[dict[str, tuple[str, str]]] = {
    "paragraph_changed": mark_plural("se modifica %(num)s párrafo", "se modifican %(num)s párrafos"),
    "paragraph_added": mark_plural("se añade %(num)s párrafo", "se añaden %(num)s párrafos"),
    "paragraph_removed": mark_plural("se suprime %(num)s párrafo", "se suprimen %(num)s párrafos"),
    "paragraph_moved": mark_plural("se traslada %(num)s párrafo", "se trasladan %(num)s párrafos"),
    "item_changed": mark_plural("se modifica %(num)s punto", "se modifican %(num)s puntos"),
    "item_added": mark_plural("se añade %(num)s punto", "se añaden %(num)s puntos"),
    "item_removed": mark_plural("se suprime %(num)s punto", "se suprimen %(num)s puntos"),
    "item_moved": mark_plural("se traslada %(num)s punto", "se trasladan %(num)s puntos"),
    "row_changed": mark_plural("se modifica %(num)s fila", "se modifican %(num)s filas"),
    "row_added": mark_plural("se añade %(num)s fila", "se añaden %(num)s filas"),
    "row_removed": mark_plural("se suprime %(num)s fila", "se suprimen %(num)s filas"),
    "row_moved": mark_plural("se traslada %(num)s fila", "se trasladan %(num)s filas"),
    "note_changed": mark_plural("se modifica %(num)s nota", "se modifican %(num)s notas"),
    "note_added": mark_plural("se añade %(num)s nota", "se añaden %(num)s notas"),
    "note_removed": mark_plural("se suprime %(num)s nota", "se suprimen %(num)s notas"),
    "note_moved": mark_plural("se traslada %(num)s nota", "se trasladan %(num)s notas"),
    "code_changed": mark_plural("se modifica %(num)s bloque de código", "se modifican %(num)s bloques de código"),
    "code_added": mark_plural("se añade %(num)s bloque de código", "se añaden %(num)s bloques de código"),
    "code_removed": mark_plural("se suprime %(num)s bloque de código", "se suprimen %(num)s bloques de código"),
    "code_moved": mark_plural("se traslada %(num)s bloque de código", "se trasladan %(num)s bloques de código"),
    "format_changed": mark_plural("cambia el formato de %(num)s pasaje", "cambia el formato de %(num)s pasajes"),
}
_SORTS: Final[dict[str, str]] = {
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


def lines(documents: Sequence[tuple[Pair, Compared]], language: str) -> list[str]:
    """Say what changes in at most five lines: figures, negations, references, documents, then counts."""
    teller = _Teller(language)
    facts = [fact for _pair, compared in documents for fact in compared.facts]
    whole = [line for pair, compared in documents if (line := teller.document(pair, compared))]
    told = [(fact, line) for fact in facts if (line := teller.detail(fact))]
    urgent = [line for fact, line in told if fact.kind.startswith(_URGENT)]
    calm = [line for fact, line in told if not fact.kind.startswith(_URGENT)]
    ends = [line for line in (teller.counts(facts, one=len(documents) == 1), teller.amount(documents)) if line]
    found = list(dict.fromkeys([*urgent, *whole, *calm]))
    most = LINES - len(ends)
    if len(found) > most:
        left = len(found) - most + 1
        more = i18n.plural(language, "Y %(num)s cambio más", "Y %(num)s cambios más", left)
        found = [*found[: most - 1], more]
    return [*found, *ends]


def signal_label(signal: Signal, language: str) -> str:
    """Say what kind of thing a signal is."""
    return i18n.text(language, _SORTS[signal.sort])


def signal(signal: Signal, language: str) -> str:
    """Say what becomes of a figure, reference, negation or term."""
    old, new = _short(signal.old), _short(signal.new)
    if old and new:
        return i18n.text(language, "«%(old)s» pasa a «%(new)s»", old=old, new=new)
    if new:
        return i18n.text(language, "se añade «%(new)s»", new=new)
    return i18n.text(language, "se suprime «%(old)s»", old=old)


def fact_name(key: str, language: str) -> str:
    """Name something that a document declares of itself."""
    return i18n.text(language, FACTS[key]) if key in FACTS else key


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[:_LONG].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True)
class _Teller:
    """Says facts in one language."""

    language: str

    def detail(self, fact: Fact) -> str:
        """Say one fact in a line of its own; empty for what is only counted."""
        if fact.kind == "front_matter_changed":
            return self._front_matter(fact)
        if fact.kind == "paragraph_moved":
            return self._moved(fact)
        sentence = _SENTENCES.get(fact.kind)
        if sentence is None:
            return ""
        return i18n.text(self.language, sentence, old=_short(fact.old), new=_short(fact.new), place=self._place(fact))

    def document(self, pair: Pair, compared: Compared) -> str:
        """Say what becomes of a document as a whole; empty where it is only edited."""
        image, title = compared.kind is Kind.image, _short(compared.title)
        if pair.status == "A":
            said = mark("Imagen nueva: %(title)s") if image else mark("Documento nuevo: %(title)s")
        elif pair.status == "D":
            said = mark("Se suprime la imagen %(title)s") if image else mark("Se suprime el documento %(title)s")
        elif pair.status == "R":
            said = mark("Cambia el nombre de %(title)s")
        elif image:
            said = mark("Se sustituye la imagen %(title)s")
        elif compared.kind in {Kind.binary, Kind.large}:
            said = mark("Se sustituye el archivo %(title)s")
        else:
            return ""
        return i18n.text(self.language, said, title=title)

    def counts(self, facts: Sequence[Fact], *, one: bool) -> str:
        """Count what happened to blocks; of `one` document, a table is named, and a single row, item or note told."""
        parts = []
        for kind, said_of in _COUNTED.items():
            found = [fact for fact in facts if fact.kind == kind and (kind in _ONE or not fact.number)]
            if not found:
                continue
            first, tables = found[0], {fact.table for fact in found}
            if one and len(found) == 1 and first.number and kind in _ONE:
                place = self._place(first)
                parts.append(i18n.text(self.language, _ONE[kind], number=first.number, table=first.table, place=place))
                continue
            said = i18n.plural(self.language, *said_of, sum(fact.count for fact in found))
            if one and len(tables) == 1 and tables != {0}:
                said = i18n.text(self.language, "%(what)s en la tabla %(table)s", what=said, table=tables.pop())
            parts.append(said)
        text = i18n.joined(parts, self.language)
        return text[:1].upper() + text[1:]

    def amount(self, documents: Sequence[tuple[Pair, Compared]]) -> str:
        """Count the words that came and went, and the paragraphs that stayed."""
        texts = [compared for _pair, compared in documents]
        added = sum(fact.count for compared in texts for fact in compared.facts if fact.kind == "words_added")
        removed = sum(fact.count for compared in texts for fact in compared.facts if fact.kind == "words_removed")
        same = sum(compared.unchanged for compared in texts)
        parts = []
        if added:
            parts.append(i18n.plural(self.language, "%(num)s palabra insertada", "%(num)s palabras insertadas", added))
        if removed:
            parts.append(i18n.plural(self.language, "%(num)s suprimida", "%(num)s suprimidas", removed))
        said = i18n.joined(parts, self.language)
        if not same:
            return said
        others = i18n.plural(
            self.language, "el otro párrafo queda idéntico", "los otros %(num)s párrafos quedan idénticos", same
        )
        return f"{said}; {others}" if said else others[0].upper() + others[1:]

    def _place(self, fact: Fact) -> str:
        if not fact.heading:
            return ""
        numbered = _NUMBERED.match(fact.heading)
        if numbered:
            return " " + i18n.text(self.language, "en el apartado %(number)s", number=numbered[1])
        return " " + i18n.text(self.language, "en «%(heading)s»", heading=_short(fact.heading))

    def _front_matter(self, fact: Fact) -> str:
        key, old, new = fact_name(fact.heading or "", self.language), _short(fact.old), _short(fact.new)
        if old and new:
            return i18n.text(self.language, "Dato «%(key)s»: «%(old)s» pasa a ser «%(new)s»", key=key, old=old, new=new)
        return i18n.text(self.language, "Dato «%(key)s»: «%(value)s»", key=key, value=new or old)

    def _moved(self, fact: Fact) -> str:
        if not fact.number:
            return ""
        place = self._place(fact)
        if not fact.after:
            said = mark("Se traslada el párrafo %(number)s%(place)s")
            return i18n.text(self.language, said, number=fact.number, place=place)
        said = mark("Se traslada el párrafo %(number)s detrás del %(after)s%(place)s")
        return i18n.text(self.language, said, number=fact.number, after=fact.after, place=place)
