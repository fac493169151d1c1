"""Leaves written as the body of a Word file: paragraphs, lists, tables, notes, pictures, tracked changes.

What is written here `reading.py` reads back as the same leaves; a property of the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

from reviewtool.word import pictures, styles
from reviewtool.word.leaves import LINK, PLAIN, Format, Leaf, Mark, Token

Image = Callable[[str], bytes | None]
ToPng = Callable[[bytes], bytes | None]
NAMESPACES: Final = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in (
        ("w", styles.W),
        ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
        ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("pic", "http://schemas.openxmlformats.org/drawingml/2006/picture"),
        ("w14", "http://schemas.microsoft.com/office/word/2010/wordml"),
        ("w15", "http://schemas.microsoft.com/office/word/2012/wordml"),
        ("mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"),
    )
)
IGNORABLE: Final = 'mc:Ignorable="w14 w15"'
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2, production 2
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
GONE: Final = "gone"  # formats of what differs where two texts stand side by side
NEW: Final = "new"
WIDTH: Final = 9014  # twentieths of a point between the margins
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


class Piece(NamedTuple):
    """A token as it is written: as it stands, inserted or deleted by somebody."""

    token: Token
    inserted: Mark | None = None
    deleted: Mark | None = None


@dataclass(slots=True)
class Line:
    """A leaf as it is written. The marks are those of the paragraph's end and of the table row; comments by piece."""

    leaf: Leaf
    pieces: list[Piece]
    inserted: Mark | None = None
    deleted: Mark | None = None
    row: tuple[Mark | None, Mark | None] = (None, None)
    opens: dict[int, list[int]] = field(default_factory=dict)
    closes: dict[int, list[int]] = field(default_factory=dict)


def plain(leaf: Leaf) -> Line:
    """Write a leaf as it stands."""
    return Line(leaf, [Piece(token) for token in leaf.tokens])


def clean(text: str) -> str:
    """Escape a text for XML, what XML cannot hold as a blank."""
    return _FORBIDDEN.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """Write an attribute's value with its quotes."""
    return quoteattr(_FORBIDDEN.sub(" ", text))


