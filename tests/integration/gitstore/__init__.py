"""The store against real Git in a temporary folder."""
