"""Installations made for measuring: materials, people, a crowd of proposals, and the ones whose pages are measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import texts
from benchmarks.crowd import Crowd, Sizes, of_few, talk
from reviewtool import clock, installing
from reviewtool.gitstore import maintenance
from reviewtool.models import Proposal, Revision, Touch
from reviewtool.prose import passages
from reviewtool.services import drafts, proposals, revisions
from reviewtool.services.people import everybody
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings
from tests import factories
from tests.support import journey

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-measuring" * 3
SMALL, LARGE = "modulo/20kb.md", "modulo/200kb.md"
LESSONS = 20
COMMENTS = {10: [1, 2, 3, 4], 1_000: [1, 2, 3, 4, 5, 10, 25, 50] * 10, 10_000: [1, 2, 3, 4, 5, 10, 25, 50] * 100}
MERGES = 12
MODULE = 'title = "{}"\nkind = "elearning"\nlanguage = "es"\norder = {}\nlead = "PE"\n'


@dataclass(frozen=True)
class Installation:
    """What was made: `pages` are the numbers of the proposals to measure, by name."""

    settings: Settings
    workshop: Workshop
    people: factories.Group
    count: int
    pages: dict[str, int]
    approved: list[int]
    voting: list[int]


def lesson(at: int) -> str:
    """Return the path of a lesson."""
    return f"modulo/leccion-{at:02d}.md"


def write_materials(folder: Path) -> None:
    """Write the materials: lessons of 5 KB, the two documents that are measured, one more module."""
    files = {lesson(at): texts.document(5, seed=100 + at, title=f"Lección {at}") for at in range(LESSONS)}
    files |= {SMALL: texts.document(20), LARGE: texts.document(200), "kit/guia.md": texts.document(5, seed=9)}
    files |= {"modulo/module.toml": MODULE.format("El valor", 1), "kit/module.toml": MODULE.format("Kit", 2)}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def make(folder: Path, count: int, *, still_open: int, url: str = "", merges: int = 0) -> Installation:
    """Make an installation with so many proposals; `merges` of them stand approved and can really be merged."""
    settings, workshop, people = begin(folder, url)
    fill(workshop, people, count - merges - 5, still_open=still_open)
    approved = [_approved(workshop, people, at) for at in range(merges)]
    pages = _measured(workshop, people)
    maintenance.pack(workshop.store)
    if workshop.database.engine.dialect.name == "postgresql":
        with workshop.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    query = select(Proposal.number).where(Proposal.state == "voting").order_by(Proposal.number.desc()).limit(48)
    with workshop.database.read() as session:
        voting = list(session.scalars(query))
    return Installation(settings, workshop, people, count, pages, approved, voting)


def begin(folder: Path, url: str = "") -> tuple[Settings, Workshop, factories.Group]:
    """Make an installation with the materials and the founding group, and no proposal yet."""
    materials = folder / "materials"
    write_materials(materials)
    settings = Settings(
        var=folder / "var", database_url=url, group_file=ROOT / "config" / "group.toml", secret_key=SECRET
    )
    workshop = installing.create(settings, source=str(materials))
    return settings, workshop, _people(workshop)


def _people(workshop: Workshop) -> factories.Group:
    """Add the founding group and return it with roles and seats loaded."""
    with workshop.database.write() as session:
        made = factories.make_group(session)
    with workshop.database.read() as session:
        known = {person.id: person for person in everybody(session)}
        return replace(
            made,
            members=tuple(known[member.id] for member in made.members),
            coordinator=known[made.coordinator.id],
        )


def _propose_lesson(workshop: Workshop, people: factories.Group, at: int) -> int:
    text = texts.document(5, seed=100 + at, title=f"Lección {at}")
    return _propose(workshop, people, lesson(at), texts.changed(text, 3), "Revisar la lección")


def _propose(workshop: Workshop, people: factories.Group, path: str, text: str, title: str) -> int:
    by = people.members[0]
    meta = drafts.Meta(title=title, reason="El texto actual es incompleto.", instrument="Comentario 25.1")
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=by)
        entry = drafts.add_document(workshop, draft, path)
        drafts.save_text(workshop, draft, entry, text, saves=entry.saves)
        drafts.save_meta(draft, meta)
        session.flush()
        draft_id = draft.id
    return revisions.submit(workshop, draft_id, by_id=by.id)


def fill(workshop: Workshop, people: factories.Group, count: int, *, still_open: int, sizes: Sizes = of_few) -> None:
    """Make the first `count` proposals: four really submitted ones, and rows and refs that share their texts."""
    with clock.at(clock.now() - timedelta(days=60)):
        made = [_propose_lesson(workshop, people, at) for at in range(4)]
    first, last = len(made) + 1, count
    with workshop.database.write() as session:
        found = [proposals.revision(session, number, 1) for number in made]
        templates = [(_values(revision), [_values(touch) for touch in revision.touches]) for revision in found]
        Crowd(session, workshop, people, templates, sizes).fill(first, count - len(made), still_open)
        query = select(Revision.proposal_number, Revision.number, Revision.commit)
        rows = session.execute(query.where(Revision.proposal_number.between(first, last))).all()
    lines = "".join(f"create refs/proposals/{number}/{revision} {commit}\n" for number, revision, commit in rows)
    workshop.store.run("-c", "core.fsync=none", "update-ref", "--stdin", stdin=lines.encode())


def _values(row: Revision | Touch) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _approved(workshop: Workshop, people: factories.Group, at: int) -> int:
    """Make a proposal on a lesson of its own and have the group approve it, some weeks ago."""
    path = lesson(LESSONS - 1 - at)
    text = texts.document(5, seed=100 + LESSONS - 1 - at, title=f"Lección {LESSONS - 1 - at}")
    with clock.at(clock.now() - timedelta(days=40)):
        number = _propose(workshop, people, path, texts.changed(text, 3), f"Por incorporar {at}")
        journey.approve(workshop, number, people)
    return number


def _measured(workshop: Workshop, people: factories.Group) -> dict[str, int]:
    small = texts.changed(texts.document(20), 12)
    large = texts.changed(texts.document(200), 150)
    pages = {f"{n} comments": _propose(workshop, people, SMALL, small, f"Con {n} comentarios") for n in COMMENTS}
    pages["200 KB"] = _propose(workshop, people, LARGE, large, "Revisar el documento largo")
    pages["20 KB"] = _propose(workshop, people, SMALL, small, "Revisar el documento corto")
    with workshop.database.write() as session:
        places = _places(small)
        crowd = Crowd(session, workshop, people, [])
        for count, sizes in COMMENTS.items():
            talk(crowd, pages[f"{count} comments"], sizes, places)
        for name in ("20 KB", "200 KB"):
            talk(crowd, pages[name], [1, 2, 3], _places(small)[:2] if name == "20 KB" else [_on(LARGE, None)])
    return pages


def _places(text: str) -> list[dict[str, Any]]:
    """Return passages of the text as a thread's columns, and one place on the whole document."""
    blocks = [block for block in text.split("\n\n") if block[0].isalpha()]
    quotes = [" ".join(block.replace("**", "").split()[:5]) for block in blocks[:: max(1, len(blocks) // 12)]]
    found = [passages.find(text, quote) for quote in quotes]
    return [_on(SMALL, passage) for passage in found if passage] + [_on(SMALL, None)]


def _on(path: str, passage: passages.Passage | None) -> dict[str, Any]:
    if passage is None:
        return {"path": path, "quote": None, "prefix": "", "suffix": "", "start": None, "end": None}
    words = {"quote": passage.quote, "prefix": passage.prefix[-200:], "suffix": passage.suffix[:200]}
    return {"path": path, **words, "start": passage.start, "end": passage.end}
