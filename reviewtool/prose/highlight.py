"""Passages marked in a rendered page or redline: text runs wrapped in <mark>, with a numbered link to the conversation.

Works on the sanitised HTML that `markdown` and `redline` write; marks never cross an element, removed text and hidden
words are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape

from markupsafe import Markup

_PART = re.compile(r"(<[^>]*>)")
_TAG = re.compile(r"</?([a-z][a-z0-9]*)")
_CHAR = re.compile(r"&#?\w+;|.", re.DOTALL)
_VOID = frozenset({"br", "hr", "img"})
_NO_TEXT = frozenset({"table", "thead", "tbody", "tr", "ul", "ol"})


@dataclass(frozen=True, slots=True)
class Mark:
    """A passage to show: its visible text, what stands before it, the id of its first <mark>, and its link.

    `label` is the number a reader sees; the link leads to `#thread-<label>`. `css` is added to the class «passage».
    """

    passage_quote: str
    prefix: str
    id: str
    label: str
    css: str = ""


def highlight(html: Markup, marks: Sequence[Mark]) -> Markup:
    """Mark passages in a page; one that is not there, or whose place another mark took, is left out."""
    page = _Page(str(html))
    for mark in marks:
        page.place(mark)
    return Markup(page.written())  # noqa: S704  (parts of Markup and escaped words)


def found(html: Markup, marks: Sequence[Mark]) -> tuple[str, ...]:
    """Name the marks (their ids) whose passage stands in a page."""
    page = _Page(str(html))
    return tuple(m.id for m in marks if page.place(m))


class _Page:
    def __init__(self, html: str) -> None:
        self.parts = _PART.split(html)
        self.inside_link = [False] * len(self.parts)
        self.chars: dict[int, list[str]] = {}
        self.wraps: dict[int, list[tuple[int, int, Mark, bool, bool]]] = {}
        self.letters: list[str] = []
        self.places: list[tuple[int, int]] = []
        self._read()
        self.text = "".join(self.letters)

    def _read(self) -> None:
        """List the visible letters with their places: part and character within it."""
        stack: list[tuple[str, bool]] = []
        for n, part in enumerate(self.parts):
            if n % 2:
                self._tag(part, stack)
                continue
            self.inside_link[n] = any(tag == "a" for tag, _ in stack)
            if not part or any(hidden for _, hidden in stack) or (stack and stack[-1][0] in _NO_TEXT):
                continue
            self.chars[n] = _CHAR.findall(part)
            for k, char in enumerate(self.chars[n]):
                shown = unescape(char) if char[0] == "&" and len(char) > 1 else char
                for letter in shown:
                    if letter.isalnum():
                        self.letters.append(letter.lower()[:1])
                        self.places.append((n, k))

    @staticmethod
    def _tag(part: str, stack: list[tuple[str, bool]]) -> None:
        tag = _TAG.match(part)
        if tag is None or tag[1] in _VOID:
            return
        if part.startswith("</"):
            if stack:
                stack.pop()
        else:
            stack.append((tag[1], tag[1] == "del" or "redline-note" in part or "visually-hidden" in part))

    def place(self, mark: Mark) -> bool:
        """Find the passage, preferring the place that has its prefix before it, and note the runs to wrap."""
        wanted, before = _letters(mark.passage_quote), _letters(mark.prefix)
        best, best_score = -1, -1
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            score = _common_end(self.text[max(0, at - len(before)) : at], before)
            if score > best_score:
                best, best_score = at, score
            at = self.text.find(wanted, at + 1)
        if best < 0:
            return False
        runs: dict[int, tuple[int, int]] = {}
        for n, k in self.places[best : best + len(wanted)]:
            runs[n] = (runs[n][0], k + 1) if n in runs else (k, k + 1)
        self._widen(runs, mark.passage_quote)
        if any(s < end and start < e for n, (start, end) in runs.items() for s, e, *_ in self.wraps.get(n, ())):
            runs = self._free(runs)
        for i, (n, (start, end)) in enumerate(runs.items()):
            self.wraps.setdefault(n, []).append((start, end, mark, i == 0, i == len(runs) - 1))
        return bool(runs)

    def _free(self, runs: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
        """Leave to a second mark on the same words the parts that no other took, so that marks never cross."""
        free: dict[int, tuple[int, int]] = {}
        for n, (start, end) in runs.items():
            taken = {k for s, e, *_ in self.wraps.get(n, ()) for k in range(s, e)}
            left = [k for k in range(start, end) if k not in taken]
            if left:
                stop = next((k for k in range(left[0], end) if k in taken), end)
                free[n] = (left[0], stop)
        return free

    def _widen(self, runs: dict[int, tuple[int, int]], quote: str) -> None:
        """Take whole runs between the ends, and the marks the quote has at its own ends."""
        order = list(runs)
        for i, n in enumerate(order):
            start, end = runs[n]
            runs[n] = (start if i == 0 else 0, end if i == len(order) - 1 else len(self.chars[n]))
        head = re.match(r"[^\w\s]+", quote.lstrip())
        first = order[0]
        if head and unescape("".join(self.chars[first][: runs[first][0]])).endswith(head[0]):
            runs[first] = (runs[first][0] - len(head[0]), runs[first][1])
        tail = re.search(r"[^\w\s]+$", quote.rstrip())
        last = order[-1]
        if tail and unescape("".join(self.chars[last][runs[last][1] :])).startswith(tail[0]):
            runs[last] = (runs[last][0], runs[last][1] + len(tail[0]))

    def written(self) -> str:
        """Write the page with its marks; a number that would stand inside a link follows that link."""
        out: list[str] = []
        pending: list[str] = []
        for n, part in enumerate(self.parts):
            if n in self.wraps:
                out.append(self._wrapped(n, pending))
            else:
                out.append(part)
            if pending and part == "</a>":
                out.extend(pending)
                pending.clear()
        return "".join((*out, *pending))

    def _wrapped(self, n: int, pending: list[str]) -> str:
        chars, at = self.chars[n], 0
        out: list[str] = []
        for start, end, mark, is_first, is_last in sorted(self.wraps[n], key=lambda w: w[:2]):
            css = escape(f"passage {mark.css}".strip())
            identity = f' id="{escape(mark.id)}"' if is_first else ""
            out.extend(
                ("".join(chars[at:start]), f'<mark class="{css}"{identity}>', "".join(chars[start:end]), "</mark>")
            )
            at = end
            if is_last:
                link = f'<a class="num" href="#thread-{escape(mark.label)}">{escape(mark.label)}</a>'
                if self.inside_link[n]:
                    pending.append(link)
                else:
                    out.append(link)
        return "".join((*out, *chars[at:]))


def _letters(text: str) -> str:
    return "".join(c.lower()[:1] for c in text if c.isalnum())


def _common_end(a: str, b: str) -> int:
    n = 0
    while n < min(len(a), len(b)) and a[-1 - n] == b[-1 - n]:
        n += 1
    return n
