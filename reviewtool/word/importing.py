"""A Word file that comes back made into changes of the Markdown it came from; what it did not touch stays byte by byte.

The upload is never converted and stored. What differs from the base is found, written into the source, and the result
exported again and compared with the upload: what is not the same then is shown, never silently accepted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewtool.errors import Conflict
from reviewtool.word import commenting, exporting, opening, reading, source
from reviewtool.word.commenting import Remark
from reviewtool.word.composing import Composer
from reviewtool.word.exporting import Surroundings
from reviewtool.word.inserting import Inserter
from reviewtool.word.leaves import Leaf, Mark, Token
from reviewtool.word.opening import Limits, Parts
from reviewtool.word.package import Origin
from reviewtool.word.pairing import Step, Unit, pair
from reviewtool.word.rewriting import Edit, Rewriter, applied

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Question:
    """Something that could not be placed: a code, the words of the base and those of the upload."""

    code: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an upload says of its base.

    `text` is the new Markdown, `edits` make it of the base one by one; a part of them may be applied with `rewriting.
    applied`. `tracked` says that nothing was changed but with tracked changes. `lost` are the leaves in which the
    result, exported again, differs from the upload: empty, nothing was lost.
    """

    text: str
    edits: tuple[Edit, ...]
    questions: tuple[Question, ...]
    lost: tuple[Question, ...]
    tracked: bool
    origin: Origin | None
    odd: frozenset[str]
    pictures: int  # pictures of the base that the upload does not have; they stay
    remarks: tuple[Remark, ...] = ()


def document(base: str, data: bytes, around: Surroundings | None = None, limits: Limits | None = None) -> Imported:
    """Read an upload against the text it was made from."""
    around = around or Surroundings()
    parts = Parts(data, limits)
    upload = reading.read(parts)
    return _Import(base, upload, around).run(parts)


