"""Measures Word both ways: `make bench-word`."""
