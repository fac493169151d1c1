"""Tokens written as Markdown: what stood in the source is taken from there, what is new is written anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from reviewtool.word import leaves
from reviewtool.word.leaves import LINK, PLAIN, Format, Token

_ESCAPED = re.compile(r"[\\`*_\[\]<>~|]|&(?=#?\w+;)")
_LINE_START = re.compile(r"(?:[-+](?=\s|$)|#{1,6}(?=\s|$)|>|:{3}|=+$|(\d{1,9})([.)])(?=\s|$))")
_ORDER: Final = ("strong", "emph", "strike")
_MARKS: Final = {"strong": "**", "emph": "*", "strike": "~~"}
Known = tuple[Token, Token | None]  # a token of the new text and the one of the source that it is


class Composer:
    """How tokens become the text of one block. `broken` is what goes on to the next line after a line break."""

    def __init__(
        self,
        text: str,
        written: dict[str, str],
        note: Callable[[Token], str],
        *,
        cell: bool = False,
        broken: str = "",
        emph: str = "*",
    ) -> None:
        self.text, self.written, self.note, self.cell, self.broken = text, written, note, cell, broken
        self.marks = _MARKS | {"emph": emph}

    def compose(self, known: Sequence[Known], *, escaped: bool) -> str:
        """Write tokens as Markdown; those of the source keep their spelling, whole links and formats too."""
        self.out: list[str] = []
        self.open: list[str] = []
        shown = _with_blanks(known)
        at = 0
        while at < len(shown):
            after = self._whole(shown, at)
            if after > at and not self.open:
                first, last = shown[at][1], shown[after - 1][1]
                self.out.append(self.text[first.outer[0] : first.outer[1]] if first and last else "")
                at = after
                continue
            token, old = shown[at]
            self._turn(token.fmt - {"code"}, shown, at)
            if "code" in token.fmt:
                at = self._code(shown, at)
                continue
            self.out.append(self._spelled(token, old, escaped))
            at += 1
        self._turn(PLAIN, shown, at)
        return "".join(self.out)

    def _whole(self, shown: Sequence[Known], at: int) -> int:
        """Say where an element of the source that begins here ends, if nothing in it changed; else where it begins."""
        old = shown[at][1]
        if old is None or old.outer == leaves.NOWHERE or (at and _outer(shown[at - 1]) == old.outer):
            return at
        after, end = at, -1
        while after < len(shown) and _outer(shown[after]) == old.outer:
            each = shown[after][1]
            if each is None or (end >= 0 and each.start != end):
                return at
            end = each.end
            after += 1
        inside = self.text[old.outer[0] : old.outer[1]]
        read = self.text[old.start : end]
        return after if inside and read in inside and _is_all(inside, read) else at

    def _turn(self, fmt: Format, shown: Sequence[Known], at: int) -> None:
        """Close the formats that end before a token and open those that begin with it, the longest first."""
        while any(name not in fmt for name in self.open):
            self._close(self.open.pop())
        for name in sorted(fmt - set(self.open), key=lambda name: (-_length(name, shown, at), _rank(name))):
            self.open.append(name)
            self.out.append("[" if name.startswith(LINK) else self.marks[name])

    def _close(self, name: str) -> None:
        if not name.startswith(LINK):
            self.out.append(self.marks[name])
            return
        address = name[len(LINK) :]
        target = self.written.get(address) or self.written.get(leaves.spelled(address), address)
        self.out.append(f"](<{target}>)" if re.search(r"[\s()]", target) else f"]({target})")

    def _code(self, shown: Sequence[Known], at: int) -> int:
        after = at
        while after < len(shown) and "code" in shown[after][0].fmt and shown[after][0].fmt == shown[at][0].fmt:
            after += 1
        text = "".join(token.text for token, _ in shown[at:after])
        fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
        inset = " " if text.startswith("`") or text.endswith("`") else ""
        self.out.append(f"{fence}{inset}{text.replace('|', chr(92) + '|') if self.cell else text}{inset}{fence}")
        return after

    def _spelled(self, token: Token, old: Token | None, escaped: bool) -> str:
        if token.key == "note":
            return self.note(token) if old is None else self.text[old.start : old.end]
        if token.key == "break":
            return " " if self.cell else self.text[old.start : old.end] if old else "\\\n" + self.broken
        if old is not None and old.start >= 0 and (old.text == token.text):
            return self.text[old.start : old.end] if not token.is_blank or not self.open else " "
        if token.key:
            return ""
        text = token.text.replace("\\", "\\\\") if self.cell and "|" in token.text else token.text
        if escaped:
            return _ESCAPED.sub(lambda match: "\\" + match[0], text)
        return text.replace("|", "\\|") if self.cell else text


def at_start(text: str) -> str:
    """Escape what would begin another block at the start of a line."""
    found = _LINE_START.match(text)
    if not found:
        return text
    return f"{found[1]}\\{text[len(found[1]) :]}" if found[1] else "\\" + text


def _outer(known: Known) -> tuple[int, int]:
    return known[1].outer if known[1] else leaves.NOWHERE


def _is_all(inside: str, read: str) -> bool:
    """Whether the words read are all that an element has: around them only its marks and its target stand."""
    before, _, after = inside.partition(read)
    return not re.search(r"\w", before) and not re.search(r"\w", re.sub(r"\]\(.*|\]\[.*", "", after, flags=re.DOTALL))


def _rank(name: str) -> int:
    return -1 if name.startswith(LINK) else _ORDER.index(name)


def _length(name: str, shown: Sequence[Known], at: int) -> int:
    after = at
    while after < len(shown) and name in shown[after][0].fmt:
        after += 1
    return after - at


def _with_blanks(known: Sequence[Known]) -> list[Known]:
    """Give each blank the formats that both its neighbours have, so that no format is closed for it."""
    out = list(known)
    for n, (token, old) in enumerate(out):
        if token.is_blank and not token.key and 0 < n < len(out) - 1:
            shared = out[n - 1][0].fmt & out[n + 1][0].fmt
            if shared:
                out[n] = (Token(" ", shared), old)
    return out
