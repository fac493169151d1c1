"""The forms of pages as a browser would send them: where to, and with what in their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import html5lib

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.ground import Ground

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Form:
    """A form of a page: who saw it, its route, address and method, its fields with what stood in them, its files."""

    who: str
    endpoint: str
    address: str
    method: str
    fields: Pairs
    files: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Return the names of its fields, each once."""
        return list(dict.fromkeys(name for name, _value in self.fields))


def of_page(ground: Ground, who: str, path: str, content: str) -> Iterator[Form]:
    """Read the forms of a page."""
    tree = html5lib.parse(content, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        method = form.get("method", "get").upper()
        if method == "DIALOG":
            continue
        address = (form.get("action") or path.partition("?")[0]).partition("#")[0]
        endpoint = endpoint_of(ground.app, address.partition("?")[0], method)
        fields, files = [], []
        for element in form.iter():
            name = element.get("name", "")
            if not name or name == "csrf_token":
                continue
            if element.tag == "input" and element.get("type") == "file":
                files.append(name)
            elif element.tag in {"input", "textarea", "select", "button"}:
                fields.append((name, _value(element)))
        yield Form(who, endpoint, address, method, tuple(fields), tuple(files))


def _value(element: Any) -> str:
    if element.tag == "textarea":
        return (element.text or "").replace("\n", "\r\n")
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [each for each in options if "selected" in each.attrib] or options[-1:]
        return chosen[0].get("value", chosen[0].text or "") if chosen else ""
    return element.get("value", "on" if element.get("type") in {"checkbox", "radio"} else "")


def endpoint_of(app: Flask, path: str, method: str) -> str:
    """Return the route of an address."""
    return str(app.url_map.bind("localhost").match(path, method=method)[0])
