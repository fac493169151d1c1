"""Drawings (SVG) that people send: read as text without entities, and taken over element by element.

Only what draws is taken over: no script, no event, no link, no style that loads something, nothing drawn many times by
reference. What the sending program noted for itself is left behind.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from reviewtool.errors import InvalidInput

NAMESPACE: Final = "http://www.w3.org/2000/svg"
MOST_ELEMENTS: Final = 20_000
_DRAWN: Final = (
    "svg g title desc defs path rect circle ellipse line polyline polygon text tspan style clipPath marker "
    "linearGradient radialGradient stop"
)
_SAID: Final = (
    "id class style transform viewBox preserveAspectRatio version width height x y x1 y1 x2 y2 cx cy r rx ry fx fy "
    "dx dy d points rotate textLength lengthAdjust pathLength offset gradientUnits gradientTransform spreadMethod "
    "clipPathUnits markerUnits markerWidth markerHeight refX refY orient role aria-label aria-labelledby "
    "aria-describedby aria-hidden lang fill fill-opacity fill-rule stroke stroke-width stroke-opacity "
    "stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit opacity color display "
    "visibility overflow clip-path clip-rule marker-start marker-mid marker-end stop-color stop-opacity font-family "
    "font-size font-style font-variant font-weight font-stretch letter-spacing word-spacing text-anchor "
    "text-decoration dominant-baseline alignment-baseline baseline-shift writing-mode direction vector-effect "
    "paint-order shape-rendering text-rendering"
)
ELEMENTS: Final = frozenset(_DRAWN.split())
ATTRIBUTES: Final = frozenset(_SAID.split())
_BEGINS: Final = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE\s+svg|svg[\s>]|\w+:svg[\s>])", re.IGNORECASE)
_DECLARED: Final = re.compile(r"<!ENTITY|<!ATTLIST|<!ELEMENT", re.IGNORECASE)
_LOADS: Final = re.compile(
    r"url\s*\((?!\s*['\"]?#[\w.:-]+['\"]?\s*\))|@|\\|(?:expression|image|image-set|src)\s*\(", re.IGNORECASE
)


def looks_like_one(data: bytes) -> bool:
    """Say whether bytes begin like a drawing; whether they are one is seen when they are taken over."""
    head = data[:4096].decode("utf-8-sig", "replace")
    return bool(_BEGINS.match(head))


def taken_over(data: bytes, *, field: str = "file") -> bytes:
    """Return a drawing made of what draws alone; raises InvalidInput("drawing-broken")."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("drawing-broken", field=field) from error
    if _DECLARED.search(text):
        raise InvalidInput("drawing-broken", field=field)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True,
        remove_comments=True, encoding="utf-8",
    )  # fmt: skip
    try:
        found = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvalidInput("drawing-broken", field=field) from error
    if found.tag != f"{{{NAMESPACE}}}svg" or sum(1 for _each in found.iter()) > MOST_ELEMENTS:
        raise InvalidInput("drawing-broken", field=field)
    made = etree.Element(f"{{{NAMESPACE}}}svg", _kept(found), nsmap={None: NAMESPACE})
    _take_over(found, made)
    written: bytes = etree.tostring(made, encoding="utf-8")
    return written + (b"\n" if text.endswith("\n") else b"")


def _take_over(found: etree._Element, made: etree._Element) -> None:
    """Copy what draws from one element into another, as deep as the parser goes (256)."""
    made.text = found.text
    last = None
    for child in found:
        if not _draws(child):
            if last is None:
                made.text = (made.text or "") + (child.tail or "")
            else:
                last.tail = (last.tail or "") + (child.tail or "")
            continue
        last = etree.SubElement(made, child.tag, _kept(child))
        _take_over(child, last)
        last.tail = child.tail


def _draws(element: etree._Element) -> bool:
    if not isinstance(element.tag, str):  # an entity: it is not known to anybody
        return False
    space, _, name = element.tag[1:].rpartition("}")
    if space != NAMESPACE or name not in ELEMENTS:
        return False
    return name != "style" or not (len(element) or _LOADS.search(element.text or ""))


def _kept(element: etree._Element) -> dict[str, str]:
    """Return the attributes that draw or tell, those left out whose value loads something."""
    known = ((str(name), value) for name, value in element.items() if name in ATTRIBUTES)
    return {name: value for name, value in known if name.startswith("aria-") or not _LOADS.search(value)}
