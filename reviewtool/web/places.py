"""Which module the documents of a proposal belong to, by its title, for lists of proposals."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from reviewtool.errors import NotFound
from reviewtool.services import documents, modules
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language, spoken


class Places:
    """Names modules as the published text knows them; made once a page."""

    def __init__(self) -> None:
        try:
            self._tree: modules.Tree | None = modules.tree(workshop(), documents.tip(workshop()))
        except NotFound:  # nothing was imported yet
            self._tree = None

    @property
    def key(self) -> str:
        """Return the commit of the published text that the names are of."""
        return self._tree.commit if self._tree else ""

    def name(self, paths: Sequence[str]) -> Markup:
        """Return the title of the module some documents belong to; of several, the first and that there are others."""
        titles = list(dict.fromkeys(self._title(path) for path in paths))
        if not titles:
            return Markup()
        return titles[0] if len(titles) == 1 else escape(_("%(module)s y otros")) % {"module": titles[0]}

    def _title(self, path: str) -> Markup:
        module = self._tree.module_of(path) if self._tree else None
        return spoken(module.title, module.language) if module else escape(path.partition("/")[0])

    def document(self, path: str) -> Markup:
        """Return the title of a document as the published text knows it; of what is not there, its path."""
        found = self._tree.files.get(path) if self._tree else None
        return spoken(found.title, found.language) if found else escape(path)

    def language(self, path: str) -> str:
        """Return the language of a document, or of the module it would stand in; Spanish where nothing tells."""
        found = self._tree.files.get(path) if self._tree else None
        module = self._tree.module_of(path) if self._tree else None
        return (found.language if found else "") or (module.language if module else "") or "es"

    def foreign(self, path: str) -> str:
        """Return the language of a document, or of where it would stand, "" where the page speaks it."""
        code = self.language(path)
        return "" if code.partition("-")[0].lower() == language() else code

    def choices(self) -> list[tuple[str, str, str]]:
        """Return first folder, title and language of every module that has a folder, in their order."""
        found = self._tree.modules if self._tree else ()
        return [
            (each.folder, each.title, each.language or "es") for each in found if "/" not in each.folder if each.folder
        ]
