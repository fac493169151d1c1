"""What a page must not hold, whatever people wrote: anything that runs, loads from elsewhere, or restyles it."""

from __future__ import annotations

import re

import html5lib

FORBIDDEN = frozenset(
    ["style", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "template", "math", "noscript"]
) | frozenset(
    ["audio", "video", "source", "track", "marquee", "foreignobject", "animate", "animatetransform", "set", "handler"]
)
ADDRESSES = frozenset(
    ["href", "src", "action", "formaction", "xlink:href", "poster", "background", "data", "cite", "ping", "srcset"]
)
PAGES_OWN = frozenset({"script", "link", "meta", "form", "input", "svg"})
ACTIVE = re.compile(
    r"[\s\x00-\x20]*(?:j\s*a\s*v\s*a|vb|live)\s*script\s*:|[\s\x00-\x20]*(?:data|blob|file|filesystem):", re.I
)
# SVG as a picture runs nothing in a browser: the code that an authenticator reads
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]")


def complaints(content: str, *, page: bool = True) -> list[str]:
    """Say what is active in some HTML; a whole page has the application's own scripts, an element of one has none."""
    parse = html5lib.parse if page else html5lib.parseFragment
    tree = parse(content, namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        tag = element.tag.lower() if isinstance(element.tag, str) else "comment"
        if (tag in FORBIDDEN and not (tag in {"template", "noscript"} and page)) or (
            tag in {"script", "link", "meta", "form", "input", "svg"} and not page
        ):
            found.append(f"<{tag}>")
        if tag == "script" and (not element.get("src", "").startswith("/static/") or element.text):
            found.append(f"<script> {element.text or element.get('src')}")
        if tag == "link" and element.get("rel") == "icon" and "script" not in element.get("href", ""):
            continue
        if tag == "link" and not element.get("href", "").startswith("/static/"):
            found.append(f"<link {element.get('href')}>")
        if tag == "meta" and element.get("http-equiv"):
            found.append("<meta http-equiv>")
        if tag == "comment":
            continue
        for name, value in element.attrib.items():
            found += _of_attribute(tag, str(name).lower(), value)
    return found


def _of_attribute(tag: str, name: str, value: str) -> list[str]:
    if name.startswith("on") or name in {"style", "srcdoc"}:
        return [f"{tag} {name}={value[:40]}"]
    if name in ADDRESSES and ACTIVE.match(value) and not (tag == "img" and PICTURE.match(value)):
        return [f"{tag} {name}={value[:60]}"]
    if tag == "form" and name == "action" and not value.startswith("/"):
        return [f"form action={value[:60]}"]
    return []
