"""Documents of a given size in plain Spanish, the same in every run, and texts with a given number of changes."""

from __future__ import annotations

import random

SUBJECTS = (
    "La administración de aduanas",
    "El importador",
    "El comprador establecido en la región",
    "El vendedor vinculado",
    "La persona que instruye el caso",
    "El equipo de control posterior",
    "La parte que declara el valor",
    "El Comité Técnico",
)
VERBS = ("examina", "demuestra", "declara", "incluye", "descarta", "compara", "solicita", "conserva")
OBJECTS = (
    "el precio realmente pagado o por pagar",
    "los cánones relacionados con la mercancía",
    "la comisión de venta pactada en el contrato",
    "el costo del transporte hasta el puerto",
    "las pruebas de los pagos posteriores",
    "los elementos del artículo 8",
    "las circunstancias de la venta",
    "los ajustes por nivel comercial",
    "la documentación contable del ejercicio",
    "el margen habitual de la rama de producción",
)
ENDINGS = (
    "antes de aceptar el método siguiente",
    "sobre la base de datos objetivos y cuantificables",
    "dentro del plazo que fija la legislación",
    "cuando la duda razonable subsiste",
    "con arreglo a los principios de contabilidad",
    "si la vinculación no influyó en el precio",
    "según la opinión consultiva correspondiente",
    "en el mismo momento o en uno aproximado",
)


def _sentence(chance: random.Random) -> str:
    parts = (chance.choice(SUBJECTS), chance.choice(VERBS), chance.choice(OBJECTS), chance.choice(ENDINGS))
    return " ".join(parts) + f" (caso {chance.randint(1, 9999)})."


def _paragraph(chance: random.Random) -> str:
    text = " ".join(_sentence(chance) for _ in range(chance.randint(2, 5)))
    return text.replace("precio", "**precio**", 1)


def _list(chance: random.Random) -> str:
    return "\n".join(f"- {_sentence(chance)}" for _ in range(3))


def _table(chance: random.Random) -> str:
    rows = [f"| {chance.choice(OBJECTS)} | {chance.randint(100, 99999)},00 | sí |" for _ in range(4)]
    return "\n".join(["| Elemento | Importe (USD) | ¿Se añade? |", "|---|---:|:---:|", *rows])


def document(kilobytes: int, *, seed: int = 1, title: str = "El valor de transacción") -> str:
    """Return a Markdown document of about this size: headings, paragraphs, lists, tables, notes."""
    chance = random.Random(seed)
    blocks = [f"# {title}"]
    size = section = 0
    while size < kilobytes * 1024 - 300:
        section += 1
        made = [f"## {section}. {chance.choice(OBJECTS).capitalize()}", *(_paragraph(chance) for _ in range(4))]
        made.append(_list(chance) if section % 2 else _table(chance))
        if section % 5 == 0:
            made.append(f"::: nota Recuerde\n{_sentence(chance)}\n:::")
        blocks += made
        size += sum(len(block.encode()) + 2 for block in made)
    return "\n\n".join(blocks) + "\n"


def changed(text: str, changes: int, *, seed: int = 2) -> str:
    """Return the text with so many changes, spread evenly over its paragraphs: of words, new, gone and added ones."""
    chance = random.Random(seed)
    blocks = text.rstrip("\n").split("\n\n")
    plain = [at for at, block in enumerate(blocks) if block[0].isalpha()]
    step = len(plain) / changes
    for count in range(changes):
        at = plain[int(count * step)]
        kind = count % 6
        if kind == 4:
            blocks[at] += f"\n\n{_paragraph(chance)}"
        elif kind == 5:
            blocks[at] = ""
        else:
            blocks[at] = _reworded(blocks[at], chance)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _reworded(paragraph: str, chance: random.Random) -> str:
    words = paragraph.split(" ")
    at = chance.randrange(2, max(3, len(words) - 8))
    words[at : at + 3] = ["solo", "si", "consta", "por", "escrito"]
    return " ".join(words)
