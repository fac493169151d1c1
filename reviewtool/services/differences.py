"""Two states of the published materials: which files differ, and a document of one beside itself in the other.

The history of a document, its comparison with an older state and that of two editions are made of these. The versions
of proposals are in `comparing`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import groupby

from reviewtool.gitstore import history
from reviewtool.gitstore.history import PathChange
from reviewtool.gitstore.ids import CommitId
from reviewtool.prose import ALGORITHM_VERSION, markdown, redline
from reviewtool.services import documents, modules
from reviewtool.services.documents import Document
from reviewtool.services.modules import Listed
from reviewtool.services.rendering import mend
from reviewtool.services.workshop import Workshop

CONTEXT = 1  # unchanged blocks shown on either side of a change
MANY = 40  # changes; with more of them each stands alone


@dataclass(frozen=True)
class Difference:
    """A document in two states; None on the side where it is not. `old_path` only where its name changed."""

    old_commit: CommitId | None
    new_commit: CommitId
    path: str
    old_path: str | None
    before: Document | None
    after: Document | None


@dataclass(frozen=True)
class Shown:
    """A block of a difference as it is shown, or `skipped` ones that are not, `changes` of them changed."""

    chunk: redline.Chunk | None
    number: int  # of the change, counted from 1, of skipped ones the first; 0 where nothing changes
    skipped: int = 0
    changes: int = 0


@dataclass(frozen=True)
class Row:
    """A file that differs between two states: A added, M modified, D removed, R renamed; as the newer one lists it."""

    status: str
    file: Listed
    path: str  # in the older state, or of an added file in the newer one: where its comparison is asked for
    folder: str
    module: str
    language: str  # of the module's title


def paths(workshop: Workshop, old: CommitId | None, new: CommitId) -> tuple[PathChange, ...]:
    """Return the paths that differ between two states; None is the state before everything."""
    return workshop.cache.get(("paths", old, new), lambda: tuple(history.diff_paths(workshop.store, old, new)))


def of(workshop: Workshop, old: CommitId | None, new: CommitId, change: PathChange) -> Difference:
    """Return the document that a changed path is of, as it stands on both sides."""
    old_path = change.old_path or change.path
    return Difference(
        old,
        new,
        change.path,
        old_path if old_path != change.path else None,
        documents.find(workshop, old, old_path) if old and change.status != "A" else None,
        documents.find(workshop, new, change.path) if change.status != "D" else None,
    )


def between(workshop: Workshop, old: CommitId, new: CommitId, path: str) -> Difference:
    """Return the document that had this path in the old state, or has it in the new one; raises NotFound."""
    changed = paths(workshop, old, new)
    one = next((each for each in changed if each.old_path == path), None)
    one = one or next((each for each in changed if each.path == path), None)
    if one is not None:
        return of(workshop, old, new, one)
    same = documents.get(workshop, new, path)
    return Difference(old, new, path, None, same, same)


def listed(workshop: Workshop, old: CommitId, new: CommitId) -> list[Row]:
    """Return the files that differ between two states, in the order of the modules."""
    before, after = modules.tree(workshop, old), modules.tree(workshop, new)
    order = {module.folder: at for at, module in enumerate(after.modules)}
    found = []
    for change in paths(workshop, old, new):
        tree = before if change.status == "D" else after
        module = tree.module_of(change.path)
        file = tree.files[change.path]
        folder, title, language = (module.folder, module.title, module.language) if module else ("", "", "")
        found.append(Row(change.status, file, change.old_path or change.path, folder, title, language))
    return sorted(found, key=lambda row: order.get(row.folder, len(order)))


def redlined(
    workshop: Workshop,
    found: Difference,
    resolvers: tuple[markdown.Resolve, markdown.Resolve],
    key: Hashable,
    labels: redline.Labels,
) -> redline.Redline:
    """Return a difference of two texts as a redline; `key` names what the resolvers depend on."""
    old, new = found.before, found.after
    whole = ("difference", ALGORITHM_VERSION, found.old_commit, found.new_commit, found.path, key, labels)
    return workshop.cache.get(
        whole,
        lambda: redline.compare(
            old.text if old else "",
            new.text if new else "",
            resolve_old=resolvers[0],
            resolve_new=resolvers[1],
            labels=labels,
        ),
    )


def shortened(whole: redline.Redline, *, everything: bool = False, room: int) -> list[Shown]:
    """Count the changed blocks; leave out unchanged ones far from them, and what has no place in `room` characters."""
    changed = [at for at, chunk in enumerate(whole.chunks) if chunk.changed]
    numbers = {at: number for number, at in enumerate(changed, 1)}
    context = CONTEXT if len(changed) <= MANY else 0
    shown: set[int] = set(range(len(whole.chunks))) if everything else set()
    for at in changed:
        room -= len(whole.chunks[at].html)
        shown.update(range(at - context, at + context + 1) if room > 0 else ())
    found: list[Shown] = []
    for kept, group in groupby(range(len(whole.chunks)), lambda at: at in shown):
        run = list(group)
        if kept:
            blocks = ((whole.chunks[at], numbers.get(at, 0)) for at in run)
            found += [Shown(replace(chunk, html=mend(chunk.html)), number) for chunk, number in blocks]
        else:
            inside = [numbers[at] for at in run if at in numbers]
            found.append(Shown(None, inside[0] if inside else 0, len(run), len(inside)))
    return found
