"""The materials as services read them: tree, odd files, links, history, the origin of a block, search."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewtool import clock
from reviewtool.cache import Cache
from reviewtool.db import Database
from reviewtool.errors import NotFound
from reviewtool.gitstore import reading, writing
from reviewtool.gitstore import store as stores
from reviewtool.gitstore.ids import CommitId
from reviewtool.gitstore.store import Store
from reviewtool.group import Group
from reviewtool.models import Edition, Merge, Proposal, Revision, Touch
from reviewtool.prose.redline import Labels
from reviewtool.services import differences, documents, histories, modules, rendering, searching
from reviewtool.services.showing import Kind
from reviewtool.services.workshop import Limits, Workshop
from tests import factories
from tests.support import materials

ROOT = Path(__file__).resolve().parents[2]
MODULE = """\
title = "Módulo 2"
kind = "module"
language = "es"
order = 2
lead_administration = "CL"
summary = "De qué trata."
"""
LESSON = "modulo/leccion-2.md"
TEXT = """# Lección 2

El primer párrafo cita los cánones.

El segundo párrafo
tiene dos líneas.

| A | B |
|---|---|
| 1 | 2 |
"""
LONG_NAME = "documento con un nombre muy largo " * 5 + "y ñandú.md"


@pytest.fixture
def workshop(store: Store, database: Database) -> Workshop:
    return Workshop(database, store, Cache(8), Group.load(ROOT / "config" / "group.toml"))


@pytest.fixture
def session(database: Database):  # type: ignore[no-untyped-def]  # yields a Session
    with database.write() as opened:
        yield opened


def put(
    store: Store, files: dict[str, bytes | str | None], subject: str = "Cambia los materiales", *, minutes: int = 0
) -> CommitId:
    """Commit files (None: removed) on top of main; later ones carry a later instant."""
    tip = reading.head(store)
    edits = []
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        edits.append(writing.Edit(path, None if data is None else writing.write_blob(store, data), "100644"))
    at = datetime(2026, 6, 4, 15, tzinfo=UTC) + timedelta(minutes=minutes)
    person = reading.Signature("Ignacio Riquelme", "p4@grupo.invalid", at)
    tree = writing.write_tree(store, tip, edits)
    made = writing.commit_tree(store, tree, [tip] if tip else [], subject, person, person)
    assert writing.update_ref(store, reading.MAIN, made, tip)
    return made


def never(_kind: str, _written: str) -> str | None:
    return None


def blocks(workshop: Workshop, commit: CommitId, path: str) -> rendering.Rendered:
    return rendering.rendered(workshop, documents.get(workshop, commit, path), never, ("test", commit))


# -- tree ------------------------------------------------------------------------------------------------------------


def test_a_module_says_of_itself_what_its_description_says(workshop: Workshop) -> None:
    commit = put(workshop.store, {"modulo/module.toml": MODULE, LESSON: TEXT})
    module = modules.tree(workshop, commit).module_of(LESSON)
    assert module is not None
    assert (module.title, module.kind, module.order, module.lead_administration) == ("Módulo 2", "module", 2, "CL")
    assert [listed.title for listed in module.documents] == ["Lección 2"]


def test_modules_stand_in_their_order_and_what_has_none_comes_last(workshop: Workshop) -> None:
    commit = put(workshop.store, {"zeta/module.toml": MODULE.replace("= 2", "= 0"), "zeta/a.md": "a", "alfa/b.md": "b"})
    folders = [module.folder for module in modules.tree(workshop, commit).modules]
    assert folders == ["zeta", "valor-de-transaccion", "metodos-secundarios", "kit del instructor", "alfa", ""]


@pytest.mark.parametrize(
    "broken",
    [
        "title = ",
        "title = 3\norder = 'x'\nkind = []",
        "\x00",
        'kind = "otro"',
        "a = " + "[" * 20_000,
        "order = " + "9" * 5000,
    ],
    ids=["cut", "kinds", "nul", "other", "nested", "endless"],
)
def test_a_broken_description_leaves_the_folder_under_its_own_name(workshop: Workshop, broken: str) -> None:
    commit = put(workshop.store, {"carpeta/module.toml": broken, "carpeta/a.md": "a"})
    module = modules.tree(workshop, commit).module_of("carpeta/a.md")
    assert module is not None
    assert (module.title, module.kind, module.order) == ("carpeta", "", None)


def test_lesson_two_comes_before_lesson_ten_and_folders_after_files(workshop: Workshop) -> None:
    names = ["m/leccion-10.md", "m/leccion-2.md", "m/en/lesson-1.md"]
    commit = put(workshop.store, dict.fromkeys(names, "texto"))
    module = modules.tree(workshop, commit).module_of("m/en/lesson-1.md")
    assert module is not None
    assert [d.path for d in module.documents] == ["m/leccion-2.md", "m/leccion-10.md", "m/en/lesson-1.md"]


def test_a_folder_inside_a_module_lists_what_lies_below_it(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/en/lesson-1.md": "# One", "m/uno.md": "# Uno"})
    tree = modules.tree(workshop, commit)
    inner = modules.folder(tree, "m/en")
    assert inner is not None
    assert [d.title for d in inner.documents] == ["One"]
    assert modules.folder(tree, "m/uno.md") is None
    assert modules.folder(tree, "nada") is None


def test_a_document_without_title_is_called_by_its_file(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/notas sueltas.md": "Solo texto.", "m/vacio.md": ""})
    titles = {path: listed.title for path, listed in modules.tree(workshop, commit).files.items()}
    assert titles["m/notas sueltas.md"] == "notas sueltas"
    assert titles["m/vacio.md"] == "vacio"


def test_a_title_far_below_the_beginning_is_found(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/a.md": "Palabras de relleno.\n\n" * 400 + "# Título tardío\n"})
    assert modules.tree(workshop, commit).files["m/a.md"].title == "Título tardío"


# -- files of every sort ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "data", "kind", "encoding"),
    [
        ("a.md", b"\xef\xbb\xbf# T\r\n", Kind.markdown, "utf-8"),
        ("a.md", "# Canción".encode("latin-1"), Kind.markdown, "windows-1252"),
        ("a.md", b"\x81\x8d m\xe1s", Kind.markdown, "latin-1"),
        ("a.md", "# Título".encode("utf-16"), Kind.markdown, "utf-16"),
        ("a.md", b"\x00\x01\x02", Kind.binary, ""),
        ("a.md", b"", Kind.markdown, "utf-8"),
        ("a.txt", "año".encode(), Kind.text, "utf-8"),
        ("a", b"%PDF-1.4\x00\xff", Kind.binary, ""),
        ("a.svg", b"<svg/>", Kind.image, ""),
        ("a.PNG", b"x", Kind.image, ""),
    ],
)
def test_a_file_is_shown_as_what_its_bytes_are(
    workshop: Workshop, path: str, data: bytes, kind: Kind, encoding: str
) -> None:
    commit = put(workshop.store, {path: data})
    found = documents.get(workshop, commit, path)
    assert (found.kind, found.encoding) == (kind, encoding)
    assert documents.data(workshop, found) == data


def test_a_text_beyond_the_limit_is_not_read_but_offered(workshop: Workshop) -> None:
    small = replace(workshop, limits=Limits(document_bytes=1000))
    commit = put(small.store, {"grande.md": "palabra " * 200, "grande.csv": "1;" * 600})
    assert documents.get(small, commit, "grande.md").kind is Kind.large
    assert documents.get(small, commit, "grande.md").text == ""
    assert documents.get(small, commit, "grande.csv").kind is Kind.binary
    assert len(documents.data(small, documents.get(small, commit, "grande.md"))) == 1600


def test_a_long_name_with_spaces_and_accents_is_listed_and_read(workshop: Workshop) -> None:
    path = f"kit del instructor/{LONG_NAME}"
    commit = put(workshop.store, {path: "# Corto\n"})
    assert modules.tree(workshop, commit).files[path].title == "Corto"
    assert documents.get(workshop, commit, path).title == "Corto"


def test_a_link_of_the_file_system_is_shown_with_its_target_and_not_followed(workshop: Workshop) -> None:
    blob = writing.write_blob(workshop.store, b"../../etc/passwd")
    tip = documents.tip(workshop)
    tree = writing.write_tree(workshop.store, tip, [writing.Edit("enlace.md", blob, "120000")])
    person = reading.Signature("X", "x@grupo.invalid", clock.now())
    commit = writing.commit_tree(workshop.store, tree, [tip], "Enlace", person, person)
    found = documents.get(workshop, commit, "enlace.md")
    assert (found.kind, found.target, found.text) == (Kind.symlink, "../../etc/passwd", "")


@pytest.mark.parametrize(
    "path", ["", "/", "..", "../x.md", "valor-de-transaccion", "a//b", "glosario.md/x", ".git/config"]
)
def test_what_is_no_file_of_the_materials_is_not_found(workshop: Workshop, path: str) -> None:
    with pytest.raises(NotFound):
        documents.get(workshop, documents.tip(workshop), path)


def test_reading_takes_a_minute_for_two_hundred_words(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/a.md": "palabra " * 401, "m/b.md": "una"})
    assert documents.minutes(workshop, documents.get(workshop, commit, "m/a.md")) == 3
    assert documents.minutes(workshop, documents.get(workshop, commit, "m/b.md")) == 1


# -- states ----------------------------------------------------------------------------------------------------------


def test_only_what_was_published_or_is_an_edition_can_be_read(session: Session, workshop: Workshop) -> None:
    first = documents.tip(workshop)
    put(workshop.store, {"a.md": "nuevo"})
    aside = _aside(workshop, first)
    assert documents.state(session, workshop, first) == first
    for unknown in (aside, "0" * 40, "HEAD", "main", first[:10], first.upper(), "../x"):
        with pytest.raises(NotFound):
            documents.state(session, workshop, unknown)
    person = factories.make_person(session)
    session.add(Edition(name="I", tag="i", commit=aside, published_by_id=person.id, published_at=clock.now()))
    session.flush()
    assert documents.state(session, workshop, aside) == aside


def test_a_version_of_a_proposal_gives_its_pictures_and_is_no_state(session: Session, workshop: Workshop) -> None:
    aside = _aside(workshop, documents.tip(workshop))
    proposal(session, 5, "consultation", commit=aside)
    assert documents.state(session, workshop, aside, revisions=True) == aside
    with pytest.raises(NotFound):
        documents.state(session, workshop, aside)


def test_a_tree_is_no_state(session: Session, workshop: Workshop) -> None:
    tree = reading.tree_of(workshop.store, documents.tip(workshop))
    with pytest.raises(NotFound):
        documents.state(session, workshop, tree)


def test_without_materials_there_is_no_tip(tmp_path: Path, database: Database) -> None:
    empty = stores.create(tmp_path / "empty.git")
    with pytest.raises(NotFound, match="materials-empty"):
        documents.tip(Workshop(database, empty, Cache(1), Group.load(ROOT / "config" / "group.toml")))
    empty.close()


def _aside(workshop: Workshop, parent: CommitId) -> CommitId:
    person = reading.Signature("X", "x@grupo.invalid", datetime(2026, 7, 1, tzinfo=UTC))
    tree = reading.tree_of(workshop.store, parent)
    return writing.commit_tree(workshop.store, tree, [parent], "Aparte", person, person)


# -- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("02-ajustes-del-articulo-8.md#ajustes", materials.ADJUSTMENTS),
        ("./02-ajustes-del-articulo-8.md?x=1", materials.ADJUSTMENTS),
        ("../glosario.md", materials.GLOSSARY),
        ("/glosario.md", materials.GLOSSARY),
        ("../" + materials.ODD_NAME, materials.ODD_NAME),
        ("../" + unicodedata.normalize("NFD", materials.ODD_NAME), materials.ODD_NAME),
        ("../kit del instructor/", "kit del instructor"),
        ("..", ""),
        ("", materials.INTRODUCTION),
    ],
)
def test_a_relative_link_leads_to_its_document(workshop: Workshop, written: str, path: str) -> None:
    tree = modules.tree(workshop, documents.tip(workshop))
    found = documents.target(tree, materials.INTRODUCTION, written)
    assert found is not None
    assert found.path == path
    assert found.fragment == ("ajustes" if "#" in written else "")


@pytest.mark.parametrize("written", ["../../etc/passwd", "../../glosario.md", "no-existe.md", "../../..", "/../x"])
def test_a_link_out_of_the_materials_leads_nowhere(workshop: Workshop, written: str) -> None:
    tree = modules.tree(workshop, documents.tip(workshop))
    assert documents.target(tree, materials.INTRODUCTION, written) is None


def test_a_name_with_a_number_sign_is_found_before_a_fragment_is_supposed(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/caso #3.md": "# Caso 3", "m/a.md": "x"})
    found = documents.target(modules.tree(workshop, commit), "m/a.md", "caso #3.md")
    assert found == documents.Target("m/caso #3.md", "", is_folder=False)


def test_a_picture_keeps_its_address_while_other_files_change(workshop: Workshop) -> None:
    first = documents.settled_commit(workshop, documents.tip(workshop), materials.PICTURE)
    later = put(workshop.store, {"a.md": "nuevo"})
    assert documents.settled_commit(workshop, later, materials.PICTURE) == first
    newest = put(workshop.store, {materials.PICTURE: b"\x89PNG otra"}, minutes=1)
    assert documents.settled_commit(workshop, newest, materials.PICTURE) == newest


# -- rendering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_block_knows_the_lines_it_was_made_of(workshop: Workshop, end: str, mark: str) -> None:
    commit = put(workshop.store, {LESSON: mark + TEXT.replace("\n", end)})
    whole = blocks(workshop, commit, LESSON)
    assert [(b.number, b.first_line, b.last_line) for b in whole.blocks] == [(1, 3, 3), (2, 5, 6), (3, 8, 10)]
    assert whole.title_anchor == "leccion-2"


def test_the_first_heading_stays_when_it_is_not_the_title(workshop: Workshop) -> None:
    commit = put(workshop.store, {LESSON: "---\ntitle: Otro\n---\n\n" + TEXT})
    whole = blocks(workshop, commit, LESSON)
    assert whole.title_anchor == ""
    assert whole.blocks[0].html == '<h1 id="leccion-2">Lección 2</h1>'


def test_a_broken_link_is_shown_as_text_that_says_so(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/a.md": 'Ver [el *caso*](caso.md "t") y ![el plano](plano.png).\n'})
    document = documents.get(workshop, commit, "m/a.md")
    whole = rendering.rendered(workshop, document, lambda _kind, _written: rendering.BROKEN, "k")
    assert whole.blocks[0].html == (
        '<p>Ver <span class="broken-link">el <em>caso</em></span> y <span class="broken-link">el plano</span>.</p>'
    )


def test_a_document_without_text_has_no_blocks(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/a.md": "", "m/b.md": "\n \n"})
    assert blocks(workshop, commit, "m/a.md").blocks == ()
    assert blocks(workshop, commit, "m/b.md").blocks == ()


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ("los cánones", "los derechos", [1]),
        ("dos líneas", "tres líneas", [2]),
        ("| 1 | 2 |\n", "| 1 | 2 |\n| 3 | 4 |\n", [3]),
        ("# Lección 2\n", "# Lección dos\n", []),
    ],
)
def test_a_notice_stands_where_an_open_proposal_changes_the_text(
    session: Session, workshop: Workshop, old: str, new: str, noticed: list[int]
) -> None:
    commit = put(workshop.store, {LESSON: TEXT})
    changed = writing.write_blob(workshop.store, TEXT.replace(old, new).encode())
    document = documents.get(workshop, commit, LESSON)
    made = proposal(session, 5, "consultation", touch=(LESSON, document.blob, changed))
    touch = session.scalars(select(Touch)).one()
    found = rendering.competing(workshop, document, blocks(workshop, commit, LESSON), [(made, touch)])
    assert sorted(found) == noticed
    assert documents.open_counts(session) == {LESSON: 1}


def proposal(
    session: Session,
    number: int,
    state: str,
    *,
    commit: str = "1" * 40,
    touch: tuple[str, str, str] | None = None,
) -> Proposal:
    """Add a proposal with one version that touches one document."""
    author = factories.make_person(session, "Xiomara Téllez", "member", administration="NI")
    now = clock.now()
    made = Proposal(
        number=number, title="Aclara la frase", reason="Se entendía mal.", kind="substance", author_id=author.id,
        state=state, state_changed_at=now, created_at=now, consultation_closes_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    version = Revision(
        proposal_number=number, number=1, base="0" * 40, commit=commit, seal="", author_id=author.id, submitted_at=now
    )
    session.add(version)
    session.flush()
    if touch:
        path, old, new = touch
        session.add(
            Touch(revision_id=version.id, path=path, status="M", old_blob=old, new_blob=new, module=path.split("/")[0])
        )
        session.flush()
    return made


# -- history and origin ----------------------------------------------------------------------------------------------

DECIDED = """Corrige el segundo párrafo

