"""Properties run the same examples every time, however slow or stopped the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("prose", derandomize=True, deadline=None)
settings.load_profile("prose")
