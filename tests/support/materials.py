"""A small sample of materials in Spanish with every oddity that a real repository has, as a bare Git repository.

Two commits with a fixed identity and fixed instants, so that ids are the same in every run.
"""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from pathlib import Path

INTRODUCTION = "valor-de-transaccion/01-introduccion.md"
ADJUSTMENTS = "valor-de-transaccion/02-ajustes-del-articulo-8.md"
WINDOWS_LINES = "metodos-secundarios/01-mercancias-identicas.md"
OLD_ENCODING = "metodos-secundarios/02-texto-heredado.md"
ODD_NAME = "kit del instructor/Sesión 1 – guía de la facilitadora.md"
GLOSSARY = "glosario.md"
FIGURE = "valor-de-transaccion/figuras/ajustes.svg"
PICTURE = "valor-de-transaccion/figuras/factura.png"
DOCUMENTS = (INTRODUCTION, ADJUSTMENTS, WINDOWS_LINES, OLD_ENCODING, ODD_NAME, GLOSSARY)

_INTRODUCTION = """\
---
title: El valor de transacción
lang: es
---

# El valor de transacción

El valor en aduana de las mercancías importadas será el **valor de transacción**, es decir, el precio realmente
pagado o por pagar por las mercancías cuando se venden para su exportación al país de importación.

## Condiciones

1. No existen restricciones a la cesión o utilización de las mercancías por el comprador.
2. La venta o el precio no dependen de ninguna condición cuyo valor no pueda determinarse.
    - La carga de la prueba se explica en [los ajustes](02-ajustes-del-articulo-8.md#ajustes).

::: nota Plazo
La administración dispone de 30 días para responder.
:::

:::: pregunta
¿Qué precio es la base del valor de transacción?

- El precio de lista
- El precio realmente pagado o por pagar

::: respuesta
El segundo, según el artículo 1.
:::
::::
"""
_ADJUSTMENTS = """\
# Los ajustes del artículo 8

## Ajustes

Al precio se **añaden**, entre otros, los cánones y derechos de licencia.[^canones]

| Elemento | Importe (USD) | ¿Se añade? |
|---|---:|:---:|
| Precio de factura | 12 500,00 | – |
| Comisión de venta | 625,00 | sí |
| Comisión de compra | 375,00 | no |

![Esquema de los ajustes](figuras/ajustes.svg)

Solo se añaden sobre la base de datos objetivos y cuantificables.

[^canones]: Artículo 8.1 c) del Acuerdo.
"""
_WINDOWS = "# Mercancías idénticas\r\n\r\nMismo momento, o uno aproximado.\r\n\r\nMismo nivel comercial.\r\n"
_OLD = "# Texto heredado\n\nLa valoración según el método del «último recurso» es excepcional.\n"
_ODD = """\
# Sesión 1: guía de la facilitadora

Duración: 90 minutos. Véase [el glosario](../glosario.md) y la
[introducción](../valor-de-transaccion/01-introduccion.md).

> Empiece por el caso de la maquila textil.
"""
_GLOSSARY = "\ufeff# Glosario\n\n**Canon**: pago por el uso de un derecho.\n\n**Maquila**: régimen de ensamblaje."
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" role="img"><title>Ajustes</title>
<rect x="2" y="2" width="116" height="36" fill="#dde6f0"/>
<text x="10" y="25" font-size="12">Precio + ajustes</text></svg>
"""
_MODULE = 'title = "{title}"\nkind = "{kind}"\nlanguage = "es"\norder = {order}\nlead_administration = "{lead}"\n'


def _png() -> bytes:
    """Return the smallest true-colour picture: one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00\x33\x66\x99")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def files() -> dict[str, bytes]:
    """Return every file of the sample by its path, as it stands after the first commit."""
    texts = {
        INTRODUCTION: _INTRODUCTION.replace("30 días", "60 días"),
        ADJUSTMENTS: _ADJUSTMENTS,
        WINDOWS_LINES: _WINDOWS,
        ODD_NAME: _ODD,
        GLOSSARY: _GLOSSARY,
        FIGURE: _SVG,
        "valor-de-transaccion/module.toml": _module("El valor de transacción", "module", 1, "PE"),
        "metodos-secundarios/module.toml": _module("Los métodos secundarios", "module", 2, "CL"),
        "kit del instructor/module.toml": _module("Kit del instructor", "toolkit", 3, "UY"),
    }
    return {path: text.encode() for path, text in texts.items()} | {
        OLD_ENCODING: _OLD.encode("latin-1"),
        PICTURE: _png(),
    }


def _module(title: str, kind: str, order: int, lead: str) -> str:
    return _MODULE.format(title=title, kind=kind, order=order, lead=lead)


def fill(repository: Path) -> None:
    """Write the sample's two commits to `main` of an empty bare repository."""
    first = _commit("Incorpora los materiales iniciales", 1_772_000_000, files())
    second = _commit("Corrige el plazo de respuesta", 1_774_000_000, {INTRODUCTION: _INTRODUCTION.encode()})
    environment = os.environ | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    subprocess.run(
        ["git", "-C", str(repository), "fast-import", "--quiet"], input=first + second, check=True, env=environment
    )


def _commit(subject: str, seconds: int, contents: dict[str, bytes]) -> bytes:
    person = f"Rosa Quispe <p1@example.org> {seconds} +0000".encode()
    parts = [
        b"commit refs/heads/main\nauthor ",
        person,
        b"\ncommitter ",
        person,
        b"\n",
        _data(subject.encode() + b"\n"),
    ]
    for path, content in sorted(contents.items()):
        quoted = path.replace("\\", "\\\\").replace('"', '\\"').encode()
        parts += [b'M 100644 inline "', quoted, b'"\n', _data(content)]
    return b"".join([*parts, b"\n"])


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"
