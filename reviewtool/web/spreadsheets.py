"""Tables for spreadsheets: UTF-8 with the mark that Excel asks for, «;» between cells, no cell that is a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from flask import Response, stream_with_context

from reviewtool.clock import now

BYTE_ORDER_MARK: Final = "\ufeff"  # by which Excel knows that a file is UTF-8
# What begins a formula, in wide letters too, or hides the sign that does.
_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def table(header: Iterable[str], batches: Iterable[Iterable[Iterable[str]]]) -> Iterator[bytes]:
    """Yield a table batch by batch, the header in its first line."""
    yield (BYTE_ORDER_MARK + _lines([header])).encode()
    for batch in batches:
        yield _lines(batch).encode()


def sent(name: str, lines: Iterator[bytes]) -> Response:
    """Send a table as a file that is saved under a name and today's date."""
    answer = Response(stream_with_context(lines), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}-{now():%Y-%m-%d}.csv")
    return answer


def _lines(rows: Iterable[Iterable[str]]) -> str:
    written = StringIO()
    csv.writer(written, delimiter=";").writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue()


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that begins like it gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
