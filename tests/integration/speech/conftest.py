"""The servers that stand in for online voices."""

from tests.edge.fixtures import edge, stepped
from tests.speech_server import speech_server

__all__ = ["edge", "speech_server", "stepped"]
