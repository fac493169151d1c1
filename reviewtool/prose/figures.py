"""What a careful expert looks for in a change: references to the instruments, dates, amounts, negations.

Only recognises them in text; `summary.py` says which of them changed. Spanish first, English and Portuguese too.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

Sort = Literal["reference", "figure"]

_MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
    "|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
)
_WORDS = (
    "artículos?|arts?\\.|párrafos?|apartados?|anexos?|introducción general|notas? interpretativas?|decisi(?:ón|ones)"
    "|opini(?:ón|ones) consultivas?|comentarios?|notas? explicativas?|estudios? de casos?|estudios?"
    "|capítulos?|secci(?:ón|ones)"
    "|articles?|paragraphs?|annex(?:es)?|general introduction|interpretative notes?|decisions?|advisory opinions?"
    "|commentar(?:y|ies)|explanatory notes?|case stud(?:y|ies)|stud(?:y|ies)|chapters?|sections?"
    "|artigos?|parágrafos?|introdução geral|notas? interpretativas?|decis(?:ão|ões)|opini(?:ão|ões) consultivas?"
    "|comentários?|estudos? de casos?|estudos?"
)
_NUMBER = r"\d+(?:[.,\u00a0\u202f]\d+)*"
_REFERENCE = (
    rf"\b(?:{_WORDS})[\s\u00a0]+(?:\d+(?:[.\-/]\d+)*|[IVXLC]+\b)"
    r"(?:[\s\u00a0]?[a-z]\))?(?:[\s\u00a0]?(?:bis|ter)\b)?"
)
_DATE = (
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}\b"
    rf"|\b\d{{1,2}}(?:\.?º)?[\s\u00a0](?:de[\s\u00a0])?(?:{_MONTHS})(?:[\s\u00a0](?:de[l]?[\s\u00a0])?\d{{4}})?\b"
    rf"|\b(?:{_MONTHS})[\s\u00a0]\d{{1,2}},[\s\u00a0]\d{{4}}\b"
)
_CURRENCY = r"(?:(?:USD|EUR|BRL|MXN|ARS|CLP|COP|PEN|UYU|euros?|dólares|dollars)\b|US\$|R\$|€|\$|£)"
_AMOUNT = rf"(?:{_CURRENCY}[\s\u00a0]?)?{_NUMBER}(?:[\s\u00a0]?(?:%|‰|{_CURRENCY}))?"
_PATTERN: Final = re.compile(
    r"(?P<skip>\]\([^)]*\)|\[\^[^\]]*\]|https?://\S+)"
    rf"|(?P<reference>{_REFERENCE})|(?P<date>{_DATE})|(?P<amount>{_AMOUNT})",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"[\s>]*(?:#{1,6}\s+\d+(?:\.\d+)*[.)]?|\d{1,9}[.)])(?=\s)")
NEGATIONS: Final = {
    "es": frozenset(
        {"no", "ni", "nunca", "jamás", "tampoco", "sin", "salvo", "excepto", "nada", "nadie"}
        | {"ningún", "ninguna", "ninguno", "ningunos", "ningunas"}
    ),
    "en": frozenset(
        {"no", "not", "never", "nor", "neither", "without", "unless", "except", "none", "nobody", "nothing", "cannot"}
    ),
    "pt": frozenset(
        {"não", "nem", "nunca", "jamais", "tampouco", "sem", "salvo", "exceto", "nada", "ninguém", "nenhum", "nenhuma"}
    ),
}


class Figure(NamedTuple):
    """A reference, date or amount in a text, with its place."""

    start: int
    end: int
    text: str
    sort: Sort


def figures(text: str) -> list[Figure]:
    """Find references, dates and amounts in one block; list and section numbers, targets and note marks are none."""
    leading = _LEADING.match(text)
    found = []
    for match in _PATTERN.finditer(text, leading.end() if leading else 0):
        if match.lastgroup != "skip":
            sort: Sort = "reference" if match.lastgroup == "reference" else "figure"
            found.append(Figure(match.start(), match.end(), " ".join(match[0].split()), sort))
    return found


def negations(text: str, language: str) -> list[str]:
    """Find the words that turn a sentence round."""
    wanted = NEGATIONS.get(language[:2].lower(), NEGATIONS["es"])
    return [w for w in re.findall(r"\w+", text.lower()) if w in wanted]
