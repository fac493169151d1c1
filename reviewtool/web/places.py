"""Which module the documents of a proposal belong to, by its title, for lists of proposals."""

from __future__ import annotations

from collections.abc import Sequence

from reviewtool.errors import NotFound
from reviewtool.services import documents, modules
from reviewtool.web.database import workshop
from reviewtool.web.i18n import gettext as _


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

    def name(self, paths: Sequence[str]) -> str:
        """Return the title of the module some documents belong to; of several, the first and that there are others."""
        titles = list(dict.fromkeys(self._title(path) for path in paths))
        if not titles:
            return ""
        return titles[0] if len(titles) == 1 else _("%(module)s y otros", module=titles[0])

    def _title(self, path: str) -> str:
        module = self._tree.module_of(path) if self._tree else None
        return module.title if module else path.partition("/")[0]

    def choices(self) -> list[tuple[str, str]]:
        """Return the first folder and the title of every module that has one, in their order."""
        found = self._tree.modules if self._tree else ()
        return [(module.folder, module.title) for module in found if module.folder and "/" not in module.folder]
