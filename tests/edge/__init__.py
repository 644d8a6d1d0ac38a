"""A stand-in for Edge's read-aloud service: the real protocol, on this machine."""
