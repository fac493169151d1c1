"""Twelve kinds of edits on a Word file of ours, made with python-docx and raw XML as a person would make them.

Each takes an opened document and a source of chance, and says whether it found something to edit.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

AUTHOR, DATE = "Ana Pérez", "2026-05-06T07:08:00Z"
_WORD = re.compile(r"\b[^\W\d_]{4,}\b")


def edited(data: bytes, change: Callable[[Document], Any] | None = None) -> bytes | None:
    """Open a file, change it, save it; None where the change found nothing to do."""
    document = docx.Document(BytesIO(data))
    if change is not None and not change(document):
        return None
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def paragraphs(document: Document) -> list[Paragraph]:
    """List all paragraphs of the body, those of tables too."""
    return [Paragraph(element, document) for element in document.element.body.iter(qn("w:p"))]


def style(paragraph: Paragraph) -> str:
    return paragraph.style.name if paragraph.style is not None else ""


def is_list(paragraph: Paragraph) -> bool:
    return paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None


def in_table(paragraph: Paragraph) -> bool:
    return any(True for _ in paragraph._p.iterancestors(qn("w:tc")))


def is_plain(paragraph: Paragraph) -> bool:
    return style(paragraph) == "Normal" and not in_table(paragraph) and len(paragraph.text.split()) > 8


def word_runs(paragraph: Paragraph) -> list[tuple[Run, re.Match[str]]]:
    return [
        (run, match)
        for run in paragraph.runs
        if len(run._r.findall(qn("w:t"))) == 1 and not (run.style and run.style.name == "Figura ausente")
        for match in _WORD.finditer(run.text)
    ]


def split_run(run: Run, start: int, end: int) -> Any:
    """Cut a run in three and give the middle one."""
    text = run.text
    parts = []
    for part in (text[:start], text[start:end], text[end:]):
        element = copy.deepcopy(run._r)
        inner = element.find(qn("w:t"))
        inner.text = part
        inner.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        parts.append(element)
    for element in parts:
        run._r.addprevious(element)
    run._r.getparent().remove(run._r)
    return parts[1]


def marked(tag: str, number: int, author: str = AUTHOR, date: str = DATE) -> Any:
    element = OxmlElement(tag)
    for name, value in (("w:id", str(number)), ("w:author", author), ("w:date", date)):
        element.set(qn(name), value)
    return element


def _chosen(found: Iterable[Any], chance: random.Random) -> Any:
    known = list(found)
    return chance.choice(known) if known else None


def word(document: Document, chance: random.Random, *, table: bool = False) -> bool:
    found = _chosen((each for p in paragraphs(document) if in_table(p) or not table for each in word_runs(p)), chance)
    if found is None:
        return False
    run, match = found
    run.text = run.text[: match.start()] + "zarzamora" + run.text[match.end() :]
    return True


def cell_word(document: Document, chance: random.Random) -> bool:
    return word(document, chance, table=True)


def tracked_word(document: Document, chance: random.Random) -> bool:
    found = _chosen((each for p in paragraphs(document) for each in word_runs(p)), chance)
    if found is None:
        return False
    run, match = found
    middle = split_run(run, match.start(), match.end())
    inserted, deleted = marked("w:ins", 9001), marked("w:del", 9002)
    new = copy.deepcopy(middle)
    new.find(qn("w:t")).text = "zarzamora"
    middle.addprevious(deleted)
    middle.addprevious(inserted)
    inserted.append(new)
    middle.find(qn("w:t")).tag = qn("w:delText")
    deleted.append(middle)
    document.add_comment(Run(new, found[0]._parent), text="¿Está bien este término?", author=AUTHOR, initials="AP")
    return True


def bold_word(document: Document, chance: random.Random) -> bool:
    found = _chosen(
        (each for p in paragraphs(document) if is_plain(p) for each in word_runs(p) if not each[0].bold), chance
    )
    if found is None:
        return False
    run, match = found
    Run(split_run(run, match.start(), match.end()), run._parent).bold = True
    return True


def sentence(document: Document, chance: random.Random) -> bool:
    found = _chosen((p for p in paragraphs(document) if is_plain(p)), chance)
    if found is not None:
        found.add_run(" Una frase añadida por el experto, con acento y coma.")
    return found is not None


def _after(paragraph: Paragraph, text: str) -> Paragraph:
    """Add a paragraph of the same sort below another one, as the Enter key does."""
    new = copy.deepcopy(paragraph._p)
    for child in list(new):
        if child.tag != qn("w:pPr"):
            new.remove(child)
    paragraph._p.addnext(new)
    made = Paragraph(new, paragraph._parent)
    made.add_run(text)
    return made


def new_paragraph(document: Document, chance: random.Random) -> bool:
    found = _chosen((p for p in paragraphs(document) if is_plain(p)), chance)
    if found is not None:
        _after(found, "Párrafo nuevo del experto en una sola línea.")
    return found is not None


def paragraph_gone(document: Document, chance: random.Random) -> bool:
    kept = (qn("w:drawing"), qn("w:footnoteReference"), qn("w:fldSimple"))
    found = _chosen(
        (p for p in paragraphs(document) if is_plain(p) and not list(p._p.iter(*kept)) and word_runs(p)), chance
    )
    if found is not None:
        found._p.getparent().remove(found._p)
    return found is not None


def new_heading(document: Document, chance: random.Random) -> bool:
    found = _chosen((p for p in paragraphs(document) if is_plain(p)), chance)
    if found is None:
        return False
    element = OxmlElement("w:p")
    found._p.addprevious(element)
    made = Paragraph(element, found._parent)
    made.style = document.styles["Heading 2"]
    made.add_run("Título nuevo")
    return True


def _items(document: Document) -> list[Paragraph]:
    return [p for p in paragraphs(document) if is_list(p) and not in_table(p) and word_runs(p)]


def new_item(document: Document, chance: random.Random) -> bool:
    found = _chosen(_items(document), chance)
    if found is not None:
        _after(found, "Punto nuevo de la lista")
    return found is not None


def item_gone(document: Document, chance: random.Random) -> bool:
    def beside(element: Any) -> bool:
        return element is not None and element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None

    found = _chosen(
        (p for p in _items(document) if beside(p._p.getnext()) and beside(p._p.getprevious())
         and not list(p._p.iter(qn("w:footnoteReference")))), chance
    )  # fmt: skip
    if found is not None:
        found._p.getparent().remove(found._p)
    return found is not None


def new_row(document: Document, chance: random.Random) -> bool:
    table = _chosen((t for t in document.tables if len(t.rows) > 2), chance)
    if table is None:
        return False
    row = chance.choice(list(table.rows)[1:])
    new = copy.deepcopy(row._tr)
    row._tr.addnext(new)
    for n, cell in enumerate(new.findall(qn("w:tc"))):
        for paragraph in cell.findall(qn("w:p"))[1:]:
            cell.remove(paragraph)
        inside = cell.find(qn("w:p"))
        for child in list(inside):
            if child.tag != qn("w:pPr"):
                inside.remove(child)
        Paragraph(inside, table).add_run(f"nuevo {n}")
    return True


def row_gone(document: Document, chance: random.Random) -> bool:
    table = _chosen((t for t in document.tables if len(t.rows) > 3), chance)
    if table is None:
        return False
    row = chance.choice(list(table.rows)[1:])._tr
    if list(row.iter(qn("w:drawing"), qn("w:footnoteReference"))):
        return False
    row.getparent().remove(row)
    return True


def split_paragraph(document: Document, chance: random.Random) -> bool:
    found = _chosen(
        (p for p in paragraphs(document) if is_plain(p) and len(list(p._p)) == 2 and ". " in p.text[:-5]), chance
    )
    if found is None or len(found.runs) != 1:
        return False
    text = found.text
    at = text.find(". ") + 1
    found.runs[0].text = text[:at]
    _after(found, text[at + 1 :])
    return True


KINDS: dict[str, Callable[[Document, random.Random], bool]] = {
    "word tracked": tracked_word,
    "word made bold": bold_word,
    "sentence added": sentence,
    "paragraph added": new_paragraph,
    "paragraph removed": paragraph_gone,
    "heading added": new_heading,
    "item added": new_item,
    "item removed": item_gone,
    "row added": new_row,
    "row removed": row_gone,
    "paragraph split": split_paragraph,
    "word in a cell": cell_word,
}
