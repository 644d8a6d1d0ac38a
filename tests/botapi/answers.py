"""The shape of a method's implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.botapi.state import State
from tests.botapi.wire import Ask

Answer = Callable[[State, Ask], Awaitable[Any]]
"""Reads a request, changes the state, gives back the result as JSON; refuses by ``ApiError``."""
