"""The tree of the materials at one commit: modules as `module.toml` describes them, and their documents by title.

Called by the pages that show the materials. A document belongs to the nearest folder above it that has a
`module.toml`, else to its first folder; files at the root stand in a module without folder, the last one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from sys import intern
from typing import Any

from reviewtool.gitstore import paths, reading
from reviewtool.gitstore.ids import BlobId, CommitId
from reviewtool.prose import ALGORITHM_VERSION, markdown
from reviewtool.services import showing
from reviewtool.services.showing import Kind
from reviewtool.services.workshop import Workshop

DESCRIPTION = "module.toml"
KINDS = ("module", "toolkit", "glossary", "group")
LONGEST_DESCRIPTION = 64 * 1024  # bytes
LONGEST_TITLE = 200  # characters
_HEAD = 4000  # characters: where nearly every title is; parsing all of a text takes twenty times as long
SHORTEST_TERM = 3  # characters; a glossary also has headings for its letters
_NUMBER = re.compile(r"(\d+)")
_OR = re.compile(r" (?:o|or|ou) ")


@dataclass(frozen=True)
class Listed:
    """A file as lists show it; `title` of a document is its own, of anything else its name.

    `language` is the one a document says it is in, else its module's; empty where neither tells.
    """

    path: str
    title: str
    kind: Kind
    blob: str
    size: int
    language: str = ""

    @property
    def is_document(self) -> bool:
        """Say whether people read and change it here: Markdown, or a link of the file system to something."""
        return self.kind is Kind.markdown


@dataclass(frozen=True)
class Module:
    """A folder with what its `module.toml` says; `kind` is empty where nothing valid is said, `order` None likewise."""

    folder: str
    title: str
    kind: str = ""
    language: str = ""
    order: int | None = None
    lead_administration: str = ""
    source_edition: str = ""
    summary: str = ""
    documents: tuple[Listed, ...] = ()
    others: tuple[Listed, ...] = ()


@dataclass(frozen=True)
class Tree:
    """Everything that is there at one commit, modules in their order."""

    commit: CommitId
    modules: tuple[Module, ...]
    files: Mapping[str, Listed]
    folders: frozenset[str]

    @property
    def documents(self) -> int:
        """Count the documents."""
        return sum(len(module.documents) for module in self.modules)

    def module_of(self, path: str) -> Module | None:
        """Return the module a file or folder belongs to, or None for what is not there."""
        holding = [m for m in self.modules if m.folder == path or path.startswith(m.folder + "/")]
        found = max(holding, key=lambda module: len(module.folder), default=None)
        if found is None and path in self.files:
            return next((module for module in self.modules if not module.folder), None)
        return found


def tree(workshop: Workshop, commit: CommitId) -> Tree:
    """Return the tree of a commit; remembered, since a commit never changes."""
    return workshop.cache.get(("tree", ALGORITHM_VERSION, commit), lambda: _tree(workshop, commit))


def only(workshop: Workshop, commit: CommitId, paths: set[str]) -> list[Module]:
    """Return the modules of a commit with some of its files, last those that stand in no list of their module.

    Of these the path is the title.
    """
    found, listed, left = tree(workshop, commit), [], set(paths)
    for module in found.modules:
        inside = tuple(each for each in (*module.documents, *module.others) if each.path in left)
        left -= {each.path for each in inside}
        listed.append(replace(module, documents=inside, others=()))
    rest = tuple(replace(found.files[path], title=path) for path in sorted(left))
    return [module for module in (*listed, Module("", "", documents=rest)) if module.documents]


def language(workshop: Workshop, commit: CommitId, path: str) -> str:
    """Return the language of a document, or of the module in which it would stand; empty where neither tells."""
    found = tree(workshop, commit)
    module = found.module_of(path)
    return found.files[path].language if path in found.files else module.language if module else ""


def terms(workshop: Workshop, commit: CommitId) -> tuple[str, ...]:
    """Return the terms that the glossaries of a commit define: their headings, each name of one that has several."""
    return workshop.cache.get(("terms", ALGORITHM_VERSION, commit), lambda: _terms(workshop, tree(workshop, commit)))


def _terms(workshop: Workshop, found: Tree) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for listed in (each for module in found.modules if module.kind == "glossary" for each in module.documents):
        shown = showing.decode(reading.data(workshop.store, BlobId(listed.blob)))
        for heading in markdown.outline(shown.text) if shown else ():
            if heading.level > 1:
                names |= dict.fromkeys(_OR.split(heading.title))
    return tuple(name for name in names if len(name) >= SHORTEST_TERM)


def folder(found: Tree, path: str) -> Module | None:
    """Return a folder as a module: a module itself, or the part of one that lies below it; None if there is none."""
    module = found.module_of(path)
    if module is None or path not in found.folders:
        return None
    if module.folder == path:
        return module
    below = path + "/"
    inside = [listed for listed in (*module.documents, *module.others) if listed.path.startswith(below)]
    return replace(_filled(Module(path, _name(path)), inside), language=module.language)


def _tree(workshop: Workshop, commit: CommitId) -> Tree:
    entries = reading.files(workshop.store, commit)
    described = {path.rpartition("/")[0] for path in entries if path.rpartition("/")[2] == DESCRIPTION} - {""}
    homes = {path: _home(path, described) for path in entries}
    named = {home: _described(workshop, home, entries) for home in dict.fromkeys(homes.values())}
    files = {path: _listed(workshop, entry, named[homes[path]].language) for path, entry in entries.items()}
    grouped: dict[str, list[Listed]] = {}
    for listed in files.values():
        grouped.setdefault(homes[listed.path], []).append(listed)
    modules = [_filled(named[home], inside) for home, inside in grouped.items()]
    folders = {path.rsplit("/", depth)[0] for path in files for depth in range(1, path.count("/") + 1)}
    return Tree(commit, tuple(sorted(modules, key=_place)), files, frozenset(folders))


def _home(path: str, described: set[str]) -> str:
    above = path.rpartition("/")[0]
    while above and above not in described:
        above = above.rpartition("/")[0]
    return above or (path.partition("/")[0] if "/" in path else "")


def _described(workshop: Workshop, folder: str, entries: Mapping[str, reading.Entry]) -> Module:
    entry = entries.get(f"{folder}/{DESCRIPTION}") if folder else None
    module = Module(folder, _name(folder))
    if entry is None or entry.kind != "file" or entry.size > LONGEST_DESCRIPTION:
        return module
    try:
        said = tomllib.loads(reading.text(reading.data(workshop.store, entry.blob)).text)
    except (ValueError, RecursionError):  # also figures without end, and brackets in brackets
        return module
    order = said.get("order")
    return replace(
        module,
        title=_line(said, "title")[:LONGEST_TITLE] or module.title,
        kind=_line(said, "kind") if _line(said, "kind") in KINDS else "",
        language=_line(said, "language"),
        order=order if isinstance(order, int) else None,
        lead_administration=_line(said, "lead_administration"),
        source_edition=_line(said, "source_edition"),
        summary=_line(said, "summary"),
    )


def _line(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _filled(module: Module, inside: list[Listed]) -> Module:
    ordered = sorted(inside, key=lambda listed: natural(listed.path))
    return replace(
        module,
        documents=tuple(listed for listed in ordered if listed.is_document),
        others=tuple(listed for listed in ordered if not listed.is_document and not listed.path.endswith(DESCRIPTION)),
    )


def _place(module: Module) -> tuple[bool, bool, int, str]:
    return (not module.folder, module.order is None, module.order or 0, module.title.casefold())


def natural(path: str) -> list[tuple[bool, list[tuple[int, str]]]]:
    """Return the sort key of a path: files before folders, and «lección 2» before «lección 10»."""
    parts = path.split("/")
    return [
        (
            number < len(parts) - 1,
            [(int(piece), "") if piece.isdecimal() else (-1, piece.casefold()) for piece in _NUMBER.split(part)],
        )
        for number, part in enumerate(parts)
    ]


def _name(path: str) -> str:
    return paths.shown(path.rpartition("/")[2])


def _listed(workshop: Workshop, entry: reading.Entry, language: str) -> Listed:
    kind = showing.kind_by_name(entry)
    title = _name(entry.path)
    if kind is Kind.markdown and entry.size <= workshop.limits.document_bytes:
        key = ("title", ALGORITHM_VERSION, entry.blob)
        told, own = workshop.cache.get(key, lambda: _title(workshop, entry))
        title, language = told or title.rpartition(".")[0] or title, own or language
    return Listed(entry.path, title, kind, entry.blob, entry.size, language)


def _title(workshop: Workshop, entry: reading.Entry) -> tuple[str, str]:
    """Return what a document calls itself, and the language it says it is in."""
    text = showing.decode(reading.data(workshop.store, entry.blob))
    if text is None:
        return "", ""
    found = markdown.title(text.text[:_HEAD].rpartition("\n")[0]) if len(text.text) > _HEAD else None
    title = paths.shown(found or markdown.title(text.text) or "")[:LONGEST_TITLE]
    return title, intern(markdown.language(text.text[:_HEAD]) or "")
