"""Addresses of documents, folders and pictures at one state of the materials, and where the links in a text lead.

The pages of documents use it; any page that renders Markdown may. What a link means, `documents.target` tells.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import current_app, request, url_for

from reviewtool.prose.markdown import Resolve
from reviewtool.services import documents, modules
from reviewtool.services.documents import StateId
from reviewtool.services.modules import Tree
from reviewtool.services.rendering import BROKEN
from reviewtool.web.database import workshop


class Addresses:
    """Addresses at the published text or, with `older`, at the state that the tree is of.

    `like`: a picture that is the same there has the address it has there, so that a redline shows only new pictures.
    """

    def __init__(self, tree: Tree, *, older: bool = False, like: Addresses | None = None) -> None:
        self.tree = tree
        self.older = older
        self.like = like
        self.site = request.script_root
        # url_for costs a hundred times what joining costs, and a page has hundreds of links.
        self._page = self._base("documents.state") if older else url_for("documents.document", path="x")[:-1]
        self._raw = self._base("documents.raw_at")
        self._word = url_for("word_files.document", path="x")[:-1]

    def _base(self, endpoint: str) -> str:
        return url_for(endpoint, commit=self.tree.commit, path="x")[:-1]

    def page(self, path: str, fragment: str = "") -> str:
        """Return the page of a document or folder; empty for a name that no address can carry."""
        if not path:
            return self._page if self.older else url_for("documents.overview")
        return _joined(self._page, path, fragment)

    def raw(self, path: str) -> str:
        """Return the address of a file's bytes at this state; a picture keeps it while the picture stays."""
        if self.like and self._blob(path) == self.like._blob(path):
            return self.like.raw(path)
        if self.older:
            return _joined(self._raw, path)
        settled = documents.settled_commit(workshop(), self.tree.commit, path)
        return _joined(self._raw.replace(self.tree.commit, settled), path)

    def word(self, path: str) -> str:
        """Return the address of a document at this state as a Word file."""
        return _joined(self._base("word_files.document_at") if self.older else self._word, path)

    def _blob(self, path: str) -> str:
        return self.tree.files[path].blob if path in self.tree.files else ""

    def resolver(self, source: str) -> Resolve:
        """Return what finds the targets of the links and pictures in the document at `source`."""

        def resolve(kind: str, written: str) -> str | None:
            found = documents.target(self.tree, source, written)
            if found is None or (kind == "image" and found.is_folder):
                return BROKEN
            address = self.raw(found.path) if kind == "image" else self.page(found.path, found.fragment)
            return address or BROKEN

        return resolve

    @property
    def key(self) -> tuple[str, bool, str]:
        """Name everything that the resolver's answers depend on, for cache keys."""
        return self.tree.commit, self.older, self.site


def _joined(base: str, path: str, fragment: str = "") -> str:
    try:
        return base + quote(path) + ("#" + quote(fragment) if fragment else "")
    except UnicodeEncodeError:  # a name that is not UTF-8: no browser can ask for it
        return ""


def at(commit: StateId, *, older: bool = False, like: Addresses | None = None) -> Addresses:
    """Return the addresses at a commit."""
    return Addresses(modules.tree(workshop(), commit), older=older, like=like)


def word_site() -> str:
    """Return the whole address below which the documents are, for links in a file; the same at every later request."""
    return str(current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")) + of("documents.document")("")


def of(endpoint: str) -> Callable[[str], str]:
    """Return a function from a path to its address at an endpoint of documents."""
    base = url_for(endpoint, path="x")[:-1]
    return lambda path: _joined(base, path)
