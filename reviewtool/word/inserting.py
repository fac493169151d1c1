"""Leaves that are new written into the source, and leaves that are gone taken out of it, in whole lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter

from reviewtool.word.composing import Composer, at_start
from reviewtool.word.leaves import Container, Leaf, Mark
from reviewtool.word.rewriting import Edit
from reviewtool.word.source import QUOTE, Source

_FRONT_END = re.compile(r"\n---[ \t]*(?:\r?\n|$)")
_ITEM = re.compile(r"([ \t>]*)([-*+]|\d{1,9}[.)])([ \t]+)")


class Inserter:
    """Writes new leaves between those of a source. `before` and `after` are the nearest ones that stay."""

    def __init__(self, known: Source, composer: Composer) -> None:
        self.known, self.text, self.composer = known, known.text, composer

    def words(self, leaf: Leaf) -> str:
        """Write the text of a leaf."""
        shown = [(token, None) for token in leaf.tokens if token.key != "image"]
        plain = self.composer.compose(shown, escaped=False)
        if plain != leaf.text or re.search(r"[\\`*_\[\]<>~&]", leaf.text):
            return at_start(self.composer.compose(shown, escaped=True))
        return at_start(plain)

    def paragraphs(self, new: Sequence[Leaf], before: Leaf | None, after: Leaf | None) -> Edit:
        """Write paragraphs, headings, items and lines of code one below the other at one place."""
        at = self._place(new[0], before, after)
        out = ""
        last = before if before and at == before.lines[1] else None  # what the next leaf may go on with
        prefix = ""
        for leaf in new:
            lines, close, prefix = self._block(leaf, last, after, prefix)
            out += ("" if close or not (out or at) else self._gap(out, at, prefix)) + lines + "\n"
            last = leaf
        if before and before.lines[1] == at and not self.text[:at].endswith(("\n", "\r")):
            out = "\n" + out
        rest = self.text[at:]
        if rest.strip() and not re.match(r"[ \t>]*\r?\n", rest) and not self._goes_on(new[-1], after, at):
            out += "\n"
        return Edit(at, at, self._ended(out), who(new), "", "\n".join(leaf.text for leaf in new), "added")

    def _ended(self, text: str) -> str:
        """Use the line ends of the source."""
        return text.replace("\n", "\r\n") if "\r\n" in self.text else text

    def _gap(self, out: str, at: int, prefix: str) -> str:
        """Give the empty line that must stand before a block, inside a quotation with its mark."""
        if out.endswith("\n\n") or (not out and re.search(r"(?:\n|^)[ \t>]*\r?\n$", self.text[:at])):
            return ""
        return prefix.rstrip() + "\n" if ">" in prefix else "\n"

    def _goes_on(self, leaf: Leaf, after: Leaf | None, at: int) -> bool:
        """Whether what follows belongs to the same list or code, which no empty line divides."""
        if after is None or after.lines[0] != at:
            return False
        return (leaf.shape.first and after.shape.first) or leaf.kind == after.kind == "code"

    def _place(self, leaf: Leaf, before: Leaf | None, after: Leaf | None) -> int:
        """Find the line before which a leaf goes: after the one before it, and outside of what does not hold it."""
        if before is None:
            if after is None:
                return len(self.text)
            return after.within[0].start if after.within else after.lines[0]
        if before.kind == "title":
            return _FRONT_END.search(self.text, before.end).end()  # type: ignore[union-attr]  # or it were no title
        if leaf.kind == "code" and before.kind != "code" and after and after.kind == "code":
            return after.lines[0]
        if (leaf.kind == "code" and before.kind == "code") or (before.within and leaf.shape.depth):
            return before.lines[1]
        for n, each in enumerate(before.within):
            if each.kind == "item" or not self._holds(each, leaf, after):
                return each.end
            if n + 1 == len(before.within):
                break
        return self._behind_code(before) if before.kind == "code" else before.lines[1]

    def _holds(self, box: Container, leaf: Leaf, after: Leaf | None) -> bool:
        """Whether a box holds a new leaf: its style says so, or the next leaf stands in the same box."""
        if leaf.shape.box == box.kind:
            return True
        same = after is not None and any(each.number == box.number for each in after.within)
        return same and leaf.kind in ("code", "cell", "h1", "h2", "h3", "h4", "h5", "h6")

    def _behind_code(self, before: Leaf) -> int:
        """Pass over the rest of a block of code and its closing fence."""
        block = [leaf for leaf in self.known.leaves if leaf.kind == "code" and leaf.block == before.block]
        at = block[-1].lines[1]
        closing = re.compile(r"[ \t>]*(?:`{3,}|~{3,})[ \t]*(?:\r?\n|$)").match(self.text, at)
        return closing.end() if closing else at

    def _block(self, leaf: Leaf, last: Leaf | None, after: Leaf | None, prefix: str) -> tuple[str, bool, str]:
        """Write one leaf: its lines, whether they follow the last ones without an empty line, and what begins them."""
        if leaf.kind == "code":
            return self._code(leaf, last, after)
        if leaf.shape.first:
            return self._item(leaf, last, after)
        inset = self._inset(leaf, last)
        body = self.words(leaf)
        if leaf.kind[0] == "h" and leaf.kind[1:].isdigit():
            body = "#" * int(leaf.kind[1]) + " " + body
        if leaf.kind == "rule":
            body = "---"
        shown = body.replace("\n", "\n" + inset)
        return inset + shown, False, inset

    def _inset(self, leaf: Leaf, last: Leaf | None) -> str:
        """Give what the lines of a paragraph begin with: the marks of its quotation, the blanks of its item."""
        if leaf.shape.depth and last is not None:
            if last.start >= 0 and last.lines[0] >= 0:
                return re.sub(r"[^>\s]", " ", self._head(last))
            return "  " * leaf.shape.depth
        return "> " if leaf.shape.box == QUOTE else ""

    def _head(self, leaf: Leaf) -> str:
        """Give what stands before the words of a leaf in its line."""
        start = self.text.rfind("\n", 0, leaf.start) + 1
        return self.text[start : leaf.start]

    def _code(self, leaf: Leaf, last: Leaf | None, after: Leaf | None) -> tuple[str, bool, str]:
        beside = next((each for each in (last, after) if each and each.kind == "code" and each.start >= 0), None)
        if beside is not None or (last and last.kind == "code"):
            head = self._head(beside) if beside else ""
            return head + leaf.text, True, head
        return f"```\n{leaf.text}\n```", False, ""

    def _item(self, leaf: Leaf, last: Leaf | None, after: Leaf | None) -> tuple[str, bool, str]:
        sibling, later = self._sibling(leaf, last, after)
        if sibling is None:
            head, close = self._new_list(leaf, last)
            return head + self.words(leaf).replace("\n", "\n" + " " * len(head)), close, head
        match = _ITEM.match(self._head(sibling))
        if match is None:
            head = self._head(sibling)
        else:
            marker = match[2]
            if marker[:-1].isdigit():
                marker = f"{int(marker[:-1]) + (0 if later else 1)}{marker[-1]}"
            head = match[1] + marker + match[3]
        body = self.words(leaf).replace("\n", "\n" + re.sub(r"[^>\s]", " ", head))
        return head + body, not self._is_loose(sibling), head

    def _sibling(self, leaf: Leaf, last: Leaf | None, after: Leaf | None) -> tuple[Leaf | None, bool]:
        """Find an item of the same list and depth: the nearest above, else the next below."""
        found = self.known.leaves
        if last is not None and last.start >= 0 and last.within:
            at = next((n for n, each in enumerate(found) if each is last), -1)
            while at >= 0 and found[at].within and found[at].within[0].number == last.within[0].number:
                each = found[at]
                if each.shape.first and each.shape.depth == leaf.shape.depth and each.start >= 0:
                    return each, False
                if each.shape.first and each.shape.depth < leaf.shape.depth:
                    return None, False
                at -= 1
        if after is not None and after.shape.first and after.shape.depth == leaf.shape.depth and after.start >= 0:
            return after, True
        return None, False

    def _new_list(self, leaf: Leaf, last: Leaf | None) -> tuple[str, bool]:
        marker = "1. " if leaf.shape.ordered else "- "
        if last is not None and last.start >= 0 and last.shape.first and last.shape.depth < leaf.shape.depth:
            return re.sub(r"[^>\s]", " ", self._head(last)) + marker, True
        quote = "> " if leaf.shape.box == QUOTE else ""
        fresh = (last is not None and last.start < 0) or last is None
        return quote + "   " * (leaf.shape.depth - 1) + marker, bool(
            last
        ) and fresh and last.shape.first if last else False

    def _is_loose(self, sibling: Leaf) -> bool:
        """Whether empty lines divide the items of a list."""
        number = sibling.within[-1].belongs if sibling.within else 0
        items = {each.number: each for leaf in self.known.leaves for each in leaf.within if each.belongs == number}
        found = sorted(items.values(), key=lambda each: each.start)
        return any(re.search(r"\n[ \t>]*\r?\n$", self.text[: each.start]) for each in found[1:]) and len(found) > 1

    def row(self, cells: Sequence[Leaf], before: Sequence[Leaf], rows: int) -> Edit:
        """Write a row of a table after another one; after the first comes the line that divides it from the rest."""
        first = before[0]
        at = first.lines[1]
        if first.cell and first.cell.row == 0:
            at = self._line_end(at)
        start = self.text.rfind("\n", 0, max(first.lines[0], 0)) + 1
        head = re.match(r"[ \t>]*", self.text[start:])
        prefix = head[0] if head else ""
        line = prefix + self.row_text(cells, rows) + "\n"
        if not self.text[:at].endswith("\n"):
            line = "\n" + line.removesuffix("\n")
        return Edit(at, at, self._ended(line), who(cells), "", " | ".join(cell.text for cell in cells), "added")

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def row_text(self, cells: Sequence[Leaf], columns: int) -> str:
        """Write one row."""
        self.composer.cell = True
        texts = [self.words(cell) for cell in cells]
        self.composer.cell = False
        texts += [""] * (columns - len(texts))
        return "| " + " | ".join(texts) + " |"

    def table(self, rows: Sequence[Sequence[Leaf]], before: Leaf | None, after: Leaf | None) -> Edit:
        """Write a table that is new; its first row is its head."""
        at = self._place(rows[0][0], before, after)
        columns = max(len(row) for row in rows)
        aligned = {"center": ":---:", "right": "---:", "left": ":---"}
        ways = [aligned.get(cell.cell.align if cell.cell else "", "---") for cell in rows[0]]
        ways += ["---"] * (columns - len(ways))
        lines = [self.row_text(row, columns) for row in rows]
        lines.insert(1, "| " + " | ".join(ways) + " |")
        text = self._gap("", at, "") + "\n".join(lines) + "\n"
        if self.text[at:].strip() and not re.match(r"[ \t]*\r?\n", self.text[at:]):
            text += "\n"
        every = [cell for row in rows for cell in row]
        return Edit(at, at, self._ended(text), who(every), "", "\n".join(c.text for c in every), "added")

    def removed(self, gone: Sequence[Leaf], marks: dict[int, tuple[Mark | None, ...]]) -> list[Edit]:
        """Take leaves out: a box or item with all that stood in it, else the lines of each and the empty ones below."""
        alone = {id(leaf) for leaf in gone}
        spans: dict[tuple[int, int], list[Leaf]] = {}
        for leaf in gone:
            span = leaf.lines
            for box in reversed(leaf.within):
                inside = [each for each in self.known.leaves if any(c.number == box.number for c in each.within)]
                if any(id(each) not in alone for each in inside):
                    break
                span = box.start, box.end
            if leaf.kind == "code":
                span = self._code_span(leaf, alone) or span
            if leaf.cell:
                span = self._table_span(leaf, alone) or span
            spans.setdefault(span, []).append(leaf)
        out: list[Edit] = []
        last = len(self.text)  # what was the end of the text goes with the empty lines above it
        for (start, end), found in sorted(_outermost(spans).items(), key=itemgetter(0), reverse=True):
            after = self._blank_end(end) if found[0].kind != "code" and not self._is_row(found[0], end) else end
            first = self._blank_start(start) if after >= last else start
            by = tuple(dict.fromkeys(mark for leaf in found for mark in marks.get(id(leaf), (None,))))
            told = "\n".join(leaf.text for leaf in found)
            out.append(Edit(first, min(after, last), "", by, told, "", "removed"))
            last = first if after >= last else last
        return out[::-1]

    def _is_row(self, leaf: Leaf, end: int) -> bool:
        return leaf.cell is not None and leaf.lines[1] == end

    def _code_span(self, leaf: Leaf, alone: set[int]) -> tuple[int, int] | None:
        block = [each for each in self.known.leaves if each.kind == "code" and each.block == leaf.block]
        if any(id(each) not in alone for each in block):
            return None
        end = self._behind_code(leaf)
        start = block[0].lines[0]
        fenced = end > block[-1].lines[1]
        return (self.text.rfind("\n", 0, max(0, start - 1)) + 1 if fenced else start), end

    def _table_span(self, leaf: Leaf, alone: set[int]) -> tuple[int, int] | None:
        rows = [each for each in self.known.leaves if each.cell and leaf.cell and each.cell.table == leaf.cell.table]
        if any(id(each) not in alone for each in rows):
            return None
        end = rows[-1].lines[1]
        return rows[0].lines[0], self._line_end(end) if rows[-1].cell and rows[-1].cell.row == 0 else end

    def _blank_start(self, at: int) -> int:
        """Go back over the empty lines above what was the last block."""
        found = re.search(r"(?:(?<=\n)\r?\n)+$", self.text[:at])
        return found.start() if found else at

    def _blank_end(self, at: int) -> int:
        """Pass over the empty lines below a block; in a list without them nothing is passed over."""
        found = re.compile(r"(?:[ \t>]*\r?\n)+").match(self.text, at)
        return found.end() if found else at


def _outermost(spans: dict[tuple[int, int], list[Leaf]]) -> dict[tuple[int, int], list[Leaf]]:
    """Leave out the ranges that lie in a longer one."""
    return {
        (start, end): found
        for (start, end), found in spans.items()
        if not any(a <= start and end <= b and b - a > end - start for a, b in spans)
    }


def who(new: Iterable[Leaf]) -> tuple[Mark | None, ...]:
    """Say who wrote leaves that are new."""
    found = dict.fromkeys(mark for leaf in new for token in leaf.tokens if not token.is_blank for mark in token.marks)
    found = found or dict.fromkeys(mark for leaf in new for mark in leaf.marks)
    return tuple(found) or (None,)
