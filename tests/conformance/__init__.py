"""The Bot API stand-in, checked by people who did not write it (``make conformance``)."""
