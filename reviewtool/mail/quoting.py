"""What a person wrote themselves in the text of a mail: without what they quote, and without the sign-off of a program.

Which lines announce a quotation is known to quotequail, in many languages. Beyond it three things are known: our own
line above which people write, quoted lines with the answers between them, and the block of headers that Outlook puts
above what it quotes. What somebody writes under their name stays: to lose a sentence is worse than to show a name.
"""

from __future__ import annotations

import re
from typing import Final

import quotequail  # type: ignore[import-untyped]  # it carries no types

from reviewtool.i18n import LANGUAGES, mark, text

MARKER: Final = mark("Escriba su respuesta encima de esta línea")
LINES: Final = 2_000  # of a mail that are looked at: nobody types more
WRAPPED: Final = 4  # lines that an announcement such as «El … escribió:» may take
_HEADER: Final = re.compile(
    r"[*_\s]*(?:(?P<who>De|From)|(?P<when>Enviad[oa]s?(?: el| em)?|Sent|Date|Data|Fecha)|(?P<to>Para|To|Cc|A)"
    r"|(?P<what>Asunto|Assunto|Subject))[*_\s]*:",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"[\s>]*(?:_{20,}|-{3,} ?(?:Mensagem original|Mensagem encaminhada) ?-{3,})\s*")
_DATED: Final = re.compile(r"\d|^\s*[-_]")
_DELIMITER: Final = re.compile(r"-- ?")
_PROGRAM: Final = re.compile(
    r"(?:Enviado (?:desde|do|a partir d[eo])|Sent from|Obtener Outlook|Obter o Outlook|Baixe o Outlook|Get Outlook"
    r"|Descargar Outlook)\b.{0,120}",
    re.IGNORECASE,
)


def own_words(said: str) -> str:
    """Return the words of a mail that are its sender's own."""
    lines = [line.rstrip() for line in said.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:LINES]]
    lines = _before_marker(_without_quoted_lines(lines))
    lines = _before_headers(_before_announcement(lines))
    return "\n".join(_without_sign_off(lines)).strip()


def _without_quoted_lines(lines: list[str]) -> list[str]:
    """Take out lines that begin with «>», and what announces them."""
    kept: list[str] = []
    for line in lines:
        if not line.startswith(">"):
            kept.append(line)
        elif kept and not _is_gone(kept):
            kept = [*_without_announcement(kept), ""]
    return kept


def _is_gone(kept: list[str]) -> bool:
    """Say whether the end of what is kept is where a quotation was taken out."""
    return kept[-1] == "" and (len(kept) < 2 or kept[-2] == "")


def _without_announcement(kept: list[str]) -> list[str]:
    while kept and not kept[-1]:
        kept = kept[:-1]
    for count in range(1, min(WRAPPED, len(kept)) + 1):
        if _announces(" ".join(kept[-count:])):
            return [*kept[:-count], ""]
    return [*kept, ""]


def _announces(line: str) -> bool:
    """Say whether a line announces a quotation: it has a date, or is drawn."""
    if not _DATED.search(line):
        return False
    parts = quotequail.quote(line, limit=2, quote_intro_line=True)
    return len(parts) == 2 and not parts[0][1]


def _before_marker(lines: list[str]) -> list[str]:
    """Cut at our own line; what a program wrote between the answer and it is an announcement at its end."""
    markers = {text(language, MARKER).casefold() for language in LANGUAGES}
    at = next((n for n, line in enumerate(lines) if any(each in line.casefold() for each in markers)), None)
    return lines if at is None else _without_announcement(lines[:at])


def _before_announcement(lines: list[str]) -> list[str]:
    """Cut where the rest of the mail is announced as somebody else's, or at the line that Outlook draws."""
    for n, line in enumerate(lines):
        if _RULE.fullmatch(line) or any(_announces(" ".join(lines[n : n + count])) for count in range(1, WRAPPED + 1)):
            return lines[:n]
    return lines


def _before_headers(lines: list[str]) -> list[str]:
    """Cut at a block of headers: who, when, and what about, one under the other."""
    for n, line in enumerate(lines):
        first = _HEADER.match(line)
        if first and first["who"] and {"when", "what"} <= _block(lines[n:]):
            return lines[:n]
    return lines


def _block(lines: list[str]) -> set[str | None]:
    """Return what the headers say that stand one under the other; a long one may take two lines."""
    found: set[str | None] = set()
    odd = 0
    for line in lines:
        header = _HEADER.match(line)
        odd = 0 if header else odd + 1
        if not line.strip() or odd > 1:
            break
        if header:
            found.add(header.lastgroup)
    return found


def _without_sign_off(lines: list[str]) -> list[str]:
    """Cut at the usual mark of a signature, and take the advertisement of a program from the end."""
    cut = next((n for n, line in enumerate(lines) if n and _DELIMITER.fullmatch(line)), len(lines))
    kept = lines[:cut]
    while kept and (not kept[-1].strip() or _PROGRAM.fullmatch(kept[-1].strip())):
        kept = kept[:-1]
    return kept
