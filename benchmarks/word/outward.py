"""What goes out as tracked changes: accepted it is the proposal, rejected the base, whoever reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from benchmarks.table import Table
from benchmarks.word import office
from benchmarks.word.inward import share
from benchmarks.word.office import Office
from reviewtool.word import exporting, opening, reading, source
from reviewtool.word.leaves import Leaf
from reviewtool.word.redlining import Version

_WHEN = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)


def proposals(
    table: Table, many: Sequence[tuple[str, str]], some: Sequence[tuple[str, str]], writer: Office | None
) -> None:
    """Read the same files with our reader, with pandoc's and with LibreOffice's own accept and reject."""
    table.section("Proposals as tracked changes: accept = proposal, reject = base")
    count: Counter[str] = Counter()
    for base, new in many:
        data = _made(base, new)
        upload = reading.read(opening.Parts(data))
        for accepted, text in ((True, new), (False, base)):
            wanted = source.read(text).leaves
            count["ours"] += _facts(upload.view(accepted=accepted)) == _facts(wanted)
            said = office.pandoc(data, "accept" if accepted else "reject")
            if said is not None:
                count["read"] += 1
                count["pandoc"] += said == office.pandoc(exporting.document(text).data)
            count["all"] += 1
        count["rows"] += _rows(data)
    table.least("our reader", share(count["ours"], count["all"]), 100, " %", f" of {count['all']}")
    table.say("of them with rows that come or go", f"{count['rows']}")
    if count["read"]:
        table.least("pandoc", share(count["pandoc"], count["read"]), 100, " %", f" of {count['read']}")
    if writer:
        _in_office(table, some, writer)


def _in_office(table: Table, some: Iterable[tuple[str, str]], writer: Office) -> None:
    count: Counter[str] = Counter()
    for base, new in some:
        data = _made(base, new)
        for act, text in (("accept", new), ("reject", base)):
            saved = writer.act(act, data)
            count["all"] += 1
            if saved is None:
                continue
            count["opened"] += 1
            found = reading.read(opening.Parts(saved)).view(accepted=True)
            wanted = source.read(text).leaves
            count["words"] += _words(found) == _words(wanted)
            count["all of it"] += [leaf.same for leaf in found] == [leaf.same for leaf in wanted]
    table.least("LibreOffice opens it", share(count["opened"], count["all"]), 100, " %", f" of {count['all']}")
    table.least("LibreOffice: paragraphs and words", share(count["words"], count["opened"]), 100, " %")
    table.say("LibreOffice: formats and links too", f"{share(count['all of it'], count['opened']):.1f} %")


def _made(base: str, new: str) -> bytes:
    return exporting.proposal(base, [Version(new, "Ana Pérez", _WHEN)]).data


def _facts(found: Iterable[Leaf]) -> list[object]:
    return [(leaf.same, leaf.shape, leaf.cell and (leaf.cell.row, leaf.cell.column)) for leaf in found]


def _words(found: Iterable[Leaf]) -> list[str]:
    return [leaf.text for leaf in found if leaf.same[0] not in ("picture", "rule")]


def _rows(data: bytes) -> bool:
    root = opening.Parts(data).tree("word/document.xml")
    return root is not None and any(
        row.find("{*}ins") is not None or row.find("{*}del") is not None for row in root.iter("{*}trPr")
    )
