"""Where the headings of a document stand, found without the parser where that is sure.

Most documents have plain headings: a line that begins with `#`, outside of code. Whatever could make it another thing
(a list, a quotation or a box around it, underlined titles, links in it, unusual front matter) makes this module say
that it does not know, and the parser reads the whole document. Only `markdown.py` uses it.
"""

from __future__ import annotations

import re
from typing import Final

_AROUND: Final = r"(?=[ \t>*+\-\d\[])(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]\n]+\]:))*[ \t]*"
_LINES: Final = re.compile(
    rf"""^(?:
    (?P<heading>\#{{1,6}}(?:[ \t].*)?)
    |(?P<fence>```+[^`\n]*|~~~+.*)
    |(?P<box>:::+.*)
    |(?P<underline>(?:=+|-+)[ \t]*)
    |(?P<inner>{_AROUND}(?:\#{{1,6}}(?:[ \t].*)?|(?:```|~~~|:::).*|(?:=+|-+)[ \t]*))
    )\r?$""",
    re.MULTILINE | re.VERBOSE,
)
_FRONT: Final = re.compile(r"---\r?\n(?:(?![ \t]*(?:---|\.\.\.)).*\n)*---\r?(?:\n|\Z)")
_CLOSING: Final = re.compile(r" {0,3}(```+|~~~+)[ \t]*$")
_HEADING: Final = re.compile(r"#{1,6}(?=\s)")
_ALONE: Final = re.compile(r"\r(?!\n)|\0")


def heading_lines(text: str) -> list[tuple[int, str]] | None:
    """Give each heading as its offset and its line; None where only the parser can tell what is one."""
    front = _FRONT.match(text)
    if _ALONE.search(text) or (text.startswith("---") and front is None):
        return None
    found: list[tuple[int, str]] = []
    fence, boxes = "", list[int]()
    for line in _LINES.finditer(text, front.end() if front else 0):
        kind, said = line.lastgroup, line[line.lastgroup or 0]
        if fence:
            closing = _CLOSING.match(said)
            if closing and closing[1].startswith(fence):
                fence = ""
            elif ":::" in said and boxes:
                return None  # it ends the box, and the code with it
        elif kind == "fence":
            fence = said[: len(said) - len(said.lstrip(said[0]))]
        elif kind == "box":
            colons = len(said) - len(said.lstrip(":"))
            if said[colons:].strip():
                boxes.append(colons)
            elif boxes and colons >= boxes[-1]:
                boxes.pop()
        elif kind == "heading" and not boxes and "[" not in said:
            found.append((line.start(), said))
        elif kind != "underline" or _stands_below(text, line.start()):
            return None
    return found


def _stands_below(text: str, start: int) -> bool:
    """Whether a line of text stands right above, which this line may make a title."""
    above = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : start]
    return bool(above.strip()) and not _HEADING.match(above)
