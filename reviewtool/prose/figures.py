"""What a careful expert looks for in a text: references, dates, amounts, Incoterms, negations, defined terms.

Only recognises them; `signals.py` says which of them a change adds, removes or alters. Spanish first, English and
Portuguese too. A number is its text: 1.000,50 and 1,000.50 are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, NamedTuple, get_args

Sort = Literal["reference", "date", "percentage", "amount", "number", "currency", "incoterm", "negation", "term"]

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "setiembre", "octubre"),
    *("noviembre", "diciembre", "january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro"),
    *("outubro", "novembro", "dezembro"),
)
_WORDS = (
    *(r"artículos?", r"arts?\.", "párrafos?", "apartados?", "anexos?", "introducción general"),
    *("notas? interpretativas?", "decisi(?:ón|ones)", "opini(?:ón|ones) consultivas?", "comentarios?"),
    *("notas? explicativas?", "estudios? de casos?", "estudios?", "capítulos?", "secci(?:ón|ones)"),
    *("articles?", "paragraphs?", "annex(?:es)?", "general introduction", "interpretative notes?", "decisions?"),
    *("advisory opinions?", "commentar(?:y|ies)", "explanatory notes?", "case stud(?:y|ies)", "stud(?:y|ies)"),
    *("chapters?", "sections?", "artigos?", "parágrafos?", "introdução geral", "decis(?:ão|ões)"),
    *("opini(?:ão|ões) consultivas?", "comentários?", "estudos? de casos?", "estudos?"),
)


def _any(words: Iterable[str]) -> str:
    """Ask for any of some patterns in their order, those that begin with another letter left out at once."""
    begins: dict[str, list[str]] = {}
    for word in words:
        begins.setdefault(word[0], []).append(word)
    return "(?:" + "|".join(f"(?={first})(?:{'|'.join(found)})" for first, found in begins.items()) + ")"


_GAP = "[\\s\u00a0]"
_NUMBER = (
    r"(?:(?<![\w.,)\]])[-\u2212])?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,\u00a0\u202f]\d+)*)"
)
_NUMBERED = (
    rf"{_any(_WORDS)}{_GAP}+(?:n[.°º]+{_GAP}?)?(?:\d+(?:[.\-/]\d+)*|[IVXLC]+\b)"
    rf"(?:{_GAP}?\(?(?:[a-z]|[ivx]{{2,4}})\)){{0,3}}(?:{_GAP}?(?:bis|ter)\b)?"
)
_NOTE = rf"(?:notas?{_GAP}interpretativas?|interpretative{_GAP}notes?)"
_REFERENCE = (
    rf"\b(?:{_NOTE}{_GAP}(?:a|al|a{_GAP}los|del|de{_GAP}los|to|ao){_GAP})?{_NUMBERED}"
    rf"|\b(?:{_NOTE}|introducción{_GAP}general|general{_GAP}introduction|introdução{_GAP}geral)\b"
)
_MONTH = _any(_MONTHS)
_DATE = (
    rf"\b(?=\d)(?:\d{{4}}-\d\d-\d\d\b|(?:\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}}|\d{{1,2}}-\d{{1,2}}-\d{{2,4}})"
    r"\b(?![.,/-]\d)"
    rf"|\d{{1,2}}(?:\.?º)?{_GAP}(?:de{_GAP})?{_MONTH}(?:{_GAP}(?:de[l]?{_GAP})?\d{{4}})?\b)"
    rf"|\b{_MONTH}(?:{_GAP}\d{{1,2}},{_GAP}\d{{4}}\b|{_GAP}(?:de[l]?{_GAP})?\d{{4}}\b)"
)
_CODES = "USD|EUR|GBP|BRL|MXN|ARS|BOB|CLP|COP|CRC|CUP|DOP|GTQ|HNL|NIO|PAB|PEN|PYG|UYU|VES|CNY|JPY"
_MONEY = r"euros?|dólar(?:es)?|dollars?|pesos?|reais|yenes|libras\sesterlinas"
_CURRENCY = rf"(?:(?-i:\b(?:{_CODES})\b)|\b(?:{_MONEY})\b|US\$|R\$|€|\$|£|¥)"
_INCOTERMS = "EXW|FCA|FAS|FOB|CFR|CIF|CPT|CIP|DAP|DPU|DAT|DDP"
_INCOTERM = rf"(?-i:\b(?:{_INCOTERMS})\b)"
_PATTERN: Final = (  # what begins with a letter first; a number is one whatever stands behind it
    r"(?P<skip>\]\([^)]*\)|\[\^[^\]]*\]|https?://\S+)"
    rf"|(?P<reference>(?=[^\W\d])(?:{_REFERENCE}))|(?P<date>{_DATE})|(?P<incoterm>{_INCOTERM})"
    rf"|(?P<number>{_NUMBER})(?:"
    rf"(?P<percentage>{_GAP}?[%‰]|{_GAP}(?:por{_GAP}ciento|per{_GAP}cent|percent|por{_GAP}cento)\b)"
    rf"|(?P<amount>{_GAP}?{_CURRENCY}))?"
    rf"|(?P<currency>{_CURRENCY})(?P<price>{_GAP}?{_NUMBER})?"
)
_SIGNS: Final = r"\d\]\[\-\u2212€$£¥"  # what something may begin with besides a word
#: group of a pattern -> sort
_SORTS: Final[dict[str, Sort]] = {**{sort: sort for sort in get_args(Sort)}, "price": "amount"}
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
            sort = _SORTS.get(match.lastgroup or "skip")
            if sort:
                found.append(Figure(match.start(), match.end(), " ".join(match[0].split()), sort))
    return sorted(found)


@lru_cache(maxsize=8)
def _patterns(language: str, terms: tuple[str, ...]) -> list[re.Pattern[str]]:
    negations = "|".join(sorted(NEGATIONS.get(language, NEGATIONS["es"])))
    begin = _beginnings(negations)
    pattern = rf"(?:(?=[{_SIGNS}])|(?<!\w)(?={begin}))(?:{_PATTERN}|(?P<negation>\b(?:{negations})\b))"
    dull = rf"[^\W\d]++[^\w{_SIGNS}]*+"  # a word in which nothing begins, and what follows it
    found = [rf"{pattern}|{dull}(?:(?!{begin}){dull})*+"]
    if terms:
        words = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
        found.append(rf"(?P<skip>\]\([^)]*\)|https?://\S+)|(?<!\w)(?P<term>{words})(?!\w)")
    return [re.compile(pattern, re.IGNORECASE) for pattern in found]


def _beginnings(negations: str) -> str:
    """Give the first three letters of all that is looked for: few words of a text begin so, the others are skipped."""
    words = (_CODES, _MONEY, _INCOTERMS, negations, "notas|interpretative|general|introd|https|us|r$")
    begins: dict[str, set[str]] = {}
    for word in (*_WORDS, *_MONTHS, *"|".join(words).lower().split("|")):
        begins.setdefault(word[0], set()).add(re.escape(word[1:3]))
    return "|".join(f"{first}(?:{'|'.join(sorted(rests))})" for first, rests in sorted(begins.items()))
