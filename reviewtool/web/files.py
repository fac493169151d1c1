"""What a page says of a file as such: its type and size, and that it is new, gone, or has another name or place.

`reading` shows it beside the documents of a proposal, `views/documents` beside those of the materials.
"""

from __future__ import annotations

from dataclasses import dataclass

from reviewtool.services import comparing, showing
from reviewtool.services.comparing import Compared, Pair, Side
from reviewtool.services.showing import Kind
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark, ngettext, number

# A picture may hold scripts (SVG): opened by itself it runs nothing, loads nothing and belongs to no site.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
TYPES: dict[str, str] = {
    "csv": mark("Tabla de datos"),
    "doc": mark("Documento de Word"),
    "docx": mark("Documento de Word"),
    "md": mark("Documento"),
    "pdf": mark("Documento PDF"),
    "ppt": mark("Presentación"),
    "pptx": mark("Presentación"),
    "toml": mark("Datos del módulo"),
    "txt": mark("Texto sin formato"),
    "xls": mark("Hoja de cálculo"),
    "xlsx": mark("Hoja de cálculo"),
    "zip": mark("Archivo comprimido"),
}


@dataclass(frozen=True)
class File:
    """One side of a file that is no text: where its bytes are, what type it is and how big."""

    url: str
    type: str
    size: str


def size(count: int) -> str:
    """Say how big a file is."""
    if count < 1000:
        return ngettext("%(num)s byte", "%(num)s bytes", count)
    if count < 1_000_000:
        return _("%(size)s KB", size=number(round(count / 1000)))
    return _("%(size)s MB", size=number(round(count / 1_000_000, 1)))


def type_of(path: str) -> str:
    """Say what type a file is, by its name."""
    extension = showing.extension(path)
    if showing.image_type(path):
        return _("Imagen %(type)s", type=extension.upper())
    if extension in TYPES:
        return _(TYPES[extension])
    return _("Archivo %(type)s", type=extension.upper()) if extension else _("Archivo")


def notes(pair: Pair, compared: Compared) -> list[str]:
    """Say what the blocks do not show: new, removed, renamed, read in an old encoding."""
    said = []
    if pair.status == "A":
        said.append(_new(pair.new, compared.kind))
    elif pair.status == "D":
        said.append(_gone(pair.old, compared.kind))
    elif pair.status == "R":
        said.append(_renamed(pair))
    if compared.encoding not in {"", "utf-8"}:
        said.append(_("El archivo no está en UTF-8: se muestra leído como %(encoding)s.", encoding=compared.encoding))
    return said


def _new(side: Side, kind: Kind) -> str:
    words = {Kind.markdown: _("Documento nuevo"), Kind.image: _("Imagen nueva")}
    said, module = words.get(kind, _("Archivo nuevo")), _module(side)
    return _("%(what)s, en «%(module)s».", what=said, module=module) if module else f"{said}."


def _gone(side: Side, kind: Kind) -> str:
    words = {
        Kind.markdown: _("Se propone suprimir este documento"),
        Kind.image: _("Se propone suprimir esta imagen"),
    }
    said, module = words.get(kind, _("Se propone suprimir este archivo")), _module(side)
    return _("%(what)s, que está en «%(module)s».", what=said, module=module) if module else f"{said}."


def _renamed(pair: Pair) -> str:
    """Say from which module to which, where it changes; the name of the file otherwise, and its folder if needed."""
    old, new = pair.old.path or "", pair.new.path or ""
    before, after = _module(pair.old), _module(pair.new)
    if after and before != after:
        return (
            _("Pasa de «%(old)s» a «%(new)s».", old=before, new=after) if before else _("Pasa a «%(new)s».", new=after)
        )
    if old.rpartition("/")[0] == new.rpartition("/")[0]:
        old, new = old.rpartition("/")[2], new.rpartition("/")[2]
    return _("Su archivo cambia de nombre: «%(old)s» pasa a ser «%(new)s».", old=old, new=new)


def _module(side: Side) -> str:
    """Return the title of the module that holds a file; empty for what belongs to none."""
    return comparing.module_title(workshop(), side)