class Paper:
    """What the parts of one file have in common: relationships, pictures, lists, notes, numbers of changes."""

    def __init__(self, image: Image, to_png: ToPng) -> None:
        self.image, self.to_png = image, to_png
        self.links: dict[str, dict[str, str]] = {"document": {}, "footnotes": {}}  # part -> address -> id
        self.media: dict[str, bytes] = {}  # name below word/ -> bytes
        self.pictured: dict[tuple[str, str], str] = {}  # part and name -> id
        self.absent: list[str] = []  # pictures that could not be put in
        self.lists: dict[int, tuple[int, int]] = {}  # number -> depth and first
        self.numbers: dict[tuple[int, int], int] = {}
        self.footnotes: list[str] = []
        self.noted: dict[str, int] = {}
        self.notes: dict[str, list[Line]] = {}
        self.count = 100

    def number(self) -> int:
        """Give a number that no other change or mark of the file has."""
        self.count += 1
        return self.count

    def relations(self, part: str) -> str:
        """Write the relationships of a part to addresses and pictures."""
        out = [
            f'<Relationship Id="{number}" Type="{_RELATIONS}hyperlink" Target={attribute(address)} '
            'TargetMode="External"/>'
            for address, number in self.links[part].items()
        ]
        out += [
            f'<Relationship Id="{number}" Type="{_RELATIONS}image" Target="{name}"/>'
            for (where, name), number in self.pictured.items()
            if where == part
        ]
        return "".join(out)

    def body(self, lines: Iterable[Line], part: str = "document") -> str:
        """Write lines one below the other; those of one table make a table."""
        out: list[str] = []
        for table, group in groupby(lines, key=lambda line: line.leaf.cell.table if line.leaf.cell else None):
            found = list(group)
            if table is None:
                out += [_Paragraph(self, part, line, below=n == 0 and bool(out)).xml() for n, line in enumerate(found)]
            else:
                out.append(self._table(found, part))
        return "".join(out)

    def _table(self, lines: Sequence[Line], part: str) -> str:
        grouped = [list(group) for _, group in groupby(lines, key=lambda line: line.leaf.cell and line.leaf.cell.row)]
        columns = max(len({line.leaf.cell and line.leaf.cell.column for line in row}) for row in grouped)
        depth = lines[0].leaf.shape.depth + sum(each.kind == "item" for each in lines[0].leaf.within)
        boxed = any(each.kind != "item" for each in lines[0].leaf.within)
        left = styles.STEP * depth + 284 * boxed
        width = (WIDTH - left) // columns
        grid = f'<w:gridCol w:w="{width}"/>'
        out = [
            f'<w:tbl><w:tblPr><w:tblStyle w:val="Tabla"/><w:tblW w:w="{width * columns}" w:type="dxa"/>'
            f'<w:tblInd w:w="{left}" w:type="dxa"/></w:tblPr>',
            f"<w:tblGrid>{grid * columns}</w:tblGrid>",
        ]
        for n, row in enumerate(grouped):
            out.append(f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * (n == 0)}{self._row_marks(row[0])}</w:trPr>")
            for _, cell in groupby(row, key=lambda line: line.leaf.cell and line.leaf.cell.column):
                inside = "".join(_Paragraph(self, part, line, header=n == 0).xml() for line in cell)
                out.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{inside}</w:tc>')
            out.append("</w:tr>")
        return "".join([*out, "</w:tbl>"])

    def _row_marks(self, line: Line) -> str:
        inserted, deleted = line.row
        return self.mark("ins", inserted) + self.mark("del", deleted)

    def mark(self, name: str, mark: Mark | None, inside: str | None = None) -> str:
        """Write who changed something and when; around what is inside, or alone."""
        if mark is None:
            return inside or ""
        attributes = f'w:id="{self.number()}" w:author={attribute(mark.author)}{date(mark.date)}'
        return f"<w:{name} {attributes}/>" if inside is None else f"<w:{name} {attributes}>{inside}</w:{name}>"

    def note(self, key: str) -> int:
        """Write a note once and give its number."""
        if key not in self.noted:
            self.noted[key] = len(self.noted) + 1
            number = self.noted[key]
            self.footnotes.append("")
            inside = self.body(self.notes.get(key, []), "footnotes")
            reference = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
            inside = inside or '<w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr></w:p>'
            at = inside.find("</w:pPr>") + len("</w:pPr>")
            inside = f'{inside[:at]}{reference}<w:r><w:t xml:space="preserve"> </w:t></w:r>{inside[at:]}'
            self.footnotes[number - 1] = f'<w:footnote w:id="{number}">{inside}</w:footnote>'
        return self.noted[key]

    def list_number(self, line: Line) -> int:
        """Give the number of a list: 1 for bullets, one of its own for each list with numbers."""
        item = next((each for each in reversed(line.leaf.within) if each.kind == "item"), None)
        if not line.leaf.shape.ordered or item is None:
            return 1
        key = (item.belongs, line.leaf.shape.depth)
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers) + 2
            self.lists[self.numbers[key]] = (min(line.leaf.shape.depth, 9), item.first)
        return self.numbers[key]


def date(when: datetime | None) -> str:
    """Write the attribute of a time, in UTC to the second; nothing if it is not known."""
    return f' w:date="{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"' if when else ""