class _Import:
    def __init__(self, base: str, upload: reading.Upload, around: Surroundings) -> None:
        self.around = around
        self.base = source.read(base, around.address)
        self.upload = upload
        self.accepted, self.rejected = upload.view(accepted=True), upload.view(accepted=False)
        self.questions: list[Question] = []
        self.edits: list[Edit] = []
        self.fresh: dict[str, str] = {}  # note of the upload -> its new label
        self.rewriter = Rewriter(self.base, around.address, self._note)
        self.inserter = Inserter(self.base, Composer(base, self.base.written, self._note))

    def run(self, parts: Parts) -> Imported:
        marks, tracked = self._deletions()
        steps = pair(self.base.leaves, self.accepted)
        gone: list[Leaf] = []
        waiting: list[Unit] = []
        before: list[Leaf] = []
        for n, step in enumerate(steps):
            if step.new and step.old:
                self._insert(waiting, before, self._old(step.old))
                waiting, before = [], self._old(step.old)
                self._changed(step.old, step.new)
            elif step.new:
                waiting.append(step.new)
            elif step.old:
                gone += self._removable(step.old, steps, n)
        self._insert(waiting, before, [])
        self.edits += self.inserter.removed(gone, marks)
        self._define()
        self.edits.sort(key=lambda edit: (edit.start, edit.end))
        _ensure_apart(self.edits)
        text = applied(self.base.text, self.edits)
        pictures = max(0, _pictures(self.base.leaves) - _pictures(self.accepted))
        lost, twins = self._lost(text)
        return Imported(
            text, tuple(self.edits), tuple(self.questions), tuple(lost), tracked, parts.origin(),
            frozenset(self.upload.odd), pictures, tuple(commenting.read(parts, self.accepted, twins)),
        )  # fmt: skip

    def _old(self, unit: Unit) -> list[Leaf]:
        return list(self.base.leaves[unit.first : unit.last])

    def _new(self, unit: Unit) -> list[Leaf]:
        return self.accepted[unit.first : unit.last]

    def _deletions(self) -> tuple[dict[int, tuple[Mark | None, ...]], bool]:
        """Tell of each leaf of the base who deleted it, and whether the upload without its changes is the base."""
        found: dict[int, tuple[Mark | None, ...]] = {}
        same = True
        for step in pair(self.base.leaves, self.rejected):
            same = same and step.old is not None and step.new is not None and step.old.key == step.new.key
            if step.old and step.new and step.old.size == step.new.size:
                for old, new in zip(self._old(step.old), self.rejected[step.new.first : step.new.last], strict=True):
                    if new.marks:
                        found[id(old)] = tuple(new.marks)
        return found, same

    def _changed(self, old_unit: Unit, new_unit: Unit) -> None:
        """Write what changed inside two units that are one."""
        old, new = self._old(old_unit), self._new(new_unit)
        if len(old) != len(new):
            self._columns(old, new)
            return
        for a, b in zip(old, new, strict=True):
            if a.same == b.same:
                self._stood(a, b)
                continue
            if a.kind != b.kind and not self._renamed(a, b):
                self.questions.append(Question("word-kind", a.text, b.text))
                continue
            found = self.rewriter.edits(a, replace(b, kind=a.kind))
            if found is None:
                self.questions.append(Question("word-unplaced", a.text, b.text))
            else:
                self.edits += found
            self._stood(a, b)

    def _stood(self, a: Leaf, b: Leaf) -> None:
        """Ask about a paragraph that now stands at another depth of a list or in another box."""
        if a.kind == b.kind and a.shape != b.shape and "picture" not in (a.same[0], b.same[0]):
            self.questions.append(Question("word-shape", a.text, b.text))

    def _renamed(self, a: Leaf, b: Leaf) -> bool:
        """Make a heading of a paragraph, a paragraph of a heading, or a heading of another level."""
        if {a.kind[0], b.kind[0]} - {"h", "p"} or a.within or a.start < 0 or "picture" in (a.same[0], b.same[0]):
            return False
        start = self.base.text.rfind("\n", 0, a.start) + 1
        head = self.base.text[start : a.start]
        if a.kind[0] == "h" and not head.strip().startswith("#"):
            return False
        marks = "#" * int(b.kind[1]) + " " if b.kind[0] == "h" else ""
        by = tuple(dict.fromkeys(m for token in b.tokens for m in token.marks)) or (None,)
        self.edits.append(Edit(start, a.start, marks, (None,) if None in by else by, a.text, b.text))
        return True

    def _columns(self, old: Sequence[Leaf], new: Sequence[Leaf]) -> None:
        """Ask about a row that has more or fewer cells than before."""
        told = " | ".join(leaf.text for leaf in old), " | ".join(leaf.text for leaf in new)
        self.questions.append(Question("word-columns", *told))

    def _insert(self, waiting: Sequence[Unit], before: Sequence[Leaf], after: Sequence[Leaf]) -> None:
        """Write what is new between two leaves that stay."""
        rest: list[Leaf] = []
        rows: list[list[Leaf]] = []
        last = before[-1] if before else None
        following = after[0] if after else None
        for unit in [*waiting, None]:
            found = self._new(unit) if unit else []
            if unit and unit.sort == "note" and found[0].note in self.fresh:
                continue
            if unit and unit.sort in ("picture", "note"):
                self.questions.append(Question(f"word-{unit.sort}", "", unit.text))
                continue
            if rows and (unit is None or unit.sort != "row" or _table(found) != _table(rows[0])):
                self._rows(rows, before, after)
                rows = []
            if rest and (unit is None or unit.sort == "row"):
                self.edits.append(self.inserter.paragraphs(rest, last, following))
                rest = []
            if unit and unit.sort == "row":
                rows.append(found)
            else:
                rest += found

    def _rows(self, rows: Sequence[Sequence[Leaf]], before: Sequence[Leaf], after: Sequence[Leaf]) -> None:
        """Write rows: into the table of the row before or after them, or as a table that is new."""
        tables = {_table(rows[0]): None}
        known = [leaf for leaf in self.accepted if leaf.cell and leaf.cell.table in tables]
        fresh = {id(leaf) for row in rows for leaf in row}
        if all(id(leaf) in fresh for leaf in known):
            last = before[-1] if before else None
            self.edits.append(self.inserter.table(rows, last, after[0] if after else None))
            return
        if not before or not before[0].cell:
            told = "\n".join(" | ".join(leaf.text for leaf in row) for row in rows)
            self.questions.append(Question("word-row", "", told))
            return
        self.edits += [self.inserter.row(row, before, len(before)) for row in rows]

    def _removable(self, unit: Unit, steps: Sequence[Step], n: int) -> list[Leaf]:
        """Give the leaves that go; pictures and rules stay, and the head of a table that goes on is asked about."""
        found = self._old(unit)
        if unit.sort in ("picture", "rule") or found[0].lines[0] < 0:
            return []
        if found[0].kind == "boxtitle" and found[0].start < 0:
            return [leaf for leaf in found if self._box_goes(leaf, steps)]
        if found[0].cell and found[0].cell.row == 0 and self._table_stays(found[0], steps):
            self.questions.append(Question("word-row", unit.text, ""))
            return []
        if any(token.key == "image" for leaf in found for token in leaf.tokens):
            self.questions.append(Question("word-picture", unit.text, ""))
            return []
        return found

    def _table_stays(self, head: Leaf, steps: Sequence[Step]) -> bool:
        return any(
            step.new and step.old and (leaf := self._old(step.old)[0]).cell and head.cell
            and leaf.cell.table == head.cell.table
            for step in steps
        )  # fmt: skip

    def _box_goes(self, title: Leaf, steps: Sequence[Step]) -> bool:
        box = title.within[-1].number if title.within else 0
        kept = [leaf for step in steps if step.old and step.new for leaf in self._old(step.old)]
        return not any(each.number == box for leaf in kept for each in leaf.within)

    def _note(self, token: Token) -> str:
        """Give a note that is new a label that no other note has."""
        name = token.data[0] if token.data else ""
        if name not in self.fresh:
            taken = set(re.findall(r"\[\^([^\]\s]+)\]", self.base.text)) | set(self.fresh.values())
            self.fresh[name] = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
        return f"[^{self.fresh[name]}]"

    def _define(self) -> None:
        """Write the texts of new notes at the end."""
        for name, label in list(self.fresh.items()):
            found = [leaf for leaf in self.accepted if leaf.note == name]
            texts = [self.inserter.words(leaf) for leaf in found]
            body = "\n\n    ".join(texts)
            end = len(self.base.text)
            gap = "" if self.base.text.endswith("\n\n") else "\n" if self.base.text.endswith("\n") else "\n\n"
            by = tuple(dict.fromkeys(m for leaf in found for t in leaf.tokens for m in t.marks)) or (None,)
            told = "\n".join(leaf.text for leaf in found)
            self.edits.append(Edit(end, end, f"{gap}[^{label}]: {body}\n", by, "", told, "added"))

    def _lost(self, text: str) -> tuple[list[Question], dict[int, Leaf]]:
        """Export the result again and name the leaves in which it is not the upload; give those of it that are."""
        again = exporting.document(text, None, replace(self.around, image=lambda _target: None))
        view = reading.read(opening.Parts(again.data, _OWN)).view(accepted=True)
        written = source.read(text, self.around.address).leaves
        out = []
        twins: dict[int, Leaf] = {}
        for step in pair(view, self.accepted):
            if step.old and step.new and step.old.key == step.new.key:
                shift = step.old.first - step.new.first
                twins |= {n: written[n + shift] for n in range(step.new.first, step.new.last)}
                continue
            if all(unit is None or unit.sort in ("picture", "rule") for unit in (step.old, step.new)):
                continue
            out.append(Question("word-lost", step.old.text if step.old else "", step.new.text if step.new else ""))
        return out[:_MOST_SHOWN], twins


_OWN = Limits(sent=10**9, inflated=10**9, ratio=10**6, paragraphs=10**6)


def _table(row: Sequence[Leaf]) -> int:
    return row[0].cell.table if row and row[0].cell else -1


def _pictures(found: Sequence[Leaf]) -> int:
    return sum(token.key == "image" for leaf in found for token in leaf.tokens)


def _ensure_apart(edits: Sequence[Edit]) -> None:
    """Refuse edits that overlap: one of them would be lost."""
    end = -1
    for edit in edits:
        if edit.start < end:
            raise Conflict("word-overlap", quote=edit.before or edit.after)
        end = max(end, edit.end)