Motivo.

Proposal: 7
Revision: 2
Approved-by: Rosa Quispe <p1@grupo.invalid> # PE
Approved-by: Lucía Fernández <p2@grupo.invalid> # AR
Opposed-by: Byron Cevallos <p3@grupo.invalid> # EC
"""


def merged(session: Session, number: int, commit: CommitId) -> None:
    made = proposal(session, number, "merged")
    by = factories.make_person(session, "Elena Marroquín", "coordination", administration="")
    session.add(
        Merge(proposal_number=made.number, revision=2, ballot_number=1, commit=commit, base="", tip="", kind="exact",
              merged_by_id=by.id, merged_at=clock.now())
    )  # fmt: skip
    session.flush()


def test_a_history_names_the_decision_behind_each_change(session: Session, workshop: Workshop) -> None:
    first = put(workshop.store, {LESSON: TEXT}, "Trae la lección")
    second = put(workshop.store, {LESSON: TEXT.replace("dos líneas", "dos renglones")}, DECIDED, minutes=1)
    merged(session, 7, second)
    steps = histories.page(session, workshop, second, LESSON).steps
    assert [step.commit for step in steps] == [second, first]
    assert steps[0].proposal is not None
    assert steps[0].proposal.number == 7
    assert steps[0].votes == (("for", 2), ("against", 1))
    assert (steps[1].proposal, steps[1].votes, steps[1].author) == (None, (), "Ignacio Riquelme")


def test_a_trailer_that_the_database_does_not_confirm_proves_nothing(session: Session, workshop: Workshop) -> None:
    proposal(session, 7, "consultation")
    commit = put(workshop.store, {LESSON: TEXT}, DECIDED)
    (step,) = histories.page(session, workshop, commit, LESSON).steps
    assert (step.proposal, step.votes) == (None, ())


def test_a_history_comes_in_pages_and_follows_a_document_that_was_renamed(session: Session, workshop: Workshop) -> None:
    put(workshop.store, {"m/antes.md": TEXT}, "Uno")
    put(workshop.store, {"m/antes.md": TEXT + "\nMás.\n"}, "Dos", minutes=1)
    last = put(workshop.store, {"m/antes.md": None, "m/ahora.md": TEXT + "\nMás.\n"}, "Tres", minutes=2)
    page = histories.page(session, workshop, last, "m/ahora.md", size=2)
    assert [(step.title, step.path, step.old_path) for step in page.steps] == [
        ("Tres", "m/ahora.md", "m/antes.md"),
        ("Dos", "m/antes.md", None),
    ]
    assert page.more
    rest = histories.page(session, workshop, last, "m/ahora.md", 2, size=2)
    assert [step.title for step in rest.steps] == ["Uno"]
    assert not rest.more
    with pytest.raises(NotFound):
        histories.page(session, workshop, last, "m/ahora.md", 3, size=2)


def test_a_deleted_document_keeps_its_history(session: Session, workshop: Workshop) -> None:
    put(workshop.store, {LESSON: TEXT}, "Trae")
    gone = put(workshop.store, {LESSON: None}, "Retira", minutes=1)
    assert [step.title for step in histories.page(session, workshop, gone, LESSON).steps] == ["Retira", "Trae"]
    changed = histories.change(session, workshop, gone, LESSON)
    assert changed.difference.after is None
    assert changed.difference.before is not None
    with pytest.raises(NotFound):
        histories.page(session, workshop, gone, "nunca/existio.md")


def test_a_change_shows_only_what_is_near_it(session: Session, workshop: Workshop) -> None:
    text = "# T\n\n" + "\n\n".join(f"Párrafo {n} con su frase." for n in range(10)) + "\n"
    put(workshop.store, {LESSON: text})
    commit = put(workshop.store, {LESSON: text.replace("Párrafo 5", "Apartado 5")}, minutes=1)
    changed = histories.change(session, workshop, commit, LESSON)
    whole = differences.redlined(workshop, changed.difference, (never, never), "", Labels())
    shown = differences.shortened(whole, room=9_000)
    assert [(part.skipped, part.number) for part in shown] == [(5, 0), (0, 0), (0, 1), (0, 0), (3, 0)]
    assert len(differences.shortened(whole, everything=True, room=0)) == 11
    assert [(part.skipped, part.changes) for part in differences.shortened(whole, room=9)] == [(11, 1)]


def test_a_change_that_did_not_touch_the_document_is_not_found(session: Session, workshop: Workshop) -> None:
    commit = put(workshop.store, {LESSON: TEXT})
    with pytest.raises(NotFound):
        histories.change(session, workshop, commit, materials.GLOSSARY)


def test_a_block_knows_which_changes_wrote_its_lines(session: Session, workshop: Workshop) -> None:
    first = put(workshop.store, {LESSON: TEXT})
    second = put(workshop.store, {LESSON: TEXT.replace("dos líneas", "dos renglones")}, DECIDED, minutes=1)
    third = put(workshop.store, {"otro.md": "x"}, minutes=2)
    merged(session, 7, second)
    document = documents.get(workshop, third, LESSON)
    whole = blocks(workshop, third, LESSON)

    def writers(number: int) -> list[tuple[CommitId, int]]:
        block = histories.block_of(whole, number)
        return [(o.step.commit, o.lines) for o in histories.origins(session, workshop, third, document, block)]

    assert writers(1) == [(first, 1)]
    assert writers(2) == [(second, 1), (first, 1)]
    assert writers(3) == [(first, 3)]
    with pytest.raises(NotFound):
        histories.block_of(whole, 99)


def test_lines_that_end_in_carriage_returns_are_counted_as_git_counts_them(
    session: Session, workshop: Workshop
) -> None:
    crlf = TEXT.replace("\n", "\r\n")
    first = put(workshop.store, {LESSON: crlf})
    second = put(workshop.store, {LESSON: crlf.replace("| 1 | 2 |", "| 1 | 3 |")}, minutes=1)
    whole, document = blocks(workshop, second, LESSON), documents.get(workshop, second, LESSON)
    origins = histories.origins(session, workshop, second, document, histories.block_of(whole, 3))
    assert [(origin.step.commit, origin.lines) for origin in origins] == [(first, 2), (second, 1)]


# -- search ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def find(workshop: Workshop) -> Callable[[str], searching.Found]:
    texts = {
        "m/a.md": "# Cánones\n\nLos cánones y derechos se añaden.\n\n## Prueba\n\nLa **car**ga de la prueba.\n",
        "m/b.md": "# Otra\n\nNada de canon aquí, salvo derechos.\n",
        "m/c.txt": "Apunte sobre el año fiscal.\n\nDevenido.",
        "m/d.md": "# Antiguo\n\nValoraci\u0301on descompuesta, «último recurso».\n",
        "m/x.bin": b"canones\x00",
    }
    commit = put(workshop.store, texts)
    return lambda query: searching.search(workshop, commit, query)


def paths(found: searching.Found) -> list[str]:
    return [result.path for result in found.results if result.path.startswith("m/")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("canones", ["m/a.md"]),
        ("CÁNON", ["m/a.md", "m/b.md"]),
        ("derechos canon", ["m/a.md", "m/b.md"]),
        ("carga", ["m/a.md"]),
        ("«carga de la prueba»", ["m/a.md"]),
        ('"prueba de la carga"', []),
        ("ano fiscal", ["m/c.txt"]),
        ("valoracíon", ["m/d.md"]),
        ("anones", []),
        ("canon inexistente", []),
        (".*", []),
        ("(", []),
        ("a", []),
        ("", []),
    ],
)
def test_words_are_found_whatever_their_accents_and_capitals(
    find: Callable[[str], searching.Found], query: str, expected: list[str]
) -> None:
    assert paths(find(query)) == expected


def test_a_short_word_is_found_only_whole(find: Callable[[str], searching.Found]) -> None:
    assert "m/c.txt" not in paths(find("dev"))
    assert "m/c.txt" in paths(find("deve"))


def test_a_result_shows_the_words_under_their_heading(find: Callable[[str], searching.Found]) -> None:
    result = next(each for each in find("carga prueba").results if each.path == "m/a.md")
    assert result.title == "Cánones"
    snippet = result.snippets[-1]
    assert (snippet.anchor, snippet.heading) == ("prueba", "Prueba")
    assert snippet.pieces == (("La ", False), ("carga", True), (" de la ", False), ("prueba", True), (".", False))


def test_a_title_weighs_more_than_any_number_of_hits(workshop: Workshop) -> None:
    commit = put(workshop.store, {"m/a.md": "# Uno\n\n" + "arancel " * 50, "m/b.md": "# El arancel\n\nNada.\n"})
    assert paths(searching.search(workshop, commit, "arancel")) == ["m/b.md", "m/a.md"]


def test_a_long_query_and_a_far_page_are_bounded(find: Callable[[str], searching.Found], workshop: Workshop) -> None:
    assert len(find("palabra " * 1000).query) <= searching.LONGEST_QUERY
    assert len(find(" ".join(f"termino{n}" for n in range(50))).terms) == searching.MOST_TERMS
    found = searching.search(workshop, documents.tip(workshop), "canon", page=999)
    assert (found.page, found.pages) == (1, 1)


# -- cost ------------------------------------------------------------------------------------------------------------


def test_what_was_read_once_costs_no_git_process_again(session: Session, workshop: Workshop) -> None:
    def read() -> None:
        tip = documents.tip(workshop)
        modules.tree(workshop, tip)
        document = documents.get(workshop, tip, materials.ADJUSTMENTS)
        whole = rendering.rendered(workshop, document, never, ("test", tip))
        documents.minutes(workshop, document)
        documents.last_change(workshop, tip, materials.ADJUSTMENTS)
        histories.page(session, workshop, tip, materials.ADJUSTMENTS)
        histories.origins(session, workshop, tip, document, whole.blocks[0])
        searching.search(workshop, tip, "canon")

    read()
    before = workshop.store.processes
    read()
    assert workshop.store.processes == before
