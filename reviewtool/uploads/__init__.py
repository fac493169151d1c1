"""What people send from their machines, checked by its content: bytes and names in, safe bytes and names out.

`services` calls it before anything sent is kept. Nothing here knows where it will stand.
"""
