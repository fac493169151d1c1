"""What `make bench` runs: installations made for it, pages and acts measured, one table against the limits.

It measures and prints; it never fails because something was slow.
"""
