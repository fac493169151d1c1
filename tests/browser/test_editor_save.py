"""The editor's save, in the browser without a page of the product: only what was edited changes in the source."""

from __future__ import annotations

import pytest

from benchmarks.editor import inside
from tests.support import chromium

pytestmark = pytest.mark.browser

# Applies `change(tr, state, find)` to a document and saves it; `find(words)` says from where to where they stand.
SAVED = """async ([text, change]) => {
    const { COMMANDS, parse, save, stateOf } = await import('/editor.js');
    const original = parse(text);
    const state = stateOf(original.doc);
    const find = (words) => {
        let found;
        state.doc.descendants((node, at) => {
            const i = node.isText ? node.text.indexOf(words) : -1;
            if (i >= 0) found ??= [at + i, at + i + words.length];
        });
        return found;
    };
    const block = (i) => {
        let found;
        state.doc.forEach((node, at, index) => { if (index === i) found = [at, at + node.nodeSize]; });
        return found;
    };
    const command = (name, words) => {
        const [from, to] = find(words);
        const chosen = state.selection.constructor.near(state.doc.resolve(from));
        let made;
        COMMANDS[name].run(state.apply(state.tr.setSelection(chosen)), (tr) => { made = tr; });
        return made;
    };
    const { schema } = state;
    const tr = new Function('tr', 'find', 'block', 'schema', 'command', `return ${change}`)(
        state.tr, find, block, schema, command);
    const { text: saved, exact, problem } = save(original, state.apply(tr).doc);
    return { saved, exact, problem: problem?.textContent };
}"""


@pytest.fixture(scope="module")
def editing(browser):
    """Return a page with the editor and the edits of the benchmark; without the policy, for tests write functions."""
    with chromium.page(browser, bypass_csp=True) as page:
        inside.open_editor(page)
        yield page


def changed(editing, text, change):
    """Save a changed document; return the lines that are no longer there and those that are new."""
    found = editing.evaluate(SAVED, [text, change])
    assert found["exact"], found
    old, new = text.splitlines(), found["saved"].splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return old, new


def test_every_document_of_the_materials_is_saved_with_its_own_bytes_and_one_word_changes_one_line(editing):
    offenders = []
    count = 0
    for name, text in inside.documents():
        count += 1
        if not editing.evaluate("text => edits.open(text).identical", text):
            offenders.append(f"{name}: not identical")
        for result in editing.evaluate("text => edits.replace(text, 1, 2)", text):
            if result["lines"] != 1 or not result["outside"] or not result["reads"]:
                offenders.append(f"{name}: {result['word']}")
        for result in editing.evaluate("text => edits.edit(text, 2)", text):
            if not result["outside"] or not result["reads"]:
                offenders.append(f"{name}: {result['name']}")
    assert count > 26
    assert not offenders, offenders


LISTS = "* uno\n* dos\n\nEntre listas.\n\n* tres\n\n* cuatro\n"
TABLE = "| a | b |\n|:--|--:|\n| uno | 3 000 |\n|dos|4|\n"


@pytest.mark.parametrize(
    ("text", "change", "lines"),
    [
        ("- vea [la lección dos](a.md).\n", "tr.insertText('tres', ...find('dos'))", "- vea [la lección tres](a.md)."),
        (LISTS, "tr.delete(...block(1))", "* uno\n* dos\n\n* tres\n\n* cuatro"),
        (TABLE, "command('rowBelow', 'uno')", "| a | b |\n|:--|--:|\n| uno | 3 000 |\n| | |\n|dos|4|"),
        (TABLE, "tr.insertText('seis', ...find('dos'))", "| a | b |\n|:--|--:|\n| uno | 3 000 |\n|seis|4|"),
        (TABLE, "command('columnAfter', 'uno')", "| a | | b |\n|:--|--- | --:|\n| uno | | 3 000 |\n|dos ||4|"),
        (TABLE, "command('noRow', 'dos')", "| a | b |\n|:--|--:|\n| uno | 3 000 |"),
        ("m&aacute;s &zwj;raro y &x;\n", "tr.insertText('fino', ...find('raro'))", "m&aacute;s &zwj;fino y &x;"),
        ("Uno 5 % y dos.\n", "tr.insertText('tres', ...find('dos'))", "Uno 5 % y tres."),
        ("la «palabra»s\n", "tr.addMark(...find('«palabra»'), schema.marks.strong.create())", "la **«palabra»**&#115;"),
        ("Uno\n", "tr.insertText(' <b> &amp; [x](y) *z* _w_', 4)", r"Uno \<b> \&amp; \[x\](y) \*z\* \_w\_"),
        ("Uno\n", "tr.insertText('1. ', 1)", r"1\. Uno"),
        ("_uno dos tres_\n", "tr.delete(...find(' dos ')).split(4)", "_uno_\n\n_tres_"),
        ("- a\n-   b\n\n      código\n", "tr.insertText('uno', ...find('a'))", "- uno\n-   b\n\n      código"),
        ("Término\n: una definición larga\n", "tr.split(find('larga')[0])", "Término\n: una definición\n\nlarga"),
    ],
)  # fmt: skip
def test_an_edit_changes_only_its_own_words(editing, text, change, lines):
    found = editing.evaluate(SAVED, [text, change])
    assert found["exact"], found
    assert found["saved"] == lines + "\n"


def test_a_document_with_windows_lines_keeps_them(editing):
    found = editing.evaluate(SAVED, ["# Uno\r\n\r\nDos tres\r\ncuatro.\r\n\r\n", "tr.split(find('cuatro')[0])"])
    assert found["saved"] == "# Uno\r\n\r\nDos tres\r\n\r\ncuatro.\r\n\r\n"


PROTECTED = (
    "---\nlang: es\n---\n\nAntes.\n\n{% include a.html %}\n\n<div>\n  <p>x</p>\n</div>\n\n::: raro\nTexto.\n:::\n"
)


def test_what_is_protected_stands_as_it_stood(editing):
    old, new = changed(editing, PROTECTED, "tr.insertText('Primero', ...find('Antes'))")
    assert (old, new) == (["Antes."], ["Primero."])
    assert not changed(editing, PROTECTED, "tr.delete(...block(0))")[1]


def test_a_box_whose_text_and_a_quiz_whose_answer_changes_keep_their_frames(editing):
    text = ":::: pregunta\n¿Cuánto?\n\n* Uno.\n* Dos.\n\n::: respuesta\nSon dos.\n:::\n::::\n"
    assert changed(editing, text, "tr.insertText('tres', ...find('dos'))") == (["Son dos."], ["Son tres."])


def test_a_document_that_would_read_otherwise_is_not_called_saved_and_the_block_is_named(editing):
    text = "Vea [el acuerdo][omc].\n\nOtro párrafo.\n\n[omc]: https://www.wto.org\n"
    found = editing.evaluate(SAVED, [text, "tr.delete(...block(2))"])
    assert not found["exact"]
    assert found["problem"] == "Vea el acuerdo."
    assert "Otro párrafo." in found["saved"]


def test_pasted_html_loses_what_runs_and_what_the_policy_would_refuse(editing):
    html = """<p style="color:red" onclick="x()">Uno<script>alert(1)</script><o:p></o:p><!--[if x]>y<![endif]--></p>"""
    cleaned = editing.evaluate("async html => (await import('/editor.js')).cleaned(html)", html)
    assert cleaned == '<p data-style="color:red">Uno</p>'
