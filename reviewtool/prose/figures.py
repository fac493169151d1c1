"""What a careful expert looks for in a text: references, dates, amounts, Incoterms, negations, defined terms.

Only recognises them; `signals.py` says which of them a change adds, removes or alters. Spanish first, English and
Portuguese too. A number is its text: 1.000,50 and 1,000.50 are two.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Sort = Literal["reference", "date", "percentage", "amount", "number", "currency", "incoterm", "negation", "term"]

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
_GAP = "[\\s\u00a0]"
_NUMBER = (
    r"(?:(?<![\w.,)\]])[-\u2212])?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,\u00a0\u202f]\d+)*)"
)
_NUMBERED = (
    rf"(?:{_WORDS}){_GAP}+(?:n[.°º]+{_GAP}?)?(?:\d+(?:[.\-/]\d+)*|[IVXLC]+\b)"
    rf"(?:{_GAP}?\(?(?:[a-z]|[ivx]{{2,4}})\)){{0,3}}(?:{_GAP}?(?:bis|ter)\b)?"
)
_NOTE = rf"(?:notas?{_GAP}interpretativas?|interpretative{_GAP}notes?)"
_REFERENCE = (
    rf"\b(?:{_NOTE}{_GAP}(?:a|al|a{_GAP}los|del|de{_GAP}los|to|ao){_GAP})?{_NUMBERED}"
    rf"|\b(?:{_NOTE}|introducción{_GAP}general|general{_GAP}introduction|introdução{_GAP}geral)\b"
)
_DATE = (
    r"\b\d{4}-\d\d-\d\d\b"
    r"|\b(?:\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}-\d{1,2}-\d{2,4})\b(?![.,/-]\d)"
    rf"|\b\d{{1,2}}(?:\.?º)?{_GAP}(?:de{_GAP})?(?:{_MONTHS})(?:{_GAP}(?:de[l]?{_GAP})?\d{{4}})?\b"
    rf"|\b(?:{_MONTHS}){_GAP}\d{{1,2}},{_GAP}\d{{4}}\b|\b(?:{_MONTHS}){_GAP}(?:de[l]?{_GAP})?\d{{4}}\b"
)
_CODES = "USD|EUR|GBP|BRL|MXN|ARS|BOB|CLP|COP|CRC|CUP|DOP|GTQ|HNL|NIO|PAB|PEN|PYG|UYU|VES|CNY|JPY"
_MONEY = r"euros?|dólar(?:es)?|dollars?|pesos?|reais|yenes|libras\sesterlinas"
_CURRENCY = rf"(?:(?-i:\b(?:{_CODES})\b)|\b(?:{_MONEY})\b|US\$|R\$|€|\$|£|¥)"
_INCOTERMS = "EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DPU|DAT|DDP"
_INCOTERM = rf"(?-i:\b(?:{_INCOTERMS})\b)"
_PATTERN: Final = (
    r"(?P<skip>\]\([^)]*\)|\[\^[^\]]*\]|https?://\S+)"
    rf"|(?P<reference>{_REFERENCE})|(?P<date>{_DATE})|(?P<incoterm>{_INCOTERM})"
    rf"|(?P<percentage>{_NUMBER}(?:{_GAP}?[%‰]|{_GAP}(?:por{_GAP}ciento|per{_GAP}cent|percent|por{_GAP}cento)\b))"
    rf"|(?P<amount>{_CURRENCY}{_GAP}?{_NUMBER}|{_NUMBER}{_GAP}?{_CURRENCY})"
    rf"|(?P<number>{_NUMBER})|(?P<currency>{_CURRENCY})"
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
    """One thing found in a text, with its place; `text` has single blanks."""

    start: int
    end: int
    text: str
    sort: Sort


def figures(text: str, language: str = "es", terms: tuple[str, ...] = ()) -> list[Figure]:
    """Find them in one block, in order; list and section numbers, targets of links and note marks are none.

    Negations are those of the language («es», «en», «pt»; Spanish for any other), terms those given, in any case. A
    term may hold another figure or stand in one: both are found.
    """
    leading = _LEADING.match(text)
    found = []
    for pattern in _patterns(language[:2].lower(), terms):
        for match in pattern.finditer(text, leading.end() if leading else 0):
            sort: Sort | Literal["skip"] = match.lastgroup  # type: ignore[assignment]  # named after them
            if sort != "skip":
                found.append(Figure(match.start(), match.end(), " ".join(match[0].split()), sort))
    return sorted(found)


@lru_cache(maxsize=8)
def _patterns(language: str, terms: tuple[str, ...]) -> list[re.Pattern[str]]:
    negations = "|".join(sorted(NEGATIONS.get(language, NEGATIONS["es"])))
    found = [rf"{_guard(negations)}(?:{_PATTERN}|(?P<negation>\b(?:{negations})\b))"]
    if terms:
        words = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
        found.append(rf"(?P<skip>\]\([^)]*\)|https?://\S+)|(?<!\w)(?P<term>{words})(?!\w)")
    return [re.compile(pattern, re.IGNORECASE) for pattern in found]


def _guard(negations: str) -> str:
    """Look at the first two letters before anything is tried: in a text few places begin like what is looked for."""
    words = (_WORDS, _MONTHS, _CODES, _MONEY, _INCOTERMS, negations, "notas|interpretative|general|introd|https|us|r$")
    begins: dict[str, set[str]] = {}
    for word in "|".join(words).lower().split("|"):
        begins.setdefault(word[0], set()).add(word[1])
    pairs = "|".join(f"{first}[{re.escape(''.join(sorted(seconds)))}]" for first, seconds in sorted(begins.items()))
    return rf"(?:(?=[\d\]\[\-\u2212€$£¥])|\b(?=[{''.join(begins)}])(?={pairs}))"
