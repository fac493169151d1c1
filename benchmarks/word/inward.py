"""What comes back from Word: nothing edited, one word, twelve kinds of edits, comments, and how long it takes."""

from __future__ import annotations

import difflib
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import zip_longest

from benchmarks.table import Table
from benchmarks.word import edits
from benchmarks.word.office import Office
from reviewtool.word import exporting, importing, source
from reviewtool.word.commenting import Answer, Remark
from reviewtool.word.importing import Imported
from reviewtool.word.leaves import Leaf
from reviewtool.word.redlining import Version

_IN_TABLES = ("row added", "row removed", "word in a cell")
_WHEN = datetime.fromisoformat(edits.DATE)


def share(good: int, of: int) -> float:
    return 100 * good / of if of else 100.0


def unedited(table: Table, documents: Sequence[str], some: Sequence[str], writer: Office | None) -> None:
    table.section("Nothing edited: the Markdown stays byte by byte")
    _unedited(table, "saved again by python-docx", documents, None, 100)
    if writer:
        _unedited(table, "saved again by LibreOffice", some, writer, 98)


def _unedited(table: Table, what: str, documents: Sequence[str], writer: Office | None, least: float) -> None:
    same = asked = read = 0
    for text in documents:
        data = exporting.document(text).data
        again = writer.act("save", data) if writer else edits.edited(data)
        if again is None:
            continue
        read += 1
        found = importing.document(text, again)
        same += found.text == text
        asked += bool(found.lost or found.questions)
    table.least(f"{what}: byte-identical", share(same, read), least, " %", f" of {read}")
    table.say(f"{what}: something asked all the same", f"{asked}")


def one_word(table: Table, documents: Sequence[str], some: Sequence[str], writer: Office | None) -> None:
    table.section("One word changed: one word differs")
    _one_word(table, "python-docx", documents, None, 99)
    if writer:
        _one_word(table, "LibreOffice after that", some, writer, 97)


def _one_word(table: Table, what: str, documents: Sequence[str], writer: Office | None, least: float) -> None:
    chance = random.Random(5)
    count: Counter[str] = Counter()
    for text in documents:
        for _ in range(2):
            data = edits.edited(exporting.document(text).data, lambda document: edits.word(document, chance))
            data = writer.act("save", data) if writer and data else data
            if data is None:
                continue
            found = importing.document(text, data)
            good = _is_one_word(text, found.text)
            count["all"] += 1
            count["good"] += good
            count["silent"] += not good and not found.lost and not found.questions
    table.least(f"{what}: exactly that word", share(count["good"], count["all"]), least, " %", f" of {count['all']}")
    table.most(f"{what}: wrong without a word about it", count["silent"], 0)


def _is_one_word(old: str, new: str) -> bool:
    """Whether two texts read the same but for one word that became ours."""
    sides = zip_longest(source.read(old).leaves, source.read(new).leaves)
    differing = [(a, b) for a, b in sides if a is None or b is None or a.same != b.same]
    if len(differing) != 1 or None in differing[0]:
        return False
    a, b = differing[0]
    runs = difflib.SequenceMatcher(None, _texts(a), _texts(b), autojunk=False).get_opcodes()
    changed = [(a.tokens[i0:i1], b.tokens[j0:j1]) for op, i0, i1, j0, j1 in runs if op != "equal"]
    return len(changed) == 1 and "zarzamora" in "".join(t.text for t in changed[0][1]) and len(changed[0][1]) == 1


def _texts(leaf: Leaf) -> list[str]:
    return [token.text for token in leaf.tokens]


