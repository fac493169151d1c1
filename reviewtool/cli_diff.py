"""`reviewtool diff`: two files compared as the pages compare them, for a terminal, for git and for other programs.

Reads files and prints; what changed is said by `prose`. Loads neither Flask nor the database.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

import click

from reviewtool.errors import Complaint
from reviewtool.prose import blocks
from reviewtool.prose.changes import Change, Comparison, Step, compare

SAME, DIFFERENT, TROUBLE = 0, 1, 2
_LOOKED_AT = 8000  # bytes in which git, too, looks for a zero byte
_FROM_GIT = (1, 7, 9)  # arguments: an unmerged path, a changed one, a renamed one
_NO_LINE_END = "\\ No newline at end of file"
_MARKS: Final = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}
_ENDS: Final = {"delete": ("[<{} ", "<]"), "insert": ("{{>{} ", ">}}")}
_COLOURS: Final = {"equal": "", "delete": "31", "insert": "32", "moved": "36", "place": "2"}
#: Characters that would act on a terminal, or turn what is read, instead of being read; a tab and the line end stay.
_SHOWN: Final[dict[int, int | str]] = {
    **{n: 0x2400 + n for n in range(32) if chr(n) not in "\t\n"},
    **{n: f"<{n:04X}>" for n in (*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}
_NAMES: Final = _SHOWN | {9: 0x2409, 10: 0x240A}
_PAGE = """<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>.visually-hidden {{ position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%) }}</style>
</head>
<body>
{body}
</body>
</html>
"""


class _Trouble(click.ClickException):
    exit_code = TROUBLE


@click.command(context_settings={"ignore_unknown_options": False})
@click.option("--json", "form", flag_value="json", help="All changes, exactly, as JSON.")
@click.option("--html", "form", flag_value="html", help="The rendered document with its changes, as a page.")
@click.option("--words", "form", flag_value="words", help="Words marked inside the text: [-gone-] {+come+}.")
@click.argument("names", nargs=-1, metavar="OLD NEW")
def diff(form: str | None, names: tuple[str, ...]) -> None:
    """Compare two texts paragraph by paragraph and word by word.

    A moved paragraph has < and a number where it was, > and the number where it is. The status is 0 when the files are
    the same, 1 when they differ, 2 when they cannot be compared. For git: GIT_EXTERNAL_DIFF="reviewtool diff --", or
    git difftool -x "reviewtool diff --".
    """
    try:
        if len(names) in _FROM_GIT and "GIT_DIFF_PATH_TOTAL" in os.environ:
            _for_git(form, names)
            return
        if len(names) != 2:
            raise Complaint("Name two files.", "Indique dos ficheros.")
        status = _compare(form, Path(names[0]), Path(names[1]), names)
    except BrokenPipeError:  # whoever reads has seen enough
        raise
    except OSError as error:
        raise _Trouble(
            f"The result cannot be written: {error.strerror}.\nNo se puede escribir el resultado: {error.strerror}."
        ) from error
    except Complaint as error:
        raise _Trouble("\n".join(line.translate(_NAMES) for line in str(error).splitlines())) from error
    raise SystemExit(status)


def _for_git(form: str | None, names: Sequence[str]) -> None:
    """Answer git, which takes any other status than 0 for a crash."""
    if len(names) == 1:
        _print(f"* Unmerged path {names[0].translate(_NAMES)}\n")
        return
    path = names[7] if len(names) == 9 else names[0]
    try:
        _compare(form, Path(names[1]), Path(names[4]), (names[0], path))
    except Complaint as error:
        _print(f"{str(error).translate(_SHOWN)}\n")


def _compare(form: str | None, old_path: Path, new_path: Path, names: Sequence[str]) -> int:
    old, new = _read(old_path), _read(new_path)
    if old == new and form not in ("json", "html"):
        return SAME
    texts = [_text(data, name) for data, name in ((old, names[0]), (new, names[1]))]
    if form == "html":
        _print(_page(texts, names))
    else:
        found = compare(*texts)
        _print(_as_json(found) if form == "json" else "".join(_Paper(found, words=form == "words").lines(names)))
    return SAME if old == new else DIFFERENT


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Complaint(f"There is no file {path}.", f"No existe el fichero {path}.") from None
    except IsADirectoryError:
        raise Complaint(f"{path} is a folder.", f"{path} es una carpeta.") from None
    except OSError as error:
        raise Complaint(
            f"{path} cannot be read: {error.strerror}.", f"No se puede leer {path}: {error.strerror}."
        ) from error


def _text(data: bytes, name: str) -> str:
    if b"\0" in data[:_LOOKED_AT]:
        raise Complaint(f"The files differ; {name} is binary.", f"Los ficheros difieren; {name} es binario.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Complaint(
            f"{name} is no UTF-8 text (byte {error.start + 1}).",
            f"{name} no es un texto UTF-8 (byte {error.start + 1}).",
        ) from None


def _print(text: str) -> None:
    """Write UTF-8 whatever the terminal says it is, with no line end changed."""
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def _as_json(found: Comparison) -> str:
    return json.dumps({"changes": [change._asdict() for change in found.changes]}, ensure_ascii=False) + "\n"


def _page(texts: Sequence[str], names: Sequence[str]) -> str:
    from reviewtool.prose.redline import redline  # noqa: PLC0415  (the renderer takes longer to load than a text to compare)

    return _PAGE.format(title=escape(" → ".join(dict.fromkeys(names))), body=redline(*texts))


class _Paper:
    """Writes the changed paragraphs of a comparison, each with its neighbours."""

    def __init__(self, found: Comparison, *, words: bool) -> None:
        self.found, self.words = found, words
        self._counted: dict[str, tuple[int, int]] = {}  # text -> an offset and the line it is in
        self.coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def lines(self, names: Sequence[str]) -> Iterator[str]:
        """Give the printed lines with their ends."""
        steps = list(self.found.steps())
        told = [any(c.op != "equal" for c in self.found.inside(step)) for step in steps]
        yield self._paint(f"--- {names[0].translate(_NAMES)}", "place") + "\n"
        yield self._paint(f"+++ {names[1].translate(_NAMES)}", "place") + "\n"
        before = False
        for n, step in enumerate(steps):
            near = any(told[max(0, n - 1) : n + 2])
            if near and not before:
                yield self._paint(self._place(steps, n), "place") + "\n"
            if near:
                yield from self._words(step) if self.words else self._paragraphs(step, changed=told[n])
            before = near

    def _place(self, steps: Sequence[Step], n: int) -> str:
        """Name the lines at which a group of changes begins."""
        later = range(n, len(steps))
        olds, news = self.found.old_blocks, self.found.new_blocks
        old = next((olds[i].start for at in later if (i := steps[at].old) is not None), len(self.found.old))
        new = next((news[j].start for at in later if (j := steps[at].new) is not None), len(self.found.new))
        return f"@@ -{self._line(self.found.old, old)} +{self._line(self.found.new, new)} @@"

    def _line(self, text: str, offset: int) -> int:
        """Return the number of a line, counted on from the last one asked for before it."""
        known, line = self._counted.get(text, (0, 1))
        known, line = (known, line) if known <= offset else (0, 1)
        line += text.count("\n", known, offset)
        self._counted[text] = (offset, line)
        return line

    def _paragraphs(self, step: Step, *, changed: bool) -> Iterator[str]:
        made = list(self.found.inside(step))
        if not changed:
            yield from self._signed(" ", made, "equal")
            return
        number = step.pair.move if step.pair else None
        for op, there, arrow in (("delete", step.old, "<"), ("insert", step.new, ">")):
            if there is not None:
                sign = f"{arrow}{number} " if number else "-" if op == "delete" else "+"
                side = [change for change in made if change.op in ("equal", op)]
                yield from self._signed(sign, side, "moved" if number else op)

    def _signed(self, sign: str, side: Iterable[Change], style: str) -> Iterator[str]:
        """Give the lines of one side of a block; in colour the words that differ stand out."""
        line = ""
        for op, text, _ in side:
            strong = op != "equal" and style != "moved"
            for part in blocks.lines(text):
                line += self._paint(part.removesuffix("\n").translate(_SHOWN), style, strong=strong)
                if part.endswith("\n"):
                    yield self._paint(sign, style) + line + "\n"
                    line = ""
        if line:
            yield f"{self._paint(sign, style)}{line}\n{_NO_LINE_END}\n"

    def _words(self, step: Step) -> Iterator[str]:
        """Give the text of a block with its changes marked inside."""
        out = ""
        for op, text, move in self.found.inside(step):
            opened, closed = _MARKS[op] if move is None else (mark.format(move) for mark in _ENDS[op])
            body = text.strip() if move else text.rstrip()
            before, body, after = text.partition(body) if body else ("", text, "")
            marked = f"{opened}{body}{closed}".translate(_SHOWN)
            out += before + self._paint(marked, "moved" if move else op) + after.replace("\r", "")
        yield out if out.endswith("\n") else f"{out}\n{_NO_LINE_END}\n"

    def _paint(self, text: str, style: str, *, strong: bool = False) -> str:
        code = _COLOURS[style]
        if not self.coloured or not code or not text:
            return text
        return f"\x1b[{'1;7;' if strong else ''}{code}m{text}\x1b[0m"
