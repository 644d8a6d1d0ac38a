"""The stand-in for Edge's service (``tests/edge``)."""

from tests.edge.fixtures import edge, stepped
from tests.edge.speaking import make

__all__ = ["edge", "make", "stepped"]
