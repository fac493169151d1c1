"""Properties run the same examples every time, however slow or stopped the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("word", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("word")
