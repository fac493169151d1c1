"""Documents with everything the dialect has, and Word files edited as people edit them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
from docx.document import Document

from reviewtool.word import exporting

EVERYTHING = """---
title: "Lección de prueba"
lang: es
---

# Lección de prueba

Un párrafo con **negrita**, *cursiva*, `código`, ~~tachado~~ y un [enlace](otra.md#parte).
Sigue en otra línea, con 2\u00a0500 pares y una nota.[^1]

## Lista

- uno
- dos con **algo *más* fuerte**
  1. primero
  2. segundo

     Otro párrafo del segundo.
- tres

> Una cita breve
> en dos líneas.

::: nota El nombre no decide
Dentro del recuadro.

- un punto del recuadro
:::

:::: pregunta
¿Qué se ajusta?

::: respuesta
El precio.
:::
::::

| Concepto | USD |
|---|---:|
| Precio | 75 000 |
| Canon | 8 640 |
| **Valor** | 83 640 |

![Una figura](imagenes/figura.png)

```python
x = 1

    y = "a|b"
```

---

Último párrafo, artículo 8.1 c).

[^1]: El texto de la nota, con *cursiva*.
"""


def edited(data: bytes, change: Callable[[Document], Any] | None = None) -> bytes:
    """Open a Word file with python-docx, change it and save it."""
    document = docx.Document(BytesIO(data))
    if change:
        change(document)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def sent_back(text: str, change: Callable[[Document], Any] | None = None) -> bytes:
    """Export a document, and edit the Word file."""
    return edited(exporting.document(text).data, change)


def paragraph(document: Document, words: str) -> Any:
    """Find the paragraph, also in a table, that holds some words."""
    from docx.text.paragraph import Paragraph

    for element in document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"):
        found = Paragraph(element, document)
        if words in found.text:
            return found
    raise LookupError(words)


def replace(words: str, by: str) -> Callable[[Document], Any]:
    """Replace words inside one run."""

    def change(document: Document) -> None:
        run = next(run for run in _runs(paragraph(document, words)) if words in run.text)
        run.text = run.text.replace(words, by)

    return change


def _runs(found: Any) -> list[Any]:
    return [*found.runs, *(run for link in found.hyperlinks for run in link.runs)]
