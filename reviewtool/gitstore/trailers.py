"""The trailers of a commit message, read by git's own rules and written so that those rules find them again.

A port of find_trailer_start() of git 2.39 (trailer.c), tested against `git interpret-trailers --parse --no-divider`:
that command costs a process, and a list of commits would need one for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

Trailers = tuple[tuple[str, str], ...]

_SEPARATED: Final = re.compile(r"([A-Za-z0-9-]+)[ \t]*:")
_GENERATED: Final = ("Signed-off-by: ", "(cherry picked from commit ")
_SCISSORS: Final = "# ------------------------ >8 ------------------------"


def parse(message: str) -> Trailers:
    """Return the (name, value) pairs of the last paragraph if it is one of trailers; values on one line."""
    lines = _cut(message.split("\n"))
    found: list[list[str]] = []
    open_value = False  # a line that begins with white space goes on with the trailer just before it
    for line in lines[_start(lines) :]:
        if line[:1].isspace() and open_value:
            found[-1][1] = f"{found[-1][1]} {line.strip()}".strip()
            continue
        match = _SEPARATED.match(line)
        open_value = match is not None
        if match:
            found.append([match[1], line[match.end() :].strip()])
    return tuple((name, value) for name, value in found)


def _cut(lines: list[str]) -> list[str]:
    # What follows a scissors line, and comments and blank lines at the end, are no part of the message.
    if _SCISSORS in lines:
        lines = lines[: lines.index(_SCISSORS)]
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return lines[:end]


def _start(lines: Sequence[str]) -> int:
    """Return the index of the first line of the trailer block, or the number of lines if there is none."""
    title_end = next((n for n, line in enumerate(lines) if not line.strip() and not line.startswith("#")), len(lines))
    trailers = others = continuations = 0
    generated = False
    for number in range(len(lines) - 1, title_end - 1, -1):
        line = lines[number]
        if line.startswith("#"):
            others, continuations = others + continuations, 0
        elif not line.strip():
            others += continuations
            if (generated and trailers * 3 >= others) or (trailers and not others):
                return number + 1
            return len(lines)
        elif line.startswith(_GENERATED):
            trailers, continuations, generated = trailers + 1, 0, True
        elif _SEPARATED.match(line):
            trailers, continuations = trailers + 1, 0
        elif line[0].isspace():
            continuations += 1
        else:
            others, continuations = others + 1 + continuations, 0
    return len(lines)


def compose(subject: str, body: str, trailers: Sequence[tuple[str, str]]) -> str:
    """Make a message: subject, blank, body, blank, trailers; nothing in the body can hide a trailer or pass for one."""
    subject = _one_line(subject)
    if not subject:
        raise ValueError("a commit needs a subject")
    parts = [_indent(subject)]
    text = "\n".join(_indent(line.rstrip()) for line in _clean(body).splitlines()).strip("\n")
    if text:
        parts.append(text)
    if trailers:
        parts.append("\n".join(f"{_name(name)}: {_one_line(value)}" for name, value in trailers))
    elif parse("\n\n".join(parts)):
        parts[-1] = "\n".join(f" {line}" if line.strip() else line for line in text.split("\n"))
    return "\n\n".join(parts) + "\n"


def _indent(line: str) -> str:
    # `---` ends the message for `git am` and `interpret-trailers`, a scissors line for every reader of trailers.
    return f" {line}" if line.startswith("---") or line.startswith(_SCISSORS) else line


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())


def _name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        raise ValueError(f"not a trailer's name: {name!r}")
    return name
