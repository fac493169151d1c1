"""`reviewtool word export` and `import`: Word both ways for a terminal and for other programs.

Reads and writes files; what is a change is said by `word`. Loads neither Flask nor the database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click

from reviewtool.errors import Complaint, ReviewError
from reviewtool.services import drawing
from reviewtool.word import exporting, importing
from reviewtool.word.exporting import Surroundings
from reviewtool.word.package import Origin
from reviewtool.word.redlining import Version


@click.group()
def word() -> None:
    """Write documents as Word files and read such files back."""


@word.command("export")
@click.option("--base", type=click.Path(path_type=Path), help="The text before: the file gets tracked changes.")
@click.option("--author", default="", help="Who made the tracked changes.")
@click.option("--document", default="", help="The document's path in the materials, to find it again.")
@click.option("--state", default="", help="The state of the materials it was taken from.")
@click.option("--json", "as_json", is_flag=True, help="Say what was written as JSON.")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
def export(
    source: Path, target: Path, *, base: Path | None, author: str, document: str, state: str, as_json: bool
) -> None:
    """Write the Markdown file SOURCE as the Word file TARGET."""
    text = _text(source)
    around = Surroundings(image=lambda name: _picture(source.parent, name), to_png=drawing.as_png)
    origin = Origin(document or source.name, state, version("reviewtool"))
    if base is None:
        made = exporting.document(text, origin, around)
    else:
        made = exporting.proposal(_text(base), [Version(text, author)], (), origin, around)
    _write(target, made.data)
    if as_json:
        _say({"file": str(target), "bytes": len(made.data), "absent": list(made.absent)})
    else:
        for name in made.absent:
            click.echo(f"{name}: only its description\n{name}: solo su descripción", err=True)


@word.command("import")
@click.option("--output", type=click.Path(path_type=Path), help="Write the new Markdown here.")
@click.option("--json", "as_json", is_flag=True, help="All changes, questions and comments as JSON.")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("upload", type=click.Path(path_type=Path))
def import_(base: Path, upload: Path, output: Path | None, as_json: bool) -> None:
    """Read the Word file UPLOAD as changes of the Markdown file BASE it came from.

    The status is 0 when everything was placed and 1 when something must be asked.
    """
    around = Surroundings(image=lambda name: _picture(base.parent, name))
    try:
        found = importing.document(_text(base), _bytes(upload), around)
    except ReviewError as error:
        from reviewtool.cli_common import in_words  # noqa: PLC0415  (the sentences of the pages)

        raise click.ClickException(in_words(error)) from error
    if output is not None:
        _write(output, found.text.encode())
    if as_json:
        _say(_facts(found))
    else:
        for edit in found.edits:
            click.echo(f"[-{edit.before}-] {{+{edit.after}+}} {', '.join(m.author if m else '' for m in edit.authors)}")
        for question in (*found.questions, *found.lost):
            click.echo(f"? {question.code}: [-{question.before}-] {{+{question.after}+}}")
    if found.questions or found.lost:
        raise SystemExit(1)


def _facts(found: importing.Imported) -> dict[str, Any]:
    return {
        "edits": [
            asdict(edit) | {"authors": [mark and {"author": mark.author, "date": mark.date} for mark in edit.authors]}
            for edit in found.edits
        ],
        "questions": [asdict(question) for question in found.questions],
        "lost": [asdict(question) for question in found.lost],
        "comments": [asdict(remark) for remark in found.remarks],
        "tracked": found.tracked,
        "pictures": found.pictures,
        "odd": sorted(found.odd),
        "origin": found.origin and asdict(found.origin),
    }


def _say(facts: Mapping[str, Any]) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, default=_time))


def _time(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.ClickException(
            str(Complaint(f"{path} cannot be read: {error.strerror}.", f"No se puede leer {path}: {error.strerror}."))
        ) from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode()
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is no UTF-8 text.\n{path} no es un texto UTF-8.") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise click.ClickException(
            f"{path} cannot be written: {error.strerror}.\nNo se puede escribir {path}: {error.strerror}."
        ) from error


def _picture(folder: Path, name: str) -> bytes | None:
    """Read a picture that stands beside the document or below it."""
    path = (folder / unquote(name)).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    return path.read_bytes()
