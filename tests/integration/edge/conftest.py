"""The stand-in for Edge's service (``tests/edge``)."""

from tests.edge.fixtures import edge, stepped

__all__ = ["edge", "stepped"]
