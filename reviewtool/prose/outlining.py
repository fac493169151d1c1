"""The headings of a document found line by line, where that is sure to give what the parser gives.

Only `markdown.outline` uses this module; it reads with the parser whatever is not sure here: a heading inside something
else, one underlined with dashes, one with links or notes, odd nesting.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from reviewtool.prose import dialect

_END: Final = r"[ \t]*+\r?(?=\n|\Z)"
_BLANK: Final = r"(?![^ \t\r\n])"
_UNDERLINE: Final = rf"[ \t>*+\d.)=\-]*[=\-]{_END}"
_HASHES: Final = rf"\#{{1,6}}{_BLANK}"
_INDENTED: Final = rf"[ \t]+{_HASHES}|[ ]{{1,3}}(?:```|~~~|:::)"
_WITHIN: Final = (
    rf"[ \t]*(?:[>*+\-]|\d+[.)]|\[\^)[^\n\#]*+(?:\#[^\n\#]*+)*?(?<=[ \t>:]){_HASHES}"  # list, quotation, note
)
_NESTED: Final = rf"[ \t>*+\d.)\-]*\[\^[^\n]*?\]:[^\n]*?\]:|(?!-++{_END})[ \t>*+\d.)\[\]^:\-]{{16}}"
_LINES: Final = re.compile(  # from the end of the line before
    rf"""\n(?=[ \t\#`~:>*+=\d.)\[\]^\-])(?:
    (?P<odd>{_INDENTED}|{_WITHIN}|{_NESTED})
    |(?P<marks>\#{{1,6}}){_BLANK}(?P<heading>[^\r\n]*)
    |(?P<fence>`{{3,}}+(?![^\n]*`)|~{{3,}}+)
    |(?P<colons>:{{3,}}+)(?P<box>[^\r\n]*)
    |(?P<underline>{_UNDERLINE}))""",
    re.VERBOSE,
)
_FRONT: Final = re.compile(r"---[ \t]*\r?\n(?:(?![ \t]*(?:---|\.\.\.))[^\n]*\n)*+---[ \t]*\r?(?=\n|\Z)")
_ALONE: Final = re.compile(r"\r(?!\n)")
_WORDS: Final = frozenset((*dialect.ADMONITIONS, *dialect.QUIZZES, *dialect.ANSWERS))


class Line(NamedTuple):
    """One heading: its level, its words as they are written, where its line begins."""

    level: int
    words: str
    start: int


def lines(text: str) -> list[Line] | None:
    """Find the headings of a text without a mark of byte order; None where only the parser can tell."""
    front = _FRONT.match(text)
    if "\0" in text or ("\r" in text and _ALONE.search(text)) or (text.startswith("-") and not front):
        return None
    source = "\n" + text  # every line begins behind a line feed; a place in it is that of the text before
    found: list[Line] = []
    at, boxed = front.end() if front else 0, 0
    while match := _LINES.search(source, at):
        sort, start, at = match.lastgroup, match.start(), match.end()
        if sort == "fence":
            at = at if start < boxed else _closed(source, at, match["fence"])
        elif sort == "box":
            if start >= boxed and dialect.container_word(match["box"])[0] in _WORDS:
                boxed = _closed(source, at, match["colons"])
        elif sort == "odd" or (sort == "underline" and not _follows_blank(source, start)):
            return None
        elif sort == "heading":
            words = _bare(match["heading"])
            if start < boxed or "[" in words or "|" in words:  # what refers depends on the rest; a table may begin so
                return None
            found.append(Line(len(match["marks"]), words, start))
    return found


def _bare(words: str) -> str:
    """Take off what closes a heading and the blanks around it."""
    words = words.rstrip(" \t")
    open_end = words.rstrip("#")
    return (open_end if open_end.endswith((" ", "\t")) else words).strip(" \t")


def _closed(source: str, at: int, marks: str) -> int:
    """Give where the fence or container ends that these marks opened."""
    end = re.compile(rf"\n {{0,3}}{re.escape(marks)}{re.escape(marks[0])}*+{_END}").search(source, at)
    return end.end() if end else len(source)


def _follows_blank(source: str, line: int) -> bool:
    """Whether the line before is blank, or there is none; only text above makes a heading of dashes."""
    return not source[source.rfind("\n", 0, line) + 1 : line].strip(" \t\r")
