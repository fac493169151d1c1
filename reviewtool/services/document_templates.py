"""The templates that a new document may begin from: Markdown files of a folder that the settings name.

They are read when the program starts. The first heading of a template is its name; the new document's title takes its
place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reviewtool.errors import InvalidInput
from reviewtool.prose import markdown
from reviewtool.services import texts
from reviewtool.uploads import names

EMPTY: Final = "vacio"
_HEADING: Final = re.compile(r"^# .*$", re.MULTILINE)


@dataclass(frozen=True)
class Template:
    """What a new document may begin with; `key` is the name of its file."""

    key: str
    title: str
    text: str


def load(folder: Path) -> tuple[Template, ...]:
    """Return the templates of a folder by name; those that are no text are passed over, as is a folder that is none."""
    found = []
    for path in sorted(folder.glob("*.md")):
        text = texts.editable(path.read_bytes().removeprefix(texts.BOM))
        if text is not None:
            found.append(Template(path.stem, markdown.title(text) or path.stem, text.replace("\r\n", "\n")))
    return tuple(found)


def begun(templates: tuple[Template, ...], key: str, title: str) -> bytes:
    """Return a new document with its title, from a template or empty; raises InvalidInput("choice-missing")."""
    heading = f"# {title}"
    if key == EMPTY:
        return f"{heading}\n".encode()
    found = next((template for template in templates if template.key == key), None)
    if found is None:
        raise InvalidInput("choice-missing", field="template")
    if _HEADING.search(found.text) is None:
        return f"{heading}\n\n{found.text}".encode()
    return _HEADING.sub(lambda _match: heading, found.text, count=1).encode()


def name_of(title: str) -> str:
    """Return the name of the file of a new document that was given none: its title in plain letters."""
    return names.plain(f"{title}.", unnamed="documento")
