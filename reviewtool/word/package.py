"""A Word file put together from its parts: always the same bytes for the same parts."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reviewtool.word import styles
from reviewtool.word.styles import HEAD, W
from reviewtool.word.writing import IGNORABLE, NAMESPACES, Paper, attribute, clean

TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EARLY: Final = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip file can say
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_LANGUAGES: Final = {"es": "es-GT", "en": "en-GB", "pt": "pt-BR"}
_KIND: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_PARTS: Final = {  # part -> its type, the sort of its relationship
    "document": ("document.main", ""),
    "styles": ("styles", "styles"),
    "numbering": ("numbering", "numbering"),
    "settings": ("settings", "settings"),
    "footnotes": ("footnotes", "footnotes"),
    "comments": ("comments", "comments"),
    "commentsExtended": ("commentsExtended", "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"),
}
_PROPERTIES: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_SECTION: Final = (
    '<w:sectPr><w:pgSz w:w="{0}" w:h="{1}"{2}/><w:pgMar w:top="1304" w:right="1446" w:bottom="1304" w:left="1446" '
    'w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file says of where it comes from: document, state of the materials, our version; perhaps a proposal."""

    document: str
    commit: str
    program: str
    proposal: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Cover:
    """What the properties of a file say: title, author, language of its text, and where it comes from."""

    title: str = ""
    author: str = ""
    language: str = "es"
    origin: Origin | None = None


def bundle(
    paper: Paper, body: str, cover: Cover, comments: tuple[str, str] | None = None, *, wide: bool = False
) -> bytes:
    """Put a file together; `wide` lays the page on its side."""
    language = _LANGUAGES.get(cover.language[:2].lower(), cover.language)
    page = _SECTION.format(*((16838, 11906, ' w:orient="landscape"') if wide else (11906, 16838, "")))
    parts = {
        "document": f"<w:document {NAMESPACES} {IGNORABLE}><w:body>{body}{page}</w:body></w:document>",
        "styles": styles.styles(language),
        "numbering": styles.numbering(paper.lists),
        "settings": f'<w:settings xmlns:w="{W}"><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>',
        "footnotes": _footnotes(paper),
    }
    if comments:
        parts["comments"], parts["commentsExtended"] = comments
    files = {"[Content_Types].xml": _types(parts, paper), "_rels/.rels": _root(cover)}
    files |= {f"word/{name}.xml": text if text.startswith(HEAD) else HEAD + text for name, text in parts.items()}
    files["word/_rels/document.xml.rels"] = _relations(_links(parts) + paper.relations("document"))
    files["word/_rels/footnotes.xml.rels"] = _relations(paper.relations("footnotes"))
    files["docProps/core.xml"] = _core(cover, language)
    files["docProps/custom.xml"] = _custom(cover.origin)
    return _zip(
        {name: text.encode() for name, text in files.items()} | {f"word/{n}": d for n, d in paper.media.items()}
    )


def _zip(files: dict[str, bytes]) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EARLY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every machine
            archive.writestr(entry, data)
    return kept.getvalue()


def _footnotes(paper: Paper) -> str:
    separators = "".join(
        f'<w:footnote w:type="{name}" w:id="{n}"><w:p><w:r><w:{name}/></w:r></w:p></w:footnote>'
        for n, name in ((-1, "separator"), (0, "continuationSeparator"))
    )
    return f"<w:footnotes {NAMESPACES} {IGNORABLE}>{separators}{''.join(paper.footnotes)}</w:footnotes>"


def _types(parts: dict[str, str], paper: Paper) -> str:
    sorts = sorted({name.rsplit(".", 1)[1] for name in paper.media})
    content = "".join(
        f'<Default Extension="{sort}" ContentType="image/{"svg+xml" if sort == "svg" else sort}"/>' for sort in sorts
    )
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}{_PARTS[name][0]}+xml"/>' for name in parts
    )
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{content}{overrides}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        '<Override PartName="/docProps/custom.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>'
    )


def _relations(inside: str) -> str:
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'


def _root(cover: Cover) -> str:
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return _relations(
        f'<Relationship Id="r1" Type="{_RELATIONS}officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{core}" Target="docProps/core.xml"/>'
        f'<Relationship Id="r3" Type="{_RELATIONS}custom-properties" Target="docProps/custom.xml"/>'
    )


def _links(parts: dict[str, str]) -> str:
    out = ""
    for n, name in enumerate(parts, 1):
        sort = _PARTS[name][1]
        if sort:
            kind = sort if sort.startswith("http") else _RELATIONS + sort
            out += f'<Relationship Id="r{n}" Type="{kind}" Target="{name}.xml"/>'
    return out


def _core(cover: Cover, language: str) -> str:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{clean(cover.title)}</dc:title><dc:creator>{clean(cover.author)}</dc:creator>"
        f"<dc:language>{clean(language)}</dc:language></cp:coreProperties>"
    )


def _custom(origin: Origin | None) -> str:
    names = {} if origin is None else named(origin)
    out = "".join(
        f'<property fmtid="{_PROPERTIES}" pid="{n}" name={attribute(name)}>'
        f"<vt:lpwstr>{clean(value)}</vt:lpwstr></property>"
        for n, (name, value) in enumerate(names.items(), 2)
    )
    return (
        f'{HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{out}</Properties>'
    )


def named(origin: Origin) -> dict[str, str]:
    """Name the properties that tell a file's base."""
    found = {"ReviewDocument": origin.document, "ReviewState": origin.commit, "ReviewProgram": origin.program}
    if origin.proposal:
        found |= {"ReviewProposal": str(origin.proposal), "ReviewVersion": str(origin.revision)}
    return found
