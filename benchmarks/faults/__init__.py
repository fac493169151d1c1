"""The record under kills: a real server killed at random moments while people work; nothing acknowledged may be lost.

`python -m benchmarks.faults` kills two hundred times on each database; `tests/faults/test_random_kills.py` a few times.
"""
