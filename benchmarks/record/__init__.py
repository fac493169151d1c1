"""What `make bench-record` runs: what an act costs with its record, whether that grows, and how long `verify` takes.

It measures and prints; it never fails because something was slow.
"""