class _Paragraph:
    def __init__(self, paper: Paper, part: str, line: Line, *, header: bool = False, below: bool = False) -> None:
        self.paper, self.part, self.line, self.header = paper, part, line, header
        self.room = '<w:spacing w:before="160"/>' if below and line.leaf.kind[0] != "h" else ""  # below a table

    def xml(self) -> str:
        paper, line = self.paper, self.line
        marks = paper.mark("ins", line.inserted) + paper.mark("del", line.deleted)
        ppr = self._properties() + (f"<w:rPr>{marks}</w:rPr>" if marks else "")
        return f"<w:p><w:pPr>{ppr}</w:pPr>{self._content()}</w:p>"

    def _properties(self) -> str:
        leaf, shape = self.line.leaf, self.line.leaf.shape
        style = f'<w:pStyle w:val="{self._style()}"/>'
        if leaf.cell:
            style += f'<w:jc w:val="{leaf.cell.align}"/>' if leaf.cell.align in ("center", "right") else ""
        elif shape.first:
            left = styles.STEP * shape.depth + 284 * bool(shape.box)
            numbering = (
                f'<w:ilvl w:val="{min(shape.depth, 9) - 1}"/><w:numId w:val="{self.paper.list_number(self.line)}"/>'
            )
            style += f'<w:numPr>{numbering}</w:numPr>{self.room}<w:ind w:left="{left}" w:hanging="{styles.STEP}"/>'
        elif shape.depth:
            style += f'{self.room}<w:ind w:left="{styles.STEP * shape.depth + 284 * bool(shape.box)}"/>'
        else:
            style += self.room
        return style

    def _style(self) -> str:
        leaf = self.line.leaf
        if leaf.cell and leaf.kind == "cell":
            return "CeldaTitulo" if self.header else "Celda"
        fixed = {"title": "Title", "code": "Codigo", "rule": "Raya"}
        if leaf.kind[0] == "h":
            return f"Heading{leaf.kind[1]}"
        if leaf.kind in fixed:
            return fixed[leaf.kind]
        box, depth = leaf.shape.box, leaf.shape.depth
        if box:
            return styles.style_id(box, "titulo" if leaf.kind == "boxtitle" else "lista" if depth else "")
        if depth:
            return "ListParagraph" if leaf.shape.first else "ListContinue"
        return "FootnoteText" if leaf.kind == "note" else "Normal"

    def _content(self) -> str:
        """Write the pieces in runs; what stands in one link, one change and one format is one run."""
        out: list[str] = []
        pieces, line = _spread(self.line.pieces), self.line
        cuts = sorted({0, len(pieces), *line.opens, *line.closes})
        for first, last in zip(cuts, [*cuts[1:], None], strict=True):
            out += [_comment("End", n) + _COMMENT.format(n) for n in line.closes.get(first, ())]
            out += [_comment("Start", n) for n in line.opens.get(first, ())]
            if last is not None:
                out += self._linked(pieces[first:last])
        return "".join(out)

    def _linked(self, pieces: Sequence[Piece]) -> Iterable[str]:
        for address, group in groupby(pieces, key=lambda piece: _link(piece.token.fmt)):
            inside = "".join(self._changed(list(group)))
            if address is None:
                yield inside
            elif address.startswith("#"):
                yield f"<w:hyperlink w:anchor={attribute(address[1:])}>{inside}</w:hyperlink>"
            else:
                links = self.paper.links[self.part]
                number = links.setdefault(address, f"rL{len(links) + 1}")
                yield f'<w:hyperlink r:id="{number}">{inside}</w:hyperlink>'

    def _changed(self, pieces: Sequence[Piece]) -> Iterable[str]:
        for (inserted, deleted), group in groupby(pieces, key=lambda piece: (piece.inserted, piece.deleted)):
            runs = "".join(self._runs([piece.token for piece in group], deleted=deleted is not None))
            yield self.paper.mark("ins", inserted, self.paper.mark("del", deleted, runs))

    def _runs(self, tokens: Sequence[Token], *, deleted: bool) -> Iterable[str]:
        for (fmt, key), group in groupby(tokens, key=lambda token: (token.fmt, token.key.replace("blank", ""))):
            found = list(group)
            if key:
                yield from (self._object(token) for token in found)
            else:
                text = "".join(token.text for token in found)
                yield f"<w:r>{_run_properties(fmt)}{_written(text, deleted)}</w:r>"

    def _object(self, token: Token) -> str:
        if token.key == "break":
            return "<w:r><w:br/></w:r>"
        if token.key == "note" and token.data:
            number = self.paper.noted.get(token.data[0])
            properties = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
            if number is None:
                number = self.paper.note(token.data[0])
                mark = f'<w:r>{properties}<w:footnoteReference w:id="{number}"/></w:r>'
                place = f'w:id="{self.paper.number()}"'
                return f'<w:bookmarkStart {place} w:name="nota_{number}"/>{mark}<w:bookmarkEnd {place}/>'
            again = f"<w:r>{properties}<w:t>{number}</w:t></w:r>"
            return f'<w:fldSimple w:instr=" NOTEREF nota_{number} \\f \\h ">{again}</w:fldSimple>'
        return self._picture(token) if token.key == "image" else ""

    def _picture(self, token: Token) -> str:
        target, said = token.data[0], token.data[1]
        found = self.paper.image(target)
        sort = pictures.kind(found) if found else ""
        shown = self.paper.to_png(found) if found and sort == "svg" else found
        if not found or not shown or not sort:
            self.paper.absent.append(target)
            text = clean(f"[{said or target}]")
            return f'<w:r><w:rPr><w:rStyle w:val="FiguraAusente"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        wide, high = pictures.size(found)
        drawn = f' xmlns:asvg="{_SVG}" r:embed="{self._stored(found, "svg")}"' if sort == "svg" else ""
        extension = (
            f'<a:extLst><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}"><asvg:svgBlip{drawn}/></a:ext></a:extLst>'
        )
        blip = f'<a:blip r:embed="{self._stored(shown, pictures.kind(shown))}">{extension if drawn else ""}</a:blip>'
        number = self.paper.number()
        named = f'id="{number}" name="Figura {number}" descr={attribute(said)}'
        return _DRAWING.format(wide=wide, high=high, named=named, blip=blip)

    def _stored(self, data: bytes, sort: str) -> str:
        """Keep the bytes of a picture once and give its relationship."""
        name = next((name for name, known in self.paper.media.items() if known == data), "")
        name = name or f"media/figura{len(self.paper.media) + 1}.{sort}"
        self.paper.media[name] = data
        return self.paper.pictured.setdefault((self.part, name), f"rP{len(self.paper.pictured) + 1}")


