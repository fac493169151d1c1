"""Letters that nobody sees but that change what is read or compared, made visible in a page that is written already.

Marks that turn the direction of what follows («Trojan Source»), blanks of no width, letters of tags. Soft hyphens stay,
as do joiners inside emoji and in scripts that are written with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

UNSEEN: Final = re.compile(
    "[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
    "|(?<=[A-Za-z\u00c0-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[A-Za-z\u00c0-\u024f])"
)
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What a browser does not take apart: its letters are the value of a field, or the name of the window.
_KEPT: Final = "textarea|title|option|script|style"
_PART: Final = re.compile(rf"<({_KEPT})\b.*?</\1\s*>|<!--.*?-->|<(?:\"[^\"]*\"|'[^']*'|[^\"'>])*>", re.DOTALL)


def name(letter: str) -> str:
    """Name a letter as Unicode does: «U+202E»."""
    return f"U+{ord(letter):04X}"


def turns(letter: str) -> bool:
    """Say whether a letter changes the direction of what follows it."""
    return bool(_TURNING.match(letter))


def shown(html: str, show: Callable[[str], str]) -> str:
    """Put what `show` makes of each unseen letter into its place, in the texts of a page alone."""
    if UNSEEN.search(html) is None:
        return html
    out, at = [], 0
    for part in _PART.finditer(html):
        out += [_shown(html[at : part.start()], show), part[0]]
        at = part.end()
    return "".join([*out, _shown(html[at:], show)])


def _shown(text: str, show: Callable[[str], str]) -> str:
    return UNSEEN.sub(lambda found: show(found[0]), text)
