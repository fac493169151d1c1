"""How the group decides: pure, total functions over small frozen values.

No session, no Flask, no Git, no clock, no sentence lives here: services fill the values from selected columns, and web,
mail and the minutes put the returned facts into words. `docs/deciding.md` is the same in a table with worked examples.
"""

from __future__ import annotations