_DRAWING: Final = (
    '<w:r><w:drawing><wp:inline><wp:extent cx="{wide}" cy="{high}"/><wp:docPr {named}/><a:graphic><a:graphicData '
    'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr {named}/>'
    "<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>{blip}<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>"
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)
_COMMENT: Final = '<w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:commentReference w:id="{}"/></w:r>'


def _comment(side: str, number: int) -> str:
    return f'<w:commentRange{side} w:id="{number}"/>'


def _link(fmt: Format) -> str | None:
    return next((name[len(LINK) :] for name in fmt if name.startswith(LINK)), None)


def _spread(pieces: Sequence[Piece]) -> list[Piece]:
    """Give each blank the format that the words beside it share, so that a run of bold words is one run."""
    out = list(pieces)
    for n, piece in enumerate(out):
        if piece.token.is_blank and not piece.token.key and 0 < n < len(out) - 1:
            before, after = out[n - 1].token, out[n + 1].token
            shared = before.fmt & after.fmt
            if shared and not before.key and not after.key:
                out[n] = piece._replace(token=Token(" ", shared))
    return out


def _run_properties(fmt: Format) -> str:
    if not fmt or fmt == PLAIN:
        return ""
    linked = _link(fmt) is not None
    style = "Hyperlink" if linked else "CodigoEnLinea" if "code" in fmt else ""
    out = f'<w:rStyle w:val="{style}"/>' if style else ""
    out += '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>' * (linked and "code" in fmt)
    out += (
        "<w:b/>" * ("strong" in fmt or NEW in fmt)
        + "<w:i/>" * ("emph" in fmt)
        + "<w:strike/>" * ("strike" in fmt or GONE in fmt)
    )
    out += '<w:color w:val="8F2F0C"/>' * (GONE in fmt) + '<w:color w:val="0A4F7D"/><w:u w:val="single"/>' * (NEW in fmt)
    return f"<w:rPr>{out}</w:rPr>"


def _written(text: str, deleted: bool) -> str:
    name = "w:delText" if deleted else "w:t"
    return "<w:tab/>".join(
        f'<{name} xml:space="preserve">{clean(part)}</{name}>' if part else "" for part in text.split("\t")
    )
