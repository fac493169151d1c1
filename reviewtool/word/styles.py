"""The reference style of the Word files: headings, boxes, quiz and tables as our pages show them.

Styles are found again by their names, which every word processor keeps; Word's own names are English.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STEP: Final = 360  # twentieths of a point that a list goes in at each depth
BOXES: Final = ("nota", "aviso", "ejemplo", "definicion", "recuadro", "pregunta", "respuesta", "cita")
_INK, _ACCENT, _SERIF, _SANS, _MONO = "172023", "0B5A61", "Cambria", "Calibri", "Consolas"
_COLOURS: Final = {  # border and background
    "nota": ("0B5A61", "EDF5F5"),
    "aviso": ("A07800", "FBF6E3"),
    "ejemplo": ("5C5470", "F3F1F7"),
    "definicion": ("0A4F7D", "EAF3FA"),
    "recuadro": ("7D8A8E", "F1F4F3"),
    "pregunta": ("0B5A61", "F6F8F7"),
    "respuesta": ("7D8A8E", "FFFFFF"),
    "cita": ("D5DCDB", "FFFFFF"),
}
_NAMES: Final = {"definicion": "Definición"}
_HEADINGS: Final = ((32, 360), (26, 320), (23, 260), (21, 220), (20, 200), (20, 200))  # half points, space before


def box_name(box: str) -> str:
    """Give the name of a box's style."""
    return _NAMES.get(box, box.capitalize())


def style_id(box: str, sort: str = "") -> str:
    """Give the id of a style of a box: its paragraphs, its title or its lists."""
    return box.capitalize() + sort.capitalize()


def _paragraph(number: str, name: str, based: str, ppr: str, rpr: str = "", more: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{number}"{more}><w:name w:val="{name}"/>'
        + (f'<w:basedOn w:val="{based}"/>' if based else "")
        + f"<w:qFormat/><w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def _font(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}" w:eastAsia="{name}"/>'


def _spacing(before: int, after: int, line: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"' + (
        f' w:line="{line}" w:lineRule="auto"/>' if line else "/>"
    )


def _boxes() -> Iterator[str]:
    for box in BOXES:
        edge, ground = _COLOURS[box]
        border = f'<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="{edge}"/></w:pBdr>'
        ppr = f'{border}<w:shd w:val="clear" w:color="auto" w:fill="{ground}"/>{_spacing(0, 100)}'
        inset = '<w:ind w:left="284" w:right="170"/>'
        name = box_name(box)
        yield _paragraph(style_id(box), name, "Normal", ppr + inset, "<w:i/>" if box == "cita" else "")
        title = (
            f'<w:keepNext/>{border}<w:shd w:val="clear" w:color="auto" w:fill="{ground}"/>{_spacing(120, 40)}{inset}'
        )
        rpr = f'{_font(_SANS)}<w:b/><w:color w:val="{edge if box != "cita" else _INK}"/>'
        yield _paragraph(style_id(box, "titulo"), f"{name} título", style_id(box), title, rpr)
        yield _paragraph(style_id(box, "lista"), f"{name} lista", style_id(box), _spacing(0, 60))


def _headings() -> Iterator[str]:
    for n, (size, before) in enumerate(_HEADINGS, 1):
        ppr = f'<w:keepNext/><w:keepLines/>{_spacing(before, 100)}<w:outlineLvl w:val="{n - 1}"/>'
        rpr = f'{_font(_SANS)}<w:b/><w:color w:val="{_ACCENT if n < 4 else _INK}"/><w:sz w:val="{size}"/>'
        yield _paragraph(f"Heading{n}", f"heading {n}", "Normal", ppr, rpr)


def _character(number: str, name: str, rpr: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{number}"><w:name w:val="{name}"/>'
        f"<w:qFormat/><w:rPr>{rpr}</w:rPr></w:style>"
    )


def _table() -> str:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="7D8A8E"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="Tabla"><w:name w:val="Tabla de los materiales"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>'
    )


def styles(language: str) -> str:
    """Write word/styles.xml for a document in this language."""
    body = f'{_font(_SERIF)}<w:color w:val="{_INK}"/><w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="{language}"/>'
    code = f'<w:shd w:val="clear" w:color="auto" w:fill="F1F4F3"/>{_spacing(0, 0)}'
    rule = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="7D8A8E"/></w:pBdr>'
    return "".join(
        [
            HEAD,
            f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{body}</w:rPr></w:rPrDefault>',
            f"<w:pPrDefault><w:pPr>{_spacing(0, 140, 271)}</w:pPr></w:pPrDefault></w:docDefaults>",
            _paragraph("Normal", "Normal", "", "", more=' w:default="1"'),
            *_headings(),
            _paragraph("Title", "Title", "Normal", _spacing(0, 240), f'{_font(_SANS)}<w:b/><w:sz w:val="40"/>'),
            _paragraph("ListParagraph", "List Paragraph", "Normal", _spacing(0, 60)),
            _paragraph("ListContinue", "List Continue", "Normal", _spacing(0, 60)),
            *_boxes(),
            _paragraph("Codigo", "Código", "Normal", code, f'{_font(_MONO)}<w:sz w:val="19"/>'),
            _paragraph("Celda", "Celda", "Normal", _spacing(40, 40), '<w:sz w:val="20"/>'),
            _paragraph("CeldaTitulo", "Celda título", "Celda", "<w:keepNext/>", f"{_font(_SANS)}<w:b/>"),
            _paragraph("Raya", "Raya", "Normal", rule),
            _paragraph("FootnoteText", "footnote text", "Normal", _spacing(0, 40), '<w:sz w:val="19"/>'),
            _paragraph("CommentText", "annotation text", "Normal", _spacing(0, 0), '<w:sz w:val="20"/>'),
            _character("FootnoteReference", "footnote reference", '<w:vertAlign w:val="superscript"/>'),
            _character("CommentReference", "annotation reference", '<w:sz w:val="16"/>'),
            _character("Hyperlink", "Hyperlink", f'<w:color w:val="{_ACCENT}"/><w:u w:val="single"/>'),
            _character("CodigoEnLinea", "Código en línea", f'{_font(_MONO)}<w:sz w:val="20"/>'),
            _character("FiguraAusente", "Figura ausente", '<w:i/><w:color w:val="566368"/>'),
            _table(),
            "</w:styles>",
        ]
    )


def numbering(lists: dict[int, tuple[int, int]]) -> str:
    """Write word/numbering.xml: list 1 has bullets, `lists` has depth and first number of those with numbers."""
    levels = {0: "bullet", 1: "decimal"}
    out = [HEAD, f'<w:numbering xmlns:w="{W}">']
    for number, kind in levels.items():
        out.append(f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>')
        for level in range(9):
            text = "•◦▪"[level % 3] if kind == "bullet" else f"%{level + 1}."
            out.append(
                f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
                f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{STEP * (level + 1)}" w:hanging="{STEP}"/></w:pPr>'
                "</w:lvl>"
            )
        out.append("</w:abstractNum>")
    out.append('<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>')
    for number, (depth, first) in lists.items():
        out.append(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="{depth - 1}">'
            f'<w:startOverride w:val="{first}"/></w:lvlOverride></w:num>'
        )
    return "".join([*out, "</w:numbering>"])
