"""The decisions as a Word document, to be taken into minutes and the report to the Regional Office."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from reviewtool.web.decisions_table import Entry

TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LANGUAGES: Final = {"es": "es-GT", "en": "en-GB", "pt": "pt-BR"}
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2, production 2


def written(title: str, lead: str, entries: Iterable[Entry], *, author: str, language: str) -> bytes:
    """Write decisions one below the other, each under a heading, as the bytes of a .docx file."""
    document = Document()
    document.core_properties.title, document.core_properties.author = _clean(title), _clean(author)
    document.core_properties.language = language
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    spoken = normal.element.get_or_add_rPr().makeelement(
        qn("w:lang"), {qn("w:val"): _LANGUAGES.get(language, language)}
    )
    normal.element.get_or_add_rPr().append(spoken)
    document.add_heading(_clean(title), level=1)
    document.add_paragraph(_clean(lead))
    for each in entries:
        document.add_heading(_clean(f"P-{each.number}. {each.title}"), level=2)
        for name, said in (*each.lines, *each.remarks):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(_clean(f"{name}: ")).bold = True
            paragraph.add_run(_clean(said))
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _clean(text: str) -> str:
    return _FORBIDDEN.sub(" ", text)
