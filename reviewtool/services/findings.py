"""What a verification found, and how it is said: a code and facts, with its sentence in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reviewtool import i18n
from reviewtool.i18n import mark, mark_plural


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: a key of SENTENCES, and what fills it."""

    code: str
    facts: tuple[tuple[str, Any], ...]

    def said(self, language: str) -> str:
        """Say it in a language."""
        return i18n.text(language, SENTENCES[self.code], **dict(self.facts))


def finding(code: str, **facts: Any) -> Finding:
    """Return a finding; `code` is a key of SENTENCES."""
    return Finding(code, tuple(facts.items()))


@dataclass(frozen=True)
class Report:
    """A verification: when it was, what it looked at (a count by name), what is wrong and what is worth knowing."""

    at: datetime
    seconds: float
    looked_at: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def clean(self) -> bool:
        """Say whether nothing is wrong; notes are no fault."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values; sentences in English, for whoever reads the codes by a program."""
        return {
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "seconds": round(self.seconds, 3),
            "clean": self.clean,
            "looked_at": dict(self.looked_at),
            "findings": [_plain(each) for each in self.findings],
            "notes": [_plain(each) for each in self.notes],
        }


def _plain(each: Finding) -> dict[str, Any]:
    return {"code": each.code, **dict(each.facts), "said": each.said("en")}


#: what `looked_at` counts, one and many
COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "proposals": mark_plural("%(num)s propuesta", "%(num)s propuestas"),
    "revisions": mark_plural("%(num)s versión", "%(num)s versiones"),
    "ballots": mark_plural("%(num)s votación", "%(num)s votaciones"),
    "votes": mark_plural("%(num)s voto", "%(num)s votos"),
    "comments": mark_plural("%(num)s comentario", "%(num)s comentarios"),
    "merges": mark_plural("%(num)s incorporación", "%(num)s incorporaciones"),
    "editions": mark_plural("%(num)s edición", "%(num)s ediciones"),
    "files": mark_plural("%(num)s archivo del registro", "%(num)s archivos del registro"),
    "commits": mark_plural("%(num)s cambio del texto vigente", "%(num)s cambios del texto vigente"),
}

SENTENCES: Final[Mapping[str, str]] = {
    # 1: proposals and the published text
    "merge-missing": mark("P-%(number)s consta como incorporada, pero ningún cambio del texto vigente lo dice."),
    "merge-twice": mark("P-%(number)s aparece incorporada en más de un cambio: %(ids)s."),
    "merge-elsewhere": mark(
        "P-%(number)s consta incorporada en %(named)s, pero el texto vigente la trae en %(found)s."
    ),
    "merge-unknown": mark("El cambio %(id)s dice que incorpora P-%(number)s, que no consta como incorporada."),
    "state-merged": mark("P-%(number)s consta como incorporada, pero no hay constancia de la incorporación."),
    "commit-unexplained": mark("El cambio %(id)s («%(subject)s») llegó al texto vigente sin propuesta."),
    # 2: the commit and what the database says of it
    "commit-differs": mark("El cambio %(id)s de P-%(number)s no coincide en %(field)s: «%(found)s» por «%(wanted)s»."),
    # 3: the text
    "text-differs": mark("La incorporación de P-%(number)s dejó en «%(path)s» un texto que no es el aprobado."),
    "seal-differs": mark("El sello de la versión %(revision)s de P-%(number)s no corresponde a su texto."),
    "text-unchecked": mark(
        "La combinación de «%(path)s» en P-%(number)s se hizo con una versión anterior del programa y no se repitió."
    ),
    # 4: versions
    "version-missing": mark("Falta en el archivo la versión %(revision)s de P-%(number)s (%(ref)s)."),
    "version-differs": mark(
        "La versión %(revision)s de P-%(number)s está en el archivo como %(found)s y consta como %(wanted)s."
    ),
    "version-unknown": mark("La referencia %(ref)s no corresponde a ninguna versión que conste."),
    # 5: records
    "record-missing": mark("P-%(number)s no tiene registro (%(ref)s)."),
    "record-behind": mark("El registro de P-%(number)s va por el acto %(found)s de %(wanted)s."),
    "record-ahead": mark(
        "El registro de P-%(number)s va por el acto %(found)s y la base de datos solo por el %(wanted)s."
    ),
    "record-differs": mark("En %(ref)s, «%(path)s» no dice lo mismo que la base de datos."),
    "record-lacks": mark("En %(ref)s falta «%(path)s»."),
    "record-extra": mark("En %(ref)s sobra «%(path)s»."),
    "record-unknown": mark("La referencia %(ref)s es de una propuesta que no consta."),
    "record-rewritten": mark(
        "El registro de P-%(number)s ya no contiene el estado %(id)s que el cambio aprobado nombra."
    ),
    "record-invalid": mark("En %(ref)s, «%(path)s» no cumple su esquema: %(reason)s."),
    "withdrawn": mark(
        "En P-%(number)s se retiró un texto por confidencialidad (%(kind)s %(id)s, retiro %(withdrawal)s)."
    ),
    # editions, moves, the store
    "edition-missing": mark("Falta en el archivo la edición «%(name)s» (%(ref)s)."),
    "edition-differs": mark("La edición «%(name)s» está en el archivo en %(found)s y consta en %(wanted)s."),
    "edition-unknown": mark("La referencia %(ref)s no corresponde a ninguna edición que conste."),
    "move-pending": mark("El movimiento de %(ref)s a %(new)s sigue pendiente desde %(since)s."),
    "main-missing": mark("El archivo no tiene texto vigente (refs/heads/main)."),
    "unsigned": mark("%(what)s (%(id)s) no lleva firma."),
    "wrongly-signed": mark("%(what)s (%(id)s) lleva una firma que no es de esta instalación o de este contenido."),
    "store-unsound": mark("El archivo está dañado: %(said)s"),
    "store-unreadable": mark("No se pudo leer en el archivo: %(said)s"),
}