def kinds(table: Table, materials: Sequence[str], documents: Sequence[str]) -> None:
    """Edit in every way; in tables on the starter materials too, whose tables are many."""
    table.section("Kinds of edits: the result exported again is the upload")
    chance = random.Random(7)
    count: dict[str, Counter[str]] = {name: Counter() for name in edits.KINDS}
    for name in edits.KINDS:
        many = [*documents, *materials, *materials] if name in _IN_TABLES else documents
        for text in many:
            _kind(name, text, chance, count[name])
    for name, found in count.items():
        note = f" of {found['all']}, {share(found['near'], found['all']):.0f} % few lines"
        table.least(name, share(found["good"], found["all"]), 98, " %", note)
    every = sum((found for found in count.values()), Counter())
    table.least("all kinds", share(every["good"], every["all"]), 98, " %", f" of {every['all']}")
    table.least("edits inside tables", sum(count[name]["all"] for name in _IN_TABLES), 100)
    table.most("failed with an error", every["failed"], 0)
    tracked = count["word tracked"]
    table.least("tracked: author, date and kind", share(tracked["who"], tracked["all"]), 100, " %")
    table.least("«everything was tracked» is right", share(every["tracked"], every["all"]), 100, " %")
    table.least("comment on the word: text, author, place", share(tracked["comment"], tracked["all"]), 98, " %")


def _kind(name: str, text: str, chance: random.Random, count: Counter[str]) -> None:
    data = edits.edited(exporting.document(text).data, lambda document: edits.KINDS[name](document, chance))
    if data is None:
        return
    count["all"] += 1
    try:
        found = importing.document(text, data)
    except Exception as error:
        count["failed"] += 1
        print(f"{name}: {error!r}")
        return
    changed = difflib.unified_diff(text.split("\n"), found.text.split("\n"), n=0, lineterm="")
    lines = sum(line[:1] in "+-" for line in changed) - 2
    count["good"] += found.text != text and not found.lost and not found.questions
    count["near"] += lines <= (14 if name in ("paragraph removed", "paragraph split") else 4)
    count["tracked"] += found.tracked == (name == "word tracked")
    if name == "word tracked":
        who = [(mark and mark.author, mark and mark.date) for edit in found.edits for mark in edit.authors]
        count["who"] += who == [(edits.AUTHOR, _WHEN)] and found.edits[0].sort == "words"
        count["comment"] += _has_comment(found)


def _has_comment(found: Imported) -> bool:
    said = [(each.author, each.text) for each in found.remarks] == [(edits.AUTHOR, "¿Está bien este término?")]
    return said and found.text[found.remarks[0].start : found.remarks[0].end] == "zarzamora"


def remarks(table: Table, documents: Sequence[str]) -> None:
    """Send comments with answers out on words of the text, and read them back."""
    table.section("Comments out and in: text, author, date, answers, resolved, place")
    chance = random.Random(9)
    told = placed = 0
    for text in documents:
        words = [t for leaf in source.read(text).leaves for t in leaf.tokens if t.start >= 0 and t.text.isalpha()]
        if not words:
            continue
        token = chance.choice(words)
        answers = (Answer("Luis", datetime(2026, 2, 3, tzinfo=UTC), "Sí."), Answer("Ana", None, "No."))
        sent = Remark("Rosa Q.", _WHEN, "¿Seguro?\nOtra línea.", token.start, token.end, answers, chance.random() < 0.5)
        data = exporting.proposal(text, [Version(text, "Ana")], [sent]).data
        found = importing.document(text, edits.edited(data) or b"").remarks
        told += [(r.author, r.date, r.text, r.answers, r.resolved) for r in found] == [
            (sent.author, sent.date, sent.text, sent.answers, sent.resolved)
        ]
        placed += bool(found) and (found[0].start, found[0].end) == (token.start, token.end)
    table.least("all of them said", share(told, len(documents)), 100, " %", f" of {len(documents)}")
    table.least("at their words", share(placed, len(documents)), 98, " %")


def times(table: Table, materials: Sequence[str]) -> None:
    table.section("Import, in seconds of this processor")
    body = "\n\n".join(_bare(text) for text in materials)
    for words, limit in ((3_000, 3), (20_000, 15)):
        cut = body
        while len(cut.split()) > words:
            cut = cut[: int(len(cut) * max(0.5, words / len(cut.split())))]
        cut = cut[: cut.rindex("\n\n")] + "\n"
        chance = random.Random(2)
        data = edits.edited(exporting.document(cut).data, lambda document, chance=chance: edits.word(document, chance))
        began = time.process_time()
        importing.document(cut, data or b"")
        table.most(f"{len(cut.split())} words", round(time.process_time() - began, 2), limit, " s")


def _bare(text: str) -> str:
    """Leave the front matter out."""
    return text.split("\n---\n", 1)[-1]
