"""What a browser loads and runs: few requests, the styles as they were written, controllers that answer."""

from __future__ import annotations

import pytest

from reviewtool.web import assets, joining
from tests.support import chromium

pytestmark = pytest.mark.browser

LESSON = "modulo-1-valor-de-transaccion/leccion-6-canones-y-derechos-de-licencia.md"
MEMBER, OBSERVER = "rosa.quispe", "ixchel.cumes"

# Every rule of stylesheets as the browser understood them, each with its layer and the conditions around it. What a
# custom property holds is kept as it was written: white space beside its commas is not looked at.
RULES = """(texts) => {
  const found = [];
  const walk = (rules, around) => {
    for (const rule of rules) {
      if (rule.selectorText) found.push(around + rule.cssText.replace(/\\s*,\\s*/g, ','));
      else walk(rule.cssRules, around + rule.cssText.split('{')[0]);
    }
  };
  for (const text of texts) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    walk(sheet.cssRules, '');
  }
  return found;
}"""


@pytest.mark.parametrize("number", [7, 9, 13, 16])
def test_a_first_view_of_a_proposal_makes_four_requests(browser, demo, enter, number):
    with chromium.page(browser) as page:
        enter(page, MEMBER)
        known = page.context.storage_state()
    with chromium.page(browser, storage_state=known) as page:
        asked = []
        network = page.context.new_cdp_session(page)  # Playwright's own events leave out the icon of the tab
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
        page.goto(f"{demo.url}/propuestas/{number}", wait_until="networkidle")
        assert [url.rpartition("/")[2] for url in asked] == [str(number), "app.css", "app.js", "icons.svg"]


def test_another_tab_loads_nothing_but_its_page(browser, demo, enter):
    context = browser.new_context()  # of its own: a page that is watched for calls outside keeps nothing
    page = context.new_page()
    enter(page, MEMBER)
    page.goto(f"{demo.url}/propuestas/16", wait_until="networkidle")
    other = context.new_page()
    loaded = []
    network = context.new_cdp_session(other)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    other.goto(f"{demo.url}/propuestas/13", wait_until="networkidle")
    context.close()
    assert len([size for size in loaded if size]) == 1, loaded


@pytest.mark.parametrize("name", [name for name in assets.load(assets.FOLDER) if name.endswith(".css")])
def test_a_stylesheet_that_was_made_small_says_what_was_written(page, name):
    order = joining.order((assets.FOLDER / "order.txt").read_text(encoding="utf-8"))
    written = [
        joining.stylesheet({path: ""}).removesuffix("}") + (assets.FOLDER / path).read_text(encoding="utf-8") + "}"
        for path in order[name]
    ]
    rules = page.evaluate(RULES, written)
    assert len(rules) > 2
    assert page.evaluate(RULES, [assets.load(assets.FOLDER)[name].data.decode()]) == rules


def test_keys_menus_margin_and_vote_form_of_a_proposal_answer(browser, demo, enter):
    with chromium.page(browser) as page:
        enter(page, MEMBER)
        page.goto(f"{demo.url}/propuestas/16")
        page.locator("h1").click()
        page.keyboard.press("?")
        assert page.locator("#shortcuts").is_visible()
        page.keyboard.press("Escape")
        page.click(".person summary")
        page.keyboard.press("Escape")
        assert not page.locator(".menu-list").is_visible()
        assert page.locator(".redline.placed").count() >= 1
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.matches('.changed')")
        page.keyboard.press("n")
        assert page.evaluate("document.activeElement.matches('.thread')")
        assert page.get_by_text("selecciónelo en el texto").is_visible()
        for view in ("columnas", "fuente"):
            page.goto(f"{demo.url}/propuestas/16?vista={view}")
            stops = []
            for key in "jjk":
                page.keyboard.press(key)
                stops.append(
                    page.evaluate("[...document.querySelectorAll('.changed')].indexOf(document.activeElement)")
                )
            assert stops == [0, 1, 0], view
        page.goto(f"{demo.url}/propuestas/13")
        reason = page.locator("#vote [data-reason]")
        assert not reason.evaluate("field => field.required")
        page.locator("#vote input[value=against]").check()
        assert reason.evaluate("field => field.required")
        assert page.locator("[data-reason-required]").first.is_visible()


def test_a_comment_that_was_not_sent_is_offered_again(browser, demo, enter):
    with chromium.page(browser) as page:
        enter(page, OBSERVER)
        page.goto(f"{demo.url}/propuestas/16")
        with page.expect_response("**/keeping.js"):
            page.fill("#composer [name=body]", "Falta decir desde cuándo rige.")
        page.locator("#composer [name=body]").blur()
        page.locator("#composer .save-status", has_text="Guardado solo en este navegador").wait_for()
        page.goto(f"{demo.url}/propuestas/16")
        page.get_by_role("button", name="Recuperar lo que escribió").click()
        assert page.input_value("#composer [name=body]") == "Falta decir desde cuándo rige."
        page.reload()
        page.get_by_role("button", name="Descartarlo").click()
        page.reload(wait_until="networkidle")
        assert page.get_by_role("button", name="Descartarlo").count() == 0


def test_a_draft_is_sent_when_its_field_is_left_and_another_window_is_told(browser, demo, enter):
    with chromium.page(browser) as page:
        enter(page, MEMBER)
        page.goto(f"{demo.url}/materiales/{LESSON}")
        page.click("text=Proponer un cambio")
        page.click("text=Código (Markdown)")
        address = page.url
        other = page.context.new_page()
        other.goto(address)
        page.evaluate("document.querySelector('#text').setSelectionRange(0, 0)")
        with page.expect_response("**/guardar"):
            page.click(".toolbar [data-format=quote]")  # the button gives the focus back to the text
        page.fill("#text", page.input_value("#text") + "\nUna línea más.\n")
        with page.expect_response("**/guardar") as answer:
            page.locator("#text").blur()
        assert answer.value.status == 204
        page.locator(".save-status", has_text="servidor").wait_for()
        other.fill("#text", "Otro texto.\n")
        with other.expect_response("**/guardar") as answer:
            other.locator("#text").blur()
        assert answer.value.status == 409
        other.locator(".save-status", has_text="otra pestaña").wait_for()
        page.goto(address)
        text = page.input_value("#text")
        assert text.startswith("> ")
        assert text.endswith("Una línea más.\n")
        page.click("text=Descartar el borrador")
        page.click("dialog[open] button:has-text('Conservar')")
        assert page.url == address
        page.click("text=Descartar el borrador")
        page.click("dialog[open] button:has-text('Descartar')")
        page.wait_for_url(lambda url: url != address)
