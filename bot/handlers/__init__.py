"""What people send and tap, one file per concern, each with ``register(app)``.

A handler checks, writes, answers, and returns: no work is done here, and nothing waits.
"""
