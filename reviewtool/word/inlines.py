"""The text of one block read into characters that know their place in the source.

markdown-it says what stands there and not where. Its tokens carry the marks as they are written, so that a walk along
the source beside them finds every place exactly; where it does not, nothing of that block has a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.token import Token as Mark

from reviewtool.prose import dialect, parsing
from reviewtool.word.leaves import LINK, NOWHERE, OBJECT, PLAIN, Char, Format

Address = Callable[[str, str], str]
_FORMATS: Final = {"strong": "strong", "em": "emph", "s": "strike"}
_BREAK = re.compile(r"[ \t]*\\?\n[ \t]*")
_BLANKS = re.compile(r"[ \t\n]*")


class _Astray(Exception):
    """The walk met something else than the tokens say."""


def read(content: str, places: Sequence[int], env: dict[str, Any], address: Address) -> list[Char]:
    """Read the text of a block; `places` has for each character of it, and for its end, the offset in the source."""
    found: list[Mark] = []
    if dialect.is_overfull(content):
        found.append(Mark("text", "", 0, content=content))
    else:
        parsing.MD.inline.parse(content, parsing.MD, env, found)
    try:
        return _Walk(content, places, address).chars(found)
    except _Astray:
        return [char._replace(start=-1, end=-1, outer=NOWHERE) for char in _Walk("", [], address).chars(found)]


class _Walk:
    def __init__(self, content: str, places: Sequence[int], address: Address) -> None:
        self.content, self.places, self.address = content, places, address
        self.blind = not places
        self.at = 0
        self.fmt: Format = PLAIN
        self.open: list[tuple[str, int, int]] = []  # format, where it begins, number of characters before it
        self.out: list[Char] = []

    def chars(self, found: Sequence[Mark]) -> list[Char]:
        for token in found:
            if token.type.endswith("_open"):
                self._begin(token)
            elif token.type.endswith("_close"):
                self._end(token)
            else:
                self._put(token)
        return self.out

    def _skip(self, text: str) -> None:
        if not self.blind and not self.content.startswith(text, self.at):
            raise _Astray
        self.at += len(text)

    def _begin(self, token: Mark) -> None:
        auto = token.markup == "autolink"
        name = LINK + self.address("link", str(token.attrs["href"])) if token.tag == "a" else _FORMATS[token.tag]
        self.open.append((name, self.at, len(self.out)))
        self.fmt |= {name}
        self._skip(("<" if auto else "[") if token.tag == "a" else token.markup)

    def _end(self, token: Mark) -> None:
        if token.tag != "a":
            self._skip(token.markup)
        elif token.markup == "autolink":
            self.at = self._find(">") + 1
        else:
            self._skip("]")
            self._target()
        _, start, before = self.open.pop()
        self.fmt = frozenset(each for each, *_ in self.open)
        if not self.open:
            self._enclose(before, start)

    def _enclose(self, before: int, start: int) -> None:
        outer = self._exact(start, self.at)
        self.out[before:] = [char._replace(outer=outer) for char in self.out[before:]]

    def _exact(self, start: int, end: int) -> tuple[int, int]:
        return NOWHERE if self.blind else (self.places[start], self.places[end])

    def _find(self, text: str) -> int:
        if self.blind:
            return 0
        found = self.content.find(text, self.at)
        if found < 0:
            raise _Astray
        return found

    def _target(self) -> None:
        """Pass over what follows the closing bracket of a link: target and title, a label, or nothing."""
        if self.blind:
            return
        text, size = self.content, len(self.content)
        if text.startswith("(", self.at):
            pos = self._blanks(self.at + 1)
            target = parseLinkDestination(text, pos, size)
            if target.ok:
                pos = self._blanks(target.pos)
                title = parseLinkTitle(text, pos, size)
                pos = self._blanks(title.pos) if title.ok else pos
                if text.startswith(")", pos):
                    self.at = pos + 1
                    return
        if text.startswith("[", self.at):
            self.at = self._find("]") + 1

    def _blanks(self, pos: int) -> int:
        found = _BLANKS.match(self.content, pos)
        return found.end() if found else pos

    def _put(self, token: Mark) -> None:
        start = self.at
        if token.type == "text":
            self._text(token.content)
        elif token.type == "text_special":
            self._skip(token.markup)
            self._object(token.content, start, "", ())
        elif token.type == "code_inline":
            self._code(token)
        elif token.type in ("softbreak", "hardbreak"):
            found = _BREAK.match(self.content, self.at)
            if not found and not self.blind:
                raise _Astray
            self.at = found.end() if found else 0
            soft = token.type == "softbreak"
            self._object(" " if soft else OBJECT, start, "" if soft else "break", ())
        elif token.type == "image":
            self._skip("![" + token.content + "]")
            self._target()
            target = str(token.attrs["src"])
            self._object(OBJECT, start, "image", (target, "".join(_words(token)), str(token.attrs.get("title", ""))))
        elif token.type == "footnote_ref":
            self._skip(f"[^{token.meta['label']}]")
            self._object(OBJECT, start, "note", (token.meta["label"],))

    def _text(self, text: str) -> None:
        start = self.at
        self._skip(text)
        if self.blind:
            self.out += [Char(each, self.fmt) for each in text]
            return
        self.out += [Char(each, self.fmt, *self._exact(start + n, start + n + 1)) for n, each in enumerate(text)]

    def _object(self, text: str, start: int, key: str, data: tuple[str, ...]) -> None:
        """Add characters that stand together for what was passed; an object in no format is an element of its own."""
        place = self._exact(start, self.at)
        fmt = PLAIN if key == "break" else self.fmt
        outer = place if key in ("image", "note") and not self.open else NOWHERE
        self.out += [Char(each, fmt, *place, key, data, outer) for each in text]

    def _code(self, token: Mark) -> None:
        start, before = self.at, len(self.out)
        self._skip(token.markup)
        ticks = re.compile(rf"(?<!`){token.markup}(?!`)")
        closing = ticks.search(self.content, self.at)
        if not closing:
            if not self.blind:
                raise _Astray
            self.out += [Char(each, self.fmt | {"code"}) for each in token.content]
            return
        raw = self.content[self.at : closing.start()].replace("\n", " ")
        self.at += raw.find(token.content) if token.content in raw else 0
        for n, each in enumerate(token.content):
            self.out.append(Char(each, self.fmt | {"code"}, *self._exact(self.at + n, self.at + n + 1)))
        self.at = closing.end()
        if not self.open:
            self._enclose(before, start)


def _words(token: Mark) -> list[str]:
    """Give the words of the description of an image."""
    return [child.content or " " * (child.type == "softbreak") for child in token.children or ()]
