"""Sources made one file for browsers: stylesheets by their cascade layers, controllers as one module, both made small.

Text in, text out. `web/assets.py` reads `static/order.txt` and calls this; decision 0012 says why it is no bundler.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from configparser import ConfigParser
from itertools import groupby
from posixpath import dirname, join, normpath

import rjsmin

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'("[^"]*")')
_IMPORT = re.compile(r"^import \{ (?P<names>[\w, ]+) \} from '(?P<place>[\w./-]+)';\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def order(text: str) -> dict[str, list[str]]:
    """Read `order.txt`: name of a served file -> the sources it consists of, in their order."""
    parser = ConfigParser(allow_no_value=True, delimiters="=")
    parser.read_string(text)
    return {name: list(parser[name]) for name in parser.sections()}


def stylesheet(sources: Mapping[str, str]) -> str:
    """Join stylesheets, path -> text. The folder below `css/`, or a file's own name there, is its cascade layer."""
    joined = ""
    for layer, paths in groupby(sources, key=lambda path: path.split("/")[1].removesuffix(".css")):
        joined += f"@layer {layer} {{{''.join(sources[path] for path in paths)}}}"
    return small_css(joined)


def small_css(text: str) -> str:
    """Leave out comments and white space that says nothing; what stands between double quotes stays as it is."""
    parts = _STRING.split(_COMMENT.sub("", text))
    return "".join(part if part.startswith('"') else _squeezed(part) for part in parts).strip()


def _squeezed(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,>!]) ?", r"\1", text)
    # Only the space after a colon: before one it makes a descendant (`.doc :is(h3)`).
    return text.replace(": ", ":").replace(";}", "}")


def module(name: str, sources: Mapping[str, str], homes: Mapping[str, str]) -> str:
    """Join ES modules, path -> text, into the module `name`; `homes` says which module every source belongs to.

    A source that exports shares its names with the others, any other stands in a block of its own. An import of a
    source that is joined into another module becomes an import of that one. Raises KeyError for a source without home.
    """
    body = ""
    needed: dict[str, set[str]] = {}
    for path, text in sources.items():
        for found in _IMPORT.finditer(text):
            home = homes[normpath(join(dirname(path), found["place"]))]
            if home != name:
                needed.setdefault(home, set()).update(found["names"].split(", "))
        own = _IMPORT.sub("", text)
        body += own if _EXPORT.search(own) else f"{{\n{own}}}\n"
    imports = "".join(f"import {{ {', '.join(sorted(names))} }} from './{home}';\n" for home, names in needed.items())
    return str(rjsmin.jsmin(imports + body))
