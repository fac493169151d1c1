"""The editor on the page of a draft, by keyboard, mouse and touch; every page fails on a refusal of its policy."""

from __future__ import annotations

import re

import pytest

from reviewtool.services import drafts, people
from tests.support import accessible, chromium, sent

pytestmark = pytest.mark.browser

MEMBER = "rosa.quispe"
TEXT = """\
---
lang: es
---

# Prueba del editor

Un párrafo con __negrita__ y [un enlace](b.md).

* uno
* dos

| Gasto | USD |
|:------|----:|
| Flete | 100 |

{% include figura.html %}

::: nota Título propio
Texto de la nota.
:::

Final.
"""
SHEET = "[data-sheet]"
PASTE = """([html, text]) => {
    const data = new DataTransfer();
    data.setData('text/html', html);
    data.setData('text/plain', text);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector('[data-sheet]').dispatchEvent(event);
}"""
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p {color: red}</style></head><body>
<!--[if gte mso 9]><xml><o:x>1</o:x></xml><![endif]-->
<p class=MsoNormal style='margin:0' onclick="window.ran = 1">Pegado con <b style='color:red'>fuerza</b><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span>
</span>Punto uno</p><p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o </span>Interior</p>
<script>window.ran = 1</script><img src="x" onerror="window.ran = 1" alt="figura">
<p><a href="javascript:window.ran=1">mal</a> y <a href="https://www.wto.org">bien</a></p></body></html>"""


@pytest.fixture
def written(browser, demo, signed_in):
    """Return a function that opens a new document with a text in the editor."""
    opened = []

    def open_page(text=TEXT, *, name="prueba-del-editor.md", **options):
        with demo.workshop.database.write() as session:
            by = people.find_by_email(session, f"{MEMBER}@demo.example")
            draft = drafts.start(session, demo.workshop, by=by)
            entry = drafts.add_new(demo.workshop, draft, name, text.encode())
            session.flush()
            address = f"{demo.url}/borradores/{draft.id}/{entry.id}"
        lent = chromium.page(browser, storage_state=signed_in(MEMBER), **options)
        page = lent.__enter__()
        opened.append(lent)
        page.goto(address)
        return page

    yield open_page
    for lent in opened:
        lent.__exit__(None, None, None)


def source(page):
    """Return the Markdown as the page would send it now."""
    return page.evaluate("new FormData(document.querySelector('#text').form).get('text')").replace("\r\n", "\n")


def place(page, words, *, end=False):
    """Click into words of the document; with `end` behind the last letter of their paragraph."""
    page.locator(SHEET).get_by_text(words, exact=False).first.click()
    if end:
        page.keyboard.press("End")


def choose(page, where, name):
    """Press a button in the menu of the place where the cursor stands."""
    page.click(f"[data-place={where}] summary")
    page.click(f"[data-place={where}] >> text={name}")


def test_what_is_typed_changes_its_own_words_and_undo_gives_the_same_bytes_back(written):
    page = written()
    assert page.locator("#text").is_hidden()
    assert source(page) == TEXT
    place(page, "Un párrafo con", end=True)
    page.keyboard.press("Backspace")
    page.keyboard.type(" y *más*.")
    assert source(page) == TEXT.replace("[un enlace](b.md).", r"[un enlace](b.md) y \*más\*.")
    assert page.locator(".touched").count() == 1
    for _ in range(12):
        page.keyboard.press("Control+z")
    assert source(page) == TEXT
    assert page.locator(".touched").count() == 0


def test_the_draft_is_kept_by_the_form_as_it_is_typed_and_sent_with_it(written):
    page = written()
    place(page, "Final", end=True)
    page.keyboard.type(" Otra frase.")
    page.locator(".save-status.unsaved").wait_for()
    with page.expect_response("**/guardar") as answer:
        page.locator("#title").focus()
    assert answer.value.status == 204
    page.click("button[value=cambios]")
    page.wait_for_url("**vista=cambios**")
    page.go_back()
    page.reload()
    assert source(page) == TEXT.replace("Final.", "Final. Otra frase.")


def test_a_table_gets_rows_and_columns_and_a_box_its_title(written):
    page = written()
    place(page, "Flete")
    choose(page, "table", "Fila abajo")
    page.keyboard.type("Seguro")
    assert "| Flete | 100 |\n| Seguro | |\n" in source(page)
    choose(page, "table", "Columna después")
    choose(page, "table", "Quitar columna")
    place(page, "Texto de la nota")
    choose(page, "box", "Título del recuadro")
    page.fill("#ask-title-words", "Otro título")
    page.keyboard.press("Enter")
    assert source(page).startswith(TEXT[: TEXT.index("| Flete")])
    assert "::: nota Otro título\nTexto de la nota.\n:::\n\nFinal.\n" in source(page)
    assert "{% include figura.html %}" in page.inner_text(".locked")


def test_what_is_pasted_from_word_is_clean_and_nothing_of_it_runs(written):
    page = written()
    place(page, "Final", end=True)
    page.keyboard.press("Enter")
    page.evaluate(PASTE, [WORD, "Pegado"])
    assert source(page).endswith(
        "Final.\n\nPegado con **fuerza**\n\n- Punto uno\n  - Interior\n\nfigura\n\nmal y [bien](https://www.wto.org)\n"
    )
    assert page.evaluate("window.ran === undefined")


def test_a_journey_by_keyboard_alone_writes_links_lists_and_notes_and_leaves_with_tab(written):
    page = written("Empieza aquí\n", name="teclado.md")
    page.locator("[data-show=source]").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-bar] *')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-sheet]')")
    page.keyboard.press("Control+End")
    page.keyboard.type(" con ")
    page.keyboard.press("Control+b")
    page.keyboard.type("fuerza")
    page.keyboard.press("Control+b")
    page.keyboard.press("Control+k")
    page.keyboard.type("javascript:x")
    page.keyboard.press("Enter")
    assert page.locator("#ask-link [data-wrong=address]").is_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("leccion.md")
    page.keyboard.press("Tab")
    page.keyboard.type("un enlace largo")
    page.keyboard.press("Enter")
    page.keyboard.type(" fuera")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+F10")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("uno")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+]")
    page.keyboard.type("dentro")
    assert source(page) == "Empieza aquí con **fuerza**[un enlace largo](leccion.md) fuera\n\n- uno\n  - dentro\n"
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('[data-editor]')")


def test_the_last_word_of_a_link_stays_in_it_when_it_is_typed_over(written):
    page = written("Vea [la lección dos](a.md) hoy.\n", name="enlace.md")
    page.locator(f"{SHEET} a").click()
    for _ in range(30):
        if page.evaluate("getSelection().toString()"):
            break
        page.locator(f"{SHEET} a").dblclick(
            position={"x": page.locator(f"{SHEET} a").bounding_box()["width"] - 8, "y": 8}
        )
    page.keyboard.type("tres")
    assert source(page) == "Vea [la lección tres](a.md) hoy.\n"
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("inta")
    assert source(page) == "Vea [la lección trinta](a.md) hoy.\n"


def test_a_picture_of_the_own_machine_is_sent_and_seen_where_it_stands(written):
    page = written("Antes.\n\nDespués.\n", name="figura.md")
    place(page, "Antes", end=True)
    page.locator("summary[aria-label=Insertar]").click()
    page.get_by_role("button", name="Imagen", exact=True).first.click()
    apply = page.get_by_role("button", name="Aplicar")
    apply.click()
    assert page.locator("#ask-image [data-wrong=address]").is_visible()
    broken = {"name": "Mi figura.png", "mimeType": "image/png", "buffer": b"no es"}
    page.set_input_files("#ask-image-file", broken)
    apply.click()
    assert page.locator("#ask-image [data-wrong=words]").is_visible()
    page.fill("#ask-image-words", "Una cascada")
    apply.click()
    page.locator("#ask-image [data-wrong=file]").wait_for()
    assert page.input_value("#ask-image-words") == "Una cascada"
    page.set_input_files("#ask-image-file", broken | {"buffer": sent.picture()})
    apply.click()
    assert page.locator(f"{SHEET} .picture img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert re.search(r"Antes\.!\[Una cascada\]\([\w/.-]+\.png\)", source(page)), source(page)


def test_the_source_view_and_the_document_show_the_same_text(written):
    page = written()
    page.click("text=Código (Markdown)")
    page.fill("#text", TEXT + "\nMás.[^1]\n\n[^1]: Nota.\n")
    page.get_by_role("button", name="Documento", exact=True).click()
    assert page.locator(f"{SHEET} .note").inner_text().split() == ["[1]", "Nota."]
    place(page, "Más", end=True)
    page.keyboard.type(" Fin")
    assert source(page) == TEXT + "\nMás.[^1] Fin\n\n[^1]: Nota.\n"


def test_a_block_that_cannot_be_saved_as_it_looks_is_named_and_the_source_is_offered(written):
    page = written("Vea [el acuerdo][omc].\n\nFinal.\n\n[omc]: https://www.wto.org\n", name="referencia.md")
    page.locator(".locked").click()
    page.keyboard.press("Delete")
    page.locator("[data-inexact]").wait_for()
    assert page.inner_text("[data-inexact-block]") == "Vea el acuerdo."
    page.click("[data-inexact] button")
    assert "[el acuerdo][omc]" in page.input_value("#text")


def test_the_editor_is_accessible_and_its_bar_can_be_touched_at_360_px(written):
    page = written(viewport={"width": 360, "height": 740}, has_touch=True)
    page.locator(SHEET).get_by_text("Flete").tap()
    page.keyboard.press("End")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert not accessible.violations(page)
    page.locator("summary[aria-label=Insertar]").tap()
    assert not accessible.violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('[data-bar] :is(button, summary)')]
            .filter((each) => each.checkVisibility() && Math.min(each.offsetHeight, each.offsetWidth) < 40)
            .map((each) => each.outerHTML)"""
    )
    assert not small
    page.get_by_role("button", name="Nota al pie", exact=True).first.tap()
    page.fill("#ask-footnote-words", "La nota")
    assert not accessible.violations(page)
    page.get_by_role("button", name="Aplicar").tap()
    assert re.search(r"\| Flete ?\[\^1\] ?\| 100 \|", source(page)), source(page)
    assert source(page).endswith("Final.\n\n[^1]: La nota\n")
