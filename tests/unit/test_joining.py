"""Sources joined for browsers: the layers of stylesheets, the one scope of a module, what may be left out of both."""

from __future__ import annotations

import pytest

from reviewtool.web import joining

SHARED = "export const one = (query) => document.querySelector(query);\n"
MENU = "import { one } from '../shared.js';\n\nconst here = one('nav');\nhere.hidden = false;\n"
HELP = "import { one } from '../shared.js';\n\nconst here = one('dialog');\nhere.hidden = true;\n"
HOMES = {"js/shared.js": "app.js", "js/parts/menu.js": "app.js", "js/parts/help.js": "more.js"}


def test_the_order_names_served_files_and_their_sources():
    text = "# what is joined\n\n[app.css]\ncss/b.css\ncss/a.css\n\n[app.js]\njs/x.js\n"
    assert joining.order(text) == {"app.css": ["css/b.css", "css/a.css"], "app.js": ["js/x.js"]}


def test_a_stylesheet_stands_in_the_layer_of_its_folder_or_its_own_name():
    sources = {"css/base.css": "a {color: red}", "css/components/b.css": ".b {top: 0}", "css/components/c.css": ".c {}"}
    assert joining.stylesheet(sources) == "@layer base{a{color:red}}@layer components{.b{top:0}.c{}}"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/* why, {even} so; */\n.a {\n color: red;\n}\n", ".a{color:red}"),
        (
            ".doc :is(h3, h4) > a::before {margin: 0 auto !important}",
            ".doc :is(h3,h4)>a::before{margin:0 auto!important}",
        ),
        (".a:is(.b) .c:hover {width: calc(100% - 4px)}", ".a:is(.b) .c:hover{width:calc(100% - 4px)}"),
        (
            '.a::before {content: " ; { "; font-family: "Segoe UI", serif}',
            '.a::before{content:" ; { ";font-family:"Segoe UI",serif}',
        ),
        (
            "@media (min-width: 60rem) and (max-width: 80rem) {.a + .b {top: 0}}",
            "@media (min-width:60rem) and (max-width:80rem){.a + .b{top:0}}",
        ),
        ('[tabindex="-1"]:focus {outline: 0}', '[tabindex="-1"]:focus{outline:0}'),
    ],
)
def test_only_what_says_nothing_is_left_out_of_a_stylesheet(written, sent):
    assert joining.small_css(written) == sent


def test_sources_of_a_module_share_what_one_exports_and_keep_the_rest_to_themselves():
    sources = {"js/shared.js": SHARED, "js/parts/menu.js": MENU}
    made = joining.module("app.js", sources, HOMES)
    assert made.startswith("export const one=(query)=>document.querySelector(query);")
    assert "{const here=one('nav');here.hidden=false;}" in made
    assert "import" not in made


def test_what_is_joined_elsewhere_is_imported_from_there():
    made = joining.module("more.js", {"js/parts/help.js": HELP}, HOMES)
    assert made.startswith("import{one}from'./app.js';{const here=one('dialog');")


def test_an_import_of_a_source_that_is_joined_nowhere_is_noticed():
    with pytest.raises(KeyError, match=r"js/gone\.js"):
        joining.module("app.js", {"js/parts/menu.js": MENU.replace("shared", "gone")}, HOMES)
