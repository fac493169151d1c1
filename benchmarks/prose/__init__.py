"""What `make bench-diff` runs: the prose package on real revisions, beside other engines, against the design's limits.

It measures and prints; it never fails because something was slow, wrong or not installed. `sources`, `quality`, `worst`
and `repeating` measure the difference of two sources, `redlines` the rendered one, `anchors` the passages.
"""
